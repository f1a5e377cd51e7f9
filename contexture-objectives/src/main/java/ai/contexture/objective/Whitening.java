package ai.contexture.objective;

import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Exact orthonormality: outputs are whitened by their covariance, Φ → ΦW with W(C + εI)Wᵀ = I
 * solved in float64.
 *
 * <p>An objective E‖Φ‖² − ⟨Φ, KΦ⟩ then is d minus the ratio trace Tr((C + εI)⁻¹B), which does not
 * change under Φ → ΦW. The ridge ε is a fraction of the mean variance and falls geometrically
 * during training: an untrained encoder's outputs span few directions, and C alone would not be
 * positive definite.
 *
 * <p>C is the covariance of the batch under its weights, or with a momentum β &gt; 0 a running mean
 * of the batches' C, so that batches may be smaller than d: C̄ ← βC̄ + (1 − β)C, and the mean of
 * all batches until that forgets faster. The past is a constant for the gradient, so that a batch
 * is held to the constraint by its share alone. Where a batch is several times d, the batch alone
 * does better: its C and B err together.
 *
 * @param firstRidge ε at the first step, as a fraction of the mean variance
 * @param lastRidge ε at the last step, as a fraction of the mean variance
 * @param form which W is taken
 * @param momentum β, from 0 for the batch alone to less than 1
 */
public record Whitening(double firstRidge, double lastRidge, Form form, double momentum)
    implements Orthonormality {

  static final Component<Orthonormality> COMPONENT =
      Component.<Orthonormality>of(
              "whitening", "makes outputs exactly orthonormal in each batch", Whitening::of)
          .option(
              "last-ridge",
              "the ridge on the covariance at the last step, relative to the mean variance")
          .option("first-ridge", "the ridge at the first step")
          .option("form", "the whitening matrix: cholesky, or zca, which changes outputs least")
          .option("momentum", "how much of the covariance of earlier batches is kept");

  /** The matrices that whiten differ by rotations. */
  public enum Form {
    /** The upper triangular L⁻ᵀ with C + εI = LLᵀ: the outputs are orthonormalised in order. */
    CHOLESKY,
    /** The symmetric (C + εI)^(−1/2): the outputs change as little as they can. */
    ZCA
  }

  /** How often the ridge is raised tenfold when C + εI is not positive definite within rounding. */
  private static final int RAISES = 6;

  private static final double MOST_MOMENTUM = 0.9999;

  private static final String COVARIANCE = "whitening/covariance";
  private static final String STEPS = "whitening/steps";

  /** Requires 0 &lt; lastRidge ≤ firstRidge ≤ 1 and 0 ≤ momentum &lt; 1. */
  public Whitening {
    if (!(lastRidge > 0 && lastRidge <= firstRidge && firstRidge <= 1)) {
      throw new IllegalArgumentException(
          Text.format(
              "whitening: expected 0 < lastRidge ≤ firstRidge ≤ 1, got firstRidge=%s, lastRidge=%s",
              firstRidge, lastRidge));
    }
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          Text.format("whitening: expected 0 ≤ momentum < 1, got momentum=%s", momentum));
    }
  }

  /** Creates whitening by the batch's Cholesky factor. */
  public Whitening(double firstRidge, double lastRidge) {
    this(firstRidge, lastRidge, Form.CHOLESKY, 0);
  }

  /** Creates whitening with a ridge from 10⁻³ to 10⁻⁵. */
  public Whitening() {
    this(1e-3, 1e-5);
  }

  private static Whitening of(SpecOptions options) {
    Whitening defaults = new Whitening();
    double last = options.number("last-ridge", defaults.lastRidge, Double.MIN_VALUE, 1);
    double first =
        options.number("first-ridge", Math.max(last, defaults.firstRidge), Double.MIN_VALUE, 1);
    if (first < last) {
      throw new InputException(
          Text.format(
              "whitening: expected first-ridge of at least last-ridge=%s, got first-ridge=%s",
              last, first));
    }
    return new Whitening(
        first,
        last,
        options.choice("form", defaults.form),
        options.number("momentum", defaults.momentum, 0, MOST_MOMENTUM));
  }

  @Override
  public boolean exact() {
    return momentum == 0;
  }

  @Override
  public Map<String, NDArray> state(int outputs, NDManager owner) {
    Map<String, NDArray> state = new LinkedHashMap<>();
    if (momentum > 0) {
      state.put(COVARIANCE, owner.zeros(new Shape(outputs, outputs), DataType.FLOAT64));
      state.put(STEPS, owner.zeros(new Shape(), DataType.FLOAT64));
    }
    return state;
  }

  @Override
  public Constrained apply(NDArray z, Weights weights, State state, double progress) {
    NDManager manager = z.getManager();
    int d = Math.toIntExact(z.getShape().get(1));
    NDArray c = Torch.cast(weights.moment(z, z), DataType.FLOAT64);
    if (momentum > 0) {
      c = running(c, state);
    }
    NDArray identity = manager.eye(d, d, 0, DataType.FLOAT64);
    NDArray meanVariance = Torch.times(c.mul(identity).sum(), 1.0 / d);
    NDArray whitening = whitening(c, identity, meanVariance, ridge(progress));
    NDArray phi = z.matMul(Torch.cast(whitening, z.getDataType()));
    NDArray constrainedNorm = manager.full(new Shape(), d, z.getDataType());
    return new Constrained(phi, constrainedNorm, Map.of());
  }

  /** The running covariance, in which that of this batch has its share. */
  private NDArray running(NDArray c, State state) {
    NDManager manager = c.getManager();
    NDArray before = state.get(COVARIANCE, manager);
    NDArray steps = Torch.plus(state.get(STEPS, manager), 1);
    NDArray share = steps.onesLike().div(steps).maximum(Torch.scalar(1 - momentum, manager));
    NDArray after = before.add(c.sub(before).mul(share));
    state.set(COVARIANCE, after.stopGradient());
    state.set(STEPS, steps);
    return after;
  }

  /** The ridge's fraction of the mean variance. */
  double ridge(double progress) {
    return firstRidge * Math.pow(lastRidge / firstRidge, progress);
  }

  private NDArray whitening(NDArray c, NDArray identity, NDArray meanVariance, double ridge) {
    if (form == Form.CHOLESKY && c.getDevice().isGpu()) {
      // The host must not wait for the device to say whether a ridge is enough; where none is, all
      // becomes NaN and stops the training when its numbers are read.
      NDArray enough = LinearAlgebra.leastRidge(c, meanVariance, ridge, RAISES);
      NDArray definite = c.add(identity.mul(meanVariance.mul(enough)));
      return LinearAlgebra.solveLower(LinearAlgebra.uncheckedCholesky(definite), identity)
          .transpose();
    }
    double raised = ridge;
    for (int raise = 0; ; raise++) {
      try {
        NDArray definite = c.add(identity.mul(Torch.times(meanVariance, raised)));
        return form == Form.CHOLESKY
            ? LinearAlgebra.solveLower(LinearAlgebra.cholesky(definite), identity).transpose()
            : inverseRoot(definite);
      } catch (ArithmeticException e) {
        if (raise == RAISES || !Double.isFinite(Torch.doubles(meanVariance)[0])) {
          throw new ArithmeticException(
              Text.format(
                  "whitening: the covariance of the outputs is not positive definite (mean"
                      + " variance %s)",
                  Torch.doubles(meanVariance)[0]));
        }
        raised *= 10;
      }
    }
  }

  /**
   * M^(−1/2) of a symmetric M. Its derivative is written out, since that through eigenvectors is
   * not finite where eigenvalues are equal: with M = UΛUᵀ, dM^(−1/2) = U(Γ ∘ UᵀdM U)Uᵀ with Γ_ij =
   * −1/(√λ_i √λ_j (√λ_i + √λ_j)).
   */
  private static NDArray inverseRoot(NDArray matrix) {
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(finite(matrix.stopGradient()));
    NDArray values = eigen.values();
    NDArray u = eigen.vectors();
    double[] extremes = {values.min().toDoubleArray()[0], values.max().toDoubleArray()[0]};
    if (!(extremes[0] > Math.ulp(extremes[1]) * values.size())) {
      throw new ArithmeticException("not positive definite: eigenvalue " + extremes[0]);
    }
    NDArray roots = values.sqrt().reshape(1, -1);
    NDArray inverse = roots.onesLike().div(roots);
    NDArray gamma = roots.transpose().add(roots);
    gamma = inverse.transpose().mul(inverse).div(gamma).neg();
    NDArray change = matrix.sub(matrix.stopGradient());
    NDArray derivative = u.transpose().matMul(change).matMul(u).mul(gamma);
    NDArray root = u.mul(inverse).matMul(u.transpose());
    return root.add(u.matMul(derivative).matMul(u.transpose()));
  }

  /** The matrix itself; one that is not finite has no eigenvectors. */
  private static NDArray finite(NDArray matrix) {
    if (!Double.isFinite(matrix.sum().toDoubleArray()[0])) {
      throw new ArithmeticException("not finite");
    }
    return matrix;
  }

  @Override
  public String toString() {
    return Text.format(
        "whitening(first-ridge=%s,last-ridge=%s,form=%s,momentum=%s)",
        firstRidge, lastRidge, Constants.text(form), momentum);
  }
}
