package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * Rows of which each column is replaced with a probability by a draw from its marginal [Bahri et
 * al. 2022, SCARF].
 *
 * <p>Each column is chosen by itself, as in [D, ch. 4]; the original chooses a fixed number of
 * them.
 *
 * @param rate the probability, from 0 to 1
 * @param marginal the law of the replacement
 */
public record Scarf(double rate, Marginal marginal) implements ViewFactory {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "scarf", "random columns replaced by draws from their values", Scarf::of)
          .option("rate", Masking.RATE)
          .option("marginal", "the distribution to draw from");

  /** The published rate and marginal. */
  static final Scarf DEFAULT = new Scarf(0.6, Marginal.EMPIRICAL);

  /** Requires a probability. */
  public Scarf {
    requireProbability("scarf", "rate", rate);
  }

  static void requireProbability(String view, String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new InputException(
          Text.format("%s: %s must be a number from 0 to 1, got '%s'", view, key, value));
    }
  }

  static Scarf of(SpecOptions options) {
    return new Scarf(
        options.number("rate", DEFAULT.rate, 0, 1), options.choice("marginal", DEFAULT.marginal));
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    Columns known = Columns.of(rows, columns, shape);
    return Corruption.byMarginals(toString(), rows, known, Selection.Each.at(rate), marginal);
  }

  @Override
  public String toString() {
    return "scarf(rate=" + Numbers.text(rate) + ", marginal=" + Constants.text(marginal) + ")";
  }
}
