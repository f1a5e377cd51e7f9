package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;

/**
 * A random view of a whole graph, in which edges are missing and features are hidden. Encoders that
 * read the graph make it; rows alone know neither.
 */
public interface GraphView extends ViewFactory {

  /** Returns the probability that an edge is kept. */
  double edges();

  /** Returns the probability that a feature is kept, in all nodes at once. */
  double features();

  /**
   * Returns a view as one of a graph: itself, or a chain of such views.
   *
   * @return nothing where one of its parts is a view of rows
   */
  static Optional<GraphView> of(ViewFactory view) {
    if (view instanceof GraphView graph) {
      return Optional.of(graph);
    }
    if (!(view instanceof Augmentation chain)
        || !chain.views().stream().allMatch(GraphView.class::isInstance)) {
      return Optional.empty();
    }
    List<GraphView> parts = chain.views().stream().map(GraphView.class::cast).toList();
    return Optional.of(
        new Chain(
            parts.stream().mapToDouble(GraphView::edges).reduce(1, (a, b) -> a * b),
            parts.stream().mapToDouble(GraphView::features).reduce(1, (a, b) -> a * b),
            chain.toString()));
  }

  /** Views one after the other. */
  record Chain(double edges, double features, String text) implements GraphView {

    @Override
    public String toString() {
      return text;
    }
  }

  /** Requires that something is left. */
  static void requireRate(String name, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new InputException(
          Text.format("%s: expected a rate from 0 to less than 1, got rate=%s", name, rate));
    }
  }

  /** Returns what is said where there are rows and no graph. */
  static InputException needsGraph(Object view) {
    return new InputException(
        Message.of(
            "%s is a view of a graph, expected an encoder that reads one, %s or sgc, and no views of"
                + " rows beside it",
            view.toString(), Setting.ENCODER.to("gcn")));
  }

  @Override
  default View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    throw needsGraph(this);
  }
}
