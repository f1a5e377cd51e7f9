package ai.contexture.view;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;

/**
 * A view of a graph in which each feature is hidden with a probability, in all nodes at once.
 *
 * @param rate the probability
 */
public record FeatureMask(double rate) implements GraphView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "feature-mask",
              "a graph in which random features are hidden in all nodes at once",
              FeatureMask::of)
          .option("rate", "the probability of hiding each feature");

  /** The rate that is published for citation graphs [Zhang et al. 2021]. */
  static final double DEFAULT_RATE = 0.1;

  /** Requires a probability below 1. */
  public FeatureMask {
    GraphView.requireRate("feature-mask", rate);
  }

  static FeatureMask of(SpecOptions options) {
    return new FeatureMask(options.number("rate", DEFAULT_RATE, 0, 1));
  }

  @Override
  public double edges() {
    return 1;
  }

  @Override
  public double features() {
    return 1 - rate;
  }

  @Override
  public String toString() {
    return Text.format("feature-mask(rate=%s)", rate);
  }
}
