package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * How the rows of a batch stand for a distribution: the weights of its means, and of its means over
 * pairs of independent points.
 *
 * <p>All points of a finite context weigh P_X, which need not be uniform. Points that were drawn
 * weigh the same: where P_X is uniform they are drawn without replacement, else with replacement by
 * P_X. Each point may have r rows, its samples, next to each other. Results belong to the manager
 * of the first array and are in its type.
 */
public final class Weights {

  /** Probabilities farther apart than this, relative to the largest, are not taken for equal. */
  private static final double EQUAL = 1e-12;

  private final int points;
  private final int samples;

  /** Float64 [points], or null where all weigh the same. */
  private final NDArray probabilities;

  /** The weight of a point paired with itself, where all weigh the same. */
  private final double own;

  private Weights(int points, int samples, NDArray probabilities, double own) {
    this.points = points;
    this.samples = samples;
    this.probabilities = probabilities;
    this.own = own;
  }

  /** Returns the weights of all points of a context: P_X where it is known, else equal ones. */
  public static Weights all(Context context) {
    int n = context.points().size();
    if (context instanceof FiniteContext finite) {
      NDArray p = finite.operator().inputWeights();
      double[] values = Torch.doubles(p);
      double least = Double.POSITIVE_INFINITY;
      double most = 0;
      for (double value : values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      if (most - least > EQUAL * most) {
        return of(p);
      }
    }
    return drawn(n, n);
  }

  /**
   * Returns the weights of a whole distribution.
   *
   * @param probabilities float64 [m], which sum to 1
   */
  public static Weights of(NDArray probabilities) {
    return new Weights(Math.toIntExact(probabilities.size()), 1, probabilities, Double.NaN);
  }

  /**
   * Returns the weights of b of n equally probable points, drawn without replacement.
   *
   * <p>A mean over pairs of independent points has a point paired with itself in 1/n of the cases.
   */
  public static Weights drawn(int b, int n) {
    if (b < 1 || b > n) {
      throw new IllegalArgumentException(
          Text.format("b: expected 1 to %d (all points), got %d", n, b));
    }
    return new Weights(b, 1, null, 1.0 / b / n);
  }

  /** Returns the weights of b points that were drawn independently of each other. */
  public static Weights independent(int b) {
    return new Weights(b, 1, null, b == 1 ? 1 : 0);
  }

  /**
   * Returns the weights of a batch of b points: drawn without replacement where these weights are
   * equal, else with replacement by them.
   */
  public Weights ofBatch(int b) {
    return probabilities == null ? drawn(b, points) : independent(b);
  }

  /**
   * Returns the mean of two weights of the same points.
   *
   * @param like where the mean belongs
   */
  static Weights mean(Weights a, Weights b, NDArray like) {
    NDArray doubles = like.getManager().zeros(new Shape(), DataType.FLOAT64);
    NDArray sum = a.column(doubles).add(b.column(doubles));
    return of(Torch.times(sum, 0.5).reshape(-1));
  }

  /** Returns these weights for points with r rows each. */
  Weights withSamples(int r) {
    return new Weights(points, r, probabilities, own);
  }

  /** Returns whether P_X is not uniform, so that batches are drawn by it with replacement. */
  public boolean vary() {
    return probabilities != null;
  }

  /** Returns the number of points b. */
  public int points() {
    return points;
  }

  /** Returns the number of rows of a point. */
  public int samples() {
    return samples;
  }

  /** Returns the weight of each row [b·r, 1], in the type of an array; they sum to 1. */
  public NDArray column(NDArray like) {
    long rows = (long) points * samples;
    if (probabilities == null) {
      Shape shape = new Shape(rows, 1);
      return Torch.times(like.getManager().ones(shape, like.getDataType()), 1.0 / rows);
    }
    NDArray cast = Torch.cast(probabilities, like.getDataType());
    cast.attach(like.getManager());
    NDArray column = cast.reshape(points, 1);
    return samples == 1
        ? column
        : Torch.times(column.broadcast(points, samples).reshape(rows, 1), 1.0 / samples);
  }

  /** Returns an array [b·r, d] whose rows are multiplied by their weights. */
  NDArray times(NDArray z) {
    return probabilities == null
        ? Torch.times(z, 1.0 / ((double) points * samples))
        : z.mul(column(z));
  }

  /** Returns the mean of each column, [1, d] of [b·r, d]. */
  public NDArray mean(NDArray z) {
    return probabilities == null ? Torch.columnMeans(z) : times(z).sum(new int[] {0}, true);
  }

  /** Returns the deviations from the mean, [b·r, d]. */
  public NDArray centred(NDArray z) {
    return z.sub(mean(z));
  }

  /** Returns the mean of ⟨a, b⟩ over the rows, a scalar, for a and b [b·r, d]. */
  public NDArray product(NDArray a, NDArray b) {
    return times(a).mul(b).sum();
  }

  /** Returns the mean of aᵀb over the rows, [d, e], for a [b·r, d] and b [b·r, e]. */
  public NDArray moment(NDArray a, NDArray b) {
    return times(a).transpose().matMul(b);
  }

  /**
   * Returns the number that makes a covariance about the mean unbiased: 1/(1 − Σw²), which is m/(m
   * − 1) where m rows weigh the same.
   */
  NDArray unbiased(NDArray like) {
    if (probabilities == null) {
      double rows = (double) points * samples;
      return Torch.scalar(rows / (rows - 1), like.getManager());
    }
    NDArray w = column(like);
    NDArray rest = Torch.plus(w.square().sum().neg(), 1);
    return rest.onesLike().div(rest);
  }

  /**
   * Returns the weights of all pairs of points [b, b], which sum to 1, so that the sum over a
   * function of two points estimates its mean over two independent ones without bias.
   */
  NDArray pairs(NDArray like) {
    if (probabilities != null) {
      NDArray w = withSamples(1).column(like);
      return w.matMul(w.transpose());
    }
    NDArray identity = Torch.cast(like.getManager().eye(points), like.getDataType());
    return Torch.plus(Torch.times(identity, own - other()), other());
  }

  /**
   * Returns E[z zᵀ] between two different rows of one point, [d, d] of [b·r, d], averaged over all
   * pairs of them; where points have one row each, of that row with itself.
   */
  NDArray crossMoment(NDArray z) {
    if (samples == 1) {
      return moment(z, z);
    }
    NDArray sums = rowsOfPoints(z).sum(new int[] {1});
    NDArray different = withSamples(1).moment(sums, sums).sub(Torch.times(moment(z, z), samples));
    return Torch.times(different, 1.0 / (samples * (samples - 1.0)));
  }

  /** Returns E⟨z, z′⟩² over rows of two independent points as {@link #contrast} does. */
  NDArray squaredProducts(NDArray z) {
    return contrast(z, Nesting.NONE);
  }

  /**
   * Returns E⟨z, z′⟩² over rows of two independent points, a scalar, for z [b·r, d].
   *
   * <p>The rows of one point are taken for independent samples given the point; a single row for a
   * function of it.
   *
   * @param nesting which products ⟨z, z′⟩² = Σ_ij z_i z_j z′_i z′_j count
   */
  NDArray contrast(NDArray z, Nesting nesting) {
    // Σ_ij ⟨v_i, w_j⟩² = Tr(VᵀV WᵀW) needs d×d products only
    NDArray all = nesting.products(z, this, z, this);
    if (probabilities != null && samples == 1) {
      return all;
    }
    NDArray same = null;
    NDArray different = null;
    for (int s = 0; s < samples; s++) {
      NDArray first = sample(z, s);
      for (int t = 0; t <= s; t++) {
        NDArray squares = nesting.squares(first.mul(sample(z, t)));
        if (s == t) {
          same = same == null ? squares : same.add(squares);
        } else {
          different = different == null ? squares : different.add(squares);
        }
      }
    }
    if (samples == 1) {
      return overPairs(all, same, same);
    }
    NDArray self = same.add(Torch.times(different, 2));
    return overPairs(
        all,
        Torch.times(self, 1.0 / ((double) samples * samples)),
        Torch.times(different, 2.0 / (samples * (samples - 1.0))));
  }

  /**
   * Returns E⟨f, g⟩² over f of one point and a row g of another, independent one, a scalar.
   *
   * @param f functions of the points, [b, d]
   * @param g rows of the points, [b·r, d], independent of f given the point
   */
  NDArray contrast(NDArray f, NDArray g, Nesting nesting) {
    Weights one = withSamples(1);
    NDArray all = nesting.products(f, one, g, this);
    NDArray self = null;
    for (int t = 0; t < samples; t++) {
      NDArray squares = nesting.squares(f.mul(sample(g, t)));
      self = self == null ? squares : self.add(squares);
    }
    NDArray mean = Torch.times(self, 1.0 / samples);
    return one.overPairs(all, mean, mean);
  }

  /** Returns one row of each point, [b, d] of [b·r, d]. */
  NDArray sample(NDArray z, int which) {
    return samples == 1 ? z : rowsOfPoints(z).get(":, " + which);
  }

  /** The rows of each point, [b, r, d]. */
  NDArray rowsOfPoints(NDArray z) {
    return z.reshape(points, samples, z.getShape().get(1));
  }

  /**
   * Returns the mean of a function of two independent points, a scalar.
   *
   * @param all its mean where the points of a pair weigh as in other means
   * @param self what each point, paired with itself, contributed to that, [b]
   * @param drawn what each point shall contribute, [b]
   */
  NDArray overPairs(NDArray all, NDArray self, NDArray drawn) {
    if (probabilities != null) {
      NDArray w = withSamples(1).column(all).reshape(-1);
      return all.add(w.square().mul(drawn.sub(self)).sum());
    }
    NDArray others = Torch.times(all, (double) points * points).sub(self.sum());
    return Torch.times(others, other()).add(Torch.times(drawn.sum(), own));
  }

  /** The weight of two different points, where all weigh the same. */
  private double other() {
    return points == 1 ? 0 : (1 - points * own) / ((double) points * (points - 1));
  }
}
