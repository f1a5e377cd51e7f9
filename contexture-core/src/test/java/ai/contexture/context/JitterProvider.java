package ai.contexture.context;

import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A context as a user writes it: a function from rows to samples, and a name to find it by. */
public final class JitterProvider implements ContextProvider {

  @Override
  public String name() {
    return "jitter";
  }

  @Override
  public String summary() {
    return "a row belongs together with itself, a little moved";
  }

  @Override
  public Map<String, String> options() {
    return Map.of("scale", "how far a number is moved");
  }

  @Override
  public Optional<Set<Capability>> gives() {
    return Optional.of(Set.of(Capability.SAMPLES, Capability.NEW_ROWS));
  }

  @Override
  public ContextFactory parse(SpecOptions options) {
    double scale = options.number("scale", 0.1, 0, Double.MAX_VALUE);
    String text = "jitter(scale=" + Numbers.text(scale) + ")";
    return data ->
        SampledContext.of(
            text, data.points(), (x, samples, random) -> moved(x, samples, random, scale));
  }

  private static Points moved(Points x, int samples, RandomGenerator random, double scale) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray rows = x.within(scope).rows().repeat(0, samples);
      float[] noise = new float[(int) rows.size()];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (float) (scale * random.nextGaussian());
      }
      NDArray moved =
          rows.add(scope.create(noise, rows.getShape()).toType(rows.getDataType(), false));
      moved.attach(manager);
      return Points.of(moved);
    }
  }
}
