package ai.contexture.measure;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.data.Task;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Label spreading [Zhou et al. 2004] by a context: f = Σ_t (η TT*)^t D⁻¹Eᵀy, where E takes the
 * values at the labelled points and D = diag(P_X). Nothing is fitted; numbers are divided by what
 * the same makes of ones.
 */
public final class LabelSpreading {

  private final FiniteContext context;
  private final NDArray onContexts;
  private final NDArray atPoints;
  private final boolean numbers;

  private LabelSpreading(
      FiniteContext context, NDArray onContexts, NDArray atPoints, boolean numbers) {
    this.context = context;
    this.onContexts = onContexts;
    this.atPoints = atPoints;
    this.numbers = numbers;
  }

  /**
   * Spreads labels.
   *
   * @param eta η, 0 ≤ η &lt; 1
   * @param labelled positions of m points
   * @param target of these points in this order, all known
   * @param manager the owner of the result
   */
  public static LabelSpreading of(
      FiniteContext context, double eta, int[] labelled, Target target, NDManager manager) {
    Matrix targets = Targets.of(target);
    ExpectationOperator operator = context.operator();
    int n = operator.inputs();
    int c = targets.columns();
    double[] given = new double[n * (c + 1)];
    for (int i = 0; i < labelled.length; i++) {
      System.arraycopy(targets.row(i), 0, given, labelled[i] * (c + 1), c);
      given[labelled[i] * (c + 1) + c] = 1;
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray y = scope.create(given, new Shape(n, c + 1));
      NDArray p = Torch.within(operator.inputWeights(), scope).reshape(n, 1);
      NDArray q = Torch.within(operator.contextWeights(), scope).reshape(-1, 1);
      NDArray start = y.mul(Torch.reciprocal(p));
      NDArray w =
          ConjugateGradients.solve(
              g -> {
                try (NDManager step = g.getManager().newSubManager()) {
                  NDArray own = Torch.within(g, step);
                  NDArray left = operator.adjoint(operator.apply(own)).mul(-eta).add(own);
                  left.attach(g.getManager());
                  return left;
                }
              },
              q,
              operator.adjoint(start));
      NDArray points = operator.apply(w).mul(eta).add(start);
      w.attach(manager);
      points.attach(manager);
      return new LabelSpreading(context, w, points, target.task() == Task.REGRESSION);
    }
  }

  /** Returns what reaches each point: numbers [n, 1], or a score for each class [n, c]. */
  public Matrix values() {
    return matrix(atPoints);
  }

  /** Returns the same at other points, [b, c]. */
  public Matrix at(Points x) {
    try (NDManager scope = x.manager().newSubManager()) {
      NDArray found = context.expectation(x.within(scope), onContexts);
      return matrix(found);
    }
  }

  /** Without the last column, that of ones. */
  private Matrix matrix(NDArray reached) {
    double[] all = reached.toType(DataType.FLOAT64, false).toDoubleArray();
    int rows = Math.toIntExact(reached.getShape().get(0));
    int c = Math.toIntExact(reached.getShape().get(1)) - 1;
    double[] values = new double[rows * c];
    double mean = 0;
    if (numbers) {
      double[] weights = new double[rows];
      Arrays.setAll(weights, i -> all[i * 2 + 1]);
      for (int i = 0; i < rows; i++) {
        values[i] = weights[i] > 0 ? all[i * 2] / weights[i] : Double.NaN;
      }
      mean = Arrays.stream(values).filter(Double::isFinite).average().orElse(0);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] =
          numbers ? (Double.isNaN(values[i]) ? mean : values[i]) : all[i / c * (c + 1) + i % c];
    }
    return Matrix.of(rows, c, values);
  }
}
