package ai.contexture.context;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;

/** The laws P₁ P^{t−1} of a walk of t steps, the first from b points; applied step by step. */
final class WalkLaw implements MarkovLaw {

  private final MarkovLaw first;
  private final MarkovLaw later;
  private final int steps;

  private WalkLaw(MarkovLaw first, MarkovLaw later, int steps) {
    this.first = first;
    this.later = later;
    this.steps = steps;
  }

  /** Returns the laws of t ≥ 1 steps, given those of one [n, n]. */
  static MarkovLaw of(MarkovLaw step, int steps) {
    return steps == 1 ? step : new WalkLaw(step, step, steps);
  }

  @Override
  public int points() {
    return first.points();
  }

  @Override
  public int contexts() {
    return later.contexts();
  }

  @Override
  public long multiplications() {
    return first.multiplications() + (steps - 1) * later.multiplications();
  }

  @Override
  public NDArray expectation(NDArray g) {
    NDManager manager = g.getManager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray mean = g;
      for (int step = 1; step < steps; step++) {
        mean = later.expectation(mean);
        mean.attach(scope);
      }
      NDArray result = first.expectation(mean);
      result.attach(manager);
      return result;
    }
  }

  @Override
  public NDArray transposed(NDArray f) {
    NDManager manager = f.getManager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray sum = first.transposed(f);
      for (int step = 1; step < steps; step++) {
        sum.attach(scope);
        sum = later.transposed(sum);
      }
      sum.attach(manager);
      return sum;
    }
  }

  @Override
  public NDArray draw(int samples, RandomGenerator random, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray at = first.draw(samples, random, scope);
      for (int step = 1; step < steps; step++) {
        at = later.select(at, scope).draw(1, random, scope);
      }
      at.attach(owner);
      return at;
    }
  }

  @Override
  public MarkovLaw select(NDArray index, NDManager owner) {
    return new WalkLaw(first.select(index, owner), later, steps);
  }
}
