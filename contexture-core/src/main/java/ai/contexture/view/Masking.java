package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.Interval;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * Rows of which each column is hidden with a probability, independently of the others.
 *
 * @param rate the probability, or a range from which each row draws its own
 * @param schedule how a row draws its probability from the range
 * @param fill what takes the place of a hidden column
 */
public record Masking(Interval rate, RateSchedule schedule, Fill fill) implements ViewFactory {

  /** What the option means, here and in views like this one. */
  static final String RATE = "the chance of each column";

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("masking", "random columns hidden", Masking::of)
          .option("rate", RATE)
          .option("schedule", "how each row draws its rate from a range")
          .option("fill", "what to put in place of a hidden column");

  /** Three columns in ten, set to zero. */
  static final Masking DEFAULT = new Masking(Interval.of(0.3), RateSchedule.UNIFORM, Fill.ZERO);

  /** Requires probabilities. */
  public Masking {
    rate.require("masking", "rate", 0, 1);
  }

  static Masking of(SpecOptions options) {
    return new Masking(
        options.interval("rate", DEFAULT.rate, 0, 1),
        options.choice("schedule", DEFAULT.schedule),
        options.choice("fill", DEFAULT.fill));
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    Columns known = Columns.of(rows, columns, shape);
    Selection.Each selection = new Selection.Each(rate, schedule);
    return switch (fill) {
      case ZERO ->
          Corruption.hiding(toString(), rows, known, selection, new double[known.inputs()]);
      case MEAN -> Corruption.hiding(toString(), rows, known, selection, Marginals.means(rows));
      case MARGINAL ->
          Corruption.byMarginals(toString(), rows, known, selection, Marginal.EMPIRICAL);
    };
  }

  @Override
  public String toString() {
    return "masking(rate="
        + rate
        + ", schedule="
        + Constants.text(schedule)
        + ", fill="
        + Constants.text(fill)
        + ")";
  }
}
