package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * Rows of which each column is replaced with a probability by the same column of another row [D,
 * ch. 4].
 *
 * <p>All replaced columns of a row come from one pretraining row, each of which is equally
 * probable.
 *
 * @param rate the probability, from 0 to 1
 */
public record Cutmix(double rate) implements ViewFactory {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "cutmix", "random columns replaced by those of another row", Cutmix::of)
          .option("rate", Masking.RATE);

  /** Three columns in ten. */
  static final Cutmix DEFAULT = new Cutmix(0.3);

  /** Requires a probability. */
  public Cutmix {
    Scarf.requireProbability("cutmix", "rate", rate);
  }

  static Cutmix of(SpecOptions options) {
    return new Cutmix(options.number("rate", DEFAULT.rate, 0, 1));
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    Columns known = Columns.of(rows, columns, shape);
    return new KnownDensity(
        new Corruption(toString(), known, Selection.Each.at(rate), Replacement.row(rows)),
        views -> new CutmixDensity(known, rate, Marginals.values(rows)).of(views),
        false);
  }

  @Override
  public String toString() {
    return "cutmix(rate=" + Numbers.text(rate) + ")";
  }
}
