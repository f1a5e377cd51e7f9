package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Rows with Gaussian noise added: x + scale · ε.
 *
 * <p>{@link Diffusion} shrinks the rows at the same time, so that their variance stays.
 *
 * @param scale the standard deviation of the noise, in the units of the rows
 */
public record Noise(double scale) implements DensityView, ViewFactory {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("noise", "part of each input replaced by Gaussian noise", Noise::of)
          .option("level", "the share of the variance to replace with noise")
          .option("schedule", "instead of a level: the noise schedule of a diffusion")
          .option("steps", "how many steps the diffusion has; each row draws one")
          .option("scale", "instead of a level: the standard deviation of added noise");

  private static final double DEFAULT_LEVEL = 0.3;
  private static final int DEFAULT_STEPS = 1000;

  /** How the steps of a diffusion follow each other. */
  private enum Steps {
    NONE,
    LINEAR,
    COSINE
  }

  /** Requires a finite scale that is not negative. */
  public Noise {
    if (!(scale >= 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new InputException(
          Text.format("noise: scale must be a number of at least 0, got '%s'", scale));
    }
  }

  /** Reads the options of three kinds: noise of a level, of the steps of a diffusion, or added. */
  private static ViewFactory of(SpecOptions options) {
    List<String> given =
        Stream.of("level", "schedule", "steps", "scale")
            .filter(key -> options.text(key, null) != null)
            .toList();
    double level = options.number("level", DEFAULT_LEVEL, 0, 1);
    Steps schedule = options.choice("schedule", Steps.NONE);
    int steps = options.integer("steps", DEFAULT_STEPS, 1, NoiseSchedule.MOST_STEPS);
    OptionalDouble scale = options.number("scale", 0, Double.MAX_VALUE);
    boolean diffusion = given.equals(List.of("schedule", "steps"));
    if ((given.size() > 1 && !diffusion) || given.equals(List.of("steps"))) {
      throw new InputException(
          "noise: expected level, or scale, or schedule and steps, got "
              + String.join(" and ", given));
    }
    if (scale.isPresent()) {
      return new Noise(scale.getAsDouble());
    }
    return new Diffusion(
        switch (schedule) {
          case NONE -> NoiseSchedule.level(level);
          case LINEAR -> NoiseSchedule.linear(steps);
          case COSINE -> NoiseSchedule.cosine(steps);
        });
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
