package ai.contexture.representation;

import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * The average encoder Φ(x) = E[Ψ(A) | x] by the mean over r samples of each row, for contexts whose
 * laws are not known.
 *
 * @param context what samples are drawn from
 * @param samples r ≥ 1
 * @param seed of the samples: the same rows in the same order give the same means
 */
public record MonteCarloAverage(SampledContext context, int samples, Seed seed) {

  /** Samples that are encoded at once. */
  private static final int SAMPLES_AT_ONCE = 16_384;

  /**
   * Returns the means.
   *
   * @param x b points, whose manager owns the result
   * @param psi Ψ, from rows of contexts to outputs [·, d₁]
   * @return [b, d₁]
   */
  public NDArray of(Points x, UnaryOperator<NDArray> psi) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDList means = new NDList();
      inBlocks(
          x,
          psi,
          scope,
          (block, outputs) -> {
            NDArray mean = outputs.reshape(block.size(), samples, -1).mean(new int[] {1});
            mean.attach(scope);
            means.add(mean);
          });
      NDArray all = means.size() == 1 ? means.head() : NDArrays.concat(means);
      all.attach(manager);
      return all;
    }
  }

  /**
   * Draws block by block and hands each block of points over with Ψ's outputs [block · r, d₁] of
   * its samples, those of one point next to each other.
   */
  public void inBlocks(
      Points x, UnaryOperator<NDArray> psi, NDManager owner, BiConsumer<Points, NDArray> hears) {
    int points = context.sharesViews() ? x.size() : Math.max(1, SAMPLES_AT_ONCE / samples);
    for (int start = 0; start < x.size(); start += points) {
      int end = Math.min(x.size(), start + points);
      try (NDManager scope = owner.newSubManager()) {
        Points block = block(x, start, end, scope);
        NDArray drawn = context.sample(block, samples, seed.derive(start).generator()).rows();
        drawn.attach(scope);
        NDArray outputs = psi.apply(drawn);
        outputs.attach(scope);
        hears.accept(block, outputs);
      }
    }
  }

  private Points block(Points x, int start, int end, NDManager scope) {
    String range = start + ":" + end;
    if (x.positionsIn(context.points()).isPresent()) {
      NDArray index = x.positionsIn(context.points()).orElseThrow().get(range);
      index.attach(scope);
      return context.points().select(index);
    }
    NDArray rows = x.rows().get(range);
    rows.attach(scope);
    return Points.of(rows);
  }
}
