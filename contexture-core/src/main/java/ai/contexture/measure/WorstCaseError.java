package ai.contexture.measure;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.input.Text;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;

/**
 * The least worst-case approximation error that d features can have on tasks that are compatible
 * with a context, and that its first d functions do have [C, thm 16].
 *
 * <p>Over tasks f of variance 1 with ρ(f, P⁺) ≥ 1 − ε, the worst min_{w,b} ‖f − wΦ − b‖² is (s_1² −
 * (1 − ε)²)/(s_1² − s²_{d+1}), or 1 where s_{d+1} ≥ 1 − ε, since then a task may lie wholly outside
 * of the features. There are no such tasks where 1 − ε &gt; s_1; the error is then 0, its limit.
 *
 * @param epsilon ε, between 0 and 1
 * @param strongest s_1, the compatibility of the most compatible task
 * @param curve the errors of d = 0, 1, … features, shares of the task's variance between 0 and 1
 */
public record WorstCaseError(double epsilon, double strongest, double[] curve) {

  /** A bound on the steps of {@link #ofEncoder}, of which some 15 are taken. */
  private static final int STEPS = 200;

  /** Values this close are the same. */
  private static final double TOLERANCE = 1e-12;

  /** Eigenvalues this close to the largest may be the largest, repeated. */
  private static final double REPEATED = 1e-9;

  /**
   * Returns the errors for d = 0 … m − 1 from m eigenvalues.
   *
   * @param eigenvalues s_1² ≥ s_2² ≥ … in [0, 1], at least one
   * @param epsilon ε, between 0 and 1
   * @throws IllegalArgumentException if ε or an eigenvalue is out of range
   */
  public static WorstCaseError of(double[] eigenvalues, double epsilon) {
    double[] s = Eigenvalues.checked(eigenvalues);
    if (s.length == 0) {
      throw new IllegalArgumentException("eigenvalues: expected at least one, got none");
    }
    double least = squaredCompatibility(epsilon);
    double[] curve = new double[s.length];
    for (int d = 0; d < s.length; d++) {
      curve[d] = error(s[0], s[d], least);
    }
    return new WorstCaseError(epsilon, Math.sqrt(s[0]), curve);
  }

  private static double squaredCompatibility(double epsilon) {
    if (!(epsilon >= 0 && epsilon <= 1)) {
      throw new IllegalArgumentException("epsilon: expected 0 to 1, got " + epsilon);
    }
    return (1 - epsilon) * (1 - epsilon);
  }

  private static double error(double largest, double next, double least) {
    if (largest < least - TOLERANCE) {
      return 0; // no task is so compatible
    }
    if (next >= least - TOLERANCE) {
      return 1;
    }
    return Math.max(0, largest - least) / (largest - next);
  }

  /**
   * Returns the worst-case error of any features on the same tasks, exactly, on the points of a
   * finite context.
   *
   * <p>max ⟨f, (I − Π)f⟩ over ‖f‖ = 1, ⟨f, TT*f⟩ ≥ (1 − ε)² and E f = 0, where Π projects on the
   * span of the centred features. By the S-lemma it is the least over λ ≥ 0 of the largest
   * eigenvalue of I − Π + λ(TT* − (1 − ε)²), which is convex in λ. Dense: some ten eigenproblems of
   * n × n.
   *
   * @param outputs the features at the n points, [n, d], not all constant
   * @param operator the context's operator, n inputs
   * @param epsilon ε, between 0 and 1
   * @return a share of the task's variance between 0 and 1; 0 if no task is so compatible
   * @throws IllegalArgumentException if shapes do not fit or ε is out of range
   * @throws ArithmeticException if the features are constant or not finite
   */
  public static double ofEncoder(NDArray outputs, ExpectationOperator operator, double epsilon) {
    double least = squaredCompatibility(epsilon);
    int n = operator.inputs();
    if (outputs.getShape().dimension() != 2 || outputs.getShape().get(0) != n) {
      throw new IllegalArgumentException(
          Text.format("outputs: expected (%d, d), one row a point, got %s", n, outputs.getShape()));
    }
    try (NDManager scope = outputs.getManager().newSubManager()) {
      NDArray p = Kernels.column(operator.inputWeights(), scope);
      NDArray root = p.sqrt();
      NDArray identity = eye(n, scope);
      NDArray image = operator.apply(operator.adjoint(identity.div(root))).mul(root);
      NDArray constant = root.matMul(root.transpose());
      // the constant has the eigenvalue −1, the first of all, and is left out
      NDArray shifted = image.add(image.transpose()).div(2).sub(constant.mul(2));
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(shifted);
      double[] a = Arrays.copyOfRange(eigen.values().toDoubleArray(), 1, n);
      double largest = a[a.length - 1];
      if (largest < least - TOLERANCE) {
        return 0;
      }
      NDArray features = outputs.toType(DataType.FLOAT64, true);
      features.attach(scope);
      NDArray basis = Alignment.whitened(features, p).mul(root);
      NDArray coordinates = eigen.vectors().get(":, 1:").transpose().matMul(basis);
      NDArray rest = coordinates.matMul(coordinates.transpose()).neg().add(eye(n - 1, scope));
      if (largest - least <= REPEATED) {
        // only tasks within the first eigenspace
        int first = 0;
        while (a[first] < largest - REPEATED) {
          first++;
        }
        String block = first + ":";
        return share(top(rest.get(block + ", " + block)).value());
      }
      NDArray excess = scope.create(a).sub(least);
      return share(new Dual(rest, excess, largest - least).least(scope));
    }
  }

  private static NDArray eye(int n, NDManager scope) {
    return scope.eye(n).toType(DataType.FLOAT64, false);
  }

  private static double share(double value) {
    return Math.min(1, Math.max(0, value));
  }

  /** The largest eigenvalue of a symmetric matrix, with its eigenvector [n, 1]. */
  private record Top(double value, NDArray vector) {}

  private static Top top(NDArray symmetric) {
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(symmetric);
    long last = symmetric.getShape().get(0) - 1;
    double value = eigen.values().get(last).toDoubleArray()[0];
    return new Top(value, eigen.vectors().get(":, " + last + ":"));
  }

  /**
   * λ ↦ the largest eigenvalue of Q + λ diag(e), in the coordinates of TT*'s eigenvectors.
   *
   * @param rest Q = I − Π, [m, m]
   * @param excess e = s_i² − (1 − ε)², [m]
   * @param largest the largest of them, positive
   */
  private record Dual(NDArray rest, NDArray excess, double largest) {

    /** A value and the slope of a tangent. */
    private record Tangent(double at, double value, double slope) {

      double extended(double to) {
        return value + slope * (to - at);
      }
    }

    /** The least value over λ ≥ 0: where two tangents meet, or their slopes do at 0, in turn. */
    double least(NDManager scope) {
      Tangent left = atZero(scope);
      if (left.value() <= 0 || left.slope() >= 0) {
        return left.value();
      }
      // Q ⪰ 0, so that the value there is at least that at 0
      Tangent right = at(left.value() / largest, scope);
      double least = Math.min(left.value(), right.value());
      for (int step = 0; step < STEPS; step++) {
        if (right.slope() <= 0) {
          return right.value();
        }
        double meet =
            (left.value() - right.value() + right.slope() * right.at() - left.slope() * left.at())
                / (right.slope() - left.slope());
        if (least - left.extended(meet) <= TOLERANCE) {
          return least;
        }
        double width = right.at() - left.at();
        double level = left.at() - left.slope() * width / (right.slope() - left.slope());
        double next = step % 2 == 0 ? level : meet;
        Tangent tangent = at(next, scope);
        least = Math.min(least, tangent.value());
        if (tangent.slope() < 0) {
          left = tangent;
        } else {
          right = tangent;
        }
      }
      return least;
    }

    private Tangent at(double lambda, NDManager scope) {
      try (NDManager step = scope.newSubManager()) {
        int m = Math.toIntExact(excess.getShape().size());
        Top top = top(eye(m, step).mul(excess).mul(lambda).add(rest));
        double slope = top.vector().square().mul(excess.reshape(-1, 1)).sum().toDoubleArray()[0];
        return new Tangent(lambda, top.value(), slope);
      }
    }

    /** The tangent to the right of 0, where the eigenvalue 1 of I − Π is repeated. */
    private Tangent atZero(NDManager scope) {
      try (NDManager step = scope.newSubManager()) {
        NDArray copy = rest.duplicate();
        copy.attach(step);
        LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(copy);
        double[] values = eigen.values().toDoubleArray();
        int first = values.length - 1;
        while (first > 0 && values[first - 1] > values[values.length - 1] - REPEATED) {
          first--;
        }
        NDArray space = eigen.vectors().get(":, " + first + ":");
        NDArray scaled = space.mul(excess.reshape(-1, 1));
        Top top = top(space.transpose().matMul(scaled));
        return new Tangent(0, values[values.length - 1], top.value());
      }
    }
  }

  /** Returns the error of the first d functions, 0 ≤ d &lt; the number of eigenvalues. */
  public double at(int d) {
    if (d < 0 || d >= curve.length) {
      throw new IllegalArgumentException(
          Text.format("d: expected 0 to %d, got %d", curve.length - 1, d));
    }
    return curve[d];
  }

  /** Returns one line on what the errors say of the context. */
  public String verdict() {
    double rho = 1 - epsilon;
    if (rho > strongest + TOLERANCE) {
      return Text.format(
          "no task has ρ ≥ %.3g: the context's most compatible one has ρ = %.3g", rho, strongest);
    }
    int half = 0;
    while (half < curve.length && curve[half] > 0.5) {
      half++;
    }
    if (half == curve.length) {
      return Text.format(
          "of tasks with ρ ≥ %.3g, some keep more than half of their variance out of reach of the"
              + " first %d functions",
          rho, curve.length - 1);
    }
    return Text.format(
        "of every task with ρ ≥ %.3g, the first %d functions reach all but %.1f %% of the variance,"
            + " the first %d all but %.1f %%",
        rho, half, 100 * curve[half], curve.length - 1, 100 * curve[curve.length - 1]);
  }

  @Override
  public String toString() {
    return "worst-case error: " + verdict();
  }
}
