package ai.contexture.view;

import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * Rows of which each column is replaced with a probability by the same column of another row [D,
 * §4].
 *
 * <p>All replaced columns of a row come from one pretraining row, each of which is equally
 * probable.
 *
 * @param rate the probability, or a range from which each row draws its own
 */
public record Cutmix(Interval rate) implements ViewFactory {

  /** Three columns in ten. */
  static final Cutmix USUAL = new Cutmix(Interval.of(0.3));

  /** Requires probabilities. */
  public Cutmix {
    rate.require("cutmix", "rate", 0, 1);
  }

  static Cutmix of(SpecOptions options) {
    return new Cutmix(Interval.of(options, "cutmix", "rate", USUAL.rate));
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    return new Corruption(
        toString(),
        Columns.of(rows, columns, shape),
        new Selection.Each(rate, RateSchedule.UNIFORM),
        Replacement.row(rows));
  }

  @Override
  public String toString() {
    return "cutmix(rate=" + rate + ")";
  }
}
