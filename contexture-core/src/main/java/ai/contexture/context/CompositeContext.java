package ai.contexture.context;

import ai.djl.ndarray.NDArray;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Contexts that are put together: each gives what it was made with and no more. */
final class CompositeContext {

  private CompositeContext() {}

  /** See {@link KernelContext#kernel}. */
  @FunctionalInterface
  interface DualKernel {
    NDArray kernel(Points x, Points y);
  }

  /** What a finite context consists of. */
  record Laws(
      Points contexts, ExpectationOperator operator, Function<Points, ConditionalLaw> law) {}

  /**
   * Returns a context.
   *
   * @param sampler null for a context without samples
   * @param laws null for a context that is not finite
   * @param kernel null for a context without a dual kernel, or whose laws give it
   */
  static Context of(
      String text,
      Points points,
      boolean inductive,
      boolean yieldsInputs,
      SampledContext.Sampler sampler,
      Laws laws,
      DualKernel kernel) {
    Base base = new Base(text, points, inductive, yieldsInputs);
    if (laws != null) {
      return sampler == null ? new Finite(base, laws) : new SampledFinite(base, laws, sampler);
    }
    if (kernel != null) {
      return sampler == null ? new Kernel(base, kernel) : new SampledKernel(base, kernel, sampler);
    }
    return new Sampled(base, sampler);
  }

  /** What all contexts have. */
  private static class Base implements Context {
    private final String text;
    private final Points points;
    private final boolean inductive;
    private final boolean yieldsInputs;

    Base(String text, Points points, boolean inductive, boolean yieldsInputs) {
      this.text = text;
      this.points = points;
      this.inductive = inductive;
      this.yieldsInputs = yieldsInputs;
    }

    Base(Base other) {
      this(other.text, other.points, other.inductive, other.yieldsInputs);
    }

    @Override
    public final Points points() {
      return points;
    }

    @Override
    public final boolean inductive() {
      return inductive;
    }

    @Override
    public final boolean yieldsInputs() {
      return yieldsInputs;
    }

    @Override
    public final String toString() {
      return text;
    }
  }

  private static final class Sampled extends Base implements SampledContext {
    private final Sampler sampler;

    Sampled(Base base, Sampler sampler) {
      super(base);
      this.sampler = sampler;
    }

    @Override
    public Points sample(Points x, int samples, RandomGenerator random) {
      return sampler.sample(x, samples, random);
    }
  }

  private static class Kernel extends Base implements KernelContext {
    private final DualKernel kernel;

    Kernel(Base base, DualKernel kernel) {
      super(base);
      this.kernel = kernel;
    }

    @Override
    public final NDArray kernel(Points x, Points y) {
      return kernel.kernel(x, y);
    }
  }

  private static final class SampledKernel extends Kernel implements SampledContext {
    private final Sampler sampler;

    SampledKernel(Base base, DualKernel kernel, Sampler sampler) {
      super(base, kernel);
      this.sampler = sampler;
    }

    @Override
    public Points sample(Points x, int samples, RandomGenerator random) {
      return sampler.sample(x, samples, random);
    }
  }

  private static class Finite extends Base implements FiniteContext {
    private final Laws laws;

    Finite(Base base, Laws laws) {
      super(base);
      this.laws = laws;
    }

    @Override
    public final Points contexts() {
      return laws.contexts();
    }

    @Override
    public final ExpectationOperator operator() {
      return laws.operator();
    }

    @Override
    public final ConditionalLaw law(Points x) {
      return laws.law().apply(x);
    }
  }

  private static final class SampledFinite extends Finite implements SampledContext {
    private final Sampler sampler;

    SampledFinite(Base base, Laws laws, Sampler sampler) {
      super(base, laws);
      this.sampler = sampler;
    }

    @Override
    public Points sample(Points x, int samples, RandomGenerator random) {
      return sampler.sample(x, samples, random);
    }
  }
}
