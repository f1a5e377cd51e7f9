package ai.contexture.view;

import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import java.util.Locale;
import java.util.Optional;

/**
 * Rows of which each column is replaced with a probability by a draw from its marginal [Bahri et
 * al. 2022, SCARF].
 *
 * <p>Each column is chosen by itself, as in [D, §4]; the original chooses a fixed number of them.
 *
 * @param rate the probability, or a range from which each row draws its own
 * @param marginal the law of the replacement
 */
public record Scarf(Interval rate, Marginal marginal) implements ViewFactory {

  /** The published rate and marginal. */
  static final Scarf USUAL = new Scarf(Interval.of(0.6), Marginal.EMPIRICAL);

  /** Requires probabilities. */
  public Scarf {
    rate.require("scarf", "rate", 0, 1);
  }

  static Scarf of(SpecOptions options) {
    return new Scarf(
        Interval.of(options, "scarf", "rate", USUAL.rate),
        options.choice("marginal", USUAL.marginal));
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    Columns known = Columns.of(rows, columns, shape);
    return new Corruption(
        toString(),
        known,
        new Selection.Each(rate, RateSchedule.UNIFORM),
        new Marginals(rows, known, marginal));
  }

  @Override
  public String toString() {
    return "scarf(rate=" + rate + ", marginal=" + marginal.name().toLowerCase(Locale.ROOT) + ")";
  }
}
