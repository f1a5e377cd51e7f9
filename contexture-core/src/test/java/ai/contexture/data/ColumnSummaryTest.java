package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.input.InputException;
import ai.contexture.input.Setting;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColumnSummaryTest {

  private static final int ROWS = 40;

  /** é as one character, and as a letter and an accent. */
  private static final String COMPOSED = "caf\u00E9";

  private static final String DECOMPOSED = "cafe\u0301";

  private static NumericColumn numbers(String name, IntFunction<Double> value) {
    return NumericColumn.of(
        name, IntStream.range(0, ROWS).mapToObj(value).mapToDouble(v -> v).toArray());
  }

  private static NominalColumn names(String name, IntFunction<String> value) {
    return NominalColumn.of(name, IntStream.range(0, ROWS).mapToObj(value).toArray(String[]::new));
  }

  /** Numbers in no order. */
  private static double mixed(int row) {
    return Math.sin(12.9898 * row) * 43.7;
  }

  private static List<String> warningsOf(Column... columns) {
    StringBuilder text = new StringBuilder("other");
    for (Column column : columns) {
      text.append(',').append(column.name());
    }
    for (int i = 0; i < ROWS; i++) {
      int row = i;
      text.append('\n').append(mixed(row)).append(',');
      text.append(List.of(columns).stream().map(c -> c.text(row)).collect(Collectors.joining(",")));
    }
    List<String> warnings = new ArrayList<>();
    read(text.toString(), CsvOptions.DEFAULT, warnings);
    return warnings;
  }

  private static Table read(String text, CsvOptions options, List<String> warnings) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Csv.read(
        "t.csv",
        () -> new ByteArrayInputStream(bytes),
        options,
        warning -> warnings.add(warning.toString()));
  }

  private static ColumnSummary summary(Dataset data, String name) {
    int[] all = IntStream.range(0, data.rows()).toArray();
    Preprocessing fitted = Preprocessing.fit(data.features(), Preprocessing.Options.DEFAULT);
    return ColumnSummary.of(data, fitted, all).stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void eachColumnIsSummedUp() {
    Table table =
        Table.of(
            "t.csv",
            numbers("size", row -> row < 10 ? Double.NaN : mixed(row)),
            names("colour", row -> row % 4 == 0 ? "red" : row % 4 == 1 ? "green" : "blue"),
            numbers("one", row -> 1.0),
            numbers("rare", row -> row < 8 ? mixed(row) : Double.NaN));
    Dataset data = new Dataset("t", table, Optional.empty());

    ColumnSummary size = summary(data, "size");
    assertThat(size.numeric()).isTrue();
    assertThat(size.different()).isEqualTo(30);
    assertThat(size.missing()).isEqualTo(10);
    assertThat(size.notes()).containsExactly("missing in 10 of 40 rows");
    ColumnSummary colour = summary(data, "colour");
    assertThat(colour.numeric()).isFalse();
    assertThat(colour.different()).isEqualTo(3);
    assertThat(colour.values()).isEqualTo("blue, green, red");
    // all inputs have variance 1 and there are size, rare and three colours
    assertThat(colour.distance()).isCloseTo(0.6, within(1e-12));
    assertThat(colour.notes()).containsExactly("makes up most of the distance between rows");
    assertThat(size.distance()).isCloseTo(0.2, within(1e-12));
    assertThat(summary(data, "one").notes()).containsExactly("constant, left out");
    assertThat(summary(data, "one").distance()).isNaN();
    assertThat(summary(data, "one").values()).isEqualTo("1");
    assertThat(summary(data, "rare").notes()).containsExactly("mostly missing");
  }

  @Test
  void aColumnThatMakesUpMostOfTheDistanceIsNamed() {
    Column town = names("town", row -> "t" + row % 8);
    Table table =
        Table.of("t.csv", town, numbers("a", row -> mixed(row)), numbers("b", i -> i % 7.0));

    assertThat(
            DistanceShares.dominant(Preprocessing.fit(table, Preprocessing.Options.DEFAULT), table)
                .orElseThrow()
                .message())
        .hasToString(
            "t.csv: column 'town' makes up 80 % of the squared distance between rows, an input for"
                + " each of its 8 names; drop=town leaves it out");
    Table balanced =
        Table.of(
            "t.csv",
            numbers("a", row -> mixed(row)),
            numbers("b", i -> i % 7.0),
            numbers("c", i -> i % 5.0));
    assertThat(
            DistanceShares.dominant(
                Preprocessing.fit(balanced, Preprocessing.Options.DEFAULT), balanced))
        .isEmpty();
    Table raw =
        Table.of(
            "t.csv",
            numbers("a", row -> mixed(row)),
            numbers("b", i -> i % 7.0),
            numbers("c", i -> 900.0 * i));
    Preprocessing.Options asTheyAre = Preprocessing.Options.DEFAULT.withStandardise(false);
    assertThat(
            DistanceShares.dominant(Preprocessing.fit(raw, asTheyAre), raw)
                .orElseThrow()
                .message()
                .toString())
        .contains("column 'c' makes up 100 %", "power=quantile");
  }

  @Test
  void numbersThatLookLikeCodesAreWarnedOf() {
    assertThat(warningsOf(numbers("place", row -> 98001.0 + row % 9)))
        .containsExactly(
            "t.csv: numbers that look like codes, such as '98001', in column 'place'; give"
                + " nominal=place if they are codes, numeric=place if not");
    assertThat(warningsOf(numbers("zip_code", row -> 501.0 + 2000 * row))).hasSize(1);
    // all different, of several lengths, round, far from each other, years, fractions
    assertThat(
            warningsOf(
                numbers("a", row -> 98001.0 + 17 * ((row * 7) % ROWS)),
                numbers("b", row -> 9998.0 + row % 9),
                numbers("c", row -> 50000.0 + 10 * (row % 9)),
                numbers("d", row -> 10001.0 + 9000 * (row % 9)),
                numbers("e", row -> 1990.0 + row % 9),
                numbers("f", row -> 98001.5 + row % 9)))
        .isEmpty();
  }

  @Test
  void textIsWarnedOfOnce() {
    assertThat(warningsOf(names("review", row -> "this is the review number " + row)))
        .containsExactly(
            "t.csv: not supported as text, each text is a name of its own: column 'review'; turn it"
                + " into numbers first, or give drop=review");
    assertThat(warningsOf(names("label", row -> "a label of many words " + row % 3))).isEmpty();
  }

  /** Warnings of a dataset that is read and fitted, x being one of its columns. */
  private static List<String> warningsOf(Column x, String target) {
    List<String> warnings = new ArrayList<>(warningsOf(x));
    Table table = Table.of("t.csv", numbers("other", row -> mixed(row)), x);
    Dataset data = Dataset.of("t", table, target, null);
    Preprocessing.fit(
        data.features(),
        Preprocessing.Options.DEFAULT,
        warning -> warnings.add(warning.toString()));
    return warnings;
  }

  @Test
  void featuresWithFewValuesAreWarnedOfAndATargetIsNot() {
    Column few = numbers("x", row -> row < 8 ? mixed(row + 1) : Double.NaN);

    assertThat(warningsOf(few, "other"))
        .containsExactly(
            "t.csv: missing in at least 80 % of the rows: column 'x'; drop=x leaves it out");
    assertThat(warningsOf(few, "x")).isEmpty();
    assertThat(warningsOf(numbers("x", row -> row < 9 ? mixed(row + 1) : Double.NaN), "other"))
        .isEmpty();
  }

  private static boolean leaks(Column column, Column target) {
    Table table = Table.of("t.csv", column, target);
    return Leak.of(table, Target.of(table, target.name(), null)).isPresent();
  }

  @Test
  void aColumnThatTellsTheTargetIsNamed() {
    Column price = numbers("price", row -> mixed(row));
    Table table = Table.of("t.csv", numbers("euro", row -> 0.9 * mixed(row) + 2), price);
    assertThat(Leak.of(table, Target.of(table, "price", null)).orElseThrow())
        .hasToString(
            "t.csv: the target 'price' follows exactly from column 'euro'; give drop=euro if it"
                + " is not known before the target is");
    assertThat(leaks(numbers("cube", row -> -Math.pow(mixed(row), 3)), price)).isTrue();
    Column kind = names("kind", row -> row % 3 == 0 ? "a" : "b");
    assertThat(leaks(names("code", row -> row % 3 == 0 ? "x" : row % 2 == 0 ? "y" : "z"), kind))
        .isTrue();
    assertThat(leaks(numbers("above", row -> (row % 3 == 0 ? 100 : 0) + mixed(row)), kind))
        .isTrue();
    assertThat(
            leaks(
                numbers("level", row -> (row % 4) * 1.0),
                numbers("y", row -> 0.5 + (row % 4) * (row % 4 - 2.2))))
        .isTrue();
  }

  @Test
  void aColumnThatOnlyHelpsIsNot() {
    Column price = numbers("price", row -> mixed(row));
    assertThat(leaks(numbers("near", row -> mixed(row) + 0.1 * (row % 7)), price)).isFalse();
    Column kind = names("kind", row -> row % 3 == 0 ? "a" : "b");
    assertThat(
            leaks(names("twice", row -> "twin " + row / 2), names("y", row -> "y" + row / 2 % 2)))
        .isFalse();
    assertThat(leaks(names("id", row -> "row " + row), kind)).isFalse();
    assertThat(leaks(numbers("number", row -> (double) row), kind)).isFalse();
    assertThat(leaks(names("once", row -> row == 5 || row % 3 == 0 ? "x" : "y"), kind)).isFalse();
    Column rare = names("rare", row -> row < 2 ? "a" : "b");
    assertThat(leaks(names("copy", row -> row < 2 ? "x" : "y"), rare)).isFalse();
    assertThat(leaks(numbers("gap", row -> row < 30 ? Double.NaN : row % 3), kind)).isFalse();
  }

  @Test
  void rowsInTwoPartsAreCounted() {
    Table table =
        Table.of(
            "t.csv",
            NumericColumn.of("x", 0.0, 1, Double.NaN, -0.0, 1, Double.NaN, 1),
            NominalColumn.of("y", "a", "b", null, "a", "c", null, "b"));
    int[] known = {0, 1, 2};

    assertThat(RepeatedRows.count(table, known, new int[] {3, 4, 5, 6})).isEqualTo(3);
    assertThat(RepeatedRows.count(table, known, new int[] {4})).isZero();
  }

  @Test
  void namesOfColumnsAreFoundHoweverTheirAccentsAreEncoded() {
    String text = "x," + DECOMPOSED + "\n1,2\n3,4\n";
    Table table = read(text, CsvOptions.DEFAULT, new ArrayList<>());

    assertThat(table.names()).containsExactly("x", COMPOSED);
    assertThat(table.has(DECOMPOSED)).isTrue();
    assertThat(table.column(DECOMPOSED).name()).isEqualTo(COMPOSED);
    assertThat(table.without(List.of(DECOMPOSED)).names()).containsExactly("x");
    assertThat(Dataset.of("t", table, DECOMPOSED, null).target().orElseThrow().name())
        .isEqualTo(COMPOSED);
    CsvOptions options = CsvOptions.DEFAULT.withDrop(DECOMPOSED);
    assertThat(read(text, options, new ArrayList<>()).names()).containsExactly("x");
    Preprocessing fitted = Preprocessing.fit(table, Preprocessing.Options.DEFAULT);
    Table given = Table.ofRows("rows", List.of(Map.of("x", 1, DECOMPOSED, 2)));
    assertThat(fitted.apply(given).get(0, 1)).isEqualTo(-1);
    assertThatThrownBy(
            () -> read(COMPOSED + "," + DECOMPOSED + "\n1,2\n", CsvOptions.DEFAULT, List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("columns 1 and 2 are both named '" + COMPOSED + "'");
  }

  /** What may be set for a column is said beside what it looks like. */
  @Test
  void adviceGoesWithTheLook() {
    Table table =
        Table.of(
            "t.csv",
            names("key", i -> "n" + i),
            names("far", i -> 10 * (i % 9) + " m"),
            names("some", i -> i % 4 == 0 ? null : "x" + i % 3),
            numbers("a", row -> mixed(row)));
    Dataset data = Dataset.of("t", table, null, null);
    Preprocessing fitted = Preprocessing.fit(table, Preprocessing.Options.DEFAULT);

    List<ColumnSummary> all =
        ColumnSummary.of(data, fitted, IntStream.range(0, table.rows()).toArray());

    assertThat(all)
        .extracting(ColumnSummary::advice)
        .containsExactly(
            Optional.of(Setting.DROP),
            Optional.of(Setting.NUMERIC),
            Optional.empty(),
            Optional.empty());
    assertThat(all.get(1).notes()).containsExactly("numbers with a unit, read as names");
    assertThat(all.get(2).notes())
        .containsExactly(
            "missing in " + table.column("some").missing() + " of " + table.rows() + " rows");
  }
}
