package ai.contexture.context;

import ai.contexture.view.Diffusion;
import ai.contexture.view.Diffusion.Diffused;
import ai.contexture.view.NoiseSchedule;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;

/**
 * The noise context: A = √ᾱ_t·x + √(1−ᾱ_t)·ε at a random step t of a schedule, all steps equally
 * probable [Ho et al. 2020, eq. 4].
 *
 * <p>{@link #sample} gives A alone; {@link #draw} gives the same samples with their steps t, levels
 * ᾱ_t and noise ε, which an objective that predicts the noise needs.
 */
public final class DiffusionContext implements SampledContext {

  private final Points points;
  private final Diffusion diffusion;

  /**
   * Creates the context.
   *
   * @param points the n pretraining points
   */
  public DiffusionContext(Points points, Diffusion diffusion) {
    this.points = points;
    this.diffusion = diffusion;
  }

  /** Returns how much is left of a row after each step. */
  public NoiseSchedule schedule() {
    return diffusion.schedule();
  }

  @Override
  public Points points() {
    return points;
  }

  @Override
  public Points sample(Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray rows = diffusion.apply(AugmentationContext.repeated(x, samples, scope), random);
      rows.attach(manager);
      return Points.of(rows);
    }
  }

  /**
   * Draws what {@link #sample} draws with the same generator, and keeps step, level and noise.
   *
   * @param x b points
   * @param samples r ≥ 1
   * @param random the only source of randomness
   * @return arrays of b·r rows, those of one x next to each other; they belong to the manager of x
   */
  public Diffused draw(Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      Diffused drawn = diffusion.draw(AugmentationContext.repeated(x, samples, scope), random);
      drawn.rows().attach(manager);
      drawn.noise().attach(manager);
      drawn.steps().attach(manager);
      drawn.alphaBars().attach(manager);
      return drawn;
    }
  }

  @Override
  public String toString() {
    return diffusion.toString();
  }
}
