package ai.contexture.pretraining;

import ai.contexture.context.GraphViewContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Nodes;
import ai.contexture.context.Points;
import ai.contexture.random.Seed;
import ai.contexture.representation.MonteCarloAverage;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Rayleigh–Ritz where the operator is not known, from samples or from the dual kernel [C, app. D].
 */
final class SampledRayleighRitz {

  private SampledRayleighRitz() {}

  /**
   * The best functions in the span of the average encoder TΨ.
   *
   * <p>With C = Cov[Ψ] and B = E[Ψ̃(A)Ψ̃(A⁺)ᵀ] = Cov[TΨ] over samples A, A⁺ of one x, B v = λ C v
   * gives λ_i ≈ s_i² and Ψ̃v_i ≈ ν_i. Where Ψ is not exact these λ_i are below those of TΨ, by
   * which a finite context is ordered. The rotation scales TΨ̃v_i, as it is with so many samples,
   * to variance 1: λ_i + (1 − λ_i)/r.
   *
   * @param average of at least 2 samples of each point
   * @param psi Ψ, from rows of contexts to outputs
   * @param owner the manager of the result
   */
  static RayleighRitz ofAverage(
      MonteCarloAverage average, Points x, UnaryOperator<NDArray> psi, int d, NDManager owner) {
    double n = x.size();
    double r = average.samples();
    try (NDManager scope = owner.newSubManager()) {
      NDArray[] sums = new NDArray[3]; // of Ψ, of ΨΨᵀ, and of SSᵀ with S the sum of a point
      average.inBlocks(
          x,
          psi,
          scope,
          (block, outputs) -> {
            NDArray z = outputs.toType(DataType.FLOAT64, true);
            z.attach(outputs.getManager());
            NDArray s = z.reshape(block.size(), average.samples(), -1).sum(new int[] {1});
            add(sums, 0, z.sum(new int[] {0}, true), scope);
            add(sums, 1, z.transpose().matMul(z), scope);
            add(sums, 2, s.transpose().matMul(s), scope);
          });
      NDArray mean = sums[0].div(n * r);
      NDArray outer = mean.transpose().matMul(mean);
      NDArray c = sums[1].div(n * r).sub(outer);
      NDArray b = sums[2].sub(sums[1]).div(n * r * (r - 1)).sub(outer);
      return solve(mean, c, b, d, lambda -> lambda + (1 - lambda) / r, owner);
    }
  }

  /**
   * The best functions of nodes in the span of Ψ on views of a graph: with C = Cov[Ψ] and B =
   * E[Ψ̃(A)Ψ̃(A⁺)ᵀ] over views A, A⁺, B v = λ (C + ρI) v gives λ_i ≈ s_i² and Ψ̃v_i ≈ ν_i. The
   * functions are those of the graph as it is, on which they have mean 0 and variance 1.
   *
   * @param samples how many views, at least 2
   * @param psi Ψ, from nodes [n, 2] to outputs [n, d₁]
   * @param ridge ρ as a share of the mean variance of the outputs
   */
  static RayleighRitz ofGraphViews(
      GraphViewContext context,
      int samples,
      Seed seed,
      UnaryOperator<NDArray> psi,
      int d,
      double ridge,
      NDManager owner) {
    int n = context.points().size();
    try (NDManager scope = owner.newSubManager()) {
      NDArray[] sums = new NDArray[3]; // of Ψ, of ΨΨᵀ over all nodes, and of Ψ over views
      for (int view : context.views(samples, seed.generator())) {
        try (NDManager step = scope.newSubManager()) {
          NDArray z = doubles(psi.apply(Nodes.rows(n, view, step)), step);
          add(sums, 0, z.sum(new int[] {0}, true), scope);
          add(sums, 1, z.transpose().matMul(z), scope);
          add(sums, 2, z, scope);
        }
      }
      double r = samples;
      NDArray mean = sums[0].div(n * r);
      NDArray outer = mean.transpose().matMul(mean);
      NDArray c = sums[1].div(n * r).sub(outer);
      NDArray all = sums[2].transpose().matMul(sums[2]);
      NDArray b = all.sub(sums[1]).div(n * r * (r - 1)).sub(outer);
      RayleighRitz found = RayleighRitz.ofMoments(mean, c, b, d, ridge);
      NDArray clean = doubles(psi.apply(Nodes.rows(n, scope)), scope);
      NDArray cleanMean = Torch.columnMeans(clean);
      NDArray functions = clean.sub(cleanMean).matMul(found.rotation());
      NDArray deviations = functions.square().mean(new int[] {0}, true).sqrt();
      double least = 1e-9 * deviations.max().toDoubleArray()[0];
      NDArray rotation = found.rotation().div(deviations.maximum(least));
      cleanMean.attach(owner);
      rotation.attach(owner);
      return new RayleighRitz(
          cleanMean, rotation, clipped(found), found.rank(), found.effectiveRank());
    }
  }

  /**
   * The best functions in the span of Φ as far as Ψ shows them: λ_i are the squared canonical
   * correlations of Φ(X) and Ψ(A), which the true values exceed where T*Φ is not in the span of Ψ.
   *
   * @param outputs Φ on the points, [n, d₁]
   */
  static RayleighRitz ofBoth(
      NDArray outputs,
      MonteCarloAverage average,
      Points x,
      UnaryOperator<NDArray> psi,
      int d,
      NDManager owner) {
    double n = x.size();
    double r = average.samples();
    try (NDManager scope = owner.newSubManager()) {
      NDArray z = doubles(outputs, scope);
      NDArray mean = Torch.columnMeans(z);
      NDArray centred = z.sub(mean);
      NDArray[] sums = new NDArray[3]; // of Ψ, of ΨΨᵀ, and of Φ̃Ψᵀ
      int[] start = new int[1];
      average.inBlocks(
          x,
          psi,
          scope,
          (block, samples) -> {
            NDArray y = samples.toType(DataType.FLOAT64, true);
            y.attach(samples.getManager());
            NDArray s = y.reshape(block.size(), average.samples(), -1).sum(new int[] {1});
            NDArray f = centred.get(start[0] + ":" + (start[0] + block.size()));
            f.attach(samples.getManager());
            start[0] += block.size();
            add(sums, 0, y.sum(new int[] {0}, true), scope);
            add(sums, 1, y.transpose().matMul(y), scope);
            add(sums, 2, f.transpose().matMul(s), scope);
          });
      NDArray psiMean = sums[0].div(n * r);
      NDArray psiC = sums[1].div(n * r).sub(psiMean.transpose().matMul(psiMean));
      NDArray cross = sums[2].div(n * r).matMul(RayleighRitz.whitening(LinearAlgebra.eigh(psiC)));
      NDArray c = centred.transpose().matMul(centred).div(n);
      return solve(mean, c, cross.matMul(cross.transpose()), d, lambda -> 1, owner);
    }
  }

  /**
   * The best functions in the span of Φ, with B from the dual kernel of all pairs of points.
   *
   * @param outputs Φ on the points, [n, d₁]
   */
  static RayleighRitz ofKernel(
      NDArray outputs, KernelContext context, Points x, int d, NDManager owner) {
    int n = x.size();
    try (NDManager scope = owner.newSubManager()) {
      NDArray z = doubles(outputs, scope);
      NDArray mean = Torch.columnMeans(z);
      NDArray centred = z.sub(mean);
      NDArray[] sums = new NDArray[1];
      int rows = Math.max(1, (4 << 20) / n);
      for (int start = 0; start < n; start += rows) {
        int end = Math.min(n, start + rows);
        try (NDManager part = scope.newSubManager()) {
          Points block = x.subset(part.arange(start, end).toType(DataType.INT64, false));
          NDArray gram = context.kernel(block, x.within(part));
          gram.attach(part);
          NDArray image = gram.matMul(centred);
          NDArray own = centred.get(start + ":" + end);
          own.attach(part);
          add(sums, 0, own.transpose().matMul(image), scope);
        }
      }
      NDArray b = sums[0].div((double) n * n);
      NDArray c = centred.transpose().matMul(centred).div(n);
      return solve(mean, c, b.add(b.transpose()).div(2), d, lambda -> 1, owner);
    }
  }

  /** Estimates of s², which is between 0 and 1. */
  private static double[] clipped(RayleighRitz found) {
    return Arrays.stream(found.eigenvalues()).map(v -> Math.max(0, Math.min(1, v))).toArray();
  }

  private static NDArray doubles(NDArray outputs, NDManager scope) {
    NDArray z = outputs.toType(DataType.FLOAT64, true).duplicate();
    z.attach(scope);
    return z;
  }

  private static void add(NDArray[] sums, int which, NDArray value, NDManager scope) {
    NDArray sum = sums[which] == null ? value : sums[which].add(value);
    sum.attach(scope);
    sums[which] = sum;
  }

  /** The variance of a function of eigenvalue λ as it is computed. */
  @FunctionalInterface
  private interface Variance {
    double of(double lambda);
  }

  private static RayleighRitz solve(
      NDArray mean, NDArray c, NDArray b, int d, Variance variance, NDManager owner) {
    RayleighRitz found = RayleighRitz.ofMoments(mean, c, b, d);
    double[] eigenvalues = clipped(found);
    double[] scale = new double[found.dimension()];
    Arrays.setAll(scale, i -> 1 / Math.sqrt(variance.of(eigenvalues[i])));
    NDArray rotation = found.rotation().mul(c.getManager().create(scale));
    NDArray ownMean = mean.duplicate();
    ownMean.attach(owner);
    rotation.attach(owner);
    return new RayleighRitz(ownMean, rotation, eigenvalues, found.rank(), found.effectiveRank());
  }
}
