package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * A multinomial logistic regression, its penalty chosen on validation rows.
 *
 * <p>It minimises the mean cross-entropy + α‖W‖²/2 over W [d, classes] and offsets, which have no
 * penalty. Features are standardised by the training rows' mean and standard deviation, where
 * constant ones are left out, or only centred. α runs from 10 down to 10⁻⁶ in whole decades, each
 * start being the minimum before; the highest accuracy on the validation rows wins, and of equal
 * ones the least cross-entropy.
 *
 * @param value the accuracy on the test rows, between 0 and 1, higher is better
 * @param crossEntropy the mean cross-entropy on the test rows, in nats
 * @param penalty the chosen α
 * @param validation the mean cross-entropy on the validation rows
 * @param validationAccuracy the accuracy on the validation rows
 * @param gradient the largest part of the gradient where the search ended, 0 being the minimum
 * @param losses which test rows it gets wrong
 */
public record LogisticProbe(
    double value,
    double crossEntropy,
    double penalty,
    double validation,
    double validationAccuracy,
    double gradient,
    RowLosses losses) {

  private static final double STRONGEST = 10;
  private static final int PENALTIES = 8;

  /** Directions of smaller shares of the largest square are rounding. */
  private static final double ROUNDING = 1e-15;

  /**
   * Fits a probe and measures it.
   *
   * @param trainX [n, d]
   * @param trainY n codes from 0 to classes − 1
   * @param validX [v, d]
   * @param validY v codes
   * @param testX [b, d]
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @throws IllegalArgumentException if shapes or codes do not fit or a value is not finite
   */
  public static LogisticProbe of(
      NDArray trainX,
      int[] trainY,
      NDArray validX,
      int[] validY,
      NDArray testX,
      int[] testY,
      int classes) {
    return of(trainX, trainY, validX, validY, testX, testY, classes, true);
  }

  /**
   * Fits a probe on features that are standardised or only centred, and measures it.
   *
   * @param trainX [n, d]
   * @param trainY n codes from 0 to classes − 1
   * @param validX [v, d]
   * @param validY v codes
   * @param testX [b, d]
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @param standardise whether to divide features by their deviations among the training rows
   * @throws IllegalArgumentException if shapes or codes do not fit or a value is not finite
   */
  public static LogisticProbe of(
      NDArray trainX,
      int[] trainY,
      NDArray validX,
      int[] validY,
      NDArray testX,
      int[] testY,
      int classes,
      boolean standardise) {
    ProbeData.checkCodes(classes, trainY, validY, testY);
    ProbeData.checkShapes(trainX, trainY.length, validX, validY.length, testX, testY.length);
    try (NDManager scope = trainX.getManager().newSubManager()) {
      ProbeData.Standard standard = ProbeData.Standard.of(trainX, scope);
      ProbeData.Standard used = standardise ? standard : standard.centring();
      return fit(
          Rows.of(used.apply(trainX), trainY, classes),
          Rows.of(used.apply(validX), validY, classes),
          Rows.of(used.apply(testX), testY, classes));
    }
  }

  private static LogisticProbe fit(Rows all, Rows allValid, Rows allTest) {
    try (NDManager scope = all.x().getManager().newSubManager()) {
      NDArray basis = all.span(scope);
      Rows train = all.within(basis, scope);
      Rows valid = allValid.within(basis, scope);
      Rows test = allTest.within(basis, scope);
      double[] w = new double[train.parameters()];
      double[] best = null;
      double bestPenalty = 0;
      double bestValidation = Double.POSITIVE_INFINITY;
      double bestAccuracy = -1;
      double bestGradient = 0;
      for (int i = 0; i < PENALTIES; i++) {
        double penalty = STRONGEST * Math.pow(10, -i);
        double gradient = Descent.minimise(train, penalty, w);
        double validation = valid.loss(w, 0, null);
        double accuracy = valid.losses(w).value();
        if (accuracy > bestAccuracy || (accuracy == bestAccuracy && validation < bestValidation)) {
          best = w.clone();
          bestPenalty = penalty;
          bestValidation = validation;
          bestAccuracy = accuracy;
          bestGradient = gradient;
        }
      }
      RowLosses losses = test.losses(best);
      return new LogisticProbe(
          losses.value(),
          test.loss(best, 0, null),
          bestPenalty,
          bestValidation,
          bestAccuracy,
          bestGradient,
          losses);
    }
  }

  /**
   * Returns the parameters that minimise the loss with one penalty, for tests.
   *
   * @return W [d, classes] row by row, then the offsets
   */
  static double[] fit(NDArray x, int[] y, int classes, double penalty) {
    try (NDManager scope = x.getManager().newSubManager()) {
      NDArray own = x.reshape(x.getShape());
      own.attach(scope);
      Rows rows = Rows.of(own, y, classes);
      double[] w = new double[rows.parameters()];
      Descent.minimise(rows, penalty, w);
      return w;
    }
  }

  /** Features float64 [n, d], one-hot classes float64 [n, c], and their codes. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
  private record Rows(NDArray x, NDArray oneHot, int[] y, int classes) {

    static Rows of(NDArray x, int[] y, int classes) {
      double[] values = new double[y.length * classes];
      for (int i = 0; i < y.length; i++) {
        values[i * classes + y[i]] = 1;
      }
      return new Rows(x, x.getManager().create(values, new Shape(y.length, classes)), y, classes);
    }

    /**
     * An orthonormal basis [d, r] of what the rows span, null where it is as large as they are
     * wide: the best W lies within it, since all else costs and changes nothing.
     */
    NDArray span(NDManager scope) {
      int n = y.length;
      if (features() <= n) {
        return null;
      }
      NDArray own = x.reshape(x.getShape());
      own.attach(scope);
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(own.matMul(own.transpose()));
      double[] values = eigen.values().toDoubleArray();
      double largest = values[n - 1];
      int zero = 0;
      while (zero < n - 1 && values[zero] <= n * ROUNDING * largest) {
        zero++;
      }
      NDArray vectors = eigen.vectors().get(":, " + zero + ":");
      double[] inverse = new double[n - zero];
      for (int i = 0; i < inverse.length; i++) {
        inverse[i] = values[zero + i] > 0 ? 1 / Math.sqrt(values[zero + i]) : 0;
      }
      return own.transpose().matMul(vectors).mul(scope.create(inverse));
    }

    /** The same rows by their coordinates in a basis, which may be null for their own. */
    Rows within(NDArray basis, NDManager scope) {
      if (basis == null) {
        return this;
      }
      NDArray own = x.reshape(x.getShape());
      own.attach(scope);
      return new Rows(own.matMul(basis), oneHot, y, classes);
    }

    int features() {
      return Math.toIntExact(x.getShape().get(1));
    }

    int parameters() {
      return (features() + 1) * classes;
    }

    /** The scores [n, c]. */
    private NDArray scores(double[] w, NDManager step) {
      NDArray all = step.create(w, new Shape(features() + 1, classes));
      NDArray matrix = all.get("0:" + features());
      NDArray offsets = all.get(features() + ":");
      NDArray product = x.matMul(matrix);
      product.attach(step);
      return product.add(offsets);
    }

    /** The loss; the gradient is written where one is wanted. */
    double loss(double[] w, double penalty, double[] gradient) {
      try (NDManager step = x.getManager().newSubManager()) {
        int n = y.length;
        NDArray logarithms = scores(w, step).logSoftmax(1);
        double loss = -logarithms.mul(oneHot).sum().toDoubleArray()[0] / n;
        int weights = features() * classes;
        for (int i = 0; i < weights; i++) {
          loss += penalty / 2 * w[i] * w[i];
        }
        if (gradient != null) {
          NDArray errors = logarithms.exp().sub(oneHot).div(n);
          NDArray turned = x.transpose();
          turned.attach(step);
          double[] own = turned.matMul(errors).toDoubleArray();
          double[] offsets = errors.sum(new int[] {0}).toDoubleArray();
          for (int i = 0; i < weights; i++) {
            gradient[i] = own[i] + penalty * w[i];
          }
          System.arraycopy(offsets, 0, gradient, weights, classes);
        }
        return loss;
      }
    }

    RowLosses losses(double[] w) {
      try (NDManager step = x.getManager().newSubManager()) {
        return RowLosses.ofClasses(scores(w, step).toDoubleArray(), y, classes);
      }
    }
  }

  /** L-BFGS with a backtracking line search (Nocedal and Wright, algorithm 7.5). */
  private static final class Descent {

    private static final int MEMORY = 12;
    private static final int MOST_STEPS = 2000;
    private static final double TOLERANCE = 1e-9;
    private static final double SUFFICIENT = 1e-4;
    private static final int HALVINGS = 40;

    private record Pair(double[] step, double[] change, double inverse) {}

    /** Changes w to the minimum and returns the largest part of the gradient there. */
    static double minimise(Rows rows, double penalty, double[] w) {
      Deque<Pair> memory = new ArrayDeque<>();
      double[] gradient = new double[w.length];
      double loss = rows.loss(w, penalty, gradient);
      for (int iteration = 0;
          iteration < MOST_STEPS && largest(gradient) > TOLERANCE;
          iteration++) {
        double[] direction = direction(memory, gradient);
        double slope = dot(direction, gradient);
        double[] next = new double[w.length];
        double[] nextGradient = new double[w.length];
        double length = memory.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
        double nextLoss = Double.POSITIVE_INFINITY;
        int halvings = 0;
        while (!(nextLoss <= loss + SUFFICIENT * length * slope) && halvings++ < HALVINGS) {
          for (int i = 0; i < w.length; i++) {
            next[i] = w[i] + length * direction[i];
          }
          nextLoss = rows.loss(next, penalty, nextGradient);
          length /= 2;
        }
        if (!(nextLoss < loss)) {
          break; // rounding allows no further descent
        }
        double[] step = new double[w.length];
        double[] change = new double[w.length];
        for (int i = 0; i < w.length; i++) {
          step[i] = next[i] - w[i];
          change[i] = nextGradient[i] - gradient[i];
        }
        double curvature = dot(step, change);
        if (curvature > 0) {
          memory.addLast(new Pair(step, change, 1 / curvature));
          if (memory.size() > MEMORY) {
            memory.removeFirst();
          }
        }
        System.arraycopy(next, 0, w, 0, w.length);
        System.arraycopy(nextGradient, 0, gradient, 0, w.length);
        loss = nextLoss;
      }
      return largest(gradient);
    }

    private static double[] direction(Deque<Pair> memory, double[] gradient) {
      double[] q = gradient.clone();
      double[] alphas = new double[memory.size()];
      int at = memory.size();
      for (Iterator<Pair> pairs = memory.descendingIterator(); pairs.hasNext(); ) {
        Pair pair = pairs.next();
        alphas[--at] = pair.inverse() * dot(pair.step(), q);
        add(q, -alphas[at], pair.change());
      }
      if (!memory.isEmpty()) {
        Pair last = memory.getLast();
        double scale = 1 / (last.inverse() * dot(last.change(), last.change()));
        for (int i = 0; i < q.length; i++) {
          q[i] *= scale;
        }
      }
      at = 0;
      for (Pair pair : memory) {
        double beta = pair.inverse() * dot(pair.change(), q);
        add(q, alphas[at++] - beta, pair.step());
      }
      for (int i = 0; i < q.length; i++) {
        q[i] = -q[i];
      }
      return q;
    }

    private static double dot(double[] a, double[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }

    private static void add(double[] target, double factor, double[] other) {
      for (int i = 0; i < target.length; i++) {
        target[i] += factor * other[i];
      }
    }

    private static double largest(double[] gradient) {
      double largest = 0;
      for (double g : gradient) {
        largest = Math.max(largest, Math.abs(g));
      }
      return largest;
    }
  }

  @Override
  public String toString() {
    return Text.format("accuracy %.4g (higher is better), cross-entropy %.4g", value, crossEntropy);
  }
}
