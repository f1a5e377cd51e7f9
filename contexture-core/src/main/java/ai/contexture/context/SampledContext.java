package ai.contexture.context;

import java.util.random.RandomGenerator;

/** A context that draws samples of its context variable. */
public interface SampledContext extends Context {

  /**
   * Draws r independent samples a ~ P⁺(·|x) for each point.
   *
   * @param x b points
   * @param views r ≥ 1
   * @param random the only source of randomness
   * @return b·r points, those of one x next to each other; they belong to the manager of x
   */
  Points sample(Points x, int views, RandomGenerator random);
}
