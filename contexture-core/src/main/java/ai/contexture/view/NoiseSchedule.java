package ai.contexture.view;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import java.util.Arrays;

/**
 * How much of a row is left after each of T steps of diffusion: ᾱ_t = Π_{s≤t} (1 − β_s).
 *
 * <p>After step t a row is √ᾱ_t·x + √(1−ᾱ_t)·ε [Ho et al. 2020, eq. 4].
 */
public final class NoiseSchedule {

  static final int MOST_STEPS = 1_000_000;

  /** The first and last β of the linear schedule at the number of steps it was published for. */
  private static final double FIRST_BETA = 1e-4;

  private static final double LAST_BETA = 0.02;
  private static final double PUBLISHED_STEPS = 1000;

  /** The offset s of the cosine schedule, which keeps its first β from being too small. */
  private static final double OFFSET = 0.008;

  private static final double LARGEST_BETA = 0.999;

  private final String text;
  private final double[] alphaBars;

  private NoiseSchedule(String text, double... alphaBars) {
    this.text = text;
    this.alphaBars = alphaBars;
  }

  /**
   * Returns a single step.
   *
   * @param level 1 − ᾱ, the share of the variance that is noise, from 0 to 1
   */
  public static NoiseSchedule level(double level) {
    if (!(level >= 0 && level <= 1)) {
      throw new InputException(
          Text.format("noise: level must be a number from 0 to 1, got '%s'", level));
    }
    return new NoiseSchedule("level=" + Numbers.text(level), 1 - level);
  }

  /**
   * Returns steps whose β grows evenly from 10⁻⁴ to 0.02, times 1000/T so that what is left at the
   * end hangs little on T, and never above 0.999 [Ho et al. 2020, §4; Nichol and Dhariwal 2021].
   */
  public static NoiseSchedule linear(int steps) {
    requireSteps(steps);
    double scale = PUBLISHED_STEPS / steps;
    double[] betas = new double[steps];
    for (int t = 0; t < steps; t++) {
      double share = steps == 1 ? 0 : (double) t / (steps - 1);
      betas[t] = scale * (FIRST_BETA + (LAST_BETA - FIRST_BETA) * share);
    }
    return of("linear", betas);
  }

  /**
   * Returns steps with ᾱ_t = f(t)/f(0), f(t) = cos²(π/2 · (t/T + s)/(1 + s)), s = 0.008, as long as
   * β is at most 0.999 [Nichol and Dhariwal 2021, eq. 17].
   */
  public static NoiseSchedule cosine(int steps) {
    requireSteps(steps);
    double[] betas = new double[steps];
    for (int t = 0; t < steps; t++) {
      betas[t] = 1 - squaredCosine((t + 1.0) / steps) / squaredCosine((double) t / steps);
    }
    return of("cosine", betas);
  }

  private static double squaredCosine(double share) {
    double cosine = Math.cos(Math.PI / 2 * (share + OFFSET) / (1 + OFFSET));
    return cosine * cosine;
  }

  private static NoiseSchedule of(String name, double[] betas) {
    double left = 1;
    double[] alphaBars = new double[betas.length];
    for (int t = 0; t < betas.length; t++) {
      left *= 1 - Math.min(LARGEST_BETA, betas[t]);
      alphaBars[t] = left;
    }
    return new NoiseSchedule("schedule=" + name + ", steps=" + betas.length, alphaBars);
  }

  private static void requireSteps(int steps) {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new InputException(
          "noise: steps must be a whole number from 1 to " + MOST_STEPS + ", got '" + steps + "'");
    }
  }

  /** Returns the number of steps T. */
  public int steps() {
    return alphaBars.length;
  }

  /**
   * Returns ᾱ_t, the share of the variance that is not noise.
   *
   * @param step t, from 1 to T
   */
  public double alphaBar(int step) {
    return alphaBars[step - 1];
  }

  /** Returns ᾱ_1 … ᾱ_T. */
  double[] alphaBars() {
    return alphaBars.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoiseSchedule schedule
        && text.equals(schedule.text)
        && Arrays.equals(alphaBars, schedule.alphaBars);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the options of {@code noise} on the command line. */
  @Override
  public String toString() {
    return text;
  }
}
