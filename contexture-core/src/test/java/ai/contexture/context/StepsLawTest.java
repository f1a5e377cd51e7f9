package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.CsvOptions;
import ai.contexture.data.Graph;
import ai.contexture.data.GraphFiles;
import ai.contexture.data.SharedData;
import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Walks of a random number of steps. */
class StepsLawTest
    implements ContextContract.SampledFinite<GraphContext>,
        ContextContract.KernelFinite<GraphContext> {

  private static final int N = 24;

  @Override
  public GraphContext context(NDManager manager) {
    return fit("ppr(alpha=0.3)", graph(), manager);
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 2);
  }

  private static GraphContext fit(String text, Graph graph, NDManager manager) {
    NDArray rows = normal(manager, "rows", graph.nodes(), 2);
    return (GraphContext) Contexts.parse(text).fit(ContextData.of(rows).withGraph(graph));
  }

  private static Graph graph() {
    RandomGenerator random = random("graph");
    int[] from = random.ints(60, 0, N - 1).toArray(); // the last node has no edge
    int[] to = random.ints(60, 0, N - 1).toArray();
    return Graph.of(N, from, to, random.doubles(60, 0.1, 2).toArray());
  }

  private static NDArray matrix(GraphContext context, NDManager manager) {
    return context.law(context.points()).dense(manager);
  }

  /** α (I − (1 − α) P)⁻¹, on the karate club too. */
  @Test
  void personalisedPageRankIsItsClosedForm() {
    try (NDManager manager = NDManager.newBaseManager()) {
      check(graph(), 0.15, manager);
      check(graph(), 0.7, manager);
    }
  }

  @Test
  void soItIsOnTheKarateClub() {
    Path folder = SharedData.folder().resolve("graphs");
    try (NDManager manager = NDManager.newBaseManager()) {
      Graph karate =
          GraphFiles.of(folder.resolve("karate_edges.csv.gz"))
              .read(CsvOptions.DEFAULT, null, null)
              .graph()
              .orElseThrow();
      check(karate, 0.15, manager);
      check(karate, 0.05, manager);
    }
  }

  private static void check(Graph graph, double alpha, NDManager manager) {
    NDArray p = matrix(fit("walk", graph, manager), manager);
    GraphContext context = fit("ppr(alpha=" + alpha + ")", graph, manager);
    NDArray identity = manager.eye(graph.nodes()).toType(DataType.FLOAT64, true);
    NDArray exact = LinearAlgebra.solve(identity.sub(p.mul(1 - alpha)), identity.mul(alpha));
    assertClose(matrix(context, manager), exact, 1e-12);
    // s_i² = (α / (1 − (1 − α) λ_i))²
    NDArray root = context.operator().inputWeights().sqrt();
    NDArray symmetric = p.mul(root.reshape(-1, 1)).div(root.reshape(1, -1));
    double[] lambda =
        LinearAlgebra.eigh(symmetric.add(symmetric.transpose()).div(2)).values().toDoubleArray();
    double[] expected =
        Arrays.stream(lambda)
            .map(value -> Math.pow(alpha / (1 - (1 - alpha) * value), 2))
            .sorted()
            .toArray();
    double[] found =
        Arrays.stream(Spectra.of(context, graph.nodes() - 1, manager).eigenvalues())
            .sorted()
            .toArray();
    int n = graph.nodes();
    assertClose(
        Arrays.copyOfRange(found, found.length - n + 1, found.length),
        Arrays.copyOf(expected, n - 1), // the constant is left out
        1e-10);
  }

  @Test
  void aWindowIsTheMeanOfItsWalks() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray mean = null;
      for (int steps = 1; steps <= 3; steps++) {
        NDArray one = matrix(fit("walk(steps=" + steps + ")", graph(), manager), manager);
        mean = mean == null ? one : mean.add(one);
      }
      GraphContext window = fit("walk(window=3)", graph(), manager);
      assertThat(window).hasToString("walk(window=3)");
      assertClose(matrix(window, manager), mean.div(3), 1e-13);
    }
  }

  @Test
  void partsOfTheLawsAreTheirRows() {
    try (NDManager manager = NDManager.newBaseManager()) {
      GraphContext context = context(manager);
      NDArray all = matrix(context, manager);
      long[] some = {5, 0, 5, N - 1};
      Points points = context.points().select(manager.create(some));
      ConditionalLaw law = context.law(points);
      NDArray g = normal(manager, "g", N, 3);
      NDArray f = normal(manager, "f", 4, 3);
      NDArray rows = all.get(manager.create(some));
      assertClose(law.expectation(g), rows.matMul(g), 1e-12);
      assertClose(law.transposed(f), rows.transpose().matMul(f), 1e-12);
      assertClose(law.dense(manager), rows, 1e-12);
      assertThat(Torch.doubles(all.get(N - 1))[N - 1]).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void refusals() {
    for (String text : new String[] {"ppr(alpha=0)", "ppr(alpha=1)", "walk(window=2,steps=3)"}) {
      assertThatThrownBy(() -> Contexts.parse(text)).isInstanceOf(InputException.class);
    }
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "rows", 4, 2));
      assertThatThrownBy(() -> Contexts.parse("ppr").fit(data))
          .hasMessageContaining("ppr(alpha=0.15): expected a graph");
    }
  }
}
