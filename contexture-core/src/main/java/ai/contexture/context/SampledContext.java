package ai.contexture.context;

import java.util.random.RandomGenerator;

/** A context that draws samples of its context variable. */
public interface SampledContext extends Context {

  /** How contexts are drawn, see {@link SampledContext#sample}. */
  @FunctionalInterface
  interface Sampler {

    /** Draws r independent samples a ~ P⁺(·|x) for each point. */
    Points sample(Points x, int samples, RandomGenerator random);
  }

  /**
   * Draws r independent samples a ~ P⁺(·|x) for each point.
   *
   * @param x b points
   * @param samples r ≥ 1
   * @param random the only source of randomness
   * @return b·r points, those of one x next to each other; they belong to the manager of x
   */
  Points sample(Points x, int samples, RandomGenerator random);

  /**
   * Returns whether the points of one draw share their views, so that a draw for a few points costs
   * as much as one for all.
   */
  default boolean sharesViews() {
    return false;
  }

  /**
   * Returns a context that is known only by how it is drawn from.
   *
   * @param text its form on the command line, such as {@code scarf(rate=0.6)}
   * @param points the n pretraining points
   */
  static SampledContext of(String text, Points points, Sampler sampler) {
    return (SampledContext) CompositeContext.of(text, points, true, true, sampler, null, null);
  }
}
