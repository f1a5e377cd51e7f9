package ai.contexture.encoder;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.Contexts;
import ai.contexture.context.Nodes;
import ai.contexture.context.Points;
import ai.contexture.data.Graph;
import ai.contexture.data.Matrix;
import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Encoders of nodes by dense formulas, all in float64. */
class GraphNetworkTest {

  private static final int N = 5;
  private static final int P = 4;
  private static final int OUTPUTS = 3;
  private static final Seed SEED = Seed.of(3);

  /** A triangle 0–1–2 with a tail 2–3, a self loop at 3, and 4 alone. */
  private static final Graph GRAPH =
      Graph.of(
          N,
          new int[] {0, 0, 1, 2, 3},
          new int[] {1, 2, 2, 3, 3},
          new double[] {1, 2, 0.5, 3, 1.5});

  private final NDManager manager = NDManager.newBaseManager();
  private final ParameterStore store = new ParameterStore(manager, false);
  private final Matrix features =
      Matrix.of(
          N,
          P,
          normal(manager, "features", N, P)
              .mul(normal(manager, "zeros", N, P).gt(0))
              .toType(DataType.FLOAT64, true)
              .toDoubleArray());

  @AfterEach
  void close() {
    manager.close();
  }

  private GraphInputs inputs() {
    return GraphInputs.of(
        GRAPH, features, Contexts.parse("augment(edge-drop, feature-mask)").graphView());
  }

  private NDArray nodes(int view) {
    return Nodes.rows(N, view, manager).toType(DataType.FLOAT64, true);
  }

  private Block created(String text) {
    return EncoderFactory.parse(text)
        .forGraph(inputs())
        .create(Points.all(nodes(0)), OUTPUTS, SEED, manager);
  }

  private NDArray forward(Block block, NDArray rows) {
    NDArray lent = rows.duplicate();
    return block.forward(store, new NDList(lent), false).singletonOrThrow();
  }

  private static NDArray parameter(Block block, String name) {
    return block.getParameters().get(name).getArray();
  }

  private NDArray x() {
    return manager.create(features.values(), new Shape(N, P));
  }

  /** D^−½ (A + I) D^−½, or D^−1 (A + I). */
  private NDArray propagation(boolean symmetric) {
    double[][] a = new double[N][N];
    for (int edge = 0; edge < GRAPH.edges(); edge++) {
      a[GRAPH.from(edge)][GRAPH.to(edge)] = GRAPH.weight(edge);
      a[GRAPH.to(edge)][GRAPH.from(edge)] = GRAPH.weight(edge);
    }
    double[] degree = new double[N];
    for (int i = 0; i < N; i++) {
      a[i][i]++;
      for (int j = 0; j < N; j++) {
        degree[i] += a[i][j];
      }
    }
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        a[i][j] /= symmetric ? Math.sqrt(degree[i] * degree[j]) : degree[i];
      }
    }
    return manager.create(a);
  }

  @Test
  void gcnIsItsFormula() {
    for (boolean symmetric : new boolean[] {true, false}) {
      Block block = created("gcn(width=6,layers=3,normalise=" + (symmetric ? "sym)" : "walk)"));
      NDArray s = propagation(symmetric);
      NDArray h = x();
      for (int layer = 1; layer <= 3; layer++) {
        NDArray bias = parameter(block, "layer" + layer + "_bias");
        Torch.copy(normal(manager, "bias" + layer, 1, (int) bias.size()).flatten(), bias);
        h = s.matMul(h.matMul(parameter(block, "layer" + layer + "_weight"))).add(bias);
        h = layer < 3 ? h.maximum(0) : h;
      }
      assertClose(forward(block, nodes(0)), h, 1e-12);
    }
  }

  @Test
  void sgcIsItsFormula() {
    Block block = created("sgc(hops=3,restart=0.2)");
    NDArray z = x().matMul(parameter(block, "output_weight"));
    NDArray h = z;
    for (int hop = 0; hop < 3; hop++) {
      h = propagation(true).matMul(h).mul(0.8).add(z.mul(0.2));
    }
    assertClose(forward(block, nodes(0)), h, 1e-12);
  }

  /** With very many hops it is personalised PageRank, α (I − (1 − α) S)⁻¹ X W. */
  @Test
  void manyHopsWithARestartArePersonalisedPageRank() {
    Block block = created("sgc(hops=400,restart=0.15,normalise=walk)");
    NDArray identity = manager.eye(N).toType(DataType.FLOAT64, true);
    NDArray z = x().matMul(parameter(block, "output_weight"));
    NDArray exact = LinearAlgebra.solve(identity.sub(propagation(false).mul(0.85)), z.mul(0.15));
    assertClose(forward(block, nodes(0)), exact, 1e-12);
  }

  @Test
  void gradientsAreThoseOfDifferences() {
    for (String text : new String[] {"gcn(width=4)", "sgc(hops=2,restart=0.1)"}) {
      Block block = created(text);
      for (var pair : block.getParameters()) { // away from the kink of ReLU at 0
        NDArray parameter = pair.getValue().getArray();
        NDArray drawn = normal(manager, pair.getKey(), 1, (int) parameter.size());
        Torch.copy(drawn.reshape(parameter.getShape()), parameter);
      }
      NDArray rows = nodes(7).concat(nodes(9).get("2:4"));
      NDArray weights = normal(manager, "weights", N + 2, OUTPUTS);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        collector.backward(forward(block, rows).mul(weights).sum());
      }
      for (var pair : block.getParameters()) {
        NDArray parameter = pair.getValue().getArray();
        double[] gradient = parameter.getGradient().toDoubleArray();
        double[] start = parameter.toDoubleArray().clone();
        double[] expected = new double[start.length];
        for (int i = 0; i < start.length; i++) {
          for (int sign = -1; sign <= 1; sign += 2) {
            double[] moved = start.clone();
            moved[i] += sign * 1e-6;
            Torch.copy(manager.create(moved, parameter.getShape()), parameter);
            expected[i] += sign * forward(block, rows).mul(weights).sum().getDouble() / 2e-6;
          }
        }
        Torch.copy(manager.create(start, parameter.getShape()), parameter);
        assertClose(text + " " + pair.getKey(), gradient, expected, 1e-8);
      }
    }
  }

  @Test
  void rowsAreNodesInTheirViews() {
    Block block = created("gcn(width=4)");
    NDArray clean = forward(block, nodes(0));
    NDArray first = forward(block, nodes(11));
    NDArray second = forward(block, nodes(12));
    assertThat(Torch.doubles(first.sub(second).abs().max())[0]).isPositive();
    NDArray asked = manager.create(new double[] {3, 12, 0, 0, 3, 11, 3, 12}, new Shape(4, 2));
    NDArray got = forward(block, asked);
    assertClose(got.get("0:1"), second.get("3:4"), 0);
    assertClose(got.get("1:2"), clean.get("0:1"), 0);
    assertClose(got.get("2:3"), first.get("3:4"), 0);
    assertClose(got.get("3:4"), second.get("3:4"), 0);
  }

  @Test
  void viewsLeaveOutTheirShares() {
    int n = 400;
    int[] from = new int[n - 1];
    int[] to = new int[n - 1];
    double[] weight = new double[n - 1];
    for (int i = 0; i < n - 1; i++) {
      from[i] = i;
      to[i] = i + 1;
      weight[i] = 1;
    }
    double[] ones = new double[n * 50];
    java.util.Arrays.fill(ones, 1);
    GraphInputs path =
        GraphInputs.of(
            Graph.of(n, from, to, weight),
            Matrix.of(n, 50, ones),
            Contexts.parse("augment(edge-drop(rate=0.4), feature-mask(rate=0.1))").graphView());
    double edges = 0;
    double kept = 0;
    for (int view = 1; view <= 40; view++) {
      GraphInputs.Seen seen = path.seen(view, GraphInputs.Normalise.WALK, manager);
      edges += (seen.propagation().size() - n) / 2.0;
      assertThat(seen.features().size() % n).isZero(); // hidden in all nodes at once
      kept += (double) seen.features().size() / n;
      // each row still sums to 1
      NDArray sums = seen.propagation().times(manager.ones(new Shape(n, 1), DataType.FLOAT64));
      assertClose(sums, manager.ones(new Shape(n, 1), DataType.FLOAT64), 1e-12);
    }
    assertThat(edges / (40 * (n - 1))).isCloseTo(0.6, within(0.02)); // four deviations
    assertThat(kept / (40 * 50)).isCloseTo(0.9, within(0.027));
  }

  @Test
  void principalDirectionsAreThoseOfTheDecomposition() {
    Block block = created("sgc(hops=2,restart=0.1,start=pca)");
    NDArray h = x();
    for (int hop = 0; hop < 2; hop++) {
      h = propagation(true).matMul(h).mul(0.9).add(x().mul(0.1));
    }
    h = h.sub(h.mean(new int[] {0}, true));
    NDArray right = LinearAlgebra.svd(h).rightTransposed().transpose().get(":, 0:" + OUTPUTS);
    NDArray found = parameter(block, "output_weight");
    NDArray sign = found.mul(right).sum(new int[] {0}, true).sign();
    assertClose(found.mul(sign), right, 1e-6);
  }

  @Test
  void refusals() {
    for (String text : new String[] {"gcn(layers=0)", "gcn(dropout=1)", "sgc(hops=0)"}) {
      assertThatThrownBy(() -> EncoderFactory.parse(text)).isInstanceOf(InputException.class);
    }
    assertThat(Encoders.readsGraph("gcn(width=3)")).isTrue();
    assertThat(Encoders.readsGraph("sgc")).isTrue();
    assertThat(Encoders.readsGraph("mlp")).isFalse();
    assertThatThrownBy(
            () -> GraphInputs.of(GRAPH, Matrix.of(1, 1, new double[1]), Optional.empty()))
        .hasMessage("features: expected 5 rows, got 1");
  }
}
