package ai.contexture.objective;

import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.step;
import static ai.contexture.objective.Cases.value;
import static ai.contexture.objective.Cases.weighted;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.KnnContext;
import ai.contexture.context.MarkovContext;
import ai.contexture.context.Mixing;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.input.InputException;
import ai.contexture.measure.Alignment;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MixtureTest {

  private static final Whitening EXACT = new Whitening(1e-9, 1e-9);

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private static Objective<?> parse(String text) {
    return Objective.parse(text);
  }

  /** Parts with heads, states and samples of their own, of which two have one name. */
  private static List<Objective<?>> parts() {
    Whitening running = new Whitening(1e-2, 1e-3, Whitening.Form.CHOLESKY, 0.5);
    return List.of(
        new Kise(running),
        new Supervised(Readout.linear(), new Frobenius(0.7), 2),
        new Kise(new VicRegPenalty()),
        new Svme(running, 2));
  }

  /** Φ's and Ψ's tables and the heads of a mixture, and of its parts, from the same numbers. */
  private final class Trial {

    private final MarkovContext context = weighted(manager, 9, 7);
    private final Mixture mixture;
    private final Cases.Free free;
    private final NDArray start;

    Trial(Mixture mixture) {
      this.mixture = mixture;
      free = new Cases.Free(context, mixture.heads(context, 3), 3, manager);
      start = normal(manager, "numbers", 1, free.size()).reshape(-1);
    }

    Loss loss(NDArray numbers, State state) {
      return mixture.loss(step(numbers, state));
    }

    Step<MarkovContext> step(NDArray numbers, State state) {
      return new Step<>(
          context,
          context.points(),
          Weights.all(context),
          free.at(numbers),
          state,
          random("samples"),
          0.25);
    }

    State state() {
      return State.of(mixture.state(context, 3, manager));
    }
  }

  @Test
  void theValueIsTheWeightedSum() {
    double[] w = {0.1, 0.4, 0.3, 0.2};
    Trial trial = new Trial(Mixture.of(Arrays.stream(w).boxed().toList(), parts()));
    assertThat(trial.free.size()).isEqualTo(3 * 16 + 3 * (3 + 1));
    Map<String, NDArray> terms = trial.loss(trial.start, trial.state()).terms();
    Map<String, Double> expected = new LinkedHashMap<>();
    List<String> names = List.of("kise-1", "supervised", "kise-2", "svme");
    Step<MarkovContext> all = trial.step(trial.start, trial.state());
    for (int i = 0; i < 4; i++) {
      @SuppressWarnings("unchecked")
      var part = (Objective<? super MarkovContext>) trial.mixture.parts().get(i);
      Networks networks =
          new Networks() {
            @Override
            public NDArray phi(NDArray rows) {
              return all.networks().phi(rows);
            }

            @Override
            public NDArray psi(NDArray rows) {
              return all.networks().psi(rows);
            }

            @Override
            public NDArray head(String name, NDArray inputs) {
              return all.networks().head("supervised." + name, inputs);
            }
          };
      Step<MarkovContext> own =
          new Step<>(
              all.context(),
              all.batch(),
              all.weights(),
              networks,
              State.of(part.state(trial.context, 3, manager)),
              all.random(), // one stream, from which parts draw one after the other
              all.progress());
      for (Map.Entry<String, NDArray> term : part.loss(own).terms().entrySet()) {
        expected.put(names.get(i) + "." + term.getKey(), w[i] * value(term.getValue()));
      }
    }
    assertThat(terms.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach((name, term) -> assertClose(name, value(terms.get(name)), term, 1e-12));
    double sum = expected.values().stream().mapToDouble(v -> v).sum();
    assertClose("total", value(trial.loss(trial.start, trial.state()).total()), sum, 1e-11);
  }

  @Test
  void gradientIsTheSlope() {
    List<Mixture> mixtures =
        List.of(
            Mixture.of(List.of(0.1, 0.4, 0.3, 0.2), parts()),
            Mixture.minMax(0.5, parts()),
            Mixture.of(List.of(0.5, 0.5), List.of(new Byol(), new InfoNce())));
    for (Mixture mixture : mixtures) {
      Trial trial = new Trial(mixture);
      double[] at = doubles(trial.start);
      NDArray fixed = trial.start;
      double[] gradient =
          gradient(numbers -> total(trial, numbers, fixed), trial.start.duplicate());
      for (int k = 0; k < 4; k++) {
        double[] direction = doubles(normal(manager, "direction " + k, 1, at.length));
        double h = 1e-5;
        double numeric =
            (value(total(trial, moved(at, direction, h), fixed))
                    - value(total(trial, moved(at, direction, -h), fixed)))
                / (2 * h);
        double analytic = Plain.dot(gradient, direction);
        assertClose(mixture + ", slope " + k, analytic, numeric, 1e-6 * (1 + Math.abs(numeric)));
      }
    }
  }

  private NDArray total(Trial trial, NDArray numbers, NDArray targets) {
    Step<MarkovContext> step = trial.step(numbers, trial.state());
    Networks networks = trial.free.at(numbers).withAverages(trial.free.at(targets));
    return trial
        .mixture
        .loss(
            new Step<>(
                step.context(),
                step.batch(),
                step.weights(),
                networks,
                step.state(),
                step.random(),
                step.progress()))
        .total();
  }

  private NDArray moved(double[] at, double[] direction, double by) {
    double[] moved = at.clone();
    Arrays.setAll(moved, i -> at[i] + by * direction[i]);
    return manager.create(moved);
  }

  /** An encoder is called once for all parts that see the same rows. */
  @Test
  void outputsAreShared() {
    Trial trial = new Trial(Mixture.of(List.of(0.25, 0.25, 0.25, 0.25), parts()));
    int[] calls = new int[1];
    Step<MarkovContext> step = trial.step(trial.start, trial.state());
    Networks counting =
        new Networks() {
          @Override
          public NDArray phi(NDArray rows) {
            calls[0]++;
            return step.networks().phi(rows);
          }

          @Override
          public NDArray psi(NDArray rows) {
            return step.networks().psi(rows);
          }

          @Override
          public NDArray head(String name, NDArray inputs) {
            return step.networks().head(name, inputs);
          }
        };
    trial.mixture.loss(
        new Step<>(
            step.context(),
            step.batch(),
            step.weights(),
            counting,
            step.state(),
            step.random(),
            step.progress()));
    assertThat(calls[0]).isEqualTo(1);
  }

  /** KISE on another context of the same points. */
  private record On(MarkovContext other, Kise kise) implements Objective<KernelContext> {

    @Override
    public String name() {
      return "on";
    }

    @Override
    public Need<KernelContext> needs() {
      return Need.KERNEL;
    }

    @Override
    public Set<Variable> encoders() {
      return kise.encoders();
    }

    @Override
    public Loss loss(Step<? extends KernelContext> step) {
      return kise.loss(
          new Step<>(
              other,
              step.batch(),
              step.weights(),
              step.networks(),
              step.state(),
              step.random(),
              step.progress()));
    }

    @Override
    public String toString() {
      return "kise";
    }
  }

  /** Σ w_i (d − Tr ΦᵀT_iT_i*Φ): KISE of the combination whose parts keep their A apart. */
  @Test
  void aMixtureOfKiseIsKiseOfTheMixedOperator() {
    int d = 3;
    KnnContext near = Cases.knn(manager, 20, 3);
    KnnContext far = KnnContext.of(near.points().rows(), 9);
    MarkovContext first = Cases.context(near.points(), near.contexts(), dense(near), uniform(20));
    MarkovContext second = Cases.context(near.points(), near.contexts(), dense(far), uniform(20));
    double[] w = {0.3, 0.7};
    FiniteContext mixed = (FiniteContext) Mixing.combineApart(w, List.of(first, second));
    Spectrum spectrum = Spectra.of(mixed, d, manager);
    double least = d - Arrays.stream(spectrum.eigenvalues(d)).sum();
    Mixture mixture =
        Mixture.of(
            List.of(0.3, 0.7),
            List.of(new On(first, new Kise(EXACT)), new On(second, new Kise(EXACT))));
    Descent.End end = new Descent(first, d, manager).lowest(mixture, 300);
    assertClose("minimum", end.loss(), least, 1e-6);
    assertThat(Alignment.canonicalCorrelation(end.phi(), spectrum.functions()))
        .as(reproduce())
        .isGreaterThan(0.999);
    double alone =
        Alignment.canonicalCorrelation(end.phi(), Spectra.of(first, d, manager).functions());
    assertThat(alone).as("of the first alone, " + reproduce()).isLessThan(0.999);
  }

  private NDArray dense(MarkovContext context) {
    return context.law(context.points()).dense(manager);
  }

  private NDArray uniform(int n) {
    return manager.ones(new Shape(n), DataType.FLOAT64).div(n);
  }

  /** The top of w·TT* + (1 − w)·TΛT*. */
  @Test
  void aMixtureWithLabelsLearnsTheSumOfBothOperators() {
    int d = 2;
    MarkovContext context = weighted(manager, 12, 9);
    double w = 0.7;
    var operator = context.operator();
    Weights p = Weights.all(context);
    Weights q = Weights.of(operator.contextWeights());
    NDArray roots = operator.inputWeights().sqrt().reshape(-1, 1);
    NDArray a = context.contexts().rows();
    NDArray ofTargets = p.centred(operator.apply(a)).mul(roots);
    NDArray scale = operator.contextWeights().sqrt().reshape(1, -1);
    NDArray ofContext = p.centred(dense(context).div(scale)).mul(roots);
    NDArray both =
        ofContext
            .matMul(ofContext.transpose())
            .mul(w)
            .add(ofTargets.matMul(ofTargets.transpose()).mul(1 - w));
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(both);
    double[] values = doubles(eigen.values());
    NDArray functions = eigen.vectors().get(":, 10:").div(roots);
    double variance = value(q.product(q.centred(a), q.centred(a)));
    double least = w * d + (1 - w) * variance - values[10] - values[11];
    Mixture mixture =
        Mixture.of(
            List.of(w, 1 - w), List.of(new Kise(EXACT), new Supervised(Readout.best(), EXACT, 0)));
    Descent.End end = new Descent(context, d, manager).lowest(mixture, 300);
    assertClose("minimum", end.loss(), least, 1e-6);
    assertThat(Alignment.canonicalCorrelation(end.phi(), functions))
        .as(reproduce())
        .isGreaterThan(0.9999);
  }

  /** scale·(mean of Φ − centre)². */
  private record Bowl(double scale, double centre) implements Objective<Context> {

    @Override
    public String name() {
      return "bowl";
    }

    @Override
    public Need<Context> needs() {
      return Need.ANY;
    }

    @Override
    public Set<Variable> encoders() {
      return Set.of(Variable.INPUT);
    }

    @Override
    public Loss loss(Step<? extends Context> step) {
      NDArray distance = step.phi().mean().sub(centre);
      return Loss.of("bowl", Torch.times(distance.square(), scale));
    }

    @Override
    public String toString() {
      return "bowl";
    }
  }

  /**
   * φ² and 4(φ − 3)² are equal at φ = 2, which minimises w·φ² + (1 − w)·4(φ − 3)² where 2w·2 = (1 −
   * w)·8, w = 2/3. An encoder that is always the best for w gives that w.
   */
  @Test
  void weightsOfTheWorstCaseEqualiseTheLosses() {
    KnnContext context = Cases.knn(manager, 4, 2);
    Mixture mixture = Mixture.minMax(0.5, List.of(new Bowl(1, 0), new Bowl(4, 3)));
    State state = State.of(mixture.state(context, 1, manager));
    Cases.Free free = new Cases.Free(context, List.of(), 1, manager);
    double mean = 0;
    int steps = 600;
    for (int i = 0; i < steps; i++) {
      try (NDManager scope = manager.newSubManager()) {
        double w = state.get("minmax/weights", scope).toDoubleArray()[0];
        double best = 12 * (1 - w) / (w + 4 * (1 - w));
        NDArray table = scope.zeros(new Shape(8), DataType.FLOAT64).add(best);
        Loss loss =
            mixture.loss(
                new Step<>(
                    context,
                    context.points(),
                    Weights.all(context),
                    free.at(table),
                    state,
                    random("unused"),
                    0));
        double[] terms = {
          value(loss.terms().get("bowl-1.bowl")), value(loss.terms().get("bowl-2.bowl"))
        };
        assertClose("weighted", terms[0], w * best * best, 1e-9);
        assertClose("weighted", terms[1], (1 - w) * 4 * (best - 3) * (best - 3), 1e-9);
        mean += i < steps / 2 ? 0 : 2 * w / steps;
      }
    }
    assertClose("w", mean, 2.0 / 3, 0.005);
    assertClose(
        "w at last", state.get("minmax/weights", manager).toDoubleArray()[0], 2.0 / 3, 0.02);
    assertThat(state.get("minmax/steps", manager).toDoubleArray()[0]).isEqualTo(steps);
  }

  /** The same with an encoder that goes down its slope; for equal weights it would be at 2.4. */
  @Test
  void anEncoderFollowsTheWeights() {
    KnnContext context = Cases.knn(manager, 4, 2);
    Mixture mixture = Mixture.minMax(0.2, List.of(new Bowl(1, 0), new Bowl(4, 3)));
    NDArray phi = new Descent(context, 1, manager).trained(mixture, 600, 0.05).phi();
    assertClose("φ", doubles(phi.mean())[0], 2, 0.15);
  }

  @Test
  void weightsMoveByStandardisedLosses() {
    KnnContext context = Cases.knn(manager, 4, 2);
    Mixture mixture = Mixture.minMax(0.3, List.of(new Bowl(1, 1), new Bowl(1, 2), new Bowl(1, 3)));
    State state = State.of(mixture.state(context, 1, manager));
    NDArray table = manager.zeros(new Shape(8, 1), DataType.FLOAT64);
    Step<MarkovContext> step = step(context, table, random("unused"), 0);
    mixture.loss(
        new Step<>(
            context, step.batch(), step.weights(), step.networks(), state, step.random(), 0));
    // losses 1, 4, 9: mean 14/3, variance 98/3 − (14/3)²
    double deviation = Math.sqrt(98.0 / 3 - 196.0 / 9);
    double[] w = new double[3];
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      w[i] = Math.exp(0.3 * ((i + 1) * (i + 1) - 14.0 / 3) / deviation);
      sum += w[i];
    }
    double[] expected = {w[0] / sum, w[1] / sum, w[2] / sum};
    assertClose("w", state.get("minmax/weights", manager).toDoubleArray(), expected, 1e-14);
    // equal losses leave them as they are
    Mixture equal = Mixture.minMax(0.3, List.of(new Bowl(1, 1), new Bowl(1, -1)));
    State same = State.of(equal.state(context, 1, manager));
    equal.loss(
        new Step<>(context, step.batch(), step.weights(), step.networks(), same, step.random(), 0));
    assertClose(
        "equal", same.get("minmax/weights", manager).toDoubleArray(), new double[] {0.5, 0.5}, 0);
  }

  @Test
  void theTextIsThatOfContexts() {
    Mixture mixture = (Mixture) parse("mix(7: kise, 3: supervised(readout=linear))");
    assertThat(mixture).hasToString("mix(0.7: kise, 0.3: supervised(readout=linear))");
    assertThat(mixture.parts()).isEqualTo(List.of(new Kise(), parse("supervised(readout=linear)")));
    assertThat(parse("mix(kise, svme, balanced)").toString()).startsWith("mix(0.333");
    assertThat(parse("minmax(kise, mix(low-rank, svme))"))
        .hasToString("minmax(kise, mix(0.5: low-rank, 0.5: svme), eta=0.5)");
    assertThat(((Mixture) parse("mix(kise, kise)")).names()).containsExactly("kise-1", "kise-2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mix(0.25: kise, 0.75: supervised(readout=linear, samples=2))",
        "minmax(kise, svme, eta=0.25)",
        "mix(0.5: byol, 0.5: nt-xent(temperature=0.1))"
      })
  void theTextParsesBack(String text) {
    assertThat(parse(parse(text).toString())).isEqualTo(parse(text));
  }

  /** One part with a place for it is enough. */
  @Test
  void anOrthonormalityGoesToThePartsThatTakeIt() {
    Frobenius given = new Frobenius(2);
    Mixture mixture = (Mixture) Objective.parse("mix(kise, low-rank)", given);
    assertThat(mixture.parts()).isEqualTo(List.of(new Kise(given), new LowRank()));
    assertThat(mixture.orthonormality()).isEqualTo(given);
    assertThatThrownBy(() -> Objective.parse("mix(distillation, low-rank)", given))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has no place for orthonormality frobenius(weight=2.0)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mix(kise) | mix: expected at least 2 nested parts, got 1 in mix(kise)",
        "mix(0.3: kise, svme) | mix: expected a weight for every part or for none, such as"
            + " mix(0.5: kise, 0.5: svme)",
        "mix(-1: kise, 2: svme) | mix: expected weights of at least 0, got -1.0",
        "mix(0: kise, 0: svme) | mix: expected at least one weight above 0",
        "minmax(0.3: kise, 0.7: svme) | minmax finds the weights, got '0.3: kise'; give fixed ones"
            + " with mix",
        "minmax(kise, svme, eta=0) | minmax: eta must be a number greater than 0, got '0'",
        "mix(kise, nt-xent) | mix: kise trains an encoder of inputs and nt-xent one of contexts, so"
            + " that they would share none",
        "mix(byol, byol(momentum=0.5)) | mix: byol and byol(momentum=0.5) average the networks they"
            + " share with different momentum"
      })
  void whatCannotGoTogetherIsRefused(String text, String message) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void everyPartMustBeFed() {
    Points points = Cases.knn(manager, 5, 2).points();
    SampledContext drawn = SampledContext.of("only-samples", points, (x, samples, random) -> x);
    Objective<?> mixture = parse("mix(svme, kise)");
    assertThatThrownBy(() -> mixture.requireSupported(drawn))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "objective 'kise' needs the dual kernel, which context only-samples cannot give");
    assertThatThrownBy(() -> ((Mixture) mixture).heads(drawn, 3))
        .isInstanceOf(InputException.class);
  }
}
