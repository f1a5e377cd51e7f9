package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cells mean, in the data that are learned from and in rows that come later. */
class CellsTest {

  private static final CsvOptions DEFAULT = CsvOptions.DEFAULT;
  private static final double NA = Double.NaN;

  private static final Preprocessing.Options RAW =
      Preprocessing.Options.DEFAULT
          .withStandardise(false)
          .withOneHot(Preprocessing.OneHot.ZERO_ONE);

  private final List<String> warnings = new ArrayList<>();

  private Table read(String text, CsvOptions options) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Csv.read(
        "t.csv",
        () -> new ByteArrayInputStream(bytes),
        options,
        warning -> warnings.add(warning.toString()));
  }

  private Table read(String text) {
    return read(text, DEFAULT);
  }

  private static double[] numbers(Table table, String column) {
    return ((NumericColumn) table.column(column)).values();
  }

  private static List<String> names(Table table, String column) {
    return ((NominalColumn) table.column(column)).levels();
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  /** A column of these cells beside one that varies. */
  private static String column(String... cells) {
    return IntStream.range(0, cells.length)
        .mapToObj(i -> cells[i] + ";" + i)
        .collect(Collectors.joining("\n", "a;b\n", "\n"));
  }

  // Missing values.

  @Test
  void tokensCompareByValue() {
    CsvOptions options = DEFAULT.withMissing("-999");
    assertThat(numbers(read(column("1", "-999.0", "-9.99e2", "2", "-999"), options), "a"))
        .containsExactly(1, NA, NA, 2, NA);
    assertThat(names(read(column("x", "-999.0", "y"), options), "a")).containsExactly("x", "y");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aTokenThatNeverOccursIsWarnedOf() {
    read(column("1", "-999.5"), DEFAULT.withMissing("-999", "none"));
    assertThat(warnings)
        .containsExactly(
            "t.csv: missing=-999: no cell holds it", "t.csv: missing=none: no cell holds it");
  }

  @Test
  void sodiumIsAName() {
    assertThat(names(read(column("Na", "K", "Ca")), "a")).containsExactly("Ca", "K", "Na");
    assertThat(warnings).isEmpty();
  }

  @Test
  void namibiaIsMissingWithAWarningAndANameWhereTold() {
    Table table = read(column("EU", "NA", "AS", "NA"));
    assertThat(table.column("a").missing()).isEqualTo(2);
    assertThat(warnings)
        .containsExactly(
            "t.csv: read as missing: 'NA' in column 'a' (2 cells); no-default-missing keeps them"
                + " as names");
    CsvOptions all = DEFAULT.withMissing(MissingTokens.NONE);
    assertThat(names(read(column("EU", "NA", "AS", "?"), all), "a"))
        .containsExactly("?", "AS", "EU", "NA");
  }

  @Test
  void notANumberIsMissingAmongNumbersAndANameAmongNames() {
    assertThat(numbers(read(column("1", "NaN", "-nan", "2")), "a")).containsExactly(1, NA, NA, 2);
    assertThat(numbers(read(column("nan", "NaN", "2")), "a")).containsExactly(NA, NA, 2);
    assertThat(numbers(read(column("nan", "NaN")), "a")).containsExactly(NA, NA);
    assertThat(warnings).isEmpty();
    assertThat(names(read(column("nan", "roti")), "a")).containsExactly("nan", "roti");
    assertThat(warnings)
        .containsExactly(
            "t.csv: 'nan' is read as a name in column 'a' (1 cell); give missing=nan if it stands"
                + " for a missing value");
    assertThat(names(read(column("nan", "roti", "2")), "a")).containsExactly("2", "nan", "roti");
    refuses(
        () -> read(column("1", "NaN"), DEFAULT.withMissing(MissingTokens.NONE)),
        "t.csv, line 3: column 'a' holds 'NaN', expected a finite number; give missing=NaN if it"
            + " stands for a missing value");
  }

  @Test
  void aBlankLineOfOneColumnIsAMissingCell() {
    assertThat(numbers(read("a\n1\n\n3\n\n\n6\n"), "a")).containsExactly(1, NA, 3, NA, NA, 6);
    assertThat(numbers(read("\n\na\n1\n  \n3"), "a")).containsExactly(1, NA, 3);
    assertThat(numbers(read("a,b\n\n1,2\n  \n3,4\n\n"), "a")).containsExactly(1, 3);
  }

  @Test
  void whatNobodySeesAroundACellDoesNotCount() {
    String spaces = "\u00A0,\u2003,\u200B,\uFEFF,\u202A,\u001A";
    for (String space : spaces.split(",", -1)) {
      Table table =
          read("a" + space + ",b\n" + space + "1.5,x\n" + space + ",x" + space + "\n2,y\n");
      assertThat(numbers(table, "a")).containsExactly(1.5, NA, 2);
      assertThat(names(table, "b")).containsExactly("x", "y");
      Table given = Table.ofRows("rows", List.of(Map.of("b", space + "x"), Map.of("b", "y")));
      assertThat(names(given, "b")).containsExactly("x", "y");
    }
    refuses(
        () -> read(column("1", "2", "3\uFEFF4")),
        "t.csv, line 4: column 'a' holds '3\\uFEFF4', expected a number as in most of the column;"
            + " give missing='3\uFEFF4' if it stands for a missing value, nominal=a if it holds"
            + " names");
    assertThat(warnings).isEmpty();
  }

  @Test
  void rowsWithoutAnyValueAreCounted() {
    Table table = read("a,b\n1,x\n,\n2,y\n,\n");
    assertThat(numbers(table, "a")).containsExactly(1, NA, 2, NA);
    assertThat(warnings)
        .containsExactly(
            "t.csv: 2 rows have no value at all, as spreadsheet programs leave them below a table;"
                + " take them out if they are none");
  }

  @Test
  void oneWordThatMakesNumbersNamesIsWarnedOf() {
    assertThat(names(read(column("-", "1.5", "-", "2", "-")), "a"))
        .containsExactly("-", "1.5", "2");
    assertThat(warnings)
        .containsExactly(
            "t.csv: all that is no number, and so makes numbers names: '-' in column 'a' (3 cells);"
                + " give missing=- if it stands for a missing value");
    assertThat(numbers(read(column("-", "1.5", "-", "2", "-"), DEFAULT.withMissing("-")), "a"))
        .containsExactly(NA, 1.5, NA, 2, NA);
    assertThat(warnings).hasSize(1);
    read(column("-", "1.5", "-", "2", "x"));
    read(column("-", "1.5", "-", "2", "-"), DEFAULT.withNominal("a"));
    assertThat(warnings).hasSize(1);
  }

  // Names.

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Yes,yes,no; Yes' and 'yes",
        "TRUE,1,false,0; 1' and 'TRUE",
        "new  york,new york,boston; new  york' and 'new york",
        "caf\u00e9,cafe\u0301,bar; cafe\u0301' and 'caf\u00e9",
        "a\u00a0b,a b; a b' and 'a\\u00A0b"
      })
  void namesThatMayBeTheSameAreWarnedOf(String cells, String pair) {
    read(column(cells.split(",", -1)));
    assertThat(warnings)
        .containsExactly(
            "t.csv: read as different names: '"
                + pair
                + "' in column 'a'; write them in one way if they are the same");
    read(column(cells.split(",", -1)), DEFAULT.withNominal("a"));
    read(column("true", "False", "TRUE", "no way"), DEFAULT.withNominal("a"));
    read(column("true", "False", "TRUE"));
    assertThat(warnings).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2021-03-0%d",
        "%d/12/99",
        "0%d.05.2020 12:30",
        "1%d:45",
        "1%d:45:01.5",
        "%d:30 PM"
      })
  void datesAreWarnedOf(String date) {
    read(column(Text.format(date, 1), Text.format(date, 2)));
    assertThat(warnings)
        .containsExactly(
            "t.csv: dates or times are read as names, in column 'a'; turn them into numbers, or give"
                + " drop=a");
    read(column(Text.format(date, 1), "soon"));
    read(column(Text.format(date, 1), Text.format(date, 2)), DEFAULT.withNominal("a"));
    assertThat(warnings).hasSize(1);
  }

  @Test
  void namesOfRowsAndTheirNumbersAreWarnedOf() {
    String rows =
        IntStream.range(0, 20)
            .mapToObj(i -> (7 + i) + ",k" + i * i + "," + i % 7 + ",n" + i % 7 + "\n")
            .collect(Collectors.joining());
    read("Unnamed: 0,key,x,y\n" + rows);
    assertThat(warnings)
        .containsExactly(
            "t.csv: almost every row has a name of its own in column 'key'; nothing can be learned"
                + " from it, give drop=key",
            "t.csv: numbers that count the rows, in column 'Unnamed: 0'; give drop='Unnamed: 0' if"
                + " they mean nothing else, numeric='Unnamed: 0' if they do");
    read("year,key,x,y\n" + rows, DEFAULT.withNumeric("year").withNominal("key"));
    read("year,key,x,y\n" + rows, DEFAULT.withDrop("year", "key"));
    assertThat(warnings).hasSize(2);
  }

  @Test
  void allColumnsAreNamedInTheAdvice() {
    String rows =
        IntStream.range(0, 20)
            .mapToObj(i -> "k" + i * i + ",q" + i + "," + i % 7 + "\n")
            .collect(Collectors.joining());
    read("key,the other,x\n" + rows);
    assertThat(warnings)
        .containsExactly(
            "t.csv: almost every row has a name of its own in columns key, the other; nothing can be"
                + " learned from them, give drop='key,the other'");
  }

  /** The opposite of 0,5 without a decimal comma. */
  @Test
  void pointsWhereCommasWereGivenAreSaid() {
    NumberStyle commas = new NumberStyle(',', Optional.empty());
    String rows =
        IntStream.range(0, 20)
            .mapToObj(i -> "0." + (1000 + i) + ";" + i % 7 + ",5\n")
            .collect(Collectors.joining());

    read("x;y\n" + rows, DEFAULT.withSeparator(';').withNumbers(commas));

    assertThat(warnings)
        .containsExactly(
            "t.csv: numbers with a decimal point, such as '0.1000', are read as names in"
                + " column 'x', because of decimal=,; write all numbers of the file in one way");
    assertThatThrownBy(
            () ->
                read(
                    "x;y\n" + rows,
                    DEFAULT.withSeparator(';').withNumbers(commas).withNumeric("x")))
        .hasMessageContaining("expected a number because of numeric=x; it has a decimal point, and")
        .hasMessageContaining("was given");
  }

  // Numbers.

  @Test
  void accountsWriteNegativeNumbersInParentheses() {
    assertThat(numbers(read(column("(12.5)", "3", "(4)", "7.25-")), "a"))
        .containsExactly(-12.5, 3, -4, -7.25);
    assertThat(names(read(column("5-", "4", "3-")), "a")).containsExactly("3-", "4", "5-");
    assertThat(names(read(column("(x)", "()", "(", "-")), "a")).hasSize(4);
    CsvOptions comma = DEFAULT.withNumbers(new NumberStyle(',', Optional.of('.')));
    assertThat(numbers(read(column("(1.234,5)", "3,5"), comma), "a")).containsExactly(-1234.5, 3.5);
    assertThat(warnings).isEmpty();
    Table learned = read(column("1", "2", "3"));
    Preprocessing fitted = Preprocessing.fit(learned.without(List.of("b")), RAW);
    Table later = Table.ofRows("rows", List.of(Map.of("a", "(2.5)"), Map.of("a", "2.5-")));
    assertThat(fitted.apply(later).row(0)).containsExactly(-2.5f);
    assertThat(fitted.apply(later).row(1)).containsExactly(-2.5f);
  }

  @Test
  void numbersThatLookLikeCodesAreWarnedOf() {
    assertThat(numbers(read(column("1E5", "12E3", "7")), "a")).containsExactly(1e5, 12e3, 7);
    assertThat(warnings)
        .containsExactly(
            "t.csv: numbers that look like codes, such as '1E5', in column 'a'; give nominal=a if"
                + " they are codes, numeric=a if not");
    read(column("1E5", "12E3"), DEFAULT.withNumeric("a"));
    read(column("1e-5", "1e+3"));
    read(column("1e5", "1.5e3"));
    assertThat(warnings).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0661\u0662,\u0663", "\uff11\uff12,\uff13", "\u0967.\u0968,\u0969"})
  void otherDigitsAreWarnedOf(String cells) {
    assertThat(names(read(column(cells.split(",", -1))), "a")).hasSize(2);
    assertThat(warnings)
        .containsExactly(
            "t.csv: numbers in other digits than 0 to 9 are read as names, in column 'a'; write them"
                + " in 0 to 9, or give nominal=a if they are names");
  }

  @Test
  void percentAndMoneyAreNumbersWhereAllCellsAreSuch() {
    assertThat(numbers(read(column("45.0%", "", "51.8 %")), "a")).containsExactly(45, NA, 51.8);
    assertThat(numbers(read(column("$90.08", "-$1.5", "$-2", "+$3")), "a"))
        .containsExactly(90.08, -1.5, -2, 3);
    assertThat(numbers(read(column("5 €", "7€")), "a")).containsExactly(5, 7);
    assertThat(numbers(read(column("EUR 5", "EUR 7.5")), "a")).containsExactly(5, 7.5);
    assertThat(numbers(read(column("5\u00a0CHF", "\u22127 CHF")), "a")).containsExactly(5, -7);
    assertThat(warnings).isEmpty();
  }

  @Test
  void mixedUnitsAreRefused() {
    refuses(
        () -> read(column("45%", "51%", "0.5")),
        "t.csv, line 4: column 'a' holds '0.5', expected a number with % as in the rows before;"
            + " give nominal=a if it holds names");
    refuses(
        () -> read(column("45", "$51")),
        "t.csv, line 3: column 'a' holds '$51', expected a number alone as in the rows before;"
            + " give nominal=a if it holds names");
  }

  @Test
  void otherUnitsAreWarnedOfAndReadWhereTold() {
    assertThat(names(read(column("12 kg", "7.5 kg")), "a")).hasSize(2);
    assertThat(warnings)
        .containsExactly(
            "t.csv: names that look like numbers with a unit, such as '12 kg', in column 'a'; give"
                + " numeric=a to read them as numbers, nominal=a if they are names");
    CsvOptions told = DEFAULT.withNumeric("a");
    assertThat(numbers(read(column("12 kg", "7.5 kg"), told), "a")).containsExactly(12, 7.5);
    refuses(
        () -> read(column("12 kg", "300 g"), told),
        "t.csv, line 3: column 'a' holds '300 g', expected a number with kg as in the rows before;"
            + " give nominal=a if it holds names");
    warnings.clear();
    read(column("A12", "A13"));
    read(column("1st", "2nd"));
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1,234 | thousands=, for 1234 or decimal=, for 1.234",
        "1,991,646 | thousands=, for 1991646",
        "$1,234,567.50 | thousands=, for 1234567.5",
        "12,34,567 | thousands=, for 1234567",
        "1,234.5 | thousands=, for 1234.5",
        "0,5 | decimal=, for 0.5",
        "1.234,5 | decimal=, thousands=. for 1234.5",
        "1.234.567 | decimal=, thousands=. for 1234567",
        "1 234 567 | thousands=' ' for 1234567 or decimal=, thousands=' ' for 1234567",
        "1'234 | thousands=\"'\" for 1234",
        "12,5% | decimal=, for 12.5",
      })
  void otherWritingsAreRefusedWithTheOptionThatSettlesThem(String cell, String advice) {
    refuses(
        () -> read(column(cell, cell)),
        "t.csv, line 2: column 'a' holds '"
            + cell
            + "', expected a number; give "
            + advice
            + ", or nominal=a if it holds names");
  }

  @Test
  void theAdviceFitsTheWholeColumn() {
    assertThatThrownBy(() -> read(column("1,234", "1,991,646")))
        .hasMessageContaining("give thousands=, for 1234, or nominal");
    assertThatThrownBy(() -> read(column("12.5", "1,234", "1,235")))
        .hasMessageContaining("give thousands=, for 1234, or nominal");
    assertThatThrownBy(() -> read(column("999", "998", "1,234")))
        .hasMessageContaining("thousands=, for 1234 or decimal=, for 1.234");
  }

  @Test
  void signsThatAreGivenAreRead() {
    CsvOptions comma = DEFAULT.withNumbers(new NumberStyle('.', Optional.of(',')));
    assertThat(numbers(read(column("1,234", "-1,991,646.5", "7", "1e3"), comma), "a"))
        .containsExactly(1234, -1991646.5, 7, 1000);
    CsvOptions german = DEFAULT.withNumbers(new NumberStyle(',', Optional.of('.')));
    assertThat(numbers(read(column("1.234,5", "0,5", "12"), german), "a"))
        .containsExactly(1234.5, 0.5, 12);
    refuses(
        () -> read(column("1.234,5", "12.5", "7"), german),
        "t.csv, line 3: column 'a' holds '12.5', expected a number as in most of the column; it"
            + " has a decimal point, and decimal=, was given; give nominal=a if it holds names");
    assertThatThrownBy(() -> new NumberStyle(',', Optional.of(',')))
        .hasMessage("thousands and decimal: expected two different characters, got ','");
  }

  @Test
  void wholeNumbersThatWouldBeRoundedAreRefusedOrCodes() {
    String text = column("1234567890123456789", "1234567890123456790");
    refuses(
        () -> read(text),
        "t.csv, line 2: column 'a' holds '1234567890123456789', expected a number below 2^53, since"
            + " larger ones are rounded; give nominal=a if it is a code, or numeric=a if it may"
            + " be rounded");
    assertThat(names(read(text, DEFAULT.withNominal("a")), "a")).hasSize(2);
    assertThat(numbers(read(text, DEFAULT.withNumeric("a")), "a"))
        .containsOnly(1234567890123456789.);
    assertThat(numbers(read(column("9007199254740992", "1e300")), "a")).hasSize(2);
  }

  @Test
  void leadingZerosAreWarnedOf() {
    assertThat(numbers(read(column("00501", "501")), "a")).containsExactly(501, 501);
    assertThat(warnings)
        .containsExactly(
            "t.csv: numbers with leading zeros, such as '00501', in column 'a'; give nominal=a if"
                + " they are codes, numeric=a if not");
    warnings.clear();
    read(column("00501", "501"), DEFAULT.withNumeric("a"));
    read(column("0.5", "0", "-0.1"));
    read(column("01.5", "02.5"));
    assertThat(warnings).isEmpty();
  }

  // The first line.

  @Test
  void aFirstLineThatLooksLikeDataIsWarnedOf() {
    read("M,0.1,0.2,1\nF,0.3,0.4,2\nM,0.5,0.6,3\n");
    read("a,b,c\na,x,c\nb,b,d\n");
    assertThat(warnings)
        .containsExactly(
            "t.csv: line 1 looks like data and is read as the names of the columns (M, 0.1, 0.2 and 1 more);"
                + " give header=no if it is data, header=yes if not",
            "t.csv: line 1 looks like data and is read as the names of the columns (a, b, c);"
                + " give header=no if it is data, header=yes if not");
    warnings.clear();
    read("0,1,2,3,target\n5,5,6,7,x\n4,5,6,8,y\n");
    read("country,2010,2011,2012\nA,1,2,3\nB,1,2,4\n");
    read("0.1,0.2,x\n1,2,y\n", DEFAULT.withHeader(CsvOptions.Header.YES));
    assertThat(warnings).isEmpty();
  }

  @Test
  void withoutAHeaderColumnsAreCounted() {
    Table table = read("M,0.1\nF,0.3\n", DEFAULT.withHeader(CsvOptions.Header.NO).withDrop("x0"));
    assertThat(table.names()).containsExactly("x1");
    assertThat(numbers(table, "x1")).containsExactly(0.1, 0.3);
    assertThat(read("0,1,2\n5,6,7\n").names()).containsExactly("0", "1", "2");
  }

  @Test
  void anyColumnCanBeNamedByItsPlace() {
    String text = ",x,x,#2\n0,1,2,3\n1,2,3,5\n";
    assertThat(read(text, DEFAULT.withDrop("#1", "#3")).names()).containsExactly("x", "#2");
    assertThat(read(text, DEFAULT.withNumeric("#1").withDrop("x")).names())
        .containsExactly("#1", "#2");
    assertThat(read(text, DEFAULT.withDrop("#1", "#3", "#2")).names())
        .as("a name goes before a place")
        .containsExactly("x");
    refuses(
        () -> read(text, DEFAULT.withDrop("#5")),
        "t.csv: drop: unknown column '#5'; known: \"\", x, x, #2 (did you mean #2?)");
  }

  // Rows that come later.

  /** The inputs of rows of a file that is read in the usual way, or as those learned from. */
  private double[][] inputs(Preprocessing fitted, String text) {
    Matrix known = fitted.apply(read(text, fitted.reading()));
    Matrix plain = fitted.apply(read(text));
    double[][] rows = new double[known.rows()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = known.row(row);
      assertThat(plain.row(row)).as("row %d of %s", row, text).isEqualTo(rows[row]);
    }
    return rows;
  }

  @Test
  void codesKeepTheirZerosByEveryWay() {
    CsvOptions options = DEFAULT.withNominal("zip").withNumeric("v");
    Preprocessing fitted =
        Preprocessing.fit(read("zip,v\n00501,1\n501,2\n10001,3\n", options), RAW);
    assertThat(fitted.names()).containsExactly("zip=00501", "zip=10001", "zip=501", "v");
    assertThat(inputs(fitted, "zip,v\n00501,1\n501,1\n0501,1\n501.0,1\n"))
        .isDeepEqualTo(new double[][] {{1, 0, 0, 1}, {0, 0, 1, 1}, {0, 0, 0, 1}, {0, 0, 1, 1}});
    Table given =
        Table.ofRows(
            "rows",
            List.of(
                Map.of("zip", "00501", "v", 1),
                Map.of("zip", 501, "v", 1),
                Map.of("zip", 501L, "v", 1f)));
    assertThat(fitted.apply(given).row(0)).containsExactly(1, 0, 0, 1);
    assertThat(fitted.apply(given).row(1)).containsExactly(0, 0, 1, 1);
    assertThat(fitted.apply(given).row(2)).containsExactly(0, 0, 1, 1);
  }

  @Test
  void versionsAreNamesAsTheyAreWritten() {
    Preprocessing fitted =
        Preprocessing.fit(read("v;n\n1.1;0\n1.10;1\n1e3;2\n", DEFAULT.withNominal("v")), RAW);
    assertThat(fitted.names()).containsExactly("v=1.1", "v=1.10", "v=1e3", "n");
    assertThat(inputs(fitted, "v;n\n1.10;0\n1.1;0\n1.100;0\n1000;0\n1e3;0\n"))
        .isDeepEqualTo(
            new double[][] {{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 1, 0}});
  }

  @Test
  void wholeNumbersAreTheSameNameWithAFractionOfZeros() {
    Preprocessing fitted =
        Preprocessing.fit(read(column("1.0", "2.0", ""), DEFAULT.withNominal("a")), RAW);
    assertThat(fitted.names()).containsExactly("a=1.0", "a=2.0", "a=(missing)", "b");
    assertThat(inputs(fitted, column("2", "1.00", "3")))
        .isDeepEqualTo(new double[][] {{0, 1, 0, 0}, {1, 0, 0, 1}, {0, 0, 0, 2}});
    Table given = Table.ofRows("rows", List.of(Map.of("a", 2.0, "b", 0), Map.of("a", 2, "b", 0)));
    assertThat(fitted.apply(given).row(0)).containsExactly(0, 1, 0, 0);
    assertThat(fitted.apply(given).row(1)).containsExactly(0, 1, 0, 0);
  }

  @Test
  void whatWasMissingIsMissingAgain() {
    CsvOptions options = DEFAULT.withMissing("-999", "none");
    Preprocessing fitted = Preprocessing.fit(read("n,c\n1,x\n3,y\n-999,none\n", options), RAW);
    assertThat(inputs(fitted, "n,c\n-999,none\n-999.0,NONE\n,\nNA,?\n"))
        .isDeepEqualTo(new double[][] {{2, 0, 0, 1}, {2, 0, 0, 1}, {2, 0, 0, 1}, {2, 0, 0, 1}});
    Table given =
        Table.ofRows("rows", List.of(Map.of("n", -999, "c", "none"), Map.of("n", "nan", "c", "")));
    assertThat(fitted.apply(given).row(0)).containsExactly(2, 0, 0, 1);
    assertThat(fitted.apply(given).row(1)).containsExactly(2, 0, 0, 1);
  }

  @Test
  void whatIsMissingElsewhereIsANameWhereItWasLearnedAsOne() {
    CsvOptions all = DEFAULT.withMissing(MissingTokens.NONE);
    Preprocessing fitted = Preprocessing.fit(read(column("NA", "EU", "?"), all), RAW);
    assertThat(fitted.names()).containsExactly("a=?", "a=EU", "a=NA", "b");
    assertThat(inputs(fitted, column("NA", "?", "EU", "AS")))
        .isDeepEqualTo(new double[][] {{0, 0, 1, 0}, {1, 0, 0, 1}, {0, 1, 0, 2}, {0, 0, 0, 3}});
  }

  @Test
  void truthValuesAreTheSameInAnyCase() {
    Preprocessing fitted = Preprocessing.fit(read(column("True", "False", "")), RAW);
    assertThat(fitted.names()).containsExactly("a=False", "a=True", "a=(missing)", "b");
    assertThat(inputs(fitted, column("TRUE", "false")))
        .isDeepEqualTo(new double[][] {{0, 1, 0, 0}, {1, 0, 0, 1}});
    Table given = Table.ofRows("rows", List.of(Map.of("a", true, "b", 0)));
    assertThat(fitted.apply(given).row(0)).containsExactly(0, 1, 0, 0);
  }

  @Test
  void unitsAreThoseOfTheData() {
    Preprocessing fitted = Preprocessing.fit(read(column("45%", "55%")), RAW);
    assertThat(inputs(fitted, column("50%", "1%"))).isDeepEqualTo(new double[][] {{50, 0}, {1, 1}});
    refuses(
        () -> fitted.apply(read(column("0.5", "0.6"), fitted.reading())),
        "t.csv: column 'a' holds numbers without a unit, expected % as in the data it was fitted"
            + " to");
    Table given = Table.ofRows("rows", List.of(Map.of("a", 50, "b", 0)));
    assertThat(fitted.apply(given).row(0)).containsExactly(50, 0);
    Table text = Table.ofRows("rows", List.of(Map.of("a", "50%", "b", 0)));
    assertThat(fitted.apply(text).row(0)).containsExactly(50, 0);
    Table wrong = Table.ofRows("rows", List.of(Map.of("a", "50", "b", 0)));
    refuses(
        () -> fitted.apply(wrong),
        "rows: column 'a', row 1: expected a number with % as in the data it was fitted to, got"
            + " '50'");
  }

  @Test
  void numbersAreWrittenAsInTheData() {
    CsvOptions comma = DEFAULT.withNumbers(new NumberStyle('.', Optional.of(',')));
    Preprocessing fitted = Preprocessing.fit(read(column("1,234", "12"), comma), RAW);
    Matrix matrix = fitted.apply(read(column("1,235"), fitted.reading()));
    assertThat(matrix.row(0)).containsExactly(1235, 0);
    Table given = Table.ofRows("rows", List.of(Map.of("a", "1,235", "b", 0)));
    assertThat(fitted.apply(given).row(0)).containsExactly(1235, 0);
    CsvOptions german = DEFAULT.withNumbers(new NumberStyle(',', Optional.of('.')));
    Preprocessing points = Preprocessing.fit(read(column("1.234", "12"), german), RAW);
    Table both =
        Table.ofRows("rows", List.of(Map.of("a", "1.234", "b", 0), Map.of("a", 1.234, "b", 0)));
    assertThat(points.apply(both).row(0)).containsExactly(1234, 0);
    assertThat(points.apply(both).row(1)).as("a number among texts").containsExactly(1.234, 0);
    Preprocessing plain = Preprocessing.fit(read(column("1.5", "12")), RAW);
    Table wrong = Table.ofRows("rows", List.of(Map.of("a", "1,235", "b", 0)));
    refuses(
        () -> plain.apply(wrong),
        "rows: column 'a', row 1: expected a number as in the data it was fitted to, got '1,235'");
  }

  @Test
  void largeCodesAreExactAsNumbersOfAProgram() {
    CsvOptions options = DEFAULT.withNominal("a");
    Preprocessing fitted =
        Preprocessing.fit(read(column("9007199254740993", "9007199254740992"), options), RAW);
    Table given =
        Table.ofRows(
            "rows",
            List.of(
                Map.of("a", 9007199254740993L, "b", 0), Map.of("a", 9007199254740992L, "b", 0)));
    assertThat(fitted.apply(given).row(0)).containsExactly(0, 1, 0);
    assertThat(fitted.apply(given).row(1)).containsExactly(1, 0, 0);
  }

  @Test
  void onlyTheColumnsThatAreNeededAreRead() {
    Preprocessing fitted = Preprocessing.fit(read("a,b\n1,x\n2,y\n"), RAW);
    CsvOptions reading = fitted.reading();
    for (String text :
        List.of(
            "price,b,a\nunknown,x,1\n3,y,2\n",
            ",a,b\n0,1,x\n1,2,y\n",
            "remark,a,b,remark\nq,1,x,1\n2,2,y,r\n",
            "a,1234567890123456789,b\n1,1,x\n2,3,y\n",
            "a,n,b\n1,\"1,234\",x\n2,7,y\n")) {
      Matrix matrix = fitted.apply(read(text, reading));
      assertThat(matrix.row(0)).as(text).containsExactly(1, 1, 0);
      assertThat(matrix.row(1)).as(text).containsExactly(2, 0, 1);
    }
    assertThat(warnings).isEmpty();
    refuses(
        () -> read("a,b,a\n1,x,1\n", reading),
        "t.csv: line 1: columns 1 and 3 are both named 'a'; leave one out with drop='#3'");
    refuses(
        () -> read("c,d\n1,x\n", reading),
        "t.csv: column 'a' is needed but not there; known: c, d (did you mean c?)");
    refuses(
        () -> read("a,b\n\"1,5\",x\n", reading),
        "t.csv, line 2: column 'a' holds '1,5', expected a number; give decimal=, for 1.5");
    refuses(
        () -> read("a,b\n1,x\noops,x\n", reading),
        "t.csv, line 3: column 'a' holds 'oops', expected a number, as in the data that was learned"
            + " from; give missing=oops if it stands for a missing value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-999|none", "x"})
  void howCellsWereReadIsSaved(String missing) {
    CsvOptions options =
        DEFAULT
            .withHeader(CsvOptions.Header.NO)
            .withSeparator(':')
            .withDrop("#1")
            .withMissing(
                missing.equals("x")
                    ? MissingTokens.NONE
                    : MissingTokens.DEFAULT.with(missing.split("\\|")))
            .withNumbers(new NumberStyle(',', Optional.of(' ')))
            .withNominal("x2");
    warnings.clear();
    Preprocessing fitted = Preprocessing.fit(read("q:1 234,5%:007\nq:0,5%:7\n", options), RAW);
    Preprocessing loaded = Preprocessing.fromJson(fitted.toJson());
    assertThat(loaded.toJson()).isEqualTo(fitted.toJson());
    assertThat(loaded.reading()).isEqualTo(fitted.reading());
    assertThat(loaded.reading().missing()).isEqualTo(options.missing());
    assertThat(loaded.apply(read("r:1 000%:007\n", loaded.reading())).row(0))
        .containsExactly(1000, 1, 0);
  }
}
