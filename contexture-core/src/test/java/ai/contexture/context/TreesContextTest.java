package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TreesContextTest
    implements ContextContract.SampledFinite<TreesContext>,
        ContextContract.KernelFinite<TreesContext> {

  private static final int ROWS = 60;

  /** Three classes by a sum of two columns; the class of two rows is not known. */
  private static ContextData data(NDManager manager) {
    NDArray rows = normal(manager, "points", ROWS, 3);
    double[] values = rows.toDoubleArray();
    int[] codes = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      double sum = values[3 * i] + values[3 * i + 1];
      codes[i] = i < 2 ? -1 : sum < -0.4 ? 0 : sum < 0.5 ? 1 : 2;
    }
    return ContextData.of(rows).withTarget(Target.Classes.of("y", List.of("a", "b", "c"), codes));
  }

  @Override
  public TreesContext context(NDManager manager) {
    return (TreesContext) Contexts.parse("trees(rounds=6, depth=3)").fit(data(manager));
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 3);
  }

  /** One split of one column: the two leaves, and the means of their rows. */
  @Test
  void oneTreeOfTwoLeaves() {
    try (NDManager manager = NDManager.newBaseManager()) {
      double[] at = IntStream.range(0, 20).asDoubleStream().toArray();
      ContextData data =
          ContextData.of(manager.create(at, new Shape(20, 1)))
              .withTarget(
                  Target.Values.of("y", Arrays.stream(at).map(x -> x < 8 ? 1 : 5).toArray()));
      TreesContext context = (TreesContext) Contexts.parse("trees(rounds=1, depth=1)").fit(data);
      assertThat(context).hasToString("trees(depth=1, rate=0.1, rounds=1)");
      assertClose(context.contexts().rows().toDoubleArray(), new double[] {3.5, 13.5}, 1e-12);
      double[] law = context.law(context.points()).dense(manager).toDoubleArray();
      for (int i = 0; i < 20; i++) {
        assertThat(law[2 * i]).isEqualTo(i < 8 ? 1 : 0);
        assertThat(law[2 * i + 1]).isEqualTo(i < 8 ? 0 : 1);
      }
      Points x = Points.of(manager.create(new double[] {-3, 100}, new Shape(2, 1)));
      assertClose(context.law(x).dense(manager).toDoubleArray(), new double[] {1, 0, 0, 1}, 0);
      // two groups that are told apart exactly, and nothing else
      double[] values = Spectra.of(context, 3, manager).eigenvalues();
      assertClose(Arrays.copyOf(values, 3), new double[] {1, 0, 0}, 1e-12);
    }
  }

  /** One row far from the others has a leaf of its own; the rest is parted down to four rows. */
  @Test
  void fewerThanFiveRowsAreNotParted() {
    assertThat(rowsOfLeaves(1, 2, 3, 4)).containsExactly(4);
    assertThat(rowsOfLeaves(1, 2, 3, 4, 100)).containsExactly(1, 4);
    assertThat(rowsOfLeaves(1, 2, 3, 4, 100, 101, 102, 103)).containsExactly(4, 4);
    assertThat(rowsOfLeaves(1, 2, 3, 4, 5, 1000)).containsExactly(1, 2, 3);
  }

  /** How many rows are in each leaf of one deep tree, in ascending order. */
  private static int[] rowsOfLeaves(double... y) {
    double[][] rows =
        IntStream.range(0, y.length).mapToObj(i -> new double[] {i}).toArray(double[][]::new);
    double[][] answers = Arrays.stream(y).mapToObj(v -> new double[] {v}).toArray(double[][]::new);
    boolean[] known = new boolean[y.length];
    Arrays.fill(known, true);
    BoostedTrees tree = BoostedTrees.fit(rows, known, answers, new TreesContext.Options(1, 9, 1));
    int[] counts = new int[tree.leaves()];
    for (int[] leaf : tree.leaves(rows)) {
      counts[leaf[0]]++;
    }
    Arrays.sort(counts);
    return counts;
  }

  /** Steps of two columns, in units far from 1, and classes by the same steps. */
  @Test
  void treesPredictWhatTheyWereFittedTo() {
    int n = 192;
    double[] x = new double[2 * n];
    double[] y = new double[n];
    int[] codes = new int[n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = i % 8;
      x[2 * i + 1] = i * 7 % 11;
      y[i] = 1e4 + (x[2 * i] > 3 ? 500 : 0) + (x[2 * i + 1] > 5 ? 200 : 0);
      codes[i] = x[2 * i] > 3 ? 2 : x[2 * i + 1] > 5 ? 1 : 0;
    }
    Matrix rows = Matrix.of(n, 2, x);
    double[] numbers = TreesContext.predict(rows, Target.Values.of("y", y), rows);
    for (int i = 0; i < n; i++) {
      assertThat(numbers[i]).isEqualTo(y[i], within(0.1));
    }
    Target classes = Target.Classes.of("y", List.of("a", "b", "c"), codes);
    double[] scores = TreesContext.predict(rows, classes, rows);
    assertThat(scores).hasSize(3 * n);
    for (int i = 0; i < n; i++) {
      assertThat(scores[3 * i + codes[i]]).isEqualTo(1, within(0.01));
    }
  }

  /** What has nothing to do with the columns is not learned by heart: the mean is all there is. */
  @Test
  void treesOfNoiseStayNearTheMean() {
    RandomGenerator random = Seed.of(4).generator();
    Matrix rows = Matrix.of(200, 3, random.doubles(600).toArray());
    double[] y = random.doubles(200, -1, 1).toArray();
    double mean = Arrays.stream(y).average().orElseThrow();
    double[] found = TreesContext.predict(rows, Target.Values.of("y", y), rows);
    double spread = Arrays.stream(found).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    assertThat(spread).isLessThan(0.1 / 3);
  }

  /** Of so few rows, nothing is chosen and nothing is parted. */
  @Test
  void fewRowsArePredictedByTheirMean() {
    Matrix rows = Matrix.of(3, 1, new double[] {1, 2, 3});
    assertThat(TreesContext.predict(rows, Target.Values.of("y", 1, 2, 6), rows))
        .containsExactly(3, 3, 3);
  }

  @Test
  void eachTreeSharesOutItsPart() {
    try (NDManager manager = NDManager.newBaseManager()) {
      TreesContext context = context(manager);
      NDArray law = context.law(context.points()).dense(manager);
      for (double value : law.toDoubleArray()) {
        assertThat(Math.min(value, Math.abs(value - 1 / 6.0))).isLessThan(1e-15);
      }
      assertThat(context.operator().contexts()).isBetween(7, 6 * 8);
      assertClose(
          context(manager)
              .law(context.points().select(manager.arange(3).toType(DataType.INT64, false)))
              .dense(manager),
          law.get("0:3"),
          0);
    }
  }

  @Test
  void theLeavesOfTheDigitsTellThemApart() {
    Dataset digits = Dataset.digits().select(IntStream.range(0, 400).toArray());
    Preprocessing preprocessing =
        Preprocessing.fit(digits.features(), Preprocessing.Options.DEFAULT);
    Matrix inputs = preprocessing.apply(digits.features());
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(inputs.values(), new Shape(inputs.rows(), inputs.columns()));
      Target.Classes target = (Target.Classes) digits.target().orElseThrow();
      FiniteContext context =
          (FiniteContext)
              Contexts.parse("trees(rounds=5, depth=4)")
                  .fit(ContextData.of(rows).withTarget(target));
      NDArray k = context.kernel(context.points(), context.points());
      double[] values = k.toDoubleArray();
      double same = 0;
      int pairs = 0;
      double other = 0;
      for (int i = 0; i < 400; i++) {
        for (int j = 0; j < i; j++) {
          boolean alike = target.code(i) == target.code(j);
          same += alike ? values[400 * i + j] : 0;
          other += alike ? 0 : values[400 * i + j];
          pairs += alike ? 1 : 0;
        }
      }
      assertThat(same / pairs).isGreaterThan(5 * other / (400 * 399 / 2 - pairs));
      double[] spectrum = Spectra.of(context, 20, manager).eigenvalues();
      assertThat(spectrum[8]).isGreaterThan(0.2);
      assertThat(spectrum[0]).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void refusesWhatDoesNotSuit() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 4, 2);
      assertThatThrownBy(() -> Contexts.parse("trees").fit(ContextData.of(rows)))
          .isInstanceOf(InputException.class)
          .hasMessage("trees(depth=5, rate=0.1, rounds=100): the data have no target, give one");
      ContextData unknown =
          ContextData.of(rows).withTarget(Target.Classes.of("y", List.of("a"), -1, -1, -1, -1));
      assertThatThrownBy(() -> Contexts.parse("trees").fit(unknown))
          .isInstanceOf(InputException.class)
          .hasMessageEndingWith("the target is missing in all pretraining rows");
      assertThatThrownBy(() -> Contexts.parse("trees(rate=2)"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("rate must be");
    }
  }
}
