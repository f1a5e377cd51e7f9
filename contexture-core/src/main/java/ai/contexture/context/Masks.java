package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Random sets of inputs that a masked context leaves out, over which it averages [C, §5.3].
 *
 * @param drop the share of the table's columns that each mask leaves out, 0 &lt; drop &lt; 1
 * @param masks how many masks there are
 */
record Masks(double drop, int masks) {

  static final String DROP = "the share of columns that a mask leaves out";
  static final String MASKS = "how many masks are averaged";

  private static final Masks DEFAULT = new Masks(0.2, 50);

  /** Each takes the work of a context of its own. */
  private static final int MOST = 10_000;

  Masks {
    if (!(drop > 0 && drop < 1)) {
      throw new InputException("expected drop between 0 and 1, got drop=" + drop);
    }
    if (masks < 1 || masks > MOST) {
      throw new InputException("expected from 1 to " + MOST + " masks, got masks=" + masks);
    }
  }

  static Masks of(SpecOptions options) {
    double drop = options.number("drop", DEFAULT.drop(), Double.MIN_VALUE, 1);
    return new Masks(drop, options.integer("masks", DEFAULT.masks(), 1, MOST));
  }

  /**
   * Chooses the masks: 1 for an input that is kept, 0 for one that is left out, float64 [masks, p].
   *
   * <p>Each leaves out the nearest whole number of columns to the share, at least one of several
   * and never all.
   */
  NDArray choose(ContextData data, NDManager owner) {
    int[] groups = data.groups();
    int columns = 1 + Arrays.stream(groups).max().orElseThrow();
    int left = Math.min(columns - 1, Math.max(1, (int) Math.round(drop * columns)));
    RandomGenerator random = data.seed().derive("masks").generator();
    double[][] keep = new double[masks][groups.length];
    for (double[] mask : keep) {
      boolean[] out = new boolean[columns];
      random.ints(0, columns).distinct().limit(left).forEach(column -> out[column] = true);
      for (int input = 0; input < groups.length; input++) {
        mask[input] = out[groups[input]] ? 0 : 1;
      }
    }
    return owner.create(keep).toType(DataType.FLOAT64, false);
  }

  @Override
  public String toString() {
    return "drop=" + Numbers.text(drop) + ", masks=" + masks;
  }
}
