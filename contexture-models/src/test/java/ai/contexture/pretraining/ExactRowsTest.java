package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.ContextData;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.context.RbfContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contexts take distances between rows as they are in the table, not as the encoder sees them. */
class ExactRowsTest {

  private static final int ROWS = 120;

  private static final int K = 4;

  /** Different numbers of which the first takes away the digits of the others in float32. */
  private static final double[] VALUES =
      IntStream.range(0, ROWS)
          .mapToDouble(i -> i == 0 ? 999_999_999 : Math.sqrt(2 + i * 37 % ROWS))
          .toArray();

  private static final Dataset DATA =
      new Dataset("t", Table.of("t.csv", NumericColumn.of("x", VALUES)), Optional.empty());

  private static ContextData fitted(NDManager manager) {
    int[] all = IntStream.range(0, ROWS).toArray();
    return PreparedData.of(DATA, all, Recipe.DEFAULT, Contexts.parse("knn")).contextData(manager);
  }

  private static long[] nearest(double value) {
    return IntStream.range(0, ROWS)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> Math.abs(VALUES[i] - value)))
        .limit(K)
        .mapToLong(Integer::longValue)
        .toArray();
  }

  @Test
  void theEncodersInputsAreTooCoarse() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = fitted(manager);

      float[] inputs = data.points().rows().toFloatArray();
      double[] exact = data.exactRows().toDoubleArray();

      assertThat(IntStream.range(0, ROWS).mapToObj(i -> inputs[i]).distinct().count())
          .isLessThan(20);
      assertThat(Arrays.stream(exact).distinct().count()).isEqualTo(ROWS);
      assertThat(data.exactRows()).as("made once").isSameAs(data.exactRows());
      assertThat(data.withSeed(data.seed()).exactRows()).isSameAs(data.exactRows());
    }
  }

  @Test
  void neighboursAreThoseOfTheTable() {
    try (NDManager manager = NDManager.newBaseManager()) {
      KnnContext context = (KnnContext) Contexts.parse("knn(k=" + K + ")").fit(fitted(manager));

      long[] found = context.neighbours().toLongArray();

      for (int i = 0; i < ROWS; i++) {
        assertThat(Arrays.copyOfRange(found, i * K, (i + 1) * K))
            .as("row %s", i)
            .containsExactly(nearest(VALUES[i]));
      }
    }
  }

  /** The law of a known row is that of the same row as a new one. */
  @Test
  void newRowsAreNotRoundedEither() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = fitted(manager);
      FiniteContext context = (FiniteContext) Contexts.parse("knn(k=4)").fit(data);
      int[] all = IntStream.range(0, ROWS).toArray();
      Preprocessing preprocessing =
          PreparedData.of(DATA, all, Recipe.DEFAULT, Contexts.parse("knn")).preprocessing();
      NDArray x = PreparedData.exactInputs(preprocessing, DATA.select(all), manager);
      NDArray f = manager.create(VALUES).reshape(-1, 1).log();

      NDArray known = context.expectation(data.points(), f);
      NDArray fresh = context.expectation(Points.of(x), f);

      assertThat(x.getDataType()).isEqualTo(DataType.FLOAT64);
      assertThat(known.sub(fresh).abs().max().getDouble()).isLessThan(1e-12);
    }
  }

  /** All pairs count, by the digits that are left beside the wild number. */
  @Test
  void kernelsKeepTheDigitsToo() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = fitted(manager);
      RbfContext context = (RbfContext) Contexts.parse("rbf").fit(data);
      double[] x = data.exactRows().toDoubleArray();
      double[] pairs =
          IntStream.range(0, ROWS)
              .boxed()
              .flatMapToDouble(
                  i -> IntStream.range(0, i).mapToDouble(j -> (x[i] - x[j]) * (x[i] - x[j])))
              .sorted()
              .toArray();

      double median = pairs[pairs.length / 2];
      double gamma = context.gamma();
      assertThat(gamma * median).as("rounded to four digits").isCloseTo(1, within(5e-4));
      NDArray laws =
          context.expectation(data.points(), manager.eye(ROWS).toType(DataType.FLOAT64, false));
      for (int i = 1; i < ROWS; i += 17) {
        int row = i;
        double[] p =
            IntStream.range(0, ROWS)
                .mapToDouble(j -> Math.exp(-gamma * Math.pow(x[row] - x[j], 2)))
                .toArray();
        double sum = Arrays.stream(p).sum();
        double[] expected = Arrays.stream(p).map(v -> v / sum).toArray();
        assertThat(laws.get(i).toDoubleArray())
            .usingComparatorWithPrecision(1e-7)
            .containsExactly(expected);
      }
    }
  }

  /** Tables of more rows than are preprocessed at once. */
  @Test
  void rowsComeBlockByBlock() {
    double[] values = IntStream.range(0, 40_000).mapToDouble(i -> i * 0.25).toArray();
    Table table = Table.of("t.csv", NumericColumn.of("x", values), NumericColumn.of("y", values));
    Dataset data = new Dataset("t", table, Optional.empty());
    Preprocessing raw =
        Preprocessing.fit(table, Preprocessing.Options.DEFAULT.withStandardise(false));
    try (NDManager manager = NDManager.newBaseManager()) {
      double[] found = PreparedData.exactInputs(raw, data, manager).toDoubleArray();

      assertThat(found).hasSize(80_000);
      for (int i = 0; i < values.length; i++) {
        assertThat(found[2 * i]).isEqualTo(values[i]);
        assertThat(found[2 * i + 1]).isEqualTo(values[i]);
      }
    }
  }
}
