package ai.contexture.view;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;

/**
 * A view of a graph in which each edge is missing with a probability, independently of the others.
 *
 * @param rate the probability
 */
public record EdgeDrop(double rate) implements GraphView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "edge-drop", "a graph from which random edges are dropped", EdgeDrop::of)
          .option("rate", "the probability of dropping each edge");

  /** The rate that is published for citation graphs [Zhang et al. 2021]. */
  static final double DEFAULT_RATE = 0.4;

  /** Requires a probability below 1. */
  public EdgeDrop {
    GraphView.requireRate("edge-drop", rate);
  }

  static EdgeDrop of(SpecOptions options) {
    return new EdgeDrop(options.number("rate", DEFAULT_RATE, 0, 1));
  }

  @Override
  public double edges() {
    return 1 - rate;
  }

  @Override
  public double features() {
    return 1;
  }

  @Override
  public String toString() {
    return Text.format("edge-drop(rate=%s)", rate);
  }
}
