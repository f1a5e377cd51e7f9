package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Rows that are partly replaced by noise: √ᾱ_t·x + √(1−ᾱ_t)·ε, at a step t that is uniform in 1 to
 * T [Ho et al. 2020, eq. 4].
 *
 * <p>{@link #draw} gives the step of each row and its noise with the rows, which a network that
 * predicts the noise needs.
 *
 * @param schedule ᾱ_1 … ᾱ_T
 */
public record Diffusion(NoiseSchedule schedule) implements DensityView, ViewFactory {

  /**
   * Rows after diffusion. All arrays belong to the manager of the rows that they were made from.
   *
   * @param rows √ᾱ_t·x + √(1−ᾱ_t)·ε, [b, p]
   * @param noise ε in the type of the rows, [b, p]
   * @param steps t from 1 to T, int64 [b]
   * @param alphaBars ᾱ_t in the type of the rows, [b, 1]
   */
  public record Diffused(NDArray rows, NDArray noise, NDArray steps, NDArray alphaBars)
      implements AutoCloseable {

    /** Closes all four arrays. */
    @Override
    public void close() {
      rows.close();
      noise.close();
      steps.close();
      alphaBars.close();
    }
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    return this;
  }

  /**
   * Draws what {@link #apply} draws, and keeps step and noise.
   *
   * @param rows [b, p], float32 or float64, whose manager owns the result
   * @param random the only source of randomness
   */
  public Diffused draw(NDArray rows, RandomGenerator random) {
    NDManager owner = rows.getManager();
    NDArray[] kept = new NDArray[3];
    NDArray diffused =
        Draws.within(
            rows,
            (scope, view) -> {
              Diffused drawn = draw(scope, view, random);
              kept[0] = drawn.noise;
              kept[1] = drawn.steps;
              kept[2] = drawn.alphaBars;
              for (NDArray array : kept) {
                array.attach(owner);
              }
              return drawn.rows;
            });
    return new Diffused(diffused, kept[0], kept[1], kept[2]);
  }

  @Override
  public NDArray apply(NDArray rows, RandomGenerator random) {
    return Draws.within(rows, (scope, view) -> draw(scope, view, random).rows);
  }

  private Diffused draw(NDManager scope, NDArray rows, RandomGenerator random) {
    DataType type = rows.getDataType();
    int b = Math.toIntExact(rows.getShape().get(0));
    long[] steps = new long[b];
    double[] left = new double[b];
    for (int i = 0; i < b; i++) {
      int step = 1 + random.nextInt(schedule.steps());
      steps[i] = step;
      left[i] = schedule.alphaBar(step);
    }
    Shape column = new Shape(b, 1);
    NDArray noise = Draws.normal(scope, rows.getShape(), type, random);
    NDArray signal = Draws.array(scope, roots(left, a -> a), column, type);
    NDArray rest = Draws.array(scope, roots(left, a -> 1 - a), column, type);
    return new Diffused(
        rows.mul(signal).add(noise.mul(rest)),
        noise,
        scope.create(steps),
        Draws.array(scope, left, column, type));
  }

  private static double[] roots(double[] left, DoubleUnaryOperator share) {
    return Arrays.stream(left).map(share).map(Math::sqrt).toArray();
  }

  /** Of the rows alone, whatever the step. */
  @Override
  public Density density(NDArray views) {
    return NoiseDensity.of(views, schedule);
  }

  @Override
  public boolean reachesAll() {
    return schedule.alphaBar(schedule.steps()) < 1;
  }

  @Override
  public String toString() {
    return "noise(" + schedule + ")";
  }
}
