package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.contexture.testing.FiniteCases;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MixingTest {

  /** What contexts of a text must do that give everything. */
  private interface Everything
      extends ContextContract.SampledFinite<FiniteAndSampled>,
          ContextContract.KernelFinite<FiniteAndSampled> {

    String text();

    @Override
    default FiniteAndSampled context(NDManager manager) {
      return new FiniteAndSampled(Contexts.parse(text()).fit(data(manager)));
    }

    @Override
    default NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, 3);
    }
  }

  private static ContextData data(NDManager manager) {
    int[] codes = new int[30];
    Arrays.setAll(codes, i -> i % 3);
    return ContextData.of(normal(manager, "points", 30, 3))
        .withTarget(Target.Classes.of("y", List.of("a", "b", "c"), codes));
  }

  /** A context that is both, as one type. */
  private record FiniteAndSampled(Context both) implements FiniteContext, SampledContext {

    @Override
    public Points points() {
      return both.points();
    }

    @Override
    public boolean inductive() {
      return both.inductive();
    }

    @Override
    public boolean yieldsInputs() {
      return both.yieldsInputs();
    }

    @Override
    public Points contexts() {
      return ((FiniteContext) both).contexts();
    }

    @Override
    public ExpectationOperator operator() {
      return ((FiniteContext) both).operator();
    }

    @Override
    public ConditionalLaw law(Points x) {
      return ((FiniteContext) both).law(x);
    }

    @Override
    public Points sample(Points x, int samples, RandomGenerator random) {
      return ((SampledContext) both).sample(x, samples, random);
    }

    @Override
    public String toString() {
      return both.toString();
    }
  }

  @Nested
  class ConvolutionTest implements Everything {
    @Override
    public String text() {
      return "conv(knn(k=4), rbf(gamma=0.8))";
    }
  }

  @Nested
  class LongConvolutionTest implements Everything {
    @Override
    public String text() {
      return "conv(knn(k=4), knn(k=3), label)";
    }
  }

  @Nested
  class CombinationTest implements Everything {
    @Override
    public String text() {
      return "mix(0.3: knn(k=4), 0.7: rbf(gamma=0.8))";
    }
  }

  @Nested
  class CombinationOfDifferentValuesTest implements Everything {
    @Override
    public String text() {
      return "mix(0.25: knn(k=4), 0.25: label, 0.5: rbf(gamma=2))";
    }
  }

  @Nested
  class CombinationApartTest implements Everything {
    @Override
    public String text() {
      return "mix(0.3: knn(k=4), 0.7: rbf(gamma=0.8), apart=true)";
    }
  }

  @Nested
  class ConcatenationTest implements Everything {
    @Override
    public String text() {
      return "concat(knn(k=4), label(values=row))";
    }
  }

  @Nested
  class NestedTest implements Everything {
    @Override
    public String text() {
      return "mix(0.5: conv(knn(k=4), label(values=row)), 0.5: concat(knn(k=3), label))";
    }
  }

  /** Every construction on random joint laws, against dense matrices; 100 laws. */
  @Test
  void spectraOfRandomLaws() {
    int n = 40;
    int m = 30;
    for (int seed = 0; seed < 100; seed++) {
      try (NDManager manager = NDManager.newBaseManager()) {
        String label = "law " + seed;
        Points x = FiniteCases.points(manager, label, n);
        NDArray weights = FiniteCases.weights(manager, label, n);
        NDArray p = weights.reshape(-1, 1);
        NDArray first = FiniteCases.laws(manager, label + " first", n, m);
        NDArray second = FiniteCases.laws(manager, label + " second", n, m);
        NDArray third = FiniteCases.laws(manager, label + " third", m, 20);
        NDArray otherWeights = FiniteCases.weights(manager, label + " other", n);
        Points a = FiniteCases.points(manager, label + " a", m);
        Points b = FiniteCases.points(manager, label + " b", 20);
        Points c = FiniteCases.points(manager, label + " c", m);
        MarkovContext one = FiniteCases.of(x, a, first, weights);
        MarkovContext two = FiniteCases.of(x, a, second, weights);
        MarkovContext twoElsewhere = FiniteCases.of(x, c, second, weights);
        MarkovContext twoWeighted = FiniteCases.of(x, a, second, otherWeights);
        NDArray inner = FiniteCases.weights(manager, label + " inner", m);
        MarkovContext after = FiniteCases.of(a, b, third, inner);

        check(one, first.mul(p), manager);
        check(chain(one, after), first.matMul(third).mul(p), manager);
        double[] w = {0.3, 0.7};
        check(
            Mixing.combine(w, List.of(one, two)),
            first.mul(0.3).add(second.mul(0.7)).mul(p),
            manager);
        NDArray apart = first.mul(0.3).concat(second.mul(0.7), 1).mul(p);
        check(Mixing.combine(w, List.of(one, twoElsewhere)), apart, manager);
        check(Mixing.combineApart(w, List.of(one, two)), apart, manager);
        check(
            Mixing.combine(w, List.of(one, twoWeighted)),
            first.mul(p).mul(0.3).add(second.mul(otherWeights.reshape(-1, 1)).mul(0.7)),
            manager);
        NDArray pairs =
            first.expandDims(2).mul(second.expandDims(1)).reshape(n, (long) m * m).mul(p);
        check(Mixing.concatenate(List.of(one, two)), pairs, manager);
      }
    }
  }

  /** The second context is fitted to the values of the first, as no factory would. */
  private static Context chain(MarkovContext first, MarkovContext second) {
    return Convolution.of("chain", first, second);
  }

  private static void check(Context context, NDArray joint, NDManager manager) {
    FiniteContext finite = (FiniteContext) context;
    double[] expected = FiniteCases.eigenvalues(joint);
    double[] found = Spectra.of(finite, 10, manager).eigenvalues();
    int both = Math.min(expected.length, found.length);
    assertClose(Arrays.copyOf(found, both), Arrays.copyOf(expected, both), 1e-10);
    ExpectationOperator t = finite.operator();
    NDArray q = joint.sum(new int[] {0}).get(new NDIndex("0:{}", joint.getShape().get(1)));
    double[] occurring = Arrays.stream(q.toDoubleArray()).filter(v -> v > 0).toArray();
    double[] weights =
        Arrays.stream(t.contextWeights().toDoubleArray()).filter(v -> v > 0).toArray();
    assertThat(weights).as(reproduce()).hasSameSizeAs(occurring);
    NDArray p = joint.sum(new int[] {1});
    assertClose(t.inputWeights(), p, 1e-12);
    NDArray kernel = t.apply(t.adjoint(identity(manager, t.inputs()).div(p)));
    assertClose(kernel, kernel.transpose(), 1e-10);
    assertClose(kernel.matMul(p.reshape(-1, 1)), p.onesLike().reshape(-1, 1), 1e-10);
  }

  /**
   * A label of numbers and a teacher say nothing of a single row, though their expectations are
   * stored by row: with neighbours, the kernels are added. The oracle is the kernel in plain
   * arrays: w Σ_a P(a|x) P(a|x') / q(a) + (1 − w) (1 + z(x) z(x')), with z the standardised target.
   */
  @Test
  void expectationsOfLinearFunctionsAreNotAddedToProbabilities() {
    try (NDManager manager = NDManager.newBaseManager()) {
      int n = 30;
      double[] y = normal(manager, "targets", n, 1).toDoubleArray();
      ContextData data =
          ContextData.of(normal(manager, "points", n, 3)).withTarget(Target.Values.of("y", y));
      FiniteContext knn = (FiniteContext) Contexts.parse("knn(k=4)").fit(data);
      double[] p = knn.law(knn.points()).dense(manager).toDoubleArray();
      double mean = Arrays.stream(y).average().orElseThrow();
      double variance = Arrays.stream(y).map(v -> (v - mean) * (v - mean)).sum() / n;
      double[] expected = new double[n * n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double own = 0;
          for (int a = 0; a < n; a++) {
            double q = 0;
            for (int x = 0; x < n; x++) {
              q += p[n * x + a] / n;
            }
            own += q == 0 ? 0 : p[n * i + a] * p[n * j + a] / q;
          }
          expected[n * i + j] = 0.4 * own + 0.6 * (1 + (y[i] - mean) * (y[j] - mean) / variance);
        }
      }
      for (String text :
          List.of(
              "mix(0.4: knn(k=4), 0.6: label)",
              "mix(0.6: label, 0.4: knn(k=4))",
              "mix(0.4: knn(k=4), 0.6: label, apart=true)",
              "mix(0.4: knn(k=4), 0.3: label, 0.3: label)")) {
        FiniteContext mixed = (FiniteContext) Contexts.parse(text).fit(data);
        NDArray kernel = mixed.kernel(mixed.points(), mixed.points());
        assertClose(kernel.toDoubleArray(), expected, 1e-10);
      }
      // the same expectations, reached by a neighbour: they may be negative all the same
      FiniteContext reached = (FiniteContext) Contexts.parse("conv(knn(k=4), label)").fit(data);
      assertThat(reached.law(reached.points()).hasProbabilities()).isFalse();
      FiniteContext both =
          (FiniteContext) Mixing.combine(new double[] {0.5, 0.5}, List.of(knn, reached));
      NDArray sum =
          knn.kernel(knn.points(), knn.points())
              .add(reached.kernel(reached.points(), reached.points()))
              .mul(0.5);
      assertClose(both.kernel(both.points(), both.points()), sum, 1e-10);
      assertThat(both.law(both.points()).hasProbabilities()).isFalse();
      FiniteContext rows =
          (FiniteContext) Contexts.parse("mix(knn(k=4), rbf(gamma=0.8))").fit(data);
      assertThat(rows.law(rows.points()).hasProbabilities()).isTrue();
      assertThat(rows.contexts().size()).isEqualTo(n);
      assertThatThrownBy(() -> Contexts.parse("concat(knn(k=4), label)").fit(data))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "concat(knn(k=4), label): label gives expectations of linear functions only, expected"
                  + " probabilities of values, whose pairs can be listed");
    }
  }

  @Test
  void aConvolutionOfASampledContextOnlySamples() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = data(manager);
      SampledContext noise =
          SampledContext.of(
              "plus-one",
              data.points(),
              (x, samples, random) -> Points.of(x.rows().add(1).repeat(0, samples)));
      Context knn = Contexts.parse("knn(k=4)").fit(data);
      Context label = Contexts.parse("label").fit(data);
      Context mixed = Mixing.convolve(List.of(knn, noise));
      assertThat(mixed).isInstanceOf(SampledContext.class).isNotInstanceOf(KernelContext.class);
      assertThat(mixed).hasToString("conv(knn(k=4), plus-one)");
      Points drawn =
          ((SampledContext) mixed)
              .sample(data.points().select(manager.create(new long[] {2, 5})), 3, random("draws"));
      assertThat(drawn.size()).isEqualTo(6);
      assertThat(Mixing.combine(new double[] {0.5, 0.5}, List.of(label, noise)).inductive())
          .isFalse();
      assertThatThrownBy(() -> Mixing.convolve(List.of(noise, label)))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "conv(plus-one, label): label is only known for the pretraining rows, but plus-one"
                  + " gives others");
      assertThatThrownBy(() -> Contexts.parse("conv(label, knn(k=4))").fit(data))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "conv(label, knn(k=4)): knn(k=4) takes rows like the inputs, but label gives something"
                  + " else");
    }
  }

  /** Values of different lengths stand side by side with a tag of their part. */
  @Test
  void valuesOfDifferentLengthsAreTagged() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data =
          ContextData.of(normal(manager, "points", 4, 2))
              .withTarget(Target.Classes.of("y", List.of("a", "b", "c"), 0, 1, 2, 0));
      FiniteContext mixed = (FiniteContext) Contexts.parse("mix(label, knn(k=1))").fit(data);
      double[] rows = mixed.contexts().rows().toDoubleArray();
      assertThat(Arrays.copyOf(rows, 10)).containsExactly(1, 0, 0, 1, 0, 0, 1, 0, 1, 0);
      double[] point = data.points().rows().get(0).toDoubleArray();
      assertThat(Arrays.copyOfRange(rows, 15, 20)).containsExactly(point[0], point[1], 0, 0, 1);
    }
  }

  @Test
  void weightsAreReadAndChecked() {
    assertThat(Contexts.parse("mix(1: knn, 3: rbf)"))
        .hasToString("mix(0.25: knn(k=30), 0.75: rbf)");
    assertThat(Contexts.parse("mix(knn, rbf)")).hasToString("mix(0.5: knn(k=30), 0.5: rbf)");
    assertThatThrownBy(() -> Contexts.parse("mix(0.5: knn, rbf)"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("mix: expected a weight for every part or for none");
    assertThatThrownBy(() -> Contexts.parse("conv(knn)"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected at least 2 nested parts");
  }
}
