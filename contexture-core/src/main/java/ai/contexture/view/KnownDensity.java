package ai.contexture.view;

import ai.djl.ndarray.NDArray;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A view together with its density.
 *
 * @param view how it is drawn
 * @param known how its density is prepared
 * @param reachesAll see {@link DensityView#reachesAll}
 */
record KnownDensity(View view, Function<NDArray, Density> known, boolean reachesAll)
    implements DensityView {

  @Override
  public NDArray apply(NDArray rows, RandomGenerator random) {
    return view.apply(rows, random);
  }

  @Override
  public Density density(NDArray views) {
    return known.apply(views);
  }

  @Override
  public String toString() {
    return view.toString();
  }
}
