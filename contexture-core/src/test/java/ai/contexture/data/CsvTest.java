package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {

  @TempDir Path folder;

  private static Table read(String text) {
    return read(text, CsvOptions.DEFAULT);
  }

  private static Table read(String text, CsvOptions options) {
    return read(text.getBytes(StandardCharsets.UTF_8), options);
  }

  private static Table read(byte[] bytes, CsvOptions options) {
    return Csv.read("t.csv", new ByteArrayInputStream(bytes), options);
  }

  private static double[] numbers(Table table, String column) {
    return ((NumericColumn) table.column(column)).values();
  }

  private static NominalColumn names(Table table, String column) {
    return (NominalColumn) table.column(column);
  }

  private static byte[] gzip(String text) throws IOException {
    return gzip(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(byte[] text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text);
    }
    return bytes.toByteArray();
  }

  /** Blocks of rows are the whole table, if what columns hold is known. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 20, 39, 40, 41, 1000})
  void blocksAreTheWholeTable(int rows) throws IOException {
    StringBuilder text = new StringBuilder("x,name,left out,y\n");
    for (int i = 0; i < 40; i++) {
      text.append(i % 5 == 0 ? "NA" : i * 0.5).append(i < 20 ? ",\"a\nb\"," : ",7,");
      text.append(i == 9 ? "word," : "1,").append(i * i).append('\n');
    }
    Path file = Files.writeString(folder.resolve("t.csv"), text);
    Table whole = Csv.read(file, CsvOptions.DEFAULT.withDrop("left out"));
    CsvOptions known = Preprocessing.fit(whole, Preprocessing.Options.DEFAULT).reading();

    List<Table> blocks = new ArrayList<>();
    Table.read(file, known, rows, blocks::add);

    assertThat(blocks).hasSize((40 + rows - 1) / rows);
    assertThat(blocks).allSatisfy(block -> assertThat(block.rows()).isBetween(1, rows));
    for (String column : List.of("x", "name", "y")) {
      List<String> cells = new ArrayList<>();
      blocks.forEach(block -> cells.addAll(cells(block, column)));
      assertThat(cells).isEqualTo(cells(Csv.read(file, known), column));
    }
    List<Table> one = new ArrayList<>();
    Table.read(file, CsvOptions.DEFAULT.withDrop("left out"), 7, one::add);
    assertThat(one).singleElement().extracting(Table::rows).isEqualTo(40);

    Files.writeString(file, text + "1,a,1,oops\n");
    assertThatThrownBy(() -> Table.read(file, known, rows, block -> {}))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("t.csv, line 62", "oops");
    Files.writeString(file, "x,name,y\n");
    assertThatThrownBy(() -> Table.read(file, known, rows, block -> {}))
        .hasMessageEndingWith("the file has a header but no rows");
  }

  private static List<String> cells(Table table, String column) {
    Column of = table.column(column);
    return IntStream.range(0, of.rows()).mapToObj(of::cell).toList();
  }

  /** What is advised where a row has a cell too many. */
  private static final String SEPARATOR =
      "; a cell that holds a separator stands in double quotes, and names of rows need a name in"
          + " line 1";

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void readsNumbersAndNames() {
    Table table = read("Length,Sex\n0.455,M\n-1e-3,F\n+7,M\n");
    assertThat(table.source()).isEqualTo("t.csv");
    assertThat(table.rows()).isEqualTo(3);
    assertThat(table.names()).containsExactly("Length", "Sex");
    assertThat(numbers(table, "Length")).containsExactly(0.455, -0.001, 7);
    assertThat(names(table, "Sex").levels()).containsExactly("F", "M");
    assertThat(names(table, "Sex").codes()).containsExactly(1, 0, 1);
    assertThat(table.column("Sex").text(1)).isEqualTo("F");
    assertThat(table.column("Length").text(2)).isEqualTo("7");
  }

  @Test
  void readsMissingCells() {
    Table table = read("a,b\n1,x\n,?\nNA,na\nn/a,N/A\nNULL,null\n?,y\n 2 ,\n");
    assertThat(numbers(table, "a"))
        .containsExactly(1, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 2);
    assertThat(names(table, "b").codes()).containsExactly(0, -1, -1, -1, -1, 1, -1);
    assertThat(table.column("a").missing()).isEqualTo(5);
    assertThat(table.column("b").missing()).isEqualTo(5);
  }

  @Test
  void takesMoreMissingTokensOrOthers() {
    CsvOptions more = CsvOptions.DEFAULT.withMissing("-999", "NaN");
    assertThat(numbers(read("a\n1\n-999\nnan\n?\n", more), "a"))
        .containsExactly(1, Double.NaN, Double.NaN, Double.NaN);
    CsvOptions none = CsvOptions.DEFAULT.withMissing(MissingTokens.NONE);
    assertThat(names(read("a\nNA\nBE\n", none), "a").levels()).containsExactly("BE", "NA");
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void recognisesTheSeparator(String separator) {
    Table table = read("a,\"x,;y\",b\n1,2,3\n".replace(",", separator));
    assertThat(table.columns()).hasSize(3);
    assertThat(numbers(table, "b")).containsExactly(3);
  }

  @Test
  void takesTheSeparatorThatIsGiven() {
    Table table = read("a:b,c\n1:2\n", CsvOptions.DEFAULT.withSeparator(':'));
    assertThat(table.names()).containsExactly("a", "b,c");
  }

  @Test
  void readsQuotesEmptyLinesByteOrderMarkAndCarriageReturns() {
    Table table = read("\uFEFFa,\"b \"\"c\"\"\"\r\n\r\n1,\"x, y\"\r\n2, \"ü\nz\"\r\n3,w");
    assertThat(table.names()).containsExactly("a", "b \"c\"");
    assertThat(names(table, "b \"c\"").levels()).containsExactly("w", "x, y", "ü\nz");
    assertThat(numbers(table, "a")).containsExactly(1, 2, 3);
  }

  @Test
  void recognisesGzipByItsContentNotItsName() throws IOException {
    Path file = Files.write(folder.resolve("plain.csv"), gzip("a,b\n1,x\n"));
    assertThat(Csv.read(file).names()).containsExactly("a", "b");
    Path plain = Files.writeString(folder.resolve("packed.csv.gz"), "a,b\n1,x\n");
    assertThat(Csv.read(plain).fingerprint()).isEqualTo(Csv.read(file).fingerprint());
  }

  @Test
  void readsAColumnOfCodesAsNamesWhereTold() {
    Table table = read("a\n01\n1.0\n2\n", CsvOptions.DEFAULT.withNominal("a"));
    assertThat(names(table, "a").levels()).containsExactly("01", "1.0", "2");
  }

  @Test
  void keepsTheTextOfNumbersAmongNames() throws IOException {
    String text = "n,zip,w\n1,01,a\n2,x,b\n,?,\n3,1.0,c\n4,y,1\n";
    List<String> levels = List.of("01", "1.0", "x", "y");
    assertThat(names(read(text), "zip").levels()).isEqualTo(levels);
    assertThat(names(read(text), "zip").codes()).containsExactly(0, 2, -1, 1, 3);
    Table fromFile = Csv.read(Files.writeString(folder.resolve("a.csv"), text));
    assertThat(fromFile.names()).containsExactly("n", "zip", "w");
    assertThat(fromFile.fingerprint()).isEqualTo(read(text).fingerprint());
  }

  @Test
  void aColumnWithoutAnyValueIsNumericUnlessTold() {
    assertThat(numbers(read("a,b\n1,\n2,?\n"), "b")).containsExactly(Double.NaN, Double.NaN);
    Table told = read("a,b\n1,\n2,?\n", CsvOptions.DEFAULT.withNominal("b"));
    assertThat(names(told, "b").codes()).containsExactly(-1, -1);
  }

  @Test
  void leavesColumnsOutUnread() {
    assertThat(read("a,b\n1,2\n3,oops\n4,5\n", CsvOptions.DEFAULT.withDrop("b")).names())
        .containsExactly("a");
  }

  /** None is looked for among all others, which would take minutes. */
  @Test
  void readsManyColumnsThatAreAllNamed() {
    String[] names = IntStream.range(0, 100_000).mapToObj(i -> "x" + i).toArray(String[]::new);
    String text = String.join(",", names) + "\n" + "1,".repeat(names.length - 1) + "2\n";
    CsvOptions options =
        CsvOptions.DEFAULT.withNumeric(names).withNeeded(List.of(names)).withDrop("#7");

    Table table = assertTimeout(Duration.ofSeconds(30), () -> read(text, options));

    assertThat(table.names()).hasSize(names.length);
    assertThat(numbers(table, "x99999")).containsExactly(2);
  }

  @Test
  void anyTableSurvivesItsText() {
    long seed = 424242;
    RandomGenerator random = Seed.of(seed).generator();
    String[] words = {"a", "b,c", "\"", "x\ny", "é ü", "z;|", "1st", "NaN", "-"};
    for (int round = 0; round < 50; round++) {
      int rows = 1 + random.nextInt(60);
      double[] values = new double[rows];
      String[] texts = new String[rows];
      StringBuilder csv = new StringBuilder("n,t\n");
      for (int row = 0; row < rows; row++) {
        boolean missing = random.nextInt(4) == 0;
        values[row] =
            missing ? Double.NaN : random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10);
        texts[row] = random.nextInt(5) == 0 ? null : words[random.nextInt(words.length)];
        csv.append(missing ? "?" : Double.toString(values[row])).append(',');
        csv.append(texts[row] == null ? "" : '"' + texts[row].replace("\"", "\"\"") + '"')
            .append('\n');
      }
      if (Arrays.stream(texts).allMatch(t -> t == null || t.equals("NaN"))) {
        continue;
      }
      Table expected = Table.of("t", NumericColumn.of("n", values), NominalColumn.of("t", texts));
      assertThat(read(csv.toString()).fingerprint())
          .as("seed %s, round %s", seed, round)
          .isEqualTo(expected.fingerprint());
    }
  }

  @Test
  void refusesWhatIsNoFile() {
    refuses(
        () -> Csv.read(Path.of("no", "such.csv")), Path.of("no", "such.csv") + ": no such file");
    refuses(() -> Csv.read(folder), folder + ": expected a CSV file, got a directory");
  }

  @Test
  void refusesAFileThatMustNotBeRead() throws IOException {
    Path file = Files.writeString(folder.resolve("secret.csv"), "a\n1\n");
    assumeTrue(
        file.toFile().setReadable(false) && !Files.isReadable(file),
        "running as a user who may read everything");
    refuses(() -> Csv.read(file), file + ": no permission to read this file");
  }

  @Test
  void refusesFilesWithoutRows() {
    refuses(() -> read(""), "t.csv: the file is empty; expected a header and rows");
    refuses(() -> read("\uFEFF\n\n"), "t.csv: the file is empty; expected a header and rows");
    refuses(() -> read("a,b\n"), "t.csv: the file has a header but no rows");
    refuses(() -> read("a,b"), "t.csv: the file has a header but no rows");
  }

  @Test
  void refusesRaggedRows() {
    refuses(
        () -> read("a,b\n1,2\n3\n"),
        "t.csv, line 3: got 1 cell, expected 2 as in the header; an empty cell needs its separator, too");
    refuses(
        () -> read("a,b\n\n\"x\ny\r\nz\n\",2\n1,2,3"),
        "t.csv, line 7: got 3 cells, expected 2 as in the header" + SEPARATOR);
    refuses(
        () -> read("a,b\n1,2\n\"x\ny\",2,4\n"),
        "t.csv, line 3: got 3 cells, expected 2 as in the header" + SEPARATOR);
  }

  @Test
  void refusesUnclearHeaders() {
    refuses(
        () -> read("a,b,a\n1,2,3\n"),
        "t.csv: line 1: columns 1 and 3 are both named 'a'; leave one out with drop='#3', or give"
            + " header=no if line 1 is data");
    refuses(
        () -> read("a, ,b\n1,2,3\n"),
        "t.csv: line 1: column 2 has no name; leave it out with drop='#2', or learn from it with"
            + " numeric='#2'");
    refuses(
        () -> read("1,2.5,-3e4\n1,2,3\n"),
        "t.csv: line 1 holds only numbers, expected a header with the names of the columns; give"
            + " header=no if it is data, header=yes if they are names");
  }

  @Test
  void refusesDamagedGzip() throws IOException {
    byte[] whole = gzip("a,b\n" + "1.25,x\n3.5,y\n".repeat(1000));
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 0x55;
    assertThatThrownBy(() -> read(cut, CsvOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t.csv: the gzip compression is damaged or cut short (");
    assertThatThrownBy(() -> read(flipped, CsvOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t.csv");
    assertThatThrownBy(() -> read(Arrays.copyOf(whole, 5), CsvOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t.csv: the gzip compression is damaged or cut short (");
  }

  @Test
  void refusesOtherEncodings() {
    assertThatThrownBy(
            () -> read("a,b\nü,1\n".getBytes(StandardCharsets.ISO_8859_1), CsvOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t.csv: the text is not UTF-8; convert the file first");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "504B0304 | a zip archive or workbook (.xlsx); unpack it, or save the sheet as CSV in UTF-8",
        "D0CF11E0 | a workbook (.xls); save the sheet as CSV in UTF-8",
        "425A6839 | a file compressed by bzip2; decompress it, or compress it by gzip",
        "FD377A585A | a file compressed by xz; decompress it, or compress it by gzip",
        "28B52FFD | a file compressed by zstd; decompress it, or compress it by gzip",
        "50415231 | a Parquet file; write its table as CSV",
        "FFFE61002C00 | a text in UTF-16; convert it to UTF-8",
        "3C21444F4354595045 | a web page; download the file itself",
        "EFBBBF3C68746D6C | a web page; download the file itself",
        "7B226122203A2031 | JSON; write its table as CSV",
        "5B0A7B2261223A31 | JSON; write its table as CSV"
      })
  void refusesFilesOfOtherKinds(String bytes, String kind) throws IOException {
    byte[] file = HexFormat.of().parseHex(bytes);
    String message = "t.csv: expected a CSV file, got " + kind;
    refuses(() -> read(file, CsvOptions.DEFAULT), message);
    byte[] zipped = gzip(file);
    refuses(() -> read(zipped, CsvOptions.DEFAULT), message);
  }

  @Test
  void refusesAPointerOfGit() {
    refuses(
        () -> read("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"),
        "t.csv: expected a CSV file, got a pointer of Git LFS; fetch the file by git lfs pull");
  }

  @Test
  void refusesWhatNobodySeesWithinAText() {
    byte[] utf16 = "a,b\n1,2\n".getBytes(StandardCharsets.UTF_16LE);
    String message =
        "t.csv: the text holds NUL characters, as UTF-16 does; convert it to UTF-8 first";
    refuses(() -> read(utf16, CsvOptions.DEFAULT), message);
    refuses(() -> read("a,b\n1,x\n2,x\0\n"), message);
  }

  @Test
  void saysWhatMayBeWrongWithARow() {
    String end = " as in the header; ";
    refuses(
        () -> read("a,b\n1,2,\n"),
        "t.csv, line 2: got 3 cells, expected 2"
            + end
            + "where each row ends with a separator, end line 1 with one and give drop='#3'");
    assertThat(read("a,b,\n1,2,\n", CsvOptions.DEFAULT.withDrop("#3")).names())
        .containsExactly("a", "b");
    String comments = "take out comments, since lines that begin with # are read like all others";
    refuses(
        () -> read("# by me\na,b\n1,2\n"),
        "t.csv, line 2: got 2 cells, expected 1" + end + comments);
    refuses(
        () -> read("a,b\n1,2\n# here\n"), "t.csv, line 3: got 1 cell, expected 2" + end + comments);
    refuses(
        () -> read("Survey\na,b\n1,2\n"),
        "t.csv, line 2: got 2 cells, expected 1"
            + end
            + "line 1 must name the columns: take out what stands above the header");
    refuses(
        () -> read("sep=;\na;b\n1;2\n"),
        "t.csv: line 1 tells a spreadsheet program the separator, expected the header; take this"
            + " line out");
  }

  @Test
  void refusesTheHeaderAgain() {
    refuses(
        () -> read("a,b\nx,y\na,b\nx,z\n"),
        "t.csv, line 3: the header again; take this line out, or give header=no if line 1 is"
            + " data, header=yes if this line is");
    CsvOptions yes = CsvOptions.DEFAULT.withHeader(CsvOptions.Header.YES);
    assertThat(read("a,b\nx,y\na,b\nx,z\n", yes).rows()).isEqualTo(3);
  }

  @Test
  void refusesOneColumnThatIsSeveral() {
    String advice = " if that stands between cells, separator=, if not";
    refuses(
        () -> read("a  b\n 1  2\n13 14\n"),
        "t.csv: one column 'a  b', expected several; give separator=' '" + advice);
    refuses(
        () -> read("a:b\n1:x\n2:y\n"),
        "t.csv: one column 'a:b', expected several; give separator=:" + advice);
    assertThat(names(read("full name\nJohn Smith\nAnn van Dyke\n"), "full name").levels())
        .hasSize(2);
    assertThat(read("a b\n1 2\n", CsvOptions.DEFAULT.withSeparator(',')).names())
        .containsExactly("a b");
  }

  @Test
  void severalSpacesSeparateLikeOne() {
    Table table =
        read(
            "   a     b  c\r\n  1.5   22  \"x  y\" \n\n -7      3\t\"\"  \n",
            CsvOptions.DEFAULT.withSeparator(' '));
    assertThat(table.names()).containsExactly("a", "b", "c");
    assertThat(((NumericColumn) table.column("a")).values()).containsExactly(1.5, -7);
    assertThat(((NumericColumn) table.column("b")).values()).containsExactly(22, 3);
    assertThat(names(table, "c").levels()).containsExactly("x  y");
    assertThat(table.column("c").missing(1)).isTrue();
  }

  @Test
  void refusesQuotesOutOfPlace() {
    assertThatThrownBy(() -> read("a,b\n1,\"x\n2,y\n"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t.csv: a quote is out of place or never closed");
    assertThatThrownBy(() -> read("a,b\n1,\"x\"y\n"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t.csv: a quote is out of place or never closed");
  }

  @Test
  void refusesTextAmongNumbers() {
    refuses(
        () -> read("a,b\n1,x\n2,y\n?,z\nabc,w\n"),
        "t.csv, line 5: column 'a' holds 'abc', expected a number as in most of the column;"
            + " give missing=abc if it stands for a missing value, nominal=a if it holds names");
    refuses(
        () -> read("a\nabc\n1\n2\n"),
        "t.csv, line 2: column 'a' holds 'abc', expected a number as in most of the column;"
            + " give missing=abc if it stands for a missing value, nominal=a if it holds names");
    refuses(
        () -> read("a\nx\ny\n1\n", CsvOptions.DEFAULT.withNumeric("a")),
        "t.csv, line 2: column 'a' holds 'x', expected a number because of numeric=a; give"
            + " missing=x if it stands for a missing value");
  }

  @Test
  void showsLongCellsOnOneLine() {
    refuses(
        () -> read("a\n1\n2\n\"x\ny" + "z".repeat(99) + "\"\n"),
        "t.csv, line 4: column 'a' holds 'x y"
            + "z".repeat(57)
            + "…', expected a number as in most of the column; give nominal=a if it holds names");
  }

  @Test
  void halfNumbersAreNames() {
    assertThat(names(read("a\n1\nx\n2\ny\n"), "a").levels()).containsExactly("1", "2", "x", "y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inf", "-Inf", "Infinity", "+infinity", "1e999", "-.5E400"})
  void refusesNumbersThatAreNotFinite(String cell) {
    refuses(
        () -> read("a,b\n1,x\n\n" + cell + ",y\n"),
        "t.csv, line 4: column 'a' holds '"
            + cell
            + "', expected a finite number;"
            + " give missing="
            + cell
            + " if it stands for a missing value");
    refuses(
        () -> read("a,b\n" + cell + ",y\n"),
        "t.csv, line 2: column 'a' holds '"
            + cell
            + "', expected a finite number;"
            + " give missing="
            + cell
            + " if it stands for a missing value");
    assertThat(names(read("a\nx\n" + cell + "\n"), "a").levels()).contains(cell);
  }

  @Test
  void refusesUnknownColumnsInOptions() {
    String text = "Length,Sex\n1,M\n";
    refuses(
        () -> read(text, CsvOptions.DEFAULT.withNominal("sex")),
        "t.csv: nominal: unknown column 'sex'; known: Length, Sex (did you mean Sex?)");
    refuses(
        () -> read(text, CsvOptions.DEFAULT.withNumeric("Lenght")),
        "t.csv: numeric: unknown column 'Lenght'; known: Length, Sex (did you mean Length?)");
    refuses(
        () -> read(text, CsvOptions.DEFAULT.withDrop("rings")),
        "t.csv: drop: unknown column 'rings'; known: Length, Sex");
    refuses(
        () -> read(text, CsvOptions.DEFAULT.withNominal("Sex").withNumeric("Sex")),
        "t.csv: column 'Sex' is named by both nominal and numeric, expected one");
    refuses(
        () -> read(text, CsvOptions.DEFAULT.withDrop("Sex").withDrop("Length")),
        "t.csv: no column is left after drop");
  }

  @Test
  void refusesDecimalCommas() {
    refuses(
        () -> read("a;b\n1,5;x\n2,5;y\n"),
        "t.csv, line 2: column 'a' holds '1,5', expected a number; give decimal=, for 1.5, or"
            + " nominal=a if it holds names");
  }

  @Test
  void refusesImpossibleSeparators() {
    refuses(
        () -> CsvOptions.DEFAULT.withSeparator('"'),
        "separator: expected a character other than a quote or line end");
  }

  /** A file that is read in many batches. */
  private static String longTable(int rows) {
    StringBuilder text = new StringBuilder("i,t\n");
    for (int row = 0; row < rows; row++) {
      text.append(row).append(",\"a\nb").append(row % 7).append("\"\n");
    }
    return text.toString();
  }

  @Test
  void readsFilesOfManyBatches() {
    int rows = 60_000;
    Table table = read(longTable(rows));
    double[] values = numbers(table, "i");
    int[] codes = names(table, "t").codes();
    assertThat(values).hasSize(rows);
    for (int row = 0; row < rows; row++) {
      assertThat(values[row]).isEqualTo(row);
      assertThat(codes[row]).isEqualTo(row % 7);
    }
  }

  @Test
  void errorsFarIntoAFileSayTheirLine() {
    refuses(
        () -> read(longTable(50_000) + "1\n" + longTable(10)),
        "t.csv, line 100002: got 1 cell, expected 2 as in the header; an empty cell needs its separator, too");
    refuses(
        () -> read(longTable(50_000) + "oops,x\n" + "1,y\n".repeat(50_000)),
        "t.csv, line 100002: column 'i' holds 'oops', expected a number as in most of the column;"
            + " give missing=oops if it stands for a missing value, nominal=i if it holds names");
  }

  /** What is wrong first in the file is what is said, however far ahead the reading is. */
  @Test
  void theFirstErrorOfAFileIsReported() {
    byte[] ragged = (longTable(30_000) + "1\n").getBytes(StandardCharsets.UTF_8);
    byte[] bytes = Arrays.copyOf(ragged, ragged.length + 3_000_000);
    Arrays.fill(bytes, ragged.length, bytes.length, (byte) '\n');
    bytes[bytes.length - 1] = (byte) 0xFF;
    refuses(
        () -> read(bytes, CsvOptions.DEFAULT),
        "t.csv, line 60002: got 1 cell, expected 2 as in the header; an empty cell needs its separator, too");
  }

  @Test
  void noThreadIsLeftBehind() throws InterruptedException {
    String text = longTable(50_000);
    read(text);
    refuses(
        () -> read("i,t\n1\n" + text),
        "t.csv, line 2: got 1 cell, expected 2 as in the header; an empty cell needs its separator, too");
    assertThatThrownBy(() -> read(text + "1,\"")).isInstanceOf(InputException.class);
    try (CsvRows rows =
        CsvRows.open(
            "t.csv",
            () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            Optional.empty())) {
      assertThat(rows.next()).isTrue();
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(CsvRecords.THREAD)) {
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  /** An error in the thread that reads, such as too little memory, reaches the caller as it is. */
  @Test
  void whatStopsTheReaderReachesTheCaller() {
    OutOfMemoryError error = new OutOfMemoryError("test");
    byte[] begin = longTable(50_000).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> {
              try (CsvRows rows =
                  CsvRows.open(
                      "t.csv",
                      () ->
                          new SequenceInputStream(
                              new ByteArrayInputStream(begin),
                              new InputStream() {
                                @Override
                                public int read() {
                                  throw error;
                                }

                                @Override
                                public int read(byte[] bytes, int from, int length) {
                                  throw error;
                                }
                              }),
                      Optional.empty())) {
                while (rows.next()) {
                  assertThat(rows.cell(0)).isNotEmpty();
                }
              }
            })
        .isSameAs(error);
  }

  /** Whatever the bytes are, there is a table or a one-line error. */
  @Test
  void anyBytesAreATableOrAnInputError() throws IOException {
    long seed = 11;
    RandomGenerator random = Seed.of(seed).generator();
    byte[] packed = gzip("a,b\n1,x\n2,y\n");
    String[] pieces = {
      "a", "b", "1", "2.5", ",", ";", "\"", "\n", "\r", "\t", " ", "NaN", "?", "é", "\uFEFF", "\0",
      "|"
    };
    int tables = 0;
    for (int round = 0; round < 4_000; round++) {
      byte[] bytes;
      if (round % 4 == 0) {
        bytes = packed.clone();
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      } else {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "a,b\n" : "");
        for (int i = random.nextInt(12); i > 0; i--) {
          text.append(pieces[random.nextInt(pieces.length)]);
        }
        bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      }
      try {
        read(bytes, CsvOptions.DEFAULT).fingerprint();
        tables++;
      } catch (InputException e) {
        assertThat(e.getMessage())
            .as("seed %s, round %s", seed, round)
            .startsWith("t.csv")
            .doesNotContainPattern("\\p{Cntrl}");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(tables).isPositive();
  }
}
