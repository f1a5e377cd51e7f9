package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.GraphContext.Options;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.Dataset;
import ai.contexture.data.Graph;
import ai.contexture.data.GraphFiles;
import ai.contexture.data.SharedData;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GraphContextTest
    implements ContextContract.SampledFinite<GraphContext>,
        ContextContract.KernelFinite<GraphContext> {

  private static final int N = 30;

  @Override
  public GraphContext context(NDManager manager) {
    Options options =
        Options.DEFAULT.withSteps(2).withSelfLoops(0.5).withTypes(Map.of("b", 2.0, "c", 1.0));
    return GraphContext.of(normal(manager, "points", N, 3), someGraph(), options);
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 3);
  }

  /** Weighted edges of three types with loops; nodes 28 and 29 have none. */
  private static Graph someGraph() {
    RandomGenerator random = random("graph");
    int edges = 90;
    int[] from = random.ints(edges, 0, N - 2).toArray();
    int[] to = random.ints(edges, 0, N - 2).toArray();
    double[] weight = random.doubles(edges, 0.1, 2).toArray();
    int[] type = random.ints(edges, 0, 3).toArray();
    List<String> ids = IntStream.range(0, N).mapToObj(Integer::toString).toList();
    return Graph.of(ids, from, to, weight, type, List.of("a", "b", "c"));
  }

  private static Graph graph(int n, int[][] edges) {
    double[] ones = new double[edges.length];
    Arrays.fill(ones, 1);
    return Graph.of(
        n,
        Arrays.stream(edges).mapToInt(e -> e[0]).toArray(),
        Arrays.stream(edges).mapToInt(e -> e[1]).toArray(),
        ones);
  }

  private static Graph ring(int n) {
    return graph(
        n, IntStream.range(0, n).mapToObj(i -> new int[] {i, (i + 1) % n}).toArray(int[][]::new));
  }

  private static GraphContext walk(NDManager manager, Graph graph, Options options) {
    return GraphContext.of(normal(manager, "rows", graph.nodes(), 2), graph, options);
  }

  /** The dense matrix of weights, types added up with their factors. */
  private static double[][] weights(Graph graph, double... factors) {
    double[][] w = new double[graph.nodes()][graph.nodes()];
    for (int edge = 0; edge < graph.edges(); edge++) {
      int u = graph.from(edge);
      int v = graph.to(edge);
      double weight = graph.weight(edge) * (factors.length == 0 ? 1 : factors[graph.type(edge)]);
      w[u][v] += weight;
      w[v][u] += u == v ? 0 : weight;
    }
    return w;
  }

  /** All n − 1 eigenvalues of TT* besides the constant's, against numbers in any order. */
  private static void assertSpectrum(Graph graph, Options options, List<Double> eigenvalues) {
    try (NDManager manager = NDManager.newBaseManager()) {
      GraphContext context = walk(manager, graph, options);
      List<Double> expected = new ArrayList<>(eigenvalues);
      expected.sort(Collections.reverseOrder());
      assertThat(expected.get(0)).isEqualTo(1); // the constant
      assertClose(
          Spectra.of(context, graph.nodes() - 1, manager).eigenvalues(),
          expected.stream().skip(1).mapToDouble(v -> v).toArray(),
          1e-12);
    }
  }

  @Test
  void ringsHaveTheCosinesOfTheCircle() {
    for (int n : new int[] {5, 12}) {
      for (int steps : new int[] {1, 2, 3}) {
        assertSpectrum(
            ring(n),
            Options.DEFAULT.withSteps(steps),
            IntStream.range(0, n)
                .mapToObj(k -> Math.pow(Math.cos(2 * Math.PI * k / n), 2 * steps))
                .toList());
      }
      assertSpectrum(
          ring(n),
          Options.DEFAULT.withSelfLoops(1.5),
          IntStream.range(0, n)
              .mapToObj(k -> square((2 * Math.cos(2 * Math.PI * k / n) + 1.5) / 3.5))
              .toList());
    }
  }

  private static double square(double x) {
    return x * x;
  }

  @Test
  void gridsHaveTheProductsOrMeansOfTheirSides() {
    int rows = 4;
    int columns = 6;
    List<int[]> moves = new ArrayList<>();
    List<int[]> torus = new ArrayList<>();
    List<Double> products = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int at = r * columns + c;
        if (r + 1 < rows && c + 1 < columns) { // a step on both paths at once
          moves.add(new int[] {at, (r + 1) * columns + c + 1});
          moves.add(new int[] {r * columns + c + 1, (r + 1) * columns + c});
        }
        torus.add(new int[] {at, (r + 1) % rows * columns + c});
        torus.add(new int[] {at, r * columns + (c + 1) % columns});
        products.add(
            square(Math.cos(Math.PI * r / (rows - 1)) * Math.cos(Math.PI * c / (columns - 1))));
        means.add(
            square((Math.cos(2 * Math.PI * r / rows) + Math.cos(2 * Math.PI * c / columns)) / 2));
      }
    }
    Graph bishop = graph(rows * columns, moves.toArray(int[][]::new));
    assertSpectrum(bishop, Options.DEFAULT, products);
    assertSpectrum(graph(rows * columns, torus.toArray(int[][]::new)), Options.DEFAULT, means);
  }

  @Test
  void completeGraphsForgetAlmostEverything() {
    int n = 9;
    List<int[]> edges = new ArrayList<>();
    for (int u = 0; u < n; u++) {
      for (int v = 0; v < u; v++) {
        edges.add(new int[] {u, v});
      }
    }
    List<Double> expected = new ArrayList<>(List.of(1.0));
    IntStream.range(1, n).forEach(k -> expected.add(1.0 / square(n - 1)));
    assertSpectrum(graph(n, edges.toArray(int[][]::new)), Options.DEFAULT, expected);
  }

  @Test
  void theLawIsThePowerOfTheNormalisedWeights() {
    Graph graph = someGraph();
    double[][] w = weights(graph, 0, 2, 1);
    double sum = 0;
    double[] degree = new double[N];
    for (int u = 0; u < N; u++) {
      w[u][u] += 0.5;
      degree[u] = Arrays.stream(w[u]).sum();
      sum += degree[u];
    }
    double[] p = new double[N * N];
    double[] share = new double[N];
    for (int u = 0; u < N; u++) {
      share[u] = degree[u] / sum;
      for (int v = 0; v < N; v++) {
        p[u * N + v] = w[u][v] / degree[u];
      }
    }
    Options options = Options.DEFAULT.withSelfLoops(0.5).withTypes(Map.of("b", 2.0, "c", 1.0));
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray step = manager.create(p, new Shape(N, N));
      NDArray power = identity(manager, N);
      for (int steps = 1; steps <= 4; steps++) {
        power = power.matMul(step);
        GraphContext context = walk(manager, graph, options.withSteps(steps));
        assertThat(context.isolated()).isZero();
        ExpectationOperator t = context.operator();
        assertClose(t.inputWeights().toDoubleArray(), share, 1e-15);
        assertClose(t.contextWeights().toDoubleArray(), share, 1e-15);
        assertClose(context.law(context.points()).dense(manager), power, 1e-14);
        assertClose(t.apply(identity(manager, N)), power, 1e-14);
        assertClose(t.adjoint(identity(manager, N)), power, 1e-14); // reversible
        Points some = ContextContract.known(context, manager);
        assertClose(
            context.law(some).dense(manager), power.get(some.positions().orElseThrow()), 1e-14);
        MarkovLaw again = context.law(some).select(manager.create(new long[] {1, 3}), manager);
        assertClose(again.dense(manager), power.get(manager.create(new long[] {0, 7})), 1e-14);
      }
    }
  }

  @Test
  void nodesWithoutEdgesStayWhereTheyAre() {
    Graph graph = Graph.of(5, new int[] {0, 1}, new int[] {1, 2}, new double[] {1, 3});
    try (NDManager manager = NDManager.newBaseManager()) {
      GraphContext context = walk(manager, graph, Options.DEFAULT);
      assertThat(context.isolated()).isEqualTo(2);
      // d = 1, 4, 3 and their mean 8/3 for the two others
      double sum = 8 + 16 / 3.0;
      assertClose(
          context.operator().inputWeights().toDoubleArray(),
          new double[] {1 / sum, 4 / sum, 3 / sum, 8 / 3.0 / sum, 8 / 3.0 / sum},
          1e-15);
      assertClose(
          context.law(context.points()).dense(manager).get("3:").toDoubleArray(),
          new double[] {0, 0, 0, 1, 0, 0, 0, 0, 0, 1},
          0);
      assertClose(Spectra.of(context, 4, manager).eigenvalues(), new double[] {1, 1, 1, 0}, 1e-12);
      Graph empty = Graph.of(3, new int[0], new int[0], new double[0]);
      assertClose(
          walk(manager, empty, Options.DEFAULT).operator().inputWeights().toDoubleArray(),
          new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0},
          1e-15);
    }
  }

  @Test
  void readsItsOptionsAndWritesThem() {
    assertThat(Contexts.parse("walk")).isEqualTo(Options.DEFAULT).hasToString("walk(steps=1)");
    ContextFactory all =
        Contexts.parse("walk(steps=3, self-loops=0.5, types=likes: 2;is a;knows:0.1)");
    assertThat(all).hasToString("walk(self-loops=0.5, steps=3, types=is a:1;knows:0.1;likes:2)");
  }

  @Test
  void refusesOptionsThatDoNotSuit() {
    refuses(
        () -> Contexts.parse("walk(steps=0)"),
        "walk: steps must be a whole number from 1 to 10000, got '0'");
    refuses(
        () -> Contexts.parse("walk(self-loops=-1)"),
        "walk: self-loops must be a number of at" + " least 0, got '-1'");
    for (String types : new String[] {"a:0", "a:-1", ":2", "a;", "a;a"}) {
      refuses(
          () -> Contexts.parse("walk(types=" + types + ")"),
          "walk: types must be different names, each perhaps with a factor above 0, such as"
              + " types=cites:2;shares, got '"
              + types
              + "'");
    }
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", N, 2);
      refuses(
          () -> Contexts.parse("walk").fit(ContextData.of(rows)),
          "walk(steps=1): expected a graph, give edges=FILE");
      refuses(
          () -> Contexts.parse("walk(types=d)").fit(ContextData.of(rows).withGraph(someGraph())),
          "walk(steps=1, types=d:1): unknown type 'd'; known: a, b, c (did you mean a?)");
      refuses(
          () -> walk(manager, ring(3), Options.DEFAULT.withTypes(Map.of("a", 1.0))),
          "walk(steps=1, types=a:1): the edges have no types, expected a column type in their"
              + " file");
      Graph huge = Graph.of(2, new int[] {0, 1}, new int[] {1, 1}, new double[] {1e308, 1e308});
      refuses(
          () -> walk(manager, huge, Options.DEFAULT),
          "walk: expected weights that can be added up, got some that are too large");
      assertThatThrownBy(() -> ContextData.of(rows).withGraph(ring(3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("graph: expected 30 rows, got 3");
    }
  }

  @Test
  void refusesRowsThatAreNoNodes() {
    try (NDManager manager = NDManager.newBaseManager()) {
      GraphContext context = context(manager);
      assertThat(context.inductive()).isFalse();
      Points unknown = Points.of(newRows(manager));
      String message =
          "context walk(self-loops=0.5, steps=2, types=b:2;c:1) is only known for its"
              + " pretraining rows, not for new ones";
      refuses(() -> context.sample(unknown, 1, random("new")), message);
      refuses(() -> context.kernel(unknown, context.points()), message);
      refuses(() -> context.kernel(context.points(), unknown), message);
      refuses(() -> context.expectation(unknown, identity(manager, N)), message);
    }
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  /** Zachary's club: its split is close to the first function of the walk that is not constant. */
  @Test
  void theFirstFunctionFindsTheTwoClubs() {
    Path graphs = SharedData.folder().resolve("graphs");
    Dataset karate =
        GraphFiles.of(graphs.resolve("karate_edges.csv.gz"), graphs.resolve("karate_nodes.csv.gz"))
            .read(CsvOptions.DEFAULT, "label", null);
    try (NDManager manager = NDManager.newBaseManager()) {
      GraphContext context =
          walk(manager, karate.graph().orElseThrow(), Options.DEFAULT.withSelfLoops(1));
      double[] first = Spectra.of(context, 1, manager).functions().get(":, 0").toDoubleArray();
      int[] club = ((Target.Classes) karate.target().orElseThrow()).codes();
      long same = IntStream.range(0, 34).filter(i -> (first[i] > 0) == (club[i] == 1)).count();
      assertThat(Math.max(same, 34 - same)).isGreaterThanOrEqualTo(32);
    }
  }
}
