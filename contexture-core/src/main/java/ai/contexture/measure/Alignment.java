package ai.contexture.measure;

import ai.contexture.context.Points;
import ai.contexture.input.Text;
import ai.contexture.neighbour.Neighbours;
import ai.contexture.spectrum.Leading;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How well an encoder has learnt its context's exact functions [C, §4.2].
 *
 * <p>Only the c ≤ d functions count whose s_i² is not zero, and the first c features. Where s_c² =
 * s²_{c+1}, within the spectrum's resolution, there are several best spans: with V₁ the functions
 * before the eigenspace V₂ of s_c², each is V₁ ⊕ W with a (c − |V₁|)-dimensional W ⊂ V₂. Then
 * {@code cca} and the neighbours are those of the span nearest to the features, W being the first
 * principal directions of V₂ with them, so that c·cca = ‖QᵀV₁‖² + Σ σ_i² over the largest c − |V₁|
 * singular values σ_i of QᵀV₂, Q an orthonormal basis of the features; {@code leastCca} takes the
 * smallest ones in their place, which is what the farthest of the best spans has [see {@link
 * Leading}].
 *
 * <p>The last six are known on the pretraining points only and are null elsewhere.
 *
 * @param cca the mean squared canonical correlation of the two c-dimensional spaces, between 0 and
 *     1; a dimension that the encoder lacks counts as 0
 * @param mutualKnn the mean share of the 10 nearest neighbours that the two spaces have in common,
 *     between 0 and 1
 * @param jaccardKnn the same as intersection over union, o / (20 − o) of a row with o neighbours in
 *     common, as it was published [C, app. E]; at most {@code mutualKnn}
 * @param ratioTrace Σ_{i≤d} λ_i, how much of the context the features hold
 * @param ratioTraceMax Σ_{i≤d} s_i², the most that d features can hold
 * @param eigenvalueError the mean of |λ_i − s_i²| over i ≤ d
 * @param effectiveRank how many dimensions the encoder's outputs use, see {@link RayleighRitz}
 * @param leastCca the least {@code cca} with any of the best spans; the same where there is one
 * @param leading how far the first d functions exist and are determined
 */
public record Alignment(
    double cca,
    double mutualKnn,
    double jaccardKnn,
    Double ratioTrace,
    Double ratioTraceMax,
    Double eigenvalueError,
    Double effectiveRank,
    Double leastCca,
    Leading leading) {

  /** The number of neighbours that are compared. */
  private static final int NEIGHBOURS = 10;

  /** Whitened coordinates closer than its inverse are the same. */
  private static final double SCALE = 1e8;

  /** Measures with as many functions as the features have dimensions. */
  public static Alignment onPretraining(NDArray outputs, RayleighRitz ritz, Spectrum spectrum) {
    return onPretraining(outputs, ritz, spectrum, ritz.dimension());
  }

  /**
   * Compares an encoder with the exact functions on the pretraining points.
   *
   * <p>Means and inner products are those of L²(P_X). Where the best functions are not determined,
   * the spectrum should hold all of their eigenspace, see {@link
   * ai.contexture.spectrum.Spectra#leading}; what it holds of it is taken for all.
   *
   * @param outputs the encoder's outputs on the n pretraining points, [n, d₁]
   * @param ritz made from these outputs
   * @param spectrum of the context, with at least d functions
   * @param d how many functions to compare, d &lt; n; dimensions that the encoder lacks count as 0
   * @throws IllegalArgumentException if the spectrum has fewer than d functions or other points
   * @throws ArithmeticException if all s_i² are zero, or features are constant or not finite
   */
  public static Alignment onPretraining(
      NDArray outputs, RayleighRitz ritz, Spectrum spectrum, int d) {
    Leading leading = leading(spectrum, d);
    long n = spectrum.functions().getShape().get(0);
    if (outputs.getShape().dimension() != 2 || outputs.getShape().get(0) != n) {
      throw new IllegalArgumentException(
          Text.format(
              "outputs: expected the outputs on the %d pretraining points (%d, d1), got %s",
              n, n, outputs.getShape()));
    }
    double[] learned = ritz.eigenvalues();
    double[] exact = spectrum.eigenvalues(d);
    double ratioTrace = 0;
    double ratioTraceMax = 0;
    double error = 0;
    for (int i = 0; i < d; i++) {
      double found = i < Math.min(learned.length, ritz.dimension()) ? learned[i] : 0;
      ratioTrace += found;
      ratioTraceMax += exact[i];
      error += Math.abs(found - exact[i]);
    }
    try (NDManager scope = outputs.getManager().newSubManager()) {
      NDArray features = ritz.project(outputs);
      features.attach(scope);
      Nearest nearest = Nearest.of(features, spectrum, leading, scope);
      int k = Math.min(NEIGHBOURS, (int) n - 1);
      MutualNeighbours mutual = MutualNeighbours.of(nearest.left(), nearest.right(), k);
      return new Alignment(
          nearest.most(),
          mutual.share(),
          mutual.jaccard(),
          ratioTrace,
          ratioTraceMax,
          error / d,
          ritz.effectiveRank(),
          nearest.least(),
          leading);
    }
  }

  private static Leading leading(Spectrum spectrum, int d) {
    if (d < 1 || d > spectrum.dimension()) {
      throw new IllegalArgumentException(
          Text.format(
              "d: expected 1 to %d (the functions of the spectrum), got %d",
              spectrum.dimension(), d));
    }
    Leading leading = spectrum.leading(d);
    if (leading.existing() == 0) {
      throw new ArithmeticException(
          "every s² of the context is 0, so that there is no function to compare with");
    }
    return leading;
  }

  /**
   * The best span of a context that is nearest to features.
   *
   * @param left an orthonormal basis of the first c features, [n, r]
   * @param right one of the span, [n, c]
   * @param rotation the span in terms of the first b functions, [b, c]; null where they are it
   * @param most the mean squared canonical correlation of the two
   * @param least the same with the best span that is farthest from the features
   */
  private record Nearest(NDArray left, NDArray right, NDArray rotation, double most, double least) {

    static Nearest of(NDArray features, Spectrum spectrum, Leading leading, NDManager scope) {
      NDArray weights = copy(spectrum.inputWeights(), scope).reshape(-1, 1);
      int c = leading.existing();
      long kept = Math.min(c, features.getShape().get(1));
      NDArray left = whitened(copy(features, scope).get(":, 0:" + kept), weights);
      NDArray functions = spectrum.functions().get(":, 0:" + leading.through());
      functions.attach(scope);
      if (leading.determined()) {
        NDArray right = whitened(functions, weights);
        double cca = correlation(left, right, weights, c);
        return new Nearest(left, right, null, cca, cca);
      }
      int a = leading.above();
      int m = leading.through() - a;
      NDArray cross = left.transpose().matMul(functions.mul(weights)); // [r, b]
      NDArray within = cross.get(":, " + a + ":");
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(within.transpose().matMul(within));
      double[] squares = eigen.values().toDoubleArray(); // ascending
      double before = a == 0 ? 0 : cross.get(":, 0:" + a).square().sum().toDoubleArray()[0];
      double most = before;
      double least = before;
      for (int i = 0; i < c - a; i++) {
        most += squares[m - 1 - i];
        least += squares[i];
      }
      NDArray turned = eigen.vectors().get(":, " + (m - (c - a)) + ":");
      NDArray rotation =
          a == 0
              ? turned
              : scope
                  .eye(a)
                  .toType(DataType.FLOAT64, false)
                  .concat(scope.zeros(new Shape(a, c - a), DataType.FLOAT64), 1)
                  .concat(scope.zeros(new Shape(m, a), DataType.FLOAT64).concat(turned, 1), 0);
      NDArray right = whitened(functions.matMul(rotation), weights);
      return new Nearest(left, right, rotation, Math.min(1, most / c), Math.max(0, least / c));
    }
  }

  /**
   * Returns the mean squared canonical correlation of features with the best span nearest to them,
   * on the pretraining points.
   *
   * @param features [n, d], ordered as those of {@link RayleighRitz}
   * @param spectrum as for {@link #onPretraining(NDArray, RayleighRitz, Spectrum, int)}
   */
  public static double canonicalCorrelation(NDArray features, Spectrum spectrum, int d) {
    Leading leading = leading(spectrum, d);
    try (NDManager scope = features.getManager().newSubManager()) {
      return Nearest.of(features, spectrum, leading, scope).most();
    }
  }

  /**
   * Compares features at new rows with the extension of the exact functions to them; where those
   * are not determined, with that of the best span nearest to the features on the pretraining
   * points.
   *
   * @param features at the new rows, [b, d]
   * @param x the new rows, of whose manager the work is done
   * @param seen the same features on the pretraining points, [n, d]; only asked for where needed
   * @param spectrum as for {@link #onPretraining(NDArray, RayleighRitz, Spectrum, int)}
   * @throws IllegalArgumentException if b ≤ d, since any two spaces then seem equal
   * @throws ArithmeticException if all s_i² are zero, or features are constant or not finite
   */
  public static Alignment onNewRows(
      NDArray features, Points x, Supplier<NDArray> seen, Spectrum spectrum, int d) {
    Leading leading = leading(spectrum, d);
    try (NDManager scope = x.manager().newSubManager()) {
      NDArray exact = spectrum.extend(x.within(scope), leading.through());
      if (!leading.determined()) {
        NDArray known = seen.get();
        exact = exact.matMul(Nearest.of(known, spectrum, leading, scope).rotation());
      }
      NDArray kept =
          copy(features, scope)
              .get(":, 0:" + Math.min(leading.existing(), features.getShape().get(1)));
      return onNewRows(kept, exact);
    }
  }

  /**
   * Compares features with the extended functions at new rows.
   *
   * @param features [b, d]
   * @param exact the functions at these rows by Nyström's extension, [b, d]
   * @throws IllegalArgumentException if b ≤ d, since any two spaces then seem equal
   */
  public static Alignment onNewRows(NDArray features, NDArray exact) {
    checkPair(features, exact);
    long b = exact.getShape().get(0);
    long d = Math.max(features.getShape().get(1), exact.getShape().get(1));
    if (b <= d) {
      throw new IllegalArgumentException(
          Text.format(
              "features: expected more rows than the %d dimensions, got %d rows; take more rows or"
                  + " fewer dimensions",
              d, b));
    }
    try (NDManager scope = features.getManager().newSubManager()) {
      NDArray weights = uniform(b, scope);
      NDArray left = whitened(copy(features, scope), weights);
      NDArray right = whitened(copy(exact, scope), weights);
      MutualNeighbours mutual = MutualNeighbours.of(left, right, (int) Math.min(NEIGHBOURS, b - 1));
      return new Alignment(
          correlation(left, right, weights, exact.getShape().get(1)),
          mutual.share(),
          mutual.jaccard(),
          null,
          null,
          null,
          null,
          null,
          null);
    }
  }

  /**
   * Returns the mean squared canonical correlation of two sets of features, R²_CCA.
   *
   * <p>‖Q_aᵀQ_b‖²_F / d with orthonormal bases Q of the centred columns. Directions of b that a
   * lacks count as 0. With n ≤ d₁ it says nothing.
   *
   * @param a [n, d₁]
   * @param b [n, d]; the mean is over its d dimensions
   * @return between 0 and 1
   */
  public static double canonicalCorrelation(NDArray a, NDArray b) {
    checkPair(a, b);
    try (NDManager scope = a.getManager().newSubManager()) {
      NDArray weights = uniform(a.getShape().get(0), scope);
      return correlation(
          whitened(copy(a, scope), weights),
          whitened(copy(b, scope), weights),
          weights,
          b.getShape().get(1));
    }
  }

  /**
   * Returns the mean share of the k nearest neighbours that two sets of features have in common,
   * after centring and whitening each; a point is not its own neighbour.
   *
   * @param a [n, d₁]
   * @param b [n, d₂]
   * @param k 1 ≤ k &lt; n
   * @return between 0 and 1
   */
  public static double mutualNeighbours(NDArray a, NDArray b, int k) {
    return mutual(a, b, k).share();
  }

  /**
   * Returns the mean over points of the k nearest neighbours in common over those of either, o /
   * (2k − o), as in {@link #mutualNeighbours} otherwise [C, app. E].
   *
   * @param a [n, d₁]
   * @param b [n, d₂]
   * @param k 1 ≤ k &lt; n
   * @return between 0 and 1
   */
  public static double jaccardNeighbours(NDArray a, NDArray b, int k) {
    return mutual(a, b, k).jaccard();
  }

  private static MutualNeighbours mutual(NDArray a, NDArray b, int k) {
    checkPair(a, b);
    long n = a.getShape().get(0);
    if (k < 1 || k >= n) {
      throw new IllegalArgumentException(
          Text.format("k: expected 1 to %d (one less than the rows), got %d", n - 1, k));
    }
    try (NDManager scope = a.getManager().newSubManager()) {
      NDArray weights = uniform(n, scope);
      return MutualNeighbours.of(
          whitened(copy(a, scope), weights), whitened(copy(b, scope), weights), k);
    }
  }

  private static void checkPair(NDArray a, NDArray b) {
    if (a.getShape().dimension() != 2
        || b.getShape().dimension() != 2
        || a.getShape().get(0) != b.getShape().get(0)) {
      throw new IllegalArgumentException(
          Text.format(
              "features: expected (n, d1) and (n, d2) with the same n, got %s and %s",
              a.getShape(), b.getShape()));
    }
  }

  private static NDArray copy(NDArray array, NDManager scope) {
    NDArray copy = array.toType(DataType.FLOAT64, true);
    copy.attach(scope);
    return copy;
  }

  private static NDArray uniform(long n, NDManager scope) {
    double[] weights = new double[Math.toIntExact(n)];
    Arrays.fill(weights, 1.0 / n);
    return scope.create(weights).reshape(-1, 1);
  }

  /** Functions [n, r] of mean 0 and covariance I that span the centred columns of f, of rank r. */
  static NDArray whitened(NDArray f, NDArray weights) {
    double size = Math.sqrt(f.square().mul(weights).sum().toDoubleArray()[0]);
    if (!Double.isFinite(size)) {
      throw new ArithmeticException("the features are not finite");
    }
    NDArray root = weights.sqrt();
    NDArray centred = f.sub(f.mul(weights).sum(new int[] {0}, true));
    NDArray matrix = centred.mul(root);
    NDArray q = LinearAlgebra.orthonormalise(matrix);
    LinearAlgebra.Svd small = LinearAlgebra.svd(q.transpose().matMul(matrix));
    double[] values = small.values().toDoubleArray();
    double smallest = 1e-15 * f.getShape().get(0) * size;
    int rank = 0;
    while (rank < values.length && values[rank] > smallest) {
      rank++;
    }
    if (rank == 0) {
      throw new ArithmeticException("the features are constant");
    }
    return q.matMul(small.left().get(":, 0:" + rank)).div(root);
  }

  private static double correlation(NDArray left, NDArray right, NDArray weights, long d) {
    NDArray cross = left.transpose().matMul(right.mul(weights));
    return Math.min(1, cross.square().sum().toDoubleArray()[0] / d);
  }

  /** Points that coincide up to rounding made equal, so that neither space orders them by it. */
  private static NDArray rounded(NDArray whitened) {
    return whitened.mul(SCALE).round().div(SCALE);
  }

  /**
   * Neighbours that two whitened spaces have in common.
   *
   * @param share the mean of o / k over points with o of k in common
   * @param jaccard the mean of o / (2k − o)
   */
  private record MutualNeighbours(double share, double jaccard) {

    static MutualNeighbours of(NDArray left, NDArray right, int k) {
      long[] near = Neighbours.includingSelf(rounded(left), k + 1).index().toLongArray();
      long[] other = Neighbours.includingSelf(rounded(right), k + 1).index().toLongArray();
      int width = k + 1;
      int points = near.length / width;
      double share = 0;
      double jaccard = 0;
      Set<Long> row = new HashSet<>();
      for (int start = 0; start < near.length; start += width) {
        row.clear();
        for (int j = 1; j < width; j++) {
          row.add(near[start + j]);
        }
        int common = 0;
        for (int j = 1; j < width; j++) {
          common += row.contains(other[start + j]) ? 1 : 0;
        }
        share += common;
        jaccard += (double) common / (2 * k - common);
      }
      return new MutualNeighbours(share / ((long) points * k), jaccard / points);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        Text.format(
            "alignment with the exact functions %.3f (squared canonical correlation, 1 is best),"
                + " %.3f of the nearest neighbours in common (%.3f of those of either)",
            cca, mutualKnn, jaccardKnn));
    if (ratioTrace != null && ratioTraceMax != null) {
      text.append(Text.format(", ratio trace %.4g of at most %.4g", ratioTrace, ratioTraceMax));
    }
    if (eigenvalueError != null) {
      text.append(Text.format(", mean eigenvalue error %.2g", eigenvalueError));
    }
    if (effectiveRank != null) {
      text.append(Text.format(", effective rank %.1f", effectiveRank));
    }
    if (leading != null && !(leading.determined() && leading.complete())) {
      text.append("; ").append(leading);
    }
    if (leading != null && !leading.determined()) {
      text.append(Text.format(", of which the farthest has a correlation of %.3f", leastCca));
    }
    return text.toString();
  }
}
