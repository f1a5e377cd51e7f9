package ai.contexture.context;

import ai.contexture.view.GraphView;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/**
 * The context of random views of a graph: A is the node x as it is seen in a graph in which edges
 * are missing and features are hidden [D, ch. 2].
 *
 * <p>A view is of all nodes at once, since what an encoder makes of a node depends on those around
 * it. So the points of one draw share their views: with r ≥ 2 views each point has all of them, and
 * a single view of each is one of two in turn.
 */
public final class GraphViewContext implements SampledContext {

  /** View 0 is the graph as it is. */
  private static final int FIRST_VIEW = 1;

  private final Points points;
  private final GraphView view;

  private GraphViewContext(Points points, GraphView view) {
    this.points = points;
    this.view = view;
  }

  /**
   * Returns the context of views of the graph that the rows are nodes of.
   *
   * @throws ai.contexture.input.InputException if the rows are no nodes
   */
  static GraphViewContext of(ContextData data, GraphView view) {
    if (!data.nodes()) {
      throw GraphView.needsGraph(view);
    }
    return new GraphViewContext(data.points(), view);
  }

  /** Returns what is left out of the graph. */
  public GraphView view() {
    return view;
  }

  @Override
  public Points points() {
    return points;
  }

  @Override
  public boolean sharesViews() {
    return true;
  }

  /** Draws the numbers of views of the whole graph. <b>[count]</b> */
  public int[] views(int count, RandomGenerator random) {
    return random.ints(count, FIRST_VIEW, Nodes.MOST).toArray();
  }

  @Override
  public Points sample(Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    int[] numbers = views(Math.max(2, samples), random);
    int[] rows = Nodes.read(x.rows());
    float[] sampled = new float[x.size() * samples * Nodes.WIDTH];
    for (int i = 0; i < x.size() * samples; i++) {
      sampled[i * Nodes.WIDTH] = rows[i / samples * Nodes.WIDTH];
      sampled[i * Nodes.WIDTH + 1] = numbers[i % numbers.length];
    }
    try (NDArray shared =
        manager.create(sampled, new Shape((long) x.size() * samples, Nodes.WIDTH))) {
      return Points.of(shared.duplicate());
    }
  }

  @Override
  public String toString() {
    return view.toString();
  }
}
