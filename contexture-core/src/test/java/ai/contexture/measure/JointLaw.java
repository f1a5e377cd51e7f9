package ai.contexture.measure;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A small joint law of X and A, all of it dense: P_X [n], P⁺(·|x) [n, m], the dual kernel and its
 * spectrum by a dense decomposition that shares nothing with the library's.
 */
final class JointLaw implements ExpectationOperator {

  private final int n;
  private final int m;
  private final NDArray p;
  private final NDArray q;
  private final NDArray columnP;
  private final NDArray columnQ;
  private final NDArray conditional;
  private final NDArray kernel;
  private final double[] eigenvalues;
  private final NDArray functions;

  /** A law with these P_X [n] and row-stochastic P⁺ [n, m]. */
  JointLaw(NDManager manager, double[] p, double[] conditional) {
    this.n = p.length;
    this.m = conditional.length / n;
    this.p = manager.create(p);
    this.conditional = manager.create(conditional, new Shape(n, m));
    this.q = this.p.reshape(1, n).matMul(this.conditional).flatten();
    this.columnP = this.p.reshape(n, 1);
    this.columnQ = q.reshape(m, 1);
    this.kernel = this.conditional.div(q).matMul(this.conditional.transpose());
    NDArray root = this.p.sqrt();
    // less the constant, so that functions of the eigenvalue 1 do not mix with it
    NDArray matrix =
        this.conditional
            .mul(root.reshape(n, 1))
            .div(q.sqrt().reshape(1, m))
            .sub(root.reshape(n, 1).matMul(q.sqrt().reshape(1, m)));
    LinearAlgebra.Svd svd = LinearAlgebra.svd(matrix);
    double[] values = svd.values().square().toDoubleArray();
    this.eigenvalues = Arrays.copyOf(values, values.length - 1);
    this.functions = svd.left().get(":, 0:" + (values.length - 1)).div(root.reshape(n, 1));
  }

  /** A random law; the larger the power, the stronger the association. */
  static JointLaw random(NDManager manager, int n, int m, double power, RandomGenerator random) {
    double[] p = new double[n];
    Arrays.setAll(p, i -> 0.2 + random.nextDouble());
    double total = Arrays.stream(p).sum();
    Arrays.setAll(p, i -> p[i] / total);
    double[] rows = new double[n * m];
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int j = 0; j < m; j++) {
        rows[i * m + j] = Math.pow(1 - random.nextDouble(), power);
        sum += rows[i * m + j];
      }
      for (int j = 0; j < m; j++) {
        rows[i * m + j] /= sum;
      }
    }
    return new JointLaw(manager, p, rows);
  }

  /** The context of a label: A is the class of x. */
  static JointLaw label(NDManager manager, int[] codes, int classes) {
    double[] p = new double[codes.length];
    Arrays.fill(p, 1. / codes.length);
    double[] rows = new double[codes.length * classes];
    for (int i = 0; i < codes.length; i++) {
      rows[i * classes + codes[i]] = 1;
    }
    return new JointLaw(manager, p, rows);
  }

  /** k_X⁺ over the inputs, [n, n]. */
  NDArray kernel() {
    return kernel;
  }

  /** s_1² ≥ s_2² ≥ …, min(n, m) − 1 of them. */
  double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /** μ_1, μ_2, … on the inputs, [n, min(n, m) − 1]. */
  NDArray functions() {
    return functions;
  }

  @Override
  public int inputs() {
    return n;
  }

  @Override
  public int contexts() {
    return m;
  }

  @Override
  public NDArray inputWeights() {
    return p;
  }

  @Override
  public NDArray contextWeights() {
    return q;
  }

  @Override
  public NDArray apply(NDArray g) {
    NDArray image = conditional.matMul(g);
    image.attach(g.getManager());
    return image;
  }

  @Override
  public NDArray adjoint(NDArray f) {
    try (NDManager scope = f.getManager().newSubManager()) {
      NDArray weighted = f.mul(columnP);
      weighted.attach(scope);
      NDArray back = conditional.transpose();
      back.attach(scope);
      NDArray image = back.matMul(weighted).div(columnQ);
      image.attach(f.getManager());
      return image;
    }
  }
}
