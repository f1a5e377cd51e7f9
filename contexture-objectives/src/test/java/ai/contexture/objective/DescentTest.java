package ai.contexture.objective;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.context.MarkovContext;
import ai.contexture.measure.Alignment;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.Numeric;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
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

  private Descent.End descend(Objective<? super MarkovContext> objective) {
    return new Descent(context, D, manager).trained(objective, STEPS, 0.1);
  }

  private double correlation(NDArray functions) {
    return Alignment.canonicalCorrelation(functions, spectrum.functions());
  }

  private static NDArray phi(Descent.End end) {
    return end.phi();
  }

  /** TΨ. */
  private NDArray average(Descent.End end) {
    return context.operator().apply(end.psi());
  }

  private void assertSpans(String what, NDArray functions, double least) {
    assertThat(correlation(functions))
        .as(what + ", " + reproduce())
        .isGreaterThan(least)
        .isLessThanOrEqualTo(1 + 1e-12);
  }

  /**
   * How VICReg's weights share the outputs among the functions: with Φ = Wμ, M = WᵀW and unit
   * variances the loss is Σ (1 − s_i²) M_ii + λ(‖M‖² − d), so M_ii = max(0, θ − (1 − s_i²)) / (2λ)
   * with Σ M_ii = d. At the published λ = 1/25 the third function gets nothing.
   */
  @Test
  void weakCovariancePenaltiesCollapse() {
    NDArray phi = phi(descend(new Kise(new VicRegPenalty(1, 1.0 / 25))));
    double[] variances = Plain.variances(Plain.rows(phi.matMul(rotation(phi))));
    double[] s2 = spectrum.eigenvalues(D);
    // two functions share 3 = (2θ − (1 − s_1²) − (1 − s_2²)) / (2/25)
    double theta = (3 * 0.08 + 2 - s2[0] - s2[1]) / 2;
    assertThat(theta).isLessThan(1 - s2[2]);
    Numeric.assertClose("first", variances[2], (theta - 1 + s2[0]) / 0.08, 0.05);
    Numeric.assertClose("second", variances[1], (theta - 1 + s2[1]) / 0.08, 0.05);
    Numeric.assertClose("third", variances[0], 0, 0.05);
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
      Numeric.assertClose("variance " + i, variances[D - 1 - i], expected, 1e-3);
    }
  }

  /** The principal axes of outputs, by ascending variance. */
  private static NDArray rotation(NDArray phi) {
    NDArray z = phi.sub(Torch.columnMeans(phi));
    return LinearAlgebra.eigh(z.transpose().matMul(z)).vectors();
  }

  /** With samples drawn at each step; the batch takes the mean of what was drawn out. */
  @Test
  void samplesAreEnough() {
    Orthonormality none = Orthonormality.none();
    assertSpans("svme", phi(descend(new Svme(new Whitening(), 2))), 0.95);
    assertSpans("low-rank", phi(descend(new LowRank(Nesting.NONE, 2))), 0.95);
    assertSpans(
        "non-contrastive", average(descend(new NonContrastive(new VicRegPenalty(), 2))), 0.95);
    var contrastive = new SpectralContrastive(none, 2, true, Nesting.NONE);
    assertSpans("spectral-contrastive", average(descend(contrastive)), 0.95);
  }

  @Test
  @Tag("slow")
  void samplesAreEnoughForOthers() {
    assertSpans("barlow-twins", average(descend(new BarlowTwins(1, 2, Projector.none()))), 0.95);
    var strong = new VicReg(1, 1, 1, 2, Projector.none());
    assertSpans("vicreg", average(descend(strong)), 0.95);
  }

  /** Where the logarithm of the density is not of rank d, they only come near. */
  @Test
  @Tag("slow")
  void contrastiveLossesOnCosines() {
    assertSpans("nt-xent", average(descend(new InfoNce())), 0.95);
    InfoNce other = new InfoNce(InfoNce.Negatives.OTHER_VIEW, 0.5, false, 2, Projector.none());
    assertSpans("infonce", average(descend(other)), 0.95);
    InfoNce decoupled = new InfoNce(InfoNce.Negatives.ALL_VIEWS, 0.5, true, 2, Projector.none());
    assertSpans("dcl", average(descend(decoupled)), 0.95);
    NDArray phi = descend(new SupervisedContrastive(0.5, Projector.none())).phi();
    assertSpans("supervised-contrastive", Similarity.normalised(phi), 0.9);
  }

  /**
   * One sample of each x is noise for a free vector Φ(x), which more steps average out; and the
   * loss says nothing of the lengths of outputs, so that their span is worse than that of
   * directions.
   */
  @Test
  @Tag("slow")
  void clipSpansByDirections() {
    NDArray phi = new Descent(context, D, manager).trained(new Clip(1, false), 1500, 0.05).phi();
    double directions = correlation(Similarity.normalised(phi));
    assertThat(directions).as(reproduce()).isGreaterThan(0.94);
    assertThat(correlation(phi)).as(reproduce()).isLessThan(directions);
  }

  /**
   * Nothing but the predictor keeps functions apart, and the last of them may get lost: of the
   * variance of TΨ nearly all is of the leading functions.
   */
  @Test
  @Tag("slow")
  void selfDistillationLearnsLeadingFunctions() {
    for (double momentum : new double[] {0, 0.99}) {
      Byol byol = new Byol(momentum, List.of(), 2, Projector.none());
      Descent descent = new Descent(context, D, manager);
      NDArray start = normal(manager, "any", N, D);
      assertThat(share(context.operator().apply(start))).as(reproduce()).isLessThan(0.7);
      NDArray average = average(descent.trained(byol, 1500, 0.02));
      assertThat(share(average)).as(byol + ", " + reproduce()).isGreaterThan(0.95);
    }
  }

  /** How much of the variance of functions is that of their projections on μ_1 … μ_d. */
  private double share(NDArray functions) {
    NDArray z = functions.sub(Torch.columnMeans(functions));
    NDArray projections = spectrum.functions().transpose().matMul(z).div(N);
    return projections.square().sum().toDoubleArray()[0]
        / z.square().sum().div(N).toDoubleArray()[0];
  }
}
