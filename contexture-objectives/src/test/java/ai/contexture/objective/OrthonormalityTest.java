package ai.contexture.objective;

import static ai.contexture.objective.Cases.assertClose;
import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.normal;
import static ai.contexture.objective.Cases.relativeError;
import static ai.contexture.objective.Cases.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.objective.Orthonormality.Constrained;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrthonormalityTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray matrix(int rows, double... values) {
    return manager.create(values, new Shape(rows, values.length / rows)).duplicate();
  }

  private static Weights equal(NDArray z) {
    int m = (int) z.getShape().get(0);
    return Weights.drawn(m, m);
  }

  private static Constrained whiten(NDArray z) {
    return new Whitening().apply(z, equal(z), 0);
  }

  /**
   * zᵀz = (0.72 1.2; 1.2 8), so C = (0.36 0.6; 0.6 4). Variance: 1 − √0.3601 and 0. Covariance:
   * 2·0.6² = 0.72. E‖z‖² = 8.72/3.
   */
  @Test
  void vicRegByHand() {
    NDArray z = matrix(3, 0.6, 2, -0.6, 0, 0, -2);
    Constrained published = new VicReg(1, 1.0 / 25).apply(z, equal(z), 0.5);
    assertThat(published.phi()).isSameAs(z);
    assertThat(published.penalties().keySet()).containsExactly("variance", "covariance");
    assertClose("hinge", value(published.penalties().get("variance")), 0.3999166724529, 1e-12);
    assertClose("squares", value(published.penalties().get("covariance")), 0.72 / 25, 1e-15);
    assertClose("norm", value(published.squaredNorm()), 8.72 / 3, 1e-15);
    Constrained weighted = new VicReg(2, 0.5).apply(z, equal(z), 0.5);
    assertClose("hinge", value(weighted.penalties().get("variance")), 0.7998333449058, 1e-12);
    assertClose("squares", value(weighted.penalties().get("covariance")), 0.36, 1e-15);
  }

  /** An output that is constant is held by the hinge: 1 − √10⁻⁴ = 0.99. */
  @Test
  void vicRegHoldsConstantOutputs() {
    NDArray z = matrix(2, 0, 3, 0, -3);
    Constrained constrained = new VicReg().apply(z, equal(z), 0);
    assertClose("hinge", value(constrained.penalties().get("variance")), 0.99, 1e-15);
    double[] gradient = gradient(at -> new VicReg().apply(at, equal(at), 0).squaredNorm(), z);
    assertClose("gradient of E‖z‖²", gradient, new double[] {0, 3, 0, -3}, 1e-15);
  }

  @Test
  void noneLeavesOutputsAsTheyAre() {
    NDArray z = matrix(2, 1, 2, -1, -2);
    Constrained constrained = Orthonormality.none().apply(z, equal(z), 0);
    assertThat(constrained.phi()).isSameAs(z);
    assertThat(constrained.penalties()).isEmpty();
    assertClose("norm", value(constrained.squaredNorm()), 5, 0);
  }

  /**
   * z = (2 0; −2 0; 0 1; 0 −1) has C = diag(2, ½) and mean variance 1.25. With ε = 0.4·1.25 = ½ the
   * factor is diag(√2.5, 1).
   */
  @Test
  void whiteningByHand() {
    NDArray z = matrix(4, 2, 0, -2, 0, 0, 1, 0, -1);
    Constrained constrained = new Whitening(0.4, 0.4).apply(z, equal(z), 0);
    double x = 2 / Math.sqrt(2.5);
    assertClose("phi", doubles(constrained.phi()), new double[] {x, 0, -x, 0, 0, 1, 0, -1}, 1e-15);
    assertClose("norm", value(constrained.squaredNorm()), 2, 0);
    assertThat(constrained.penalties()).isEmpty();
  }

  /** The covariance becomes L⁻¹CL⁻ᵀ = I − εL⁻¹L⁻ᵀ, which is I within ε over the least variance. */
  @ParameterizedTest
  @CsvSource({"FLOAT64, 1e-3", "FLOAT64, 1e-9", "FLOAT32, 1e-3", "FLOAT32, 1e-5"})
  void whitenedOutputsHaveTheIdentityAsCovariance(DataType type, double ridge) {
    int m = 50;
    int d = 6;
    NDArray raw = normal(manager, "outputs", m, d).matMul(normal(manager, "mixing", d, d));
    NDArray z = raw.sub(Torch.columnMeans(raw));
    NDArray phi = new Whitening(ridge, ridge).apply(z.toType(type, true), equal(z), 0).phi();
    assertThat(phi.getShape()).isEqualTo(new Shape(m, d));
    assertThat(phi.getDataType()).isEqualTo(type);
    NDArray whitened = phi.toType(DataType.FLOAT64, true);
    double[] values = Torch.eigh(z.transpose().matMul(z).div(m)).values().toDoubleArray();
    double trace = 0;
    for (double v : values) {
      trace += v;
    }
    double rounding = type == DataType.FLOAT32 ? 1e-6 * Math.sqrt(values[d - 1] / values[0]) : 0;
    double bound = ridge * trace / d / values[0] + 10 * rounding + 1e-13;
    double[] covariance = doubles(whitened.transpose().matMul(whitened).div(m));
    double[] identity = new double[d * d];
    for (int i = 0; i < d; i++) {
      identity[i * d + i] = 1;
    }
    assertClose("covariance", covariance, identity, bound);
  }

  @Test
  void theRidgeFallsGeometrically() {
    Whitening whitening = new Whitening(1e-2, 1e-6);
    assertClose("first", whitening.ridge(0), 1e-2, 1e-17);
    assertClose("middle", whitening.ridge(0.5), 1e-4, 1e-18);
    assertClose("last", whitening.ridge(1), 1e-6, 1e-20);
    assertThat(new Whitening()).isEqualTo(new Whitening(1e-3, 1e-5));
  }

  /** C = (1 1; 1 1) + ε has no factor until 1 + ε is more than 1: the fourth raise. */
  @Test
  void theRidgeIsRaisedWhereTheCovarianceIsSingular() {
    NDArray z = matrix(2, 1, 1, -1, -1);
    double[] phi = doubles(new Whitening(1e-19, 1e-19).apply(z, equal(z), 0).phi());
    double size = Math.hypot(phi[0], phi[1]);
    assertThat(phi).doesNotContain(Double.NaN);
    assertClose("the one direction is whitened", size, 1, 0.5);
    double[] gradient =
        gradient(at -> new Whitening(1e-19, 1e-19).apply(at, equal(at), 0).phi().sum(), z);
    assertThat(gradient).doesNotContain(Double.NaN);
  }

  @Test
  void aCovarianceThatStaysSingularIsNamed() {
    NDArray z = matrix(2, 1, 1, -1, -1);
    assertThatThrownBy(() -> new Whitening(1e-40, 1e-40).apply(z, equal(z), 0))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(
            "whitening: the covariance of the outputs has no Cholesky factor (mean variance 1.0)");
  }

  @Test
  void constantOutputsAreNamed() {
    assertThatThrownBy(() -> whiten(matrix(3, 0, 0, 0, 0, 0, 0)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("(mean variance 0.0)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void outputsThatAreNotFiniteAreNamed(double bad) {
    for (DataType type : List.of(DataType.FLOAT64, DataType.FLOAT32)) {
      NDArray z = matrix(3, 1, 2, bad, 0, -1, -2).toType(type, true);
      assertThatThrownBy(() -> new Whitening().apply(z, equal(z), 0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageMatching(
              "whitening: the covariance of the outputs has no Cholesky factor"
                  + " \\(mean variance (NaN|Infinity)\\)");
    }
  }

  /** A norm that is constrained has no gradient: a ridge would reward shrinking it. */
  @Test
  void theConstrainedNormIsAConstant() {
    NDArray z = normal(manager, "outputs", 9, 3);
    NDArray norm = new Whitening().apply(z, equal(z), 0).squaredNorm();
    assertClose("norm", value(norm), 3, 0);
    double[] gradient =
        gradient(
            at ->
                new Whitening().apply(at, equal(at), 0).squaredNorm().add(Torch.times(at.sum(), 2)),
            z);
    double[] twos = new double[27];
    Arrays.fill(twos, 2);
    assertThat(relativeError(gradient, twos)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1e-5, 1e-3", "1e-3, 0", "0, 0", "2, 1", "NaN, 1e-5", "1e-3, NaN", "1e-3, -1e-5"})
  void impossibleRidgesAreRefused(double first, double last) {
    assertThatThrownBy(() -> new Whitening(first, last))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "whitening: expected 0 < lastRidge ≤ firstRidge ≤ 1, got firstRidge="
                + first
                + ", lastRidge="
                + last);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, -1", "NaN, 0", "0, NaN", "Infinity, 0", "0, Infinity"})
  void impossibleWeightsAreRefused(double variance, double covariance) {
    assertThatThrownBy(() -> new VicReg(variance, covariance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "vicreg: expected finite weights ≥ 0, got variance="
                + variance
                + ", covariance="
                + covariance);
  }
}
