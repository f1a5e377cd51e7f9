package ai.contexture.objective;

import static ai.contexture.objective.Cases.normal;
import static ai.contexture.objective.Cases.random;
import static ai.contexture.objective.Cases.reproduce;
import static ai.contexture.objective.Cases.step;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.context.MarkovContext;
import ai.contexture.measure.Alignment;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.FusedAdamW;
import ai.contexture.torch.Torch;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Free vectors that go down an objective come to span the top of the context's spectrum. */
class DescentTest {

  private static final int N = 60;
  private static final int D = 3;
  private static final int STEPS = 400;

  /** Four clouds around (±CORNER, ±CORNER) make three functions that stand out. */
  private static final double CORNER = 1.7;

  private NDManager manager;
  private KnnContext context;
  private Spectrum spectrum;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    double[] corners = new double[2 * N];
    for (int i = 0; i < N; i++) {
      corners[2 * i] = i % 2 == 0 ? CORNER : -CORNER;
      corners[2 * i + 1] = i / 2 % 2 == 0 ? CORNER : -CORNER;
    }
    NDArray points = normal(manager, "points", N, 2).add(manager.create(corners, new Shape(N, 2)));
    context = KnnContext.of(points, 12);
    spectrum = Spectra.of(context, D, manager);
    double[] eigenvalues = spectrum.eigenvalues(D + 1);
    assertThat(eigenvalues[D - 1] - eigenvalues[D]).as(reproduce()).isGreaterThan(0.2);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  /** The table [2N, D] of Φ's vectors, and Ψ's below them, after the descent. */
  private NDArray descend(Objective<? super MarkovContext> objective) {
    FusedAdamW rule = new FusedAdamW(0.9, 0.999, 1e-8, 0);
    NDArray table = normal(manager, "start", 2 * N, D);
    table.setRequiresGradient(true);
    NDArray mean = manager.zeros(table.getShape(), DataType.FLOAT64);
    NDArray square = manager.zeros(table.getShape(), DataType.FLOAT64);
    NDArray steps = manager.zeros(new Shape(), DataType.FLOAT32);
    RandomGenerator random = random("descent");
    for (int i = 0; i < STEPS; i++) {
      double progress = (double) i / STEPS;
      try (NDManager scope = manager.newSubManager();
          GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray lent = table.reshape(table.getShape());
        lent.attach(scope);
        collector.backward(objective.loss(step(context, lent, random, progress)).total());
        NDArray gradient = table.getGradient();
        gradient.attach(scope);
        double rate = 0.1 * (1 - progress);
        rule.step(
            List.of(table),
            List.of(gradient),
            List.of(mean),
            List.of(square),
            List.of(steps),
            rate);
        Torch.zero(List.of(gradient));
      }
    }
    return table.stopGradient();
  }

  private double correlation(NDArray functions) {
    return Alignment.canonicalCorrelation(functions, spectrum.functions());
  }

  private NDArray phi(NDArray table) {
    return table.get("0:" + N);
  }

  /** TΨ. */
  private NDArray average(NDArray table) {
    return context.operator().apply(table.get(N + ":"));
  }

  @Test
  void kiseWithWhitening() {
    assertThat(correlation(phi(descend(new Kise()))))
        .as(reproduce())
        .isGreaterThan(0.999)
        .isLessThanOrEqualTo(1);
  }

  @Test
  void kiseWithVicReg() {
    assertThat(correlation(phi(descend(new Kise(new VicReg())))))
        .as(reproduce())
        .isGreaterThan(0.999)
        .isLessThanOrEqualTo(1);
  }

  @Test
  void svme() {
    NDArray table = descend(new Svme());
    assertThat(correlation(phi(table))).as(reproduce()).isGreaterThan(0.95).isLessThanOrEqualTo(1);
    assertThat(correlation(average(table)))
        .as("T of the best Ψ = T*Φ, " + reproduce())
        .isGreaterThan(0.95)
        .isLessThanOrEqualTo(1);
  }

  @Test
  void nonContrastiveWithVicReg() {
    assertThat(correlation(average(descend(new NonContrastive(new VicReg(1, 1))))))
        .as(reproduce())
        .isGreaterThan(0.95)
        .isLessThanOrEqualTo(1);
  }

  /**
   * How VICReg's weights share the outputs among the functions: with Φ = Wμ, M = WᵀW and unit
   * variances the loss is Σ (1 − s_i²) M_ii + λ(‖M‖² − d), so M_ii = max(0, θ − (1 − s_i²)) / (2λ)
   * with Σ M_ii = d. At the published λ = 1/25 the third function gets nothing.
   */
  @Test
  void weakCovariancePenaltiesCollapse() {
    NDArray phi = phi(descend(new Kise(new VicReg(1, 1.0 / 25))));
    double[] variances = Plain.variances(Plain.rows(phi.matMul(rotation(phi))));
    double[] s2 = spectrum.eigenvalues(D);
    // two functions share 3 = (2θ − (1 − s_1²) − (1 − s_2²)) / (2/25)
    double theta = (3 * 0.08 + 2 - s2[0] - s2[1]) / 2;
    assertThat(theta).isLessThan(1 - s2[2]);
    Cases.assertClose("first", variances[2], (theta - 1 + s2[0]) / 0.08, 0.05);
    Cases.assertClose("second", variances[1], (theta - 1 + s2[1]) / 0.08, 0.05);
    Cases.assertClose("third", variances[0], 0, 0.05);
  }

  /** With unit variances replaced by ‖C − I‖² μ_i gets 1 − (1 − s_i²)/(2·weight). */
  @Test
  void frobeniusSharesByEigenvalue() {
    NDArray phi = phi(descend(new Kise(new Frobenius(1))));
    assertThat(correlation(phi)).as(reproduce()).isGreaterThan(0.999).isLessThanOrEqualTo(1);
    double[] variances = Plain.variances(Plain.rows(phi.matMul(rotation(phi))));
    double[] s2 = spectrum.eigenvalues(D);
    for (int i = 0; i < D; i++) {
      double expected = (1 + s2[i]) / 2 * N / (N - 1.0);
      Cases.assertClose("variance " + i, variances[D - 1 - i], expected, 1e-3);
    }
  }

  @Test
  void kiseWithCorrelation() {
    assertThat(correlation(phi(descend(new Kise(new Correlation())))))
        .as(reproduce())
        .isGreaterThan(0.999)
        .isLessThanOrEqualTo(1);
  }

  @Test
  void kiseWithSymmetricWhitening() {
    Whitening zca = new Whitening(1e-3, 1e-5, Whitening.Form.ZCA, 0);
    assertThat(correlation(phi(descend(new Kise(zca)))))
        .as(reproduce())
        .isGreaterThan(0.999)
        .isLessThanOrEqualTo(1);
  }

  /** The principal axes of outputs, by ascending variance. */
  private static NDArray rotation(NDArray phi) {
    NDArray z = phi.sub(Torch.columnMeans(phi));
    return Torch.eigh(z.transpose().matMul(z)).vectors();
  }

  @Test
  void nonContrastiveWithWhitening() {
    assertThat(correlation(average(descend(new NonContrastive(new Whitening())))))
        .as(reproduce())
        .isGreaterThan(0.95)
        .isLessThanOrEqualTo(1);
  }

  @Test
  void spectralContrastive() {
    assertThat(correlation(average(descend(new SpectralContrastive()))))
        .as(reproduce())
        .isGreaterThan(0.95)
        .isLessThanOrEqualTo(1);
  }
}
