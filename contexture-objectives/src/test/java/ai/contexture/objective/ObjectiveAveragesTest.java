package ai.contexture.objective;

import static ai.contexture.objective.Cases.assertClose;
import static ai.contexture.objective.Cases.knn;
import static ai.contexture.objective.Cases.lookUp;
import static ai.contexture.objective.Cases.normal;
import static ai.contexture.objective.Cases.random;
import static ai.contexture.objective.Cases.some;
import static ai.contexture.objective.Cases.value;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the losses are on average: over all batches, or over all that a context can draw.
 *
 * <p>Averages are over every outcome, and so exact, where there are few of them.
 */
class ObjectiveAveragesTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Hands the objective an encoder's outputs as they are, not centred on the batch. */
  private static final class Raw implements Orthonormality, UnaryOperator<NDArray> {

    private final UnaryOperator<NDArray> encoder;
    private NDArray outputs;

    Raw(UnaryOperator<NDArray> encoder) {
      this.encoder = encoder;
    }

    @Override
    public NDArray apply(NDArray rows) {
      outputs = encoder.apply(rows);
      return outputs;
    }

    @Override
    public Constrained apply(NDArray z, double progress) {
      return new Constrained(outputs, Orthonormality.meanProduct(outputs, outputs), Map.of());
    }
  }

  /** A generator whose {@code nextInt} counts through all sequences of digits. */
  private static final class Counter implements RandomGenerator {

    private long rest;

    Counter(long outcome) {
      rest = outcome;
    }

    @Override
    public int nextInt(int bound) {
      int digit = (int) (rest % bound);
      rest /= bound;
      return digit;
    }

    @Override
    public long nextLong() {
      throw new AssertionError("only nextInt(bound) was expected");
    }
  }

  private static Map<String, Double> terms(Loss loss) {
    Map<String, Double> terms = new LinkedHashMap<>();
    loss.terms().forEach((name, term) -> terms.put(name, value(term)));
    return terms;
  }

  /** The mean of each term over all outcomes of drawing b·views contexts, k^(b·views) of them. */
  private Map<String, Double> meanOverSamples(
      Objective<? super KnnContext> objective,
      KnnContext context,
      UnaryOperator<NDArray> phi,
      UnaryOperator<NDArray> psi,
      int views) {
    long outcomes = Math.round(Math.pow(context.k(), context.points().size() * views));
    Map<String, Double> means = new LinkedHashMap<>();
    for (long outcome = 0; outcome < outcomes; outcome++) {
      Step<KnnContext> step =
          new Step<>(context, context.points(), phi, psi, new Counter(outcome), 0);
      terms(objective.loss(step))
          .forEach((name, term) -> means.merge(name, term / outcomes, Double::sum));
    }
    return means;
  }

  private static double sum(double[] values, int power) {
    return IntStream.range(0, values.length).mapToDouble(i -> Math.pow(values[i], power)).sum();
  }

  /** All C(8, 3) = 56 batches; the outputs are centred on all points. */
  @Test
  void kiseIsUnbiasedOverAllBatches() {
    KnnContext context = knn(manager, 8, 3);
    NDArray table = normal(manager, "table", 8, 2);
    Raw raw = new Raw(lookUp(context, table.sub(Torch.columnMeans(table)), 0));
    Kise kise = new Kise(raw);
    Map<String, Double> mean = new LinkedHashMap<>();
    for (long i = 0; i < 8; i++) {
      for (long j = 0; j < i; j++) {
        for (long k = 0; k < j; k++) {
          Points batch = some(context, manager, i, j, k);
          Step<KnnContext> step = new Step<>(context, batch, raw, raw, random("unused"), 0);
          terms(kise.loss(step)).forEach((name, term) -> mean.merge(name, term / 56, Double::sum));
        }
      }
    }
    Step<KnnContext> full = new Step<>(context, context.points(), raw, raw, random("unused"), 0);
    terms(kise.loss(full)).forEach((name, term) -> assertClose(name, mean.get(name), term, 1e-12));
  }

  @Test
  void kiseOfABatchOfAllPointsIsThatOfTheOperator() {
    KnnContext context = knn(manager, 20, 5);
    NDArray table = normal(manager, "table", 20, 4);
    UnaryOperator<NDArray> phi = lookUp(context, table, 0);
    Points all = some(context, manager, IntStream.range(0, 20).asLongStream().toArray());
    Step<KnnContext> byOperator =
        new Step<>(context, context.points(), phi, phi, random("unused"), 0.5);
    Step<KnnContext> byKernel = new Step<>(context, all, phi, phi, random("unused"), 0.5);
    assertThat(byOperator.isFull()).isTrue();
    assertThat(byKernel.isFull()).isFalse();
    for (Orthonormality way :
        new Orthonormality[] {new Whitening(), new VicReg(), Orthonormality.none()}) {
      Map<String, Double> expected = terms(new Kise(way).loss(byOperator));
      Map<String, Double> actual = terms(new Kise(way).loss(byKernel));
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, term) -> assertClose(name, actual.get(name), term, 1e-12));
    }
  }

  /**
   * At Φ = μ and Ψ = T*μ = (s_i ν_i), over all 2⁶ samples: d − 2Σs² + Σs² = d − Σs², but for the
   * mean of the n contexts that is taken out, whose square is (Σs² − Σs⁴)/n on average.
   */
  @Test
  void svmeAtTheExactFunctions() {
    int n = 6;
    KnnContext context = knn(manager, n, 2);
    Spectrum spectrum = Spectra.of(context, 2, manager);
    double[] squares = spectrum.eigenvalues(2);
    NDArray mu = spectrum.functions();
    Map<String, Double> mean =
        meanOverSamples(
            new Svme(new Whitening(1e-9, 1e-9)),
            context,
            lookUp(context, mu, 0),
            lookUp(context, context.operator().adjoint(mu), 0),
            1);
    double batchMean = (sum(squares, 1) - sum(squares, 2)) / n;
    assertClose("norm", mean.get("norm"), 2, 1e-12);
    assertClose("association", mean.get("association"), -2 * sum(squares, 1), 1e-7);
    assertClose("prediction", mean.get("prediction"), sum(squares, 1) - batchMean, 1e-12);
  }

  /** At ν, over all 2⁸ samples of pairs: 2d − 2Σs². */
  @Test
  void nonContrastiveAtTheExactFunctions() {
    KnnContext context = knn(manager, 4, 2);
    Spectrum spectrum = Spectra.of(context, 2, manager);
    double[] squares = spectrum.eigenvalues(2);
    Raw raw = new Raw(lookUp(context, rightFunctions(context, spectrum), 0));
    Map<String, Double> mean = meanOverSamples(new NonContrastive(raw), context, raw, raw, 2);
    assertClose("norm", mean.get("norm"), 2 * 2, 1e-12);
    assertClose("association", mean.get("association"), -2 * sum(squares, 1), 1e-12);
  }

  /**
   * At ψ_i = s_i ν_i, over all 2⁸ samples of pairs: association −Σs⁴; with the mean of the 2n
   * contexts taken out, its square (Σs² − Σs⁴)/(2n) less of it is left. The contrast, over
   * different points, is ½(n²·Tr M² − Σ_i Tr M_i²)/(n(n − 1)) with M_i = E[ψψᵀ | x_i] and M =
   * diag(s²).
   */
  @Test
  void spectralContrastiveAtTheExactFunctions() {
    int n = 4;
    KnnContext context = knn(manager, n, 2);
    Spectrum spectrum = Spectra.of(context, 2, manager);
    double[] squares = spectrum.eigenvalues(2);
    NDArray psi = context.operator().adjoint(spectrum.functions());
    Raw raw = new Raw(lookUp(context, psi, 0));
    Map<String, Double> mean = meanOverSamples(new SpectralContrastive(raw), context, raw, raw, 2);
    assertClose("association", mean.get("association"), -sum(squares, 2), 1e-12);
    assertClose("contrast", mean.get("contrast"), contrastOverOthers(context, psi, squares), 1e-12);
    Map<String, Double> centred = meanOverSamples(new SpectralContrastive(), context, raw, raw, 2);
    double batchMean = (sum(squares, 1) - sum(squares, 2)) / (2 * n);
    assertClose("centred", centred.get("association"), -sum(squares, 2) + batchMean, 1e-12);
  }

  private static double contrastOverOthers(KnnContext context, NDArray psi, double[] squares) {
    double[][] p = Plain.conditional(context);
    double[][] y = Plain.rows(psi);
    int n = p.length;
    double own = 0;
    for (double[] law : p) {
      for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) {
          double product = Plain.dot(y[a], y[b]);
          own += law[a] * law[b] * product * product;
        }
      }
    }
    return 0.5 * (n * n * sum(squares, 2) - own) / (n * (n - 1.0));
  }

  /** 200 draws on 60 points, 5σ; centring and pairs of different points leave O(d/n). */
  @Test
  void spectralContrastiveComesNearItsPopulationMinimum() {
    int n = 60;
    int d = 4;
    int draws = 200;
    KnnContext context = knn(manager, n, 5);
    Spectrum spectrum = Spectra.of(context, d, manager);
    double[] squares = spectrum.eigenvalues(d);
    NDArray psi = context.operator().adjoint(spectrum.functions());
    Raw raw = new Raw(lookUp(context, psi, 0));
    double expected = contrastOverOthers(context, psi, squares) - sum(squares, 2);
    RandomGenerator random = random("draws");
    double[] uncentred = new double[draws];
    double[] centred = new double[draws];
    for (int i = 0; i < draws; i++) {
      Step<KnnContext> step = new Step<>(context, context.points(), raw, raw, random, 0);
      uncentred[i] = value(new SpectralContrastive(raw).loss(step).total());
      centred[i] = value(new SpectralContrastive().loss(step).total());
    }
    assertClose("uncentred", mean(uncentred), expected, 5 * standardError(uncentred));
    assertClose(
        "centred", mean(centred), -sum(squares, 2) / 2, 5 * standardError(centred) + 2.0 * d / n);
  }

  private static double mean(double[] values) {
    return sum(values, 1) / values.length;
  }

  private static double standardError(double[] values) {
    double mean = mean(values);
    double squares =
        IntStream.range(0, values.length).mapToDouble(i -> values[i] - mean).map(v -> v * v).sum();
    return Math.sqrt(squares / (values.length - 1.0) / values.length);
  }

  /** ν_i = T*μ_i / s_i. */
  private NDArray rightFunctions(KnnContext context, Spectrum spectrum) {
    double[] squares = spectrum.eigenvalues(spectrum.dimension());
    return context.operator().adjoint(spectrum.functions()).div(manager.create(squares).sqrt());
  }

  @Test
  void kiseOfTheExactFunctionsIsItsMinimumHoweverTheyAreMixed() {
    int d = 4;
    KnnContext context = knn(manager, 60, 5);
    Spectrum spectrum = Spectra.of(context, d, manager);
    double least = d - sum(spectrum.eigenvalues(d), 1);
    Kise kise = new Kise(new Whitening(1e-9, 1e-9));
    NDArray mu = spectrum.functions();
    assertClose("exact", total(kise, context, mu), least, 1e-7);
    for (int i = 0; i < 5; i++) {
      NDArray mixing = normal(manager, "mixing " + i, d, d);
      NDArray offset = normal(manager, "offset " + i, 1, d);
      NDArray mixed = mu.matMul(mixing).add(offset);
      assertClose("mixed", total(kise, context, mixed), least, 1e-5);
    }
    for (int i = 0; i < 100; i++) {
      NDArray other = normal(manager, "other " + i, 60, d);
      assertThat(total(kise, context, other)).as("random vectors").isGreaterThan(least + 1e-3);
      double strength = Math.pow(10, -4 * random("strength " + i).nextDouble());
      NDArray near = mu.add(other.mul(strength));
      assertThat(total(kise, context, near)).as("near").isGreaterThan(least);
    }
  }

  @Test
  void whitenedKiseDoesNotSeeHowOutputsAreMixed() {
    KnnContext context = knn(manager, 60, 5);
    NDArray outputs = normal(manager, "outputs", 60, 4);
    Kise kise = new Kise(new Whitening(1e-12, 1e-12));
    double expected = total(kise, context, outputs);
    NDArray mixing = normal(manager, "mixing", 4, 4);
    assertClose("mixed", total(kise, context, outputs.matMul(mixing).mul(50)), expected, 1e-9);
  }

  private static double total(Kise kise, KnnContext context, NDArray table) {
    UnaryOperator<NDArray> phi = lookUp(context, table, 0);
    return value(
        kise.loss(new Step<>(context, context.points(), phi, phi, random("unused"), 0)).total());
  }

  @Test
  void aConstantIsCentredAway() {
    KnnContext context = knn(manager, 12, 4);
    NDArray table = normal(manager, "table", 24, 3);
    NDArray moved = table.add(7);
    for (Cases.Case of : Cases.all()) {
      double before = value(of.objective().loss(step(context, table)).total());
      assertClose(
          of.toString(),
          value(of.objective().loss(step(context, moved)).total()),
          before,
          1e-11 * (1 + Math.abs(before)));
    }
  }

  private static Step<KnnContext> step(KnnContext context, NDArray table) {
    return Cases.step(context, context.points(), table, random("samples"), 0);
  }
}
