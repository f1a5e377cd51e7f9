package ai.contexture.encoder;

import ai.contexture.context.Nodes;
import ai.contexture.data.Dataset;
import ai.contexture.data.Graph;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.SparseMatrix;
import ai.contexture.view.GraphView;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What encoders of nodes read: the graph, the features of its nodes, of which zeros are not stored,
 * and what a view of them leaves out.
 */
public final class GraphInputs {

  /** How the weights of edges are divided. */
  public enum Normalise {
    /** By the square roots of the degrees of both nodes: D^−½ (A + I) D^−½. */
    SYM,
    /** By the degree of the node that sums: D^−1 (A + I). */
    WALK
  }

  private final Graph graph;
  private final Optional<GraphView> view;
  private final int width;
  private final SparseMatrix.Entries features;

  private GraphInputs(
      Graph graph, Optional<GraphView> view, int width, SparseMatrix.Entries features) {
    this.graph = graph;
    this.view = view;
    this.width = width;
    this.features = features;
  }

  /**
   * Returns a dataset as an encoder that reads its graph reads it.
   *
   * @param view of the graph that the context has
   * @throws InputException if there is no graph, or a column is missing
   */
  public static GraphInputs of(
      Dataset data, Preprocessing preprocessing, Optional<GraphView> view) {
    Graph graph =
        data.graph()
            .orElseThrow(
                () ->
                    new InputException(
                        Message.of(
                            "%s: the encoder reads a graph, expected its edges, %s",
                            data.name(), Setting.EDGES.to("FILE"))));
    if (graph.nodes() > Nodes.MOST) {
      throw new InputException(
          Text.format(
              "%s: expected at most %d nodes, got %d", data.name(), Nodes.MOST, graph.nodes()));
    }
    return of(graph, preprocessing.apply(data.features()), view);
  }

  /**
   * Returns the inputs of a graph.
   *
   * @param features <b>[n, p]</b>, of node i in row i
   * @param view what views leave out; nothing where there are no views
   */
  public static GraphInputs of(Graph graph, Matrix features, Optional<GraphView> view) {
    if (features.rows() != graph.nodes()) {
      throw new IllegalArgumentException(
          "features: expected " + graph.nodes() + " rows, got " + features.rows());
    }
    int p = features.columns();
    return new GraphInputs(graph, view, p, SparseMatrix.Entries.of(features.values(), p));
  }

  /** Returns the number of nodes n. */
  public int nodes() {
    return graph.nodes();
  }

  /** Returns the number of features p of a node. */
  public int width() {
    return width;
  }

  /**
   * The graph as it is, or a view of it.
   *
   * @param propagation the normalised weights of edges, [n, n]
   * @param features [n, p]
   */
  record Seen(SparseMatrix propagation, SparseMatrix features) {}

  /**
   * Returns the graph in a view.
   *
   * @param number of the view, on which alone it depends; 0 for the graph as it is
   * @param owner the manager of the result
   */
  Seen seen(int number, Normalise normalise, NDManager owner) {
    if (number == 0) {
      boolean[] edges = new boolean[graph.edges()];
      Arrays.fill(edges, true);
      return new Seen(
          propagation(edges, normalise, owner), SparseMatrix.of(width, features, owner));
    }
    GraphView out =
        view.orElseThrow(() -> new IllegalStateException("a view of a graph that has none"));
    RandomGenerator random = Seed.of(number).derive("view").generator();
    boolean[] edges = kept(graph.edges(), out.edges(), random);
    return new Seen(
        propagation(edges, normalise, owner), masked(kept(width, out.features(), random), owner));
  }

  private static boolean[] kept(int size, double share, RandomGenerator random) {
    boolean[] kept = new boolean[size];
    for (int i = 0; i < size; i++) {
      kept[i] = random.nextDouble() < share;
    }
    return kept;
  }

  private SparseMatrix masked(boolean[] kept, NDManager owner) {
    long[] offsets = features.offsets();
    long[] columns = features.columns();
    long[] starts = new long[offsets.length];
    long[] index = new long[columns.length];
    double[] left = new double[columns.length];
    int next = 0;
    for (int i = 0; i + 1 < offsets.length; i++) {
      for (int at = (int) offsets[i]; at < offsets[i + 1]; at++) {
        if (kept[(int) columns[at]]) {
          index[next] = columns[at];
          left[next++] = features.values()[at];
        }
      }
      starts[i + 1] = next;
    }
    return SparseMatrix.of(
        width,
        new SparseMatrix.Entries(starts, Arrays.copyOf(index, next), Arrays.copyOf(left, next)),
        owner);
  }

  /** The matrix of weights between nodes, each with a self loop of weight 1 more, normalised. */
  private SparseMatrix propagation(boolean[] kept, Normalise normalise, NDManager owner) {
    int n = graph.nodes();
    double[] degree = new double[n];
    long[] starts = new long[n + 1];
    Arrays.fill(degree, 1);
    for (int i = 0; i < n; i++) {
      starts[i + 1] = 1;
    }
    for (int edge = 0; edge < kept.length; edge++) {
      int u = graph.from(edge);
      int v = graph.to(edge);
      if (kept[edge]) {
        degree[u] += graph.weight(edge);
        starts[u + 1]++;
        if (u != v) {
          degree[v] += graph.weight(edge);
          starts[v + 1]++;
        }
      }
    }
    for (int i = 0; i < n; i++) {
      starts[i + 1] += starts[i];
    }
    long[] next = starts.clone();
    long[] index = new long[(int) starts[n]];
    double[] weight = new double[index.length];
    for (int i = 0; i < n; i++) {
      index[(int) next[i]] = i;
      weight[(int) next[i]++] = share(1, degree, i, i, normalise);
    }
    for (int edge = 0; edge < kept.length; edge++) {
      int u = graph.from(edge);
      int v = graph.to(edge);
      if (kept[edge]) {
        index[(int) next[u]] = v;
        weight[(int) next[u]++] = share(graph.weight(edge), degree, u, v, normalise);
        if (u != v) {
          index[(int) next[v]] = u;
          weight[(int) next[v]++] = share(graph.weight(edge), degree, v, u, normalise);
        }
      }
    }
    return SparseMatrix.of(n, new SparseMatrix.Entries(starts, index, weight), owner);
  }

  private static double share(
      double weight, double[] degree, int into, int from, Normalise normalise) {
    return normalise == Normalise.SYM
        ? weight / Math.sqrt(degree[into] * degree[from])
        : weight / degree[into];
  }
}
