package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.view.Diffusion;
import ai.contexture.view.GraphView;
import ai.contexture.view.View;
import ai.contexture.view.ViewFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The augmentation context: A is a random view of x, such as a part of an image or a row of which
 * some columns are hidden [C, §2.2].
 *
 * <p>It gives samples. Where the density of the view is known, {@link MonteCarloContext} estimates
 * its operator; where the view is a {@link Diffusion}, {@link DiffusionContext} keeps the time step
 * with each sample.
 */
public final class AugmentationContext implements SampledContext {

  /**
   * What the context needs to know before it sees data.
   *
   * @param view the view's options
   */
  public record Options(ViewFactory view) implements ContextFactory {

    /**
     * Fits the view; where it is a diffusion, the context is a {@link DiffusionContext}, and where
     * it is one of a graph, a {@link GraphViewContext}.
     *
     * @throws ai.contexture.input.InputException if the view does not suit the rows
     */
    @Override
    public SampledContext fit(ContextData data) {
      Optional<GraphView> graph = GraphView.of(view);
      if (graph.isPresent()) {
        return GraphViewContext.of(data, graph.get());
      }
      View fitted = fitted(view, data);
      return fitted instanceof Diffusion diffusion
          ? new DiffusionContext(data.points(), diffusion)
          : new AugmentationContext(data.points(), fitted, view.readsRows());
    }

    @Override
    public Optional<GraphView> graphView() {
      return GraphView.of(view);
    }

    @Override
    public String toString() {
      return view.toString();
    }
  }

  private final Points points;
  private final View view;
  private final boolean readsPoints;

  /**
   * Creates the context of any view, which may be a lambda.
   *
   * @param points the n pretraining points
   */
  public AugmentationContext(Points points, View view) {
    this(points, view, true);
  }

  private AugmentationContext(Points points, View view, boolean readsPoints) {
    this.points = points;
    this.view = view;
    this.readsPoints = readsPoints;
  }

  static View fitted(ViewFactory view, ContextData data) {
    if (data.nodes()) {
      throw new InputException(
          view
              + " changes the inputs of a row, but the encoder reads the nodes of a graph; expected"
              + " views of the graph, edge-drop and feature-mask, or a context such as walk");
    }
    Points points = data.points();
    if (view.readsRows()) {
      return view.fit(points.rows(), data.groups(), data.shape());
    }
    try (NDManager scope = points.manager().newSubManager()) {
      Points one = points.subset(scope.create(new long[] {0}));
      return view.fit(one.rows(), data.groups(), data.shape());
    }
  }

  /** Returns the view. */
  public View view() {
    return view;
  }

  @Override
  public Points points() {
    return points;
  }

  @Override
  public boolean readsPoints() {
    return readsPoints;
  }

  @Override
  public Points sample(Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray rows = view.apply(repeated(x, samples, scope), random);
      rows.attach(manager);
      return Points.of(rows);
    }
  }

  /** The rows of points, each so many times, in a scope. */
  static NDArray repeated(Points x, int times, NDManager scope) {
    return x.within(scope).rows().repeat(0, times);
  }

  @Override
  public String toString() {
    return view.toString();
  }
}
