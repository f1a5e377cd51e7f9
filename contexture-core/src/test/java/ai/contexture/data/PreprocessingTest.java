package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Preprocessing.Impute;
import ai.contexture.data.Preprocessing.OneHot;
import ai.contexture.data.Preprocessing.Options;
import ai.contexture.data.Preprocessing.Power;
import ai.contexture.data.Preprocessing.Scale;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.random.Seed;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingTest {

  private static final double NA = Double.NaN;

  /** Leaves numbers and 0/1 as they are. */
  private static final Options RAW =
      Options.DEFAULT.withStandardise(false).withOneHot(OneHot.ZERO_ONE);

  private static Table table(Column... columns) {
    return Table.of("t.csv", columns);
  }

  private static double[] column(Matrix matrix, int column) {
    return IntStream.range(0, matrix.rows()).mapToDouble(row -> matrix.get(row, column)).toArray();
  }

  private static double[] fitted(Options options, Column column) {
    return column(Preprocessing.fit(table(column), options).apply(table(column)), 0);
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void replacesMissingNumbersByMedianOrMean() {
    NumericColumn x = NumericColumn.of("x", 1, NA, 10, 2, 7);
    assertThat(fitted(RAW, x)).containsExactly(1, 4.5, 10, 2, 7);
    assertThat(fitted(RAW.withImpute(Impute.MEAN), x)).containsExactly(1, 5, 10, 2, 7);
  }

  /** Mean 3 and population variance 2 after the missing value became the median 3. */
  @Test
  void standardisesByThePopulationVariance() {
    double s = Math.sqrt(2);
    assertThat(fitted(Options.DEFAULT, NumericColumn.of("x", 1, 2, NA, 4, 5)))
        .containsExactly(-2 / s, -1 / s, 0, 1 / s, 2 / s);
  }

  @Test
  void learnsFromTheFittedRowsOnly() {
    Table all =
        table(NumericColumn.of("x", 1, 3, NA, 100), NominalColumn.of("c", "a", "b", null, "z"));
    Preprocessing preprocessing = Preprocessing.fit(all.select(new int[] {0, 1}), Options.DEFAULT);
    assertThat(preprocessing.names()).containsExactly("x", "c=a", "c=b");
    assertThat(preprocessing.columns()).containsExactly("x", "c");
    Matrix matrix = preprocessing.apply(all);
    assertThat(column(matrix, 0)).containsExactly(-1, 1, 0, 98);
    assertThat(column(matrix, 1)).containsExactly(1, -1, -1, -1);
    assertThat(column(matrix, 2)).containsExactly(-1, 1, -1, -1);
  }

  @Test
  void namesBecomeZerosAndOnesOrStandardised() {
    NominalColumn c = NominalColumn.of("c", "b", "a", "b", "b");
    assertThat(fitted(RAW, c)).containsExactly(0, 1, 0, 0);
    double s = Math.sqrt(0.25 * 0.75);
    assertThat(fitted(Options.DEFAULT, c))
        .containsExactly(-0.25 / s, 0.75 / s, -0.25 / s, -0.25 / s);
  }

  @Test
  void missingNamesAreALevelIfTheyWereWhenFitted() {
    NominalColumn with = NominalColumn.of("c", "a", null, "b");
    Preprocessing preprocessing = Preprocessing.fit(table(with), RAW);
    assertThat(preprocessing.names()).containsExactly("c=a", "c=b", "c=(missing)");
    assertThat(preprocessing.apply(table(with)).row(1)).containsExactly(0, 0, 1);
    Preprocessing without = Preprocessing.fit(table(NominalColumn.of("c", "a", "b")), RAW);
    assertThat(without.apply(table(with)).row(1)).containsExactly(0, 0);
    Preprocessing oneLevel = Preprocessing.fit(table(NominalColumn.of("c", "a", null)), RAW);
    assertThat(oneLevel.names()).containsExactly("c=a", "c=(missing)");
  }

  @Test
  void unseenNamesAreAllZero() {
    Preprocessing preprocessing = Preprocessing.fit(table(NominalColumn.of("c", "a", "b")), RAW);
    assertThat(preprocessing.apply(table(NominalColumn.of("c", "x"))).row(0)).containsExactly(0, 0);
  }

  @Test
  void poolsRareLevels() {
    NominalColumn c = NominalColumn.of("c", "d", "d", "c", "b", "a", "b", null);
    List<String> warnings = new ArrayList<>();
    Preprocessing preprocessing =
        Preprocessing.fit(
            table(c), RAW.withMaxLevels(4), warning -> warnings.add(warning.toString()));
    // d and b occur twice; a and c, once each, are pooled; the missing value has its own.
    assertThat(preprocessing.names()).containsExactly("c=b", "c=d", "c=(other)", "c=(missing)");
    Matrix matrix = preprocessing.apply(table(c));
    assertThat(column(matrix, 2)).containsExactly(0, 0, 1, 0, 1, 0, 0);
    assertThat(warnings)
        .containsExactly(
            "t.csv: column 'c' has more than 4 levels; the rarer ones are pooled in c=(other)");
    assertThat(preprocessing.apply(table(NominalColumn.of("c", "new"))).row(0))
        .containsExactly(0, 0, 1, 0);
    assertThat(Preprocessing.fit(table(c), RAW.withMaxLevels(5)).names()).hasSize(5);
    assertThat(Preprocessing.fit(table(c), RAW.withMaxLevels(2)).names())
        .containsExactly("c=(other)", "c=(missing)");
  }

  @Test
  void equallyFrequentLevelsAreKeptByName() {
    NominalColumn c = NominalColumn.of("c", "d", "c", "b", "a");
    assertThat(Preprocessing.fit(table(c), RAW.withMaxLevels(3)).names())
        .containsExactly("c=a", "c=b", "c=(other)");
  }

  @Test
  void leavesConstantColumnsOut() {
    List<Column> columns = new ArrayList<>();
    columns.add(NumericColumn.of("x", 1, 2, 3));
    columns.add(NumericColumn.of("k", 5, NA, 5));
    columns.add(NominalColumn.of("n", "a", "a", "a"));
    for (int i = 0; i < 5; i++) {
      columns.add(NumericColumn.of("z" + i, 0, 0, 0));
    }
    List<String> warnings = new ArrayList<>();
    Preprocessing preprocessing =
        Preprocessing.fit(
            Table.of("t.csv", columns),
            Options.DEFAULT,
            warning -> warnings.add(warning.toString()));
    assertThat(preprocessing.names()).containsExactly("x");
    assertThat(warnings)
        .containsExactly("t.csv: left out because they are constant: k, n, z0, z1, z2 and 2 more");
    refuses(
        () -> Preprocessing.fit(table(columns.get(1), columns.get(2)), Options.DEFAULT),
        "t.csv: all columns are constant in the rows that the preprocessing is fitted to");
  }

  @Test
  void refusesColumnsWithoutAnyValue() {
    refuses(
        () -> Preprocessing.fit(table(NumericColumn.of("x", NA, NA)), Options.DEFAULT),
        "t.csv: column 'x' is missing in all 2 rows that the preprocessing is fitted to;"
            + " leave it out with drop=x");
    refuses(
        () -> Preprocessing.fit(table(NumericColumn.of("x")), Options.DEFAULT),
        "t.csv: no rows to fit the preprocessing to");
    refuses(
        () -> Options.DEFAULT.withMaxLevels(1),
        "preprocessing: the most levels of a column must be at least 2, got 1");
  }

  @Test
  void findsColumnsByName() {
    Preprocessing preprocessing =
        Preprocessing.fit(table(NumericColumn.of("x", 0, 1), NumericColumn.of("y", 0, 10)), RAW);
    Table other =
        table(NumericColumn.of("y", 7), NominalColumn.of("more", "m"), NumericColumn.of("x", 5));
    assertThat(preprocessing.apply(other).row(0)).containsExactly(5, 7);
    refuses(
        () -> preprocessing.apply(table(NumericColumn.of("y", 1), NumericColumn.of("X", 1))),
        "t.csv: column 'x' is needed but not there; known: y, X (did you mean X?)");
  }

  @Test
  void readsNumbersFromNamesAndNamesFromNumbers() {
    Preprocessing numbers = Preprocessing.fit(table(NumericColumn.of("x", 0, 1)), RAW);
    assertThat(column(numbers.apply(table(NominalColumn.of("x", "2.50", null, "-1"))), 0))
        .containsExactly(2.5, 0.5, -1);
    refuses(
        () -> numbers.apply(table(NominalColumn.of("x", "2.50", null, "b", "c"))),
        "t.csv: column 'x', row 3: expected a number as in the data it was fitted to, got 'b'");
    Preprocessing names =
        Preprocessing.fit(table(NominalColumn.of("c", "0", "1.0", "02", "1", "x")), RAW);
    assertThat(names.names()).containsExactly("c=0", "c=02", "c=1", "c=1.0", "c=x");
    Matrix matrix = names.apply(table(NumericColumn.of("c", 1, 2, -0.0, 3, NA)));
    assertThat(matrix.row(0)).containsExactly(0, 0, 1, 0, 0);
    assertThat(matrix.row(1)).as("2 is not the code 02").containsExactly(0, 0, 0, 0, 0);
    assertThat(matrix.row(2)).containsExactly(1, 0, 0, 0, 0);
    assertThat(matrix.row(3)).containsExactly(0, 0, 0, 0, 0);
    assertThat(matrix.row(4)).containsExactly(0, 0, 0, 0, 0);
  }

  @Test
  void neverLetsInfinityOut() {
    Preprocessing preprocessing =
        Preprocessing.fit(table(NumericColumn.of("x", 0, 1e-200)), Options.DEFAULT);
    refuses(
        () -> preprocessing.apply(table(NumericColumn.of("x", 0, 1e200))),
        "t.csv: column 'x', row 2: 1.0E200 is too large for this preprocessing");
    refuses(
        () -> Preprocessing.fit(table(NumericColumn.of("x", 1.7e308, 1.6e308)), Options.DEFAULT),
        "t.csv: column 'x' holds numbers too large to standardise; give missing with the"
            + " one that stands for a missing value, or leave the column out");
  }

  /** Values of scikit-learn 1.9.1, PowerTransformer(method="yeo-johnson", standardize=False). */
  @Test
  void yeoJohnsonAgreesWithScikitLearn() {
    double[] skewed = {0.5, 1, 1.5, 2, 3, 5, 8, 13, 21, 34};
    assertThat(PowerTransform.YeoJohnson.fit(skewed).lambda())
        .isCloseTo(-0.23871419037856373, within(1e-6));
    double[] expected = {
      0.38646063137008524, 0.6388379540254175, 0.823003614562355, 0.9663634608550593,
      1.180253321309793, 1.457831291525564, 1.709801684512605, 1.957980702165856,
      2.1861769997249993, 2.396314255918128
    };
    assertThat(fitted(RAW.withPower(Power.YEO_JOHNSON), NumericColumn.of("x", skewed)))
        .containsExactly(expected, within(1e-5));
    double[] both = {-8, -3, -2, -1, -0.5, 0, 0.25, 0.5, 1, 1.5};
    assertThat(PowerTransform.YeoJohnson.fit(both).lambda())
        .isCloseTo(1.7672094024214264, within(1e-6));
    double[] expectedBoth = {
      -2.8685853700537867,
      -1.6361207688358048,
      -1.2518781116813216,
      -0.7522028601771548,
      -0.4252172624396063,
      0.0,
      0.2735424958388721,
      0.5926523134554557,
      1.3603079243628144,
      2.291432616981558
    };
    assertThat(fitted(RAW.withPower(Power.YEO_JOHNSON), NumericColumn.of("x", both)))
        .containsExactly(expectedBoth, within(1e-5));
  }

  /** By hand: the four cases of the definition. */
  @Test
  void yeoJohnsonByHand() {
    assertThat(new PowerTransform.YeoJohnson(1).apply(-3.25)).isEqualTo(-3.25, within(1e-15));
    assertThat(new PowerTransform.YeoJohnson(2).apply(3)).isEqualTo(7.5, within(1e-14));
    assertThat(new PowerTransform.YeoJohnson(0).apply(Math.E - 1)).isEqualTo(1, within(1e-15));
    assertThat(new PowerTransform.YeoJohnson(2).apply(1 - Math.E)).isEqualTo(-1, within(1e-15));
    assertThat(new PowerTransform.YeoJohnson(0).apply(-3)).isEqualTo(-7.5, within(1e-14));
  }

  /** Values of scikit-learn 1.9.1, QuantileTransformer(output_distribution="normal"). */
  @Test
  void quantilesAgreeWithScikitLearn() {
    Options options = RAW.withPower(Power.QUANTILE);
    Preprocessing few =
        Preprocessing.fit(table(NumericColumn.of("x", 3, 1, 2, 2, 2, 5, 9, 4)), options);
    Matrix matrix = few.apply(table(NumericColumn.of("x", 0, 1, 1.5, 2, 2.5, 3, 7, 9, 10)));
    assertThat(column(matrix, 0))
        .containsExactly(
            new double[] {
              -5.199337582605575,
              -5.199337582605575,
              -1.465233792685523,
              -0.5659488219328631,
              0.0,
              0.18001236979270496,
              1.465233792685523,
              5.19933758270342,
              5.19933758270342
            },
            within(1e-9));
    double[] many =
        IntStream.range(0, 2500).mapToDouble(i -> Math.pow(i * 7919 % 2503, 2) / 1000).toArray();
    Preprocessing thousand = Preprocessing.fit(table(NumericColumn.of("x", many)), options);
    Table at = table(NumericColumn.of("x", 0.1, 1, 10, 100, 1000, 3000, 6000));
    assertThat(column(thousand.apply(at), 0))
        .containsExactly(
            new double[] {
              -2.651976500731528,
              -2.2369772293601575,
              -1.7505052354924375,
              -1.1428971419699954,
              -0.25293351599632297,
              0.5023719736854193,
              2.0332718577563007
            },
            within(1e-9));
  }

  /** Values of SciPy 1.17.1, norm.ppf. */
  @Test
  void normalQuantilesAgreeWithSciPy() {
    double[] p = {1e-300, 1e-10, 0.01, 0.07, 0.3, 0.5, 0.9, 0.999};
    double[] x = {
      -37.0470962993612,
      -6.361340902404056,
      -2.3263478740408408,
      -1.4757910281791706,
      -0.5244005127080409,
      0,
      1.2815515655446004,
      3.090232306167813
    };
    for (int i = 0; i < p.length; i++) {
      assertThat(NormalQuantile.of(p[i]))
          .isCloseTo(x[i], within(4 * Math.ulp(Math.max(1, Math.abs(x[i])))));
    }
    assertThat(NormalQuantile.of(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(NormalQuantile.of(1)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  private static Table random(RandomGenerator random, int rows) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      double scale = Math.pow(10, random.nextInt(40) - 20);
      double offset = random.nextBoolean() ? 1e3 * scale : 0;
      double[] values =
          IntStream.range(0, rows)
              .mapToDouble(
                  row -> {
                    double x = offset + scale * Math.exp(2 * random.nextGaussian());
                    return random.nextInt(5) == 0 ? NA : random.nextInt(9) == 0 ? -x : x;
                  })
              .toArray();
      values[0] = offset;
      values[1] = offset + scale;
      columns.add(NumericColumn.of("x" + i, values));
      String[] names = new String[rows];
      for (int row = 0; row < rows; row++) {
        int level = Math.abs((int) (random.nextGaussian() * 40));
        names[row] = level == 0 ? null : "v" + level;
      }
      names[0] = "v1";
      names[1] = "v2";
      columns.add(NominalColumn.of("c" + i, names));
    }
    return Table.of("random", columns);
  }

  /** Channel 1 holds 0, 0, 2, 2 and 0, 0, 6, 0; channel 2 holds 1, 3, 1, 3 and 1, 3, 1, 3. */
  @Test
  void pixelsOfAChannelShareOneScaleAndNoneIsLeftOut() {
    Table images =
        table(
            NumericColumn.of("a", 0, 0, 2, 2),
            NumericColumn.of("b", 0, 0, 6, 0),
            NumericColumn.of("c", 1, 3, 1, 3),
            NumericColumn.of("dark", 0, 0, 0, 0));
    ImageShape shape = new ImageShape(2, 1, 2);
    Options options = Options.DEFAULT.withShape(shape);
    Preprocessing fitted = Preprocessing.fit(images, options);
    Matrix matrix = fitted.apply(images);

    double mean = 10.0 / 8;
    double scale = Math.sqrt((4 + 4 + 36) / 8.0 - mean * mean);
    assertThat(fitted.names()).containsExactly("a", "b", "c", "dark");
    assertThat(column(matrix, 0))
        .containsExactly(
            new double[] {-mean / scale, -mean / scale, (2 - mean) / scale, (2 - mean) / scale},
            within(1e-12));
    assertThat(matrix.get(2, 1)).isCloseTo((6 - mean) / scale, within(1e-12));
    double second = Math.sqrt((1 + 9 + 1 + 9) / 8.0 - 1);
    assertThat(column(matrix, 2))
        .containsExactly(new double[] {0, 2 / second, 0, 2 / second}, within(1e-12));
    assertThat(matrix.get(3, 3)).isCloseTo(-1 / second, within(1e-12));

    Preprocessing read = Preprocessing.fromJson(fitted.toJson());
    assertThat(read.options()).isEqualTo(options);
    assertThat(read.options().images()).contains(shape);
    assertThat(read.apply(images)).isEqualTo(matrix);
  }

  @Test
  void refusesWhatIsNoImage() {
    Options options = Options.DEFAULT.withShape(new ImageShape(1, 1, 2));
    NumericColumn a = NumericColumn.of("a", 0, 1);
    refuses(
        () -> Preprocessing.fit(table(a), options),
        "t.csv: images of shape 1x1x2 have 2 pixels, got 1 column to learn from");
    refuses(
        () -> Preprocessing.fit(table(a, NominalColumn.of("b", "x", "y")), options),
        "t.csv: column 'b' holds names, expected the numbers of pixels");
    NumericColumn dark = NumericColumn.of("b", 3, 3);
    refuses(
        () -> Preprocessing.fit(table(dark, NumericColumn.of("c", 3, 3)), options),
        "t.csv: all pixels of channel 1 of the images are the same");
    refuses(
        () -> options.withPower(Power.QUANTILE),
        "preprocessing: the pixels of images keep their distribution, expected power none, got"
            + " quantile");
  }

  @ParameterizedTest
  @EnumSource(Power.class)
  void anyTableIsStandardisedAndSurvivesItsJson(Power power) {
    long seed = 99;
    RandomGenerator random = Seed.of(seed).generator();
    for (int round = 0; round < 10; round++) {
      int rows = 40 + random.nextInt(400);
      Table table = random(random, rows);
      Options options =
          Options.DEFAULT
              .withPower(power)
              .withImpute(random.nextBoolean() ? Impute.MEAN : Impute.MEDIAN)
              .withMaxLevels(2 + random.nextInt(80));
      Preprocessing preprocessing = Preprocessing.fit(table, options, warning -> {});
      Matrix matrix = preprocessing.apply(table);
      for (int j = 0; j < matrix.columns(); j++) {
        double[] x = column(matrix, j);
        double mean = IntStream.range(0, rows).mapToDouble(i -> x[i]).average().orElseThrow();
        double square =
            IntStream.range(0, rows).mapToDouble(i -> x[i] * x[i]).average().orElseThrow();
        String where = "seed " + seed + ", round " + round + ", " + preprocessing.names().get(j);
        assertThat(mean).as(where).isCloseTo(0, within(1e-9));
        assertThat(square).as(where).isCloseTo(1, within(1e-9));
      }
      String text = preprocessing.toJson().toString();
      Preprocessing read = Preprocessing.fromJson(JsonParser.parseString(text).getAsJsonObject());
      assertThat(read.toJson()).isEqualTo(preprocessing.toJson());
      assertThat(read.options()).isEqualTo(options);
      assertThat(read.names()).isEqualTo(preprocessing.names());
      Table other = random(random, 50);
      assertThat(read.apply(other)).isEqualTo(preprocessing.apply(other));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'options': 3, 'columns': []}",
        "{'options': {'impute': 'mode', 'power': 'none', 'standardise': true, 'one-hot':"
            + " 'zero-one', 'max-levels': 64}, 'columns': []}",
        "{'options': {'impute': 'mean', 'power': 'none', 'standardise': true, 'one-hot':"
            + " 'zero-one', 'max-levels': 64}, 'columns': [{'name': 'x', 'type': 'numeric', 'fill':"
            + " 0, 'mean': 0, 'scale': 0}]}",
        "{'options': {'impute': 'mean', 'power': 'none', 'standardise': true, 'one-hot':"
            + " 'zero-one', 'max-levels': 64}, 'columns': [{'name': 'x', 'type': 'numeric', 'fill':"
            + " 'a', 'mean': 0, 'scale': 1}]}",
        "{'options': {'impute': 'mean', 'power': 'none', 'standardise': true, 'one-hot':"
            + " 'zero-one', 'max-levels': 64}, 'columns': [{'name': 'x', 'type': 'nominal',"
            + " 'levels': ['a'], 'other': true, 'missing': false, 'means': [0], 'scales': [1]}]}",
      })
  void refusesDamagedJson(String text) {
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    assertThatThrownBy(() -> Preprocessing.fromJson(json))
        .isInstanceOf(InputException.class)
        .hasMessageMatching("(options|columns\\[0\\]|preprocessing).*: expected .*");
  }

  private static List<String> warnings(Options options, double... values) {
    List<String> warnings = new ArrayList<>();
    Preprocessing.fit(
        table(NumericColumn.of("x", values)), options, warning -> warnings.add(warning.toString()));
    return warnings;
  }

  /** Quartiles 2 and 4 around the median 3, and 2·Φ⁻¹(0.75) = 1.34898. */
  @Test
  void rowsOfCountsAreDividedByTheirSumsOrLengths() {
    Table table =
        table(
            NumericColumn.of("a", 3, 0, 0),
            NumericColumn.of("b", -4, 0, 2),
            NominalColumn.of("c", "x", null, "x"));
    Preprocessing sums = Preprocessing.fit(table, Options.DEFAULT.withScale(Scale.ROWS));
    assertThat(sums.names()).containsExactly("a", "b", "c=x", "c=(missing)");
    assertThat(sums.apply(table).values())
        .containsExactly(
            new double[] {3 / 8., -4 / 8., 1 / 8., 0, 0, 0, 0, 1, 0, 2 / 3., 1 / 3., 0},
            within(1e-15));
    double length = Math.sqrt(26);
    Preprocessing lengths = Preprocessing.fit(table, Options.DEFAULT.withScale(Scale.LENGTHS));
    assertThat(lengths.apply(table).row(0))
        .containsExactly(new double[] {3 / length, -4 / length, 1 / length, 0}, within(1e-15));
    assertThat(Preprocessing.fromJson(lengths.toJson()).apply(table))
        .isEqualTo(lengths.apply(table));
  }

  @Test
  void robustScaleIsTheMedianAndTheInterquartileRange() {
    Options robust = Options.DEFAULT.withScale(Scale.ROBUST);
    double s = 2 / 1.3489795003921634;

    assertThat(fitted(robust, NumericColumn.of("x", 1, 2, 3, 4, 1e9)))
        .usingComparatorWithPrecision(1e-12 * 1e9)
        .containsExactly(-2 / s, -1 / s, 0, 1 / s, (1e9 - 3) / s);
    // quartiles between two numbers: 1.75 and 3.25 of 1, 2, 3, 4; what is missing does not count
    assertThat(fitted(robust, NumericColumn.of("x", NA, 1, 2, 3, 4, NA, NA, NA, NA, NA))[1])
        .isCloseTo(-1.5 * 1.3489795003921634 / 1.5, within(1e-12));
    // half of them are one number: the standard deviation, around the median
    assertThat(fitted(robust, NumericColumn.of("x", 5, 5, 5, 5, 9))[4])
        .isCloseTo(4 / 1.6, within(1e-12));
    assertThat(fitted(robust.withStandardise(false), NumericColumn.of("x", 1, 2, 9)))
        .containsExactly(1, 2, 9);
  }

  @Test
  void scaleIsKeptAndStandardWhereItIsNotNamed() {
    Table table = table(NumericColumn.of("x", 1, 2, 3, 4, 1e9));
    JsonObject json = Preprocessing.fit(table, Options.DEFAULT.withScale(Scale.ROBUST)).toJson();
    assertThat(Preprocessing.fromJson(json).options().scale()).isEqualTo(Scale.ROBUST);
    json.getAsJsonObject("options").remove("scale");
    assertThat(Preprocessing.fromJson(json).options().scale()).isEqualTo(Scale.STANDARD);
    String options = new Gson().toJson(Options.DEFAULT).replaceAll(",\"scale\":\"STANDARD\"", "");
    assertThat(options).doesNotContain("scale");
    assertThat(new Gson().fromJson(options, Options.class)).isEqualTo(Options.DEFAULT);
    refuses(
        () -> Options.DEFAULT.withShape(ImageShape.parse("1x2x2")).withScale(Scale.ROBUST),
        "preprocessing: the pixels of images share one scale, expected scale standard, got robust");
  }

  @ParameterizedTest
  @ValueSource(doubles = {999999999, -999999999, 1e12, -1e300})
  void aSentinelThatTakesTheDigitsOfTheOthersIsNamed(double sentinel) {
    double[] values = new double[200];
    Arrays.setAll(values, i -> i < 3 ? sentinel : i / 200.0);

    assertThat(warnings(Options.DEFAULT, values))
        .singleElement()
        .asString()
        .startsWith("t.csv: column 'x': ")
        .contains("become equal", "because of " + Numbers.text(sentinel))
        .contains("missing=" + Numbers.text(sentinel), "scale=robust", "power=quantile");
    assertThat(warnings(Options.DEFAULT.withPower(Power.QUANTILE), values)).isEmpty();
    assertThat(warnings(Options.DEFAULT.withScale(Scale.ROBUST), values)).isEmpty();
  }

  /** Wild numbers that nobody would call a sentinel. */
  @Test
  void heavyTailsThatTakeTheDigitsOfOthersAreNamed() {
    double[] values = IntStream.range(0, 300).mapToDouble(i -> Math.pow(1.2, i)).toArray();

    assertThat(warnings(Options.DEFAULT, values))
        .singleElement()
        .asString()
        .contains("column 'x'", "give scale=robust or power=quantile")
        .doesNotContain("missing=", "because");
  }

  @Test
  void ordinaryNumbersKeepTheirDigits() {
    RandomGenerator random = Seed.of(1).derive("digits").generator();
    assertThat(warnings(Options.DEFAULT, random.doubles(50_000).toArray())).isEmpty();
    double[] normal = IntStream.range(0, 50_000).mapToDouble(i -> random.nextGaussian()).toArray();
    assertThat(warnings(Options.DEFAULT, normal)).isEmpty();
    double[] times = IntStream.range(0, 1000).mapToDouble(i -> 1.7e12 + i).toArray();
    assertThat(warnings(Options.DEFAULT, times)).isEmpty();
    assertThat(warnings(Options.DEFAULT, 0, 1, 9999, NA)).isEmpty();
  }
}
