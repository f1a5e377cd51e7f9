package ai.contexture.measure;

import ai.contexture.data.Matrix;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A kernel ridge regression f̂ = b + γ Σ_j α_j k̂(·, x_j) with an intercept, of which any points
 * can be left out.
 *
 * <p>α = C y with C = G − G11ᵀG/(1ᵀG1) and G = (γK̂ + I)⁻¹, b = gᵀy with g = G1/(1ᵀG1). Leaving the
 * points S out makes their residuals r = C_SS⁻¹ α_S, and is the same as putting y_S − r in place of
 * y_S.
 *
 * @param c C, [n, n]
 * @param g g, [n, 1]
 * @param image γK̂₂C, where K̂₂ belongs to TT*TT*; TT*f̂ at the points is γK̂₂α; null where γ = 0
 * @param energy γ²CK̂₂C, [n, n], whose form on the labels is the variance of f̂; null where γ = 0
 * @param action γ²CK̂₃C, [n, n], whose form on the labels is ⟨f̂, TT*f̂⟩; null where γ = 0
 */
record KernelRidge(NDArray c, NDArray g, NDArray image, NDArray energy, NDArray action) {

  /** Half decades of the penalty around the mean of the kernel's diagonal times n. */
  private static final int PENALTIES = 13;

  private static final double LARGEST_PENALTY = 10;

  /** Functions of smaller eigenvalues add nothing to a prediction. */
  private static final double SMALLEST_EIGENVALUE = 1e-10;

  /** Means over pairs: of what estimates ⟨f̃, TT*f̃⟩ and of what estimates ‖f̃‖². */
  record Means(double numerator, double denominator) {

    double ratio() {
      return numerator / denominator;
    }
  }

  /**
   * What is known of the n labelled points.
   *
   * @param kernel k_X⁺ − 1, [n·n]
   * @param y the targets, less their means, [n·columns]
   * @param w the weights of the points, of mean about 1, [n]
   * @param columns the number of targets
   * @param self the part of all pairs that are a point and itself: 1/population, or 0
   */
  record Labels(double[] kernel, double[] y, double[] w, int columns, double self) {

    /** Refuses targets that are all equal or not finite. */
    static Labels of(NDArray kernel, Matrix targets, CompatibilityEstimate.Sampling sampling) {
      int n = targets.rows();
      double[] k;
      double[] y;
      try (NDManager scope = kernel.getManager().newSubManager()) {
        NDArray copy = kernel.toType(DataType.FLOAT64, true);
        copy.attach(scope);
        k = copy.sub(1).toDoubleArray();
        NDArray labels = Targets.array(targets, n, scope);
        // far from 0 the labels would lose digits, and their mean changes nothing
        NDArray centred = labels.sub(Torch.columnMeans(labels));
        double largest = labels.abs().max().toDoubleArray()[0];
        if (!(centred.abs().max().toDoubleArray()[0] > 1e-12 * largest)) {
          throw new IllegalArgumentException(
              "targets: expected at least two different labels, got the same in every row");
        }
        y = centred.toDoubleArray();
      }
      double[] w = sampling.weights();
      if (w == null) {
        w = new double[n];
        Arrays.fill(w, 1);
      }
      double self = sampling.population() == 0 ? 0 : 1. / sampling.population();
      return new Labels(k, y, w, targets.columns(), self);
    }

    int size() {
      return w.length;
    }

    /** The labels of some of these points. */
    Labels only(int[] kept) {
      int n = size();
      int m = kept.length;
      double[] k = new double[m * m];
      double[] labels = new double[m * columns];
      for (int i = 0; i < m; i++) {
        System.arraycopy(y, kept[i] * columns, labels, i * columns, columns);
        for (int j = 0; j < m; j++) {
          k[i * m + j] = kernel[kept[i] * n + kept[j]];
        }
      }
      return new Labels(
          k, labels, Arrays.stream(kept).mapToDouble(i -> w[i]).toArray(), columns, self);
    }
  }

  /** γ = 0: the mean of the labels. */
  static KernelRidge mean(int n, NDManager scope) {
    NDArray identity = scope.eye(n).toType(DataType.FLOAT64, false);
    NDArray g = scope.full(new Shape(n, 1), 1f, DataType.FLOAT64).div(n);
    return new KernelRidge(identity.sub(1. / n), g, null, null, null);
  }

  /**
   * The γ of least leave-one-out error, with k̂ = Σ_i s_i² μ_i μ_i over these functions [n, d]; the
   * scope owns the result.
   */
  static KernelRidge best(Labels labels, NDArray functions, double[] eigenvalues, NDManager scope) {
    int d = 0;
    while (d < eigenvalues.length && eigenvalues[d] > SMALLEST_EIGENVALUE) {
      d++;
    }
    KernelRidge mean = mean(labels.size(), scope);
    if (d == 0) {
      return mean;
    }
    NDArray s = scope.create(Arrays.copyOf(eigenvalues, d));
    NDArray copy = functions.toType(DataType.FLOAT64, true);
    copy.attach(scope);
    NDArray mu = copy.get(":, 0:" + d);
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(mu.mul(s).matMul(mu.transpose()));
    double scale = eigen.values().sum().toDoubleArray()[0];
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new ArithmeticException("the kernel or the functions are not finite");
    }
    double least = mean.leaveOneOut(labels);
    double chosen = 0;
    for (int i = 0; i < PENALTIES; i++) {
      try (NDManager trial = scope.newSubManager()) {
        double gamma = 1 / (scale * LARGEST_PENALTY * Math.pow(10, -i / 2.));
        double error = ridge(eigen, gamma, trial).leaveOneOut(labels);
        if (error < least) {
          least = error;
          chosen = gamma;
        }
      }
    }
    if (chosen == 0) {
      return mean;
    }
    KernelRidge ridge = ridge(eigen, chosen, scope);
    NDArray c = ridge.c();
    NDArray image = mu.mul(s.square()).matMul(mu.transpose().matMul(c)).mul(chosen);
    NDArray third = mu.mul(s.pow(3)).matMul(mu.transpose().matMul(c)).mul(chosen * chosen);
    return new KernelRidge(c, ridge.g(), image, c.matMul(image).mul(chosen), c.matMul(third));
  }

  private static KernelRidge ridge(LinearAlgebra.Eigen eigen, double gamma, NDManager scope) {
    NDArray values = eigen.values().maximum(0).mul(gamma).add(1);
    NDArray scaled = eigen.vectors().div(values);
    scaled.attach(scope);
    NDArray inverse = scaled.matMul(eigen.vectors().transpose());
    NDArray sums = inverse.sum(new int[] {1}, true);
    NDArray total = sums.sum();
    return new KernelRidge(
        inverse.sub(sums.matMul(sums.transpose()).div(total)), sums.div(total), null, null, null);
  }

  boolean predicts() {
    return image != null;
  }

  /** The mean over points of ‖y_i − f̂(x_i)‖², each point left out of its f̂. */
  double leaveOneOut(Labels labels) {
    int n = labels.size();
    double[] matrix = c.toDoubleArray();
    double[] alpha = times(matrix, labels);
    double sum = 0;
    for (int i = 0; i < alpha.length; i++) {
      double residual = alpha[i] / matrix[i / labels.columns() * (n + 1)];
      sum += residual * residual;
    }
    return sum / n;
  }

  /** The share of the labels' variance that the prediction of left out points takes away. */
  double explained(Labels labels) {
    if (!predicts()) {
      return 0;
    }
    try (NDManager scope = c.getManager().newSubManager()) {
      double without = mean(labels.size(), scope).leaveOneOut(labels);
      return Math.max(0, 1 - leaveOneOut(labels) / without);
    }
  }

  /** This regression without some points, on those that are kept, with the same penalty. */
  KernelRidge without(int[] dropped, int[] kept, NDManager scope) {
    NDArray drop = scope.create(Arrays.stream(dropped).asLongStream().toArray());
    NDArray keep = scope.create(Arrays.stream(kept).asLongStream().toArray());
    NDArray solved = LinearAlgebra.solve(block(c, drop, drop, scope), block(c, drop, keep, scope));
    NDArray sides = solved.transpose();
    NDArray left = block(c, keep, keep, scope).sub(block(c, keep, drop, scope).matMul(solved));
    NDArray means = rows(g, keep, scope).sub(sides.matMul(rows(g, drop, scope)));
    if (!predicts()) {
      return new KernelRidge(left, means, null, null, null);
    }
    return new KernelRidge(
        left,
        means,
        block(image, keep, keep, scope).sub(block(image, keep, drop, scope).matMul(solved)),
        form(energy, drop, keep, solved, scope),
        form(action, drop, keep, solved, scope));
  }

  private static NDArray form(
      NDArray q, NDArray drop, NDArray keep, NDArray solved, NDManager scope) {
    NDArray cross = block(q, keep, drop, scope).matMul(solved);
    NDArray corner = solved.transpose().matMul(block(q, drop, drop, scope).matMul(solved));
    return block(q, keep, keep, scope).sub(cross).sub(cross.transpose()).add(corner);
  }

  private static NDArray rows(NDArray matrix, NDArray index, NDManager scope) {
    NDArray rows = matrix.get(index);
    rows.attach(scope);
    return rows;
  }

  private static NDArray block(NDArray matrix, NDArray rows, NDArray columns, NDManager scope) {
    return rows(rows(matrix, rows, scope).transpose(), columns, scope).transpose();
  }

  /** A matrix [n·n] times the labels, [n·columns]. */
  private static double[] times(double[] matrix, Labels labels) {
    int n = labels.size();
    int columns = labels.columns();
    double[] product = new double[n * columns];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double factor = matrix[i * n + j];
        for (int k = 0; k < columns; k++) {
          product[i * columns + k] += factor * labels.y()[j * columns + k];
        }
      }
    }
    return product;
  }

  /** The means over all pairs of points, both left out of their f̂. */
  Means means(Labels labels) {
    int n = labels.size();
    int columns = labels.columns();
    double[] y = labels.y();
    double[] w = labels.w();
    double self = labels.self();
    double[] matrix = c.toDoubleArray();
    double[] alpha = times(matrix, labels);
    double[] share = g.toDoubleArray();
    double[] intercept = new double[columns];
    for (int i = 0; i < y.length; i++) {
      intercept[i % columns] += share[i / columns] * y[i];
    }
    Prediction prediction = predicts() ? new Prediction(this, labels) : null;
    double numerator = 0;
    double denominator = 0;
    double[] ri = new double[columns];
    double[] rj = new double[columns];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double own = matrix[i * n + i];
        double other = matrix[j * n + j];
        double both = matrix[i * n + j];
        double determinant = own * other - both * both;
        double sizeI = 0;
        double sizeJ = 0;
        double product = 0;
        double square = 0; // E f² − ‖f̂‖² − (E f)² + (E f̂)²
        for (int k = 0; k < columns; k++) {
          int a = i * columns + k;
          int b = j * columns + k;
          ri[k] = (other * alpha[a] - both * alpha[b]) / determinant;
          rj[k] = (own * alpha[b] - both * alpha[a]) / determinant;
          double mean = intercept[k] - share[i] * ri[k] - share[j] * rj[k];
          square += w[i] * ri[k] * (y[a] - ri[k] / 2 - mean);
          square += w[j] * rj[k] * (y[b] - rj[k] / 2 - mean);
          sizeI += ri[k] * ri[k];
          sizeJ += rj[k] * rj[k];
          product += ri[k] * rj[k];
        }
        double pair = (1 - self) * w[i] * w[j] * product;
        double selfI = self / 2 * w[i] * w[i] * sizeI;
        double selfJ = self / 2 * w[j] * w[j] * sizeJ;
        numerator += pair * labels.kernel()[i * n + j];
        numerator += selfI * labels.kernel()[i * n + i] + selfJ * labels.kernel()[j * n + j];
        denominator += square - pair - selfI - selfJ;
        if (prediction != null) {
          numerator += prediction.action(i, j, ri, rj);
          denominator += prediction.energy(i, j, ri, rj);
        }
      }
    }
    double pairs = n * (n - 1.) / 2;
    return new Means(numerator / pairs, denominator / pairs);
  }

  /** What f̂ itself adds to a pair's terms. */
  private static final class Prediction {

    private final Labels labels;
    private final double[] image;
    private final double[] imageOfLabels;
    private final Form energy;
    private final Form action;

    Prediction(KernelRidge fit, Labels labels) {
      this.labels = labels;
      this.image = fit.image().toDoubleArray();
      this.imageOfLabels = times(image, labels);
      this.energy = new Form(fit.energy(), labels);
      this.action = new Form(fit.action(), labels);
    }

    /** The variance of f̂. */
    double energy(int i, int j, double[] ri, double[] rj) {
      return energy.without(i, j, ri, rj);
    }

    /** ⟨f̂, TT*f̂⟩ + w_i r_i (TT*f̂)(x_i) + w_j r_j (TT*f̂)(x_j). */
    double action(int i, int j, double[] ri, double[] rj) {
      int n = labels.size();
      int columns = labels.columns();
      double sum = action.without(i, j, ri, rj);
      for (int k = 0; k < columns; k++) {
        double atI =
            imageOfLabels[i * columns + k] - image[i * n + i] * ri[k] - image[i * n + j] * rj[k];
        double atJ =
            imageOfLabels[j * columns + k] - image[j * n + i] * ri[k] - image[j * n + j] * rj[k];
        sum += labels.w()[i] * ri[k] * atI + labels.w()[j] * rj[k] * atJ;
      }
      return sum;
    }
  }

  /** A quadratic form Σ_k y_kᵀQy_k of the labels. */
  private static final class Form {

    private final int n;
    private final int columns;
    private final double[] q;
    private final double[] image;
    private final double value;

    Form(NDArray matrix, Labels labels) {
      this.n = labels.size();
      this.columns = labels.columns();
      this.q = matrix.toDoubleArray();
      this.image = times(q, labels);
      this.value =
          IntStream.range(0, image.length).mapToDouble(a -> image[a] * labels.y()[a]).sum();
    }

    /** The form with y_i − r_i and y_j − r_j in place of y_i and y_j. */
    double without(int i, int j, double[] ri, double[] rj) {
      double sum = value;
      for (int k = 0; k < columns; k++) {
        sum -= 2 * (image[i * columns + k] * ri[k] + image[j * columns + k] * rj[k]);
        sum += q[i * n + i] * ri[k] * ri[k] + q[j * n + j] * rj[k] * rj[k];
        sum += 2 * q[i * n + j] * ri[k] * rj[k];
      }
      return sum;
    }
  }
}
