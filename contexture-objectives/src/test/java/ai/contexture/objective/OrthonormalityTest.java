package ai.contexture.objective;

import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.relativeError;
import static ai.contexture.objective.Cases.value;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.matrix;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.objective.Orthonormality.Constrained;
import ai.contexture.testing.Numeric;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
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

  private static Weights equal(NDArray z) {
    int m = (int) z.getShape().get(0);
    return Weights.drawn(m, m);
  }

  private static Constrained whiten(NDArray z) {
    return new Whitening().apply(z, equal(z), State.empty(), 0);
  }

  /**
   * zᵀz = (0.72 1.2; 1.2 8), so C = (0.36 0.6; 0.6 4). Variance: 1 − √0.3601 and 0. Covariance:
   * 2·0.6² = 0.72. E‖z‖² = 8.72/3.
   */
  @Test
  void vicRegByHand() {
    NDArray z = matrix(manager, 3, 0.6, 2, -0.6, 0, 0, -2);
    Constrained published = new VicRegPenalty(1, 1.0 / 25).apply(z, equal(z), State.empty(), 0.5);
    assertThat(published.phi()).isSameAs(z);
    assertThat(published.penalties().keySet()).containsExactly("variance", "covariance");
    assertClose("hinge", value(published.penalties().get("variance")), 0.3999166724529, 1e-12);
    assertClose("squares", value(published.penalties().get("covariance")), 0.72 / 25, 1e-15);
    assertClose("norm", value(published.squaredNorm()), 8.72 / 3, 1e-15);
    Constrained weighted = new VicRegPenalty(2, 0.5).apply(z, equal(z), State.empty(), 0.5);
    assertClose("hinge", value(weighted.penalties().get("variance")), 0.7998333449058, 1e-12);
    assertClose("squares", value(weighted.penalties().get("covariance")), 0.36, 1e-15);
  }

  /** An output that is constant is held by the hinge: 1 − √10⁻⁴ = 0.99. */
  @Test
  void vicRegHoldsConstantOutputs() {
    NDArray z = matrix(manager, 2, 0, 3, 0, -3);
    Constrained constrained = new VicRegPenalty().apply(z, equal(z), State.empty(), 0);
    assertClose("hinge", value(constrained.penalties().get("variance")), 0.99, 1e-15);
    double[] gradient =
        gradient(at -> new VicRegPenalty().apply(at, equal(at), State.empty(), 0).squaredNorm(), z);
    assertClose("gradient of E‖z‖²", gradient, new double[] {0, 3, 0, -3}, 1e-15);
  }

  @Test
  void noneLeavesOutputsAsTheyAre() {
    NDArray z = matrix(manager, 2, 1, 2, -1, -2);
    Constrained constrained = Orthonormality.none().apply(z, equal(z), State.empty(), 0);
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
    NDArray z = matrix(manager, 4, 2, 0, -2, 0, 0, 1, 0, -1);
    Constrained constrained = new Whitening(0.4, 0.4).apply(z, equal(z), State.empty(), 0);
    double x = 2 / Math.sqrt(2.5);
    assertClose("phi", doubles(constrained.phi()), new double[] {x, 0, -x, 0, 0, 1, 0, -1}, 1e-15);
    assertClose("norm", value(constrained.squaredNorm()), 2, 0);
    assertThat(constrained.penalties()).isEmpty();
  }

  /** C = (0.24 0.4; 0.4 8/3), so ‖C − I‖² = 0.76² + 2·0.4² + (5/3)². */
  @Test
  void frobeniusByHand() {
    NDArray z = matrix(manager, 3, 0.6, 2, -0.6, 0, 0, -2);
    Constrained constrained = new Frobenius(0.5).apply(z, equal(z), State.empty(), 0);
    assertThat(constrained.phi()).isSameAs(z);
    assertClose("norm", value(constrained.squaredNorm()), 0.24 + 8.0 / 3, 1e-15);
    double expected = 0.5 * (0.76 * 0.76 + 2 * 0.16 + 25.0 / 9);
    assertClose("penalty", value(constrained.penalties().get("frobenius")), expected, 1e-14);
    assertThat(constrained.penalties()).hasSize(1);
  }

  /**
   * Tr((C₁ − I)(C₂ − I)) of the halves of independent points, over the three ways to halve them.
   */
  @Test
  void frobeniusIsTheMeanOfAllTwoHalfEstimates() {
    NDArray z = normal(manager, "outputs", 4, 3);
    double mean = 0;
    for (int other = 1; other < 4; other++) {
      long[] rest = {1 + other % 3, 1 + (other + 1) % 3};
      NDArray first = z.get(manager.create(new long[] {0, other}));
      NDArray second = z.get(manager.create(rest));
      mean += value(lessIdentity(first).mul(lessIdentity(second)).sum()) / 3;
    }
    Weights independent = Weights.independent(4);
    Constrained constrained = new Frobenius().apply(z, independent, State.empty(), 0);
    assertClose("penalty", value(constrained.penalties().get("frobenius")), mean, 1e-13);
  }

  private NDArray lessIdentity(NDArray z) {
    return z.transpose().matMul(z).div(2).sub(identity(manager, 3));
  }

  /** Outputs with variances 0.24 and 8/3 and covariance 0.4 correlate by ½. */
  @Test
  void correlationByHand() {
    NDArray z = matrix(manager, 3, 0.6, 2, -0.6, 0, 0, -2);
    Constrained constrained = new Correlation(3).apply(z, equal(z), State.empty(), 0);
    double first = 0.6 / Math.sqrt(0.24 + 1e-5);
    double second = 2 / Math.sqrt(8.0 / 3 + 1e-5);
    double[] phi = {first, second, -first, 0, 0, -second};
    assertClose("phi", doubles(constrained.phi()), phi, 1e-14);
    assertClose("norm", value(constrained.squaredNorm()), 2, 0);
    double expected = 3 * 2 * Math.pow(first * second / 3, 2);
    assertClose("penalty", value(constrained.penalties().get("correlation")), expected, 1e-14);
    assertClose("which is nearly", expected, 3 * 2 * 0.25, 1e-4);
  }

  /** A column that does not vary is left at 0, with a gradient that is a number. */
  @Test
  void correlationBearsConstantOutputs() {
    NDArray z = matrix(manager, 3, 0, 2, 0, 0, 0, -2);
    double[] gradient =
        gradient(
            at -> new Correlation().apply(at, equal(at), State.empty(), 0).phi().square().sum(), z);
    assertThat(gradient).doesNotContain(Double.NaN);
    assertThat(gradient[0]).isZero();
  }

  private static final Whitening ZCA = new Whitening(1e-9, 1e-9, Whitening.Form.ZCA, 0);

  /** Of all outputs with unit covariance those of ZCA are nearest: their map is symmetric. */
  @Test
  void zcaIsTheSymmetricWhitening() {
    NDArray z = normal(manager, "outputs", 40, 4).matMul(normal(manager, "mixing", 4, 4));
    NDArray phi = ZCA.apply(z, equal(z), State.empty(), 0).phi();
    NDArray covariance = phi.transpose().matMul(phi).div(40);
    assertClose("covariance", doubles(covariance), doubles(identity(manager, 4)), 1e-5);
    double[] cross = doubles(z.transpose().matMul(phi).div(40)); // C^½
    double[] turned = doubles(phi.transpose().matMul(z).div(40));
    assertClose("symmetric", cross, turned, 1e-5);
    double[] values =
        LinearAlgebra.eigh(manager.create(cross, new Shape(4, 4))).values().toDoubleArray();
    assertThat(values[0]).as("positive, " + Numeric.reproduce()).isPositive();
  }

  /** Where all variances are equal, the derivative of eigenvectors is not finite. */
  @Test
  void zcaHasAGradientWhereEigenvaluesAreEqual() {
    NDArray z = matrix(manager, 4, 2, 0, -2, 0, 0, 2, 0, -2);
    NDArray mixing = normal(manager, "mixing", 4, 2);
    UnaryOperator<NDArray> f =
        at -> ZCA.apply(at, equal(at), State.empty(), 0).phi().mul(mixing).sum();
    double[] analytic = gradient(f, z);
    double[] at = doubles(z);
    for (int i = 0; i < at.length; i++) {
      double[] up = at.clone();
      double[] down = at.clone();
      up[i] += 1e-5;
      down[i] -= 1e-5;
      double numeric =
          (value(f.apply(matrix(manager, 4, up))) - value(f.apply(matrix(manager, 4, down))))
              / 2e-5;
      assertClose("gradient at " + i, analytic[i], numeric, 1e-6);
    }
  }

  /**
   * C̄ = mean of the first two batches' C, then ½C̄ + ½C; its gradient is that of the batch's C.
   */
  @Test
  void runningMomentsAreMeansThatForget() {
    Whitening running = new Whitening(1e-3, 1e-3, Whitening.Form.CHOLESKY, 0.5);
    State state = State.of(running.state(2, manager));
    NDArray expected = manager.zeros(new Shape(2, 2), DataType.FLOAT64);
    double[] shares = {1, 0.5, 0.5};
    for (int i = 0; i < 3; i++) {
      NDArray z = normal(manager, "batch " + i, 5, 2);
      NDArray c = z.transpose().matMul(z).div(5);
      expected = expected.add(c.sub(expected).mul(shares[i]));
      NDArray phi = running.apply(z, equal(z), state, 0).phi();
      NDArray kept = state.get("whitening/covariance", manager);
      assertClose("covariance", doubles(kept), doubles(expected), 1e-14);
      double ridge = 1e-3 * (doubles(expected)[0] + doubles(expected)[3]) / 2;
      NDArray factor = LinearAlgebra.cholesky(expected.add(identity(manager, 2).mul(ridge)));
      assertClose("phi", doubles(phi.matMul(factor.transpose())), doubles(z), 1e-13);
    }
    assertClose("steps", doubles(state.get("whitening/steps", manager))[0], 3, 0);
  }

  /** What was before is a constant. */
  @Test
  void runningMomentsAreDifferentiable() {
    Whitening running = new Whitening(1e-3, 1e-3, Whitening.Form.CHOLESKY, 0.5);
    NDArray before = normal(manager, "before", 5, 2);
    UnaryOperator<NDArray> f =
        at -> {
          State state = State.of(running.state(2, manager));
          running.apply(before, equal(before), state, 0);
          return running.apply(at, equal(at), state, 0).phi().square().sum();
        };
    double[] at = doubles(normal(manager, "now", 5, 2));
    double[] analytic = gradient(f, matrix(manager, 5, at));
    for (int i = 0; i < at.length; i++) {
      double[] up = at.clone();
      double[] down = at.clone();
      up[i] += 1e-5;
      down[i] -= 1e-5;
      double numeric =
          (value(f.apply(matrix(manager, 5, up))) - value(f.apply(matrix(manager, 5, down))))
              / 2e-5;
      assertClose("gradient at " + i, analytic[i], numeric, 1e-7);
    }
  }

  /** Three rows have a covariance of rank 2, many batches of them one of rank 6. */
  @Test
  void runningMomentsAllowBatchesSmallerThanTheDimension() {
    Whitening running = new Whitening(1e-9, 1e-9, Whitening.Form.ZCA, 0.99);
    State state = State.of(running.state(6, manager));
    NDArray mixing = normal(manager, "mixing", 6, 6);
    for (int i = 0; i < 200; i++) {
      NDArray z = normal(manager, "batch " + i, 3, 6).matMul(mixing);
      running.apply(z, equal(z), state, 0);
    }
    NDArray many = normal(manager, "many", 2000, 6).matMul(mixing);
    NDArray kept = state.get("whitening/covariance", manager);
    NDArray factor = LinearAlgebra.cholesky(kept);
    NDArray whitened = many.matMul(LinearAlgebra.solve(factor, identity(manager, 6)).transpose());
    double[] covariance = doubles(whitened.transpose().matMul(whitened).div(2000));
    // 600 rows, weighted evenly and then by a memory of 100 batches: 6σ of a variance
    assertClose("covariance", covariance, doubles(identity(manager, 6)), 6 * Math.sqrt(2.0 / 300));
  }

  @Test
  void statesKeepTheirOwnNumbers() {
    NDArray array = matrix(manager, 1, 1, 2);
    State state = State.of(Map.of("of a part/x", array));
    NDArray before = state.part("of a part/").get("x", manager);
    NDArray next = matrix(manager, 1, 3, 4);
    state.part("of a part/").set("x", next);
    next.addi(10);
    assertClose("before", doubles(before), new double[] {1, 2}, 0);
    assertClose("now", doubles(array), new double[] {3, 4}, 0);
    assertThatThrownBy(() -> state.get("x", manager))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("state 'x' was not made; there is [of a part/x]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void impossibleMomentaAreRefused(double momentum) {
    assertThatThrownBy(() -> new Whitening(1e-3, 1e-3, Whitening.Form.ZCA, momentum))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("whitening: expected 0 ≤ momentum < 1, got momentum=" + momentum);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.POSITIVE_INFINITY, Double.NaN})
  void impossiblePenaltiesAreRefused(double weight) {
    assertThatThrownBy(() -> new Frobenius(weight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("frobenius: expected a finite weight ≥ 0, got weight=" + weight);
    assertThatThrownBy(() -> new Correlation(weight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("correlation: expected a finite weight ≥ 0, got weight=" + weight);
  }

  /** The covariance becomes L⁻¹CL⁻ᵀ = I − εL⁻¹L⁻ᵀ, which is I within ε over the least variance. */
  @ParameterizedTest
  @CsvSource({"FLOAT64, 1e-3", "FLOAT64, 1e-9", "FLOAT32, 1e-3", "FLOAT32, 1e-5"})
  void whitenedOutputsHaveTheIdentityAsCovariance(DataType type, double ridge) {
    int m = 50;
    int d = 6;
    NDArray raw = normal(manager, "outputs", m, d).matMul(normal(manager, "mixing", d, d));
    NDArray z = raw.sub(Torch.columnMeans(raw));
    NDArray phi =
        new Whitening(ridge, ridge).apply(z.toType(type, true), equal(z), State.empty(), 0).phi();
    assertThat(phi.getShape()).isEqualTo(new Shape(m, d));
    assertThat(phi.getDataType()).isEqualTo(type);
    NDArray whitened = phi.toType(DataType.FLOAT64, true);
    double[] values = LinearAlgebra.eigh(z.transpose().matMul(z).div(m)).values().toDoubleArray();
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
    NDArray z = matrix(manager, 2, 1, 1, -1, -1);
    double[] phi = doubles(new Whitening(1e-19, 1e-19).apply(z, equal(z), State.empty(), 0).phi());
    double size = Math.hypot(phi[0], phi[1]);
    assertThat(phi).doesNotContain(Double.NaN);
    assertClose("the one direction is whitened", size, 1, 0.5);
    double[] gradient =
        gradient(
            at -> new Whitening(1e-19, 1e-19).apply(at, equal(at), State.empty(), 0).phi().sum(),
            z);
    assertThat(gradient).doesNotContain(Double.NaN);
  }

  @Test
  void aCovarianceThatStaysSingularIsNamed() {
    NDArray z = matrix(manager, 2, 1, 1, -1, -1);
    assertThatThrownBy(() -> new Whitening(1e-40, 1e-40).apply(z, equal(z), State.empty(), 0))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(
            "whitening: the covariance of the outputs is not positive definite (mean variance 1.0)");
  }

  @Test
  void constantOutputsAreNamed() {
    assertThatThrownBy(() -> whiten(matrix(manager, 3, 0, 0, 0, 0, 0, 0)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("(mean variance 0.0)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void outputsThatAreNotFiniteAreNamed(double bad) {
    for (DataType type : List.of(DataType.FLOAT64, DataType.FLOAT32)) {
      NDArray z = matrix(manager, 3, 1, 2, bad, 0, -1, -2).toType(type, true);
      assertThatThrownBy(() -> new Whitening().apply(z, equal(z), State.empty(), 0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageMatching(
              "whitening: the covariance of the outputs is not positive definite"
                  + " \\(mean variance (NaN|Infinity)\\)");
    }
  }

  /** A norm that is constrained has no gradient: a ridge would reward shrinking it. */
  @Test
  void theConstrainedNormIsAConstant() {
    NDArray z = normal(manager, "outputs", 9, 3);
    NDArray norm = new Whitening().apply(z, equal(z), State.empty(), 0).squaredNorm();
    assertClose("norm", value(norm), 3, 0);
    double[] gradient =
        gradient(
            at ->
                new Whitening()
                    .apply(at, equal(at), State.empty(), 0)
                    .squaredNorm()
                    .add(Torch.times(at.sum(), 2)),
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
    assertThatThrownBy(() -> new VicRegPenalty(variance, covariance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "vicreg: expected finite weights ≥ 0, got variance="
                + variance
                + ", covariance="
                + covariance);
  }
}
