package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Rows with Gaussian noise added: x + scale · ε.
 *
 * <p>{@link Diffusion} shrinks the rows at the same time, so that their variance stays.
 *
 * @param scale the standard deviation of the noise, in the units of the rows
 */
public record Noise(double scale) implements DensityView, ViewFactory {

  /** Requires a finite scale that is not negative. */
  public Noise {
    if (!(scale >= 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          Text.format("noise: scale must be a number of at least 0, got '%s'", scale));
    }
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    return this;
  }

  @Override
  public NDArray apply(NDArray rows, RandomGenerator random) {
    return Draws.within(
        rows,
        (scope, view) ->
            Draws.normal(scope, view.getShape(), view.getDataType(), random).mul(scale).add(view));
  }

  @Override
  public Density density(NDArray views) {
    return NoiseDensity.of(views, scale * scale);
  }

  @Override
  public boolean reachesAll() {
    return scale > 0;
  }

  @Override
  public String toString() {
    return "noise(scale=" + Numbers.text(scale) + ")";
  }
}
