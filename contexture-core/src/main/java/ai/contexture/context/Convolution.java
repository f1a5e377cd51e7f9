package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;

/** The convolution of two contexts, x → a₁ → a₂. */
final class Convolution {

  private Convolution() {}

  static Context of(String text, Context first, Context second) {
    if (!first.yieldsInputs()) {
      throw new InputException(
          Text.format(
              "%s: %s takes rows like the inputs, but %s gives something else",
              text, second, first));
    }
    boolean sampled = first instanceof SampledContext && second instanceof SampledContext;
    CompositeContext.Laws laws = null;
    if (first instanceof FiniteContext begin && second instanceof FiniteContext end) {
      requireTakes(text, end, begin.contexts());
      laws = laws(begin, end);
    } else if (!sampled) {
      throw new InputException(
          Text.format(
              "%s: expected two contexts that both give samples or both have a finite operator",
              text));
    } else if (!second.inductive()) {
      throw new InputException(
          Text.format(
              "%s: %s is only known for the pretraining rows, but %s gives others",
              text, second, first));
    }
    SampledContext.Sampler sampler = null;
    if (sampled) {
      SampledContext begin = (SampledContext) first;
      SampledContext end = (SampledContext) second;
      sampler = (x, samples, random) -> sample(begin, end, x, samples, random);
    }
    return CompositeContext.of(
        text, first.points(), first.inductive(), second.yieldsInputs(), sampler, laws, null);
  }

  private static void requireTakes(String text, FiniteContext end, Points values) {
    if (!values.isSameAs(end.points())) {
      if (!end.inductive()) {
        throw new InputException(
            Text.format(
                "%s: %s is only known for the pretraining rows, but what stands before it gives"
                    + " others",
                text, end));
      }
      if (values.width() != end.points().width()) {
        throw new InputException(
            Text.format(
                "%s: %s takes rows of %d numbers, but what stands before it gives %d",
                text, end, end.points().width(), values.width()));
      }
    }
  }

  private static CompositeContext.Laws laws(FiniteContext begin, FiniteContext end) {
    ConditionalLaw second = end.law(begin.contexts());
    NDArray weights = begin.operator().inputWeights();
    ExpectationOperator operator =
        new Composed(begin.law(begin.points()), second).operator(weights);
    return new CompositeContext.Laws(
        end.contexts(), operator, x -> new Composed(begin.law(x), second));
  }

  private static Points sample(
      SampledContext begin, SampledContext end, Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      Points between = begin.sample(x.within(scope), samples, random);
      return end.sample(between, 1, random).attach(manager);
    }
  }

  /** E[g(A₂)|x] = E[E[g(A₂)|A₁]|x]. */
  private record Composed(ConditionalLaw first, ConditionalLaw second) implements ConditionalLaw {

    @Override
    public int points() {
      return first.points();
    }

    @Override
    public int contexts() {
      return second.contexts();
    }

    @Override
    public boolean hasProbabilities() {
      return first.hasProbabilities() && second.hasProbabilities();
    }

    @Override
    public long multiplications() {
      return first.multiplications() + second.multiplications();
    }

    @Override
    public NDArray expectation(NDArray g) {
      try (NDArray inner = second.expectation(g)) {
        return first.expectation(inner);
      }
    }

    @Override
    public NDArray transposed(NDArray f) {
      try (NDArray inner = first.transposed(f)) {
        return second.transposed(inner);
      }
    }
  }
}
