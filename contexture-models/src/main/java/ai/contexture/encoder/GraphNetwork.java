package ai.contexture.encoder;

import ai.contexture.context.Nodes;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What encoders of the nodes of a graph share: rows that are {@link Nodes} [b, 2] go to outputs [b,
 * d₁], of which those of all nodes are computed at once in each view that occurs.
 */
public abstract class GraphNetwork extends Network {

  private final GraphInputs.Normalise normalise;
  private GraphInputs graph;

  GraphNetwork(int outputs, Seed seed, GraphInputs.Normalise normalise, GraphInputs graph) {
    super(outputs, seed);
    this.normalise = normalise;
    this.graph = graph;
  }

  /**
   * Has the encoder read another graph, whose nodes have the same features.
   *
   * @param other null for none
   * @return the graph that it read before, null for none
   */
  public GraphInputs read(GraphInputs other) {
    GraphInputs before = graph;
    graph = other;
    return before;
  }

  /** The graph that is read. */
  final GraphInputs graph() {
    return graph;
  }

  /** Computes the outputs [n, d₁] of all nodes. */
  abstract NDArray forward(GraphInputs.Seen seen, NDArray like, Pass pass);

  /** Gives the parameters their shapes, for nodes of p features. */
  abstract void shape(long p);

  @Override
  final void shape(long n, long p) {
    shape(graph == null ? p : graph.width());
  }

  @Override
  final NDArray forward(NDArray rows, Pass pass) {
    if (graph == null) {
      throw new IllegalStateException("an encoder of nodes was given no graph");
    }
    NDManager scope = rows.getManager();
    int[] asked = Nodes.read(rows);
    int b = asked.length / Nodes.WIDTH;
    Map<Integer, Integer> place = new LinkedHashMap<>();
    long[] index = new long[b];
    boolean whole = b == graph.nodes();
    for (int i = 0; i < b; i++) {
      int node = asked[i * Nodes.WIDTH];
      int view = asked[i * Nodes.WIDTH + 1];
      int at = place.computeIfAbsent(view, unseen -> place.size());
      index[i] = (long) at * graph.nodes() + node;
      whole &= index[i] == i;
    }
    NDList outputs = new NDList();
    for (int view : place.keySet()) {
      GraphInputs.Seen seen = graph.seen(view, normalise, scope);
      outputs.add(forward(seen, rows, pass));
    }
    NDArray all = outputs.size() == 1 ? outputs.head() : NDArrays.concat(outputs);
    return whole ? all : all.get(scope.create(index));
  }

  /** A parameter as an array whose results belong to the pass. */
  static NDArray lent(Parameter parameter, NDArray like, Pass pass) {
    return Torch.within(pass.value(parameter, like), like.getManager());
  }

  /** Gives a weight its shape, and values in ±√(6/(inputs + outputs)) [Glorot and Bengio 2010]. */
  final void glorot(Parameter weight, long inputs, long outputs) {
    uniform(weight, (inputs + outputs) / 6, inputs, outputs);
  }
}
