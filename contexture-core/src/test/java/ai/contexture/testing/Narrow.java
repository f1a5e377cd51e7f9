package ai.contexture.testing;

import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.djl.ndarray.NDArray;
import java.util.random.RandomGenerator;

/** Contexts that can do one thing only, to see what is refused to them. */
public final class Narrow {

  private Narrow() {}

  /** A context that gives the kernel of another and nothing else. */
  public static KernelContext kernel(KernelContext context) {
    return new KernelContext() {
      @Override
      public Points points() {
        return context.points();
      }

      @Override
      public NDArray kernel(Points x, Points y) {
        return context.kernel(x, y);
      }
    };
  }

  /** A context that draws the point itself and gives nothing else. */
  public static SampledContext samples(Points points) {
    return new OnlySamples(points);
  }

  private record OnlySamples(Points points) implements SampledContext {

    @Override
    public Points sample(Points x, int samples, RandomGenerator random) {
      return x;
    }

    @Override
    public String toString() {
      return "only-samples";
    }
  }
}
