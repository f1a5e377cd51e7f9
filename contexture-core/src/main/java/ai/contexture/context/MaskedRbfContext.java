package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.NEW_ROWS;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.OptionalDouble;

/**
 * The masked RBF context: a random share of the columns is left out, then A is drawn as in {@link
 * RbfContext} by the others; P⁺ is the mean over the masks [C, §5.3].
 */
public final class MaskedRbfContext extends MarkovContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "masked-rbf", "like rbf, each time with a random part of the columns", Options::of)
          .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
          .option("gamma", RbfContext.GAMMA)
          .option("drop", Masks.DROP)
          .option("masks", Masks.MASKS);

  /** What the context needs to know before it sees data. */
  record Options(OptionalDouble gamma, Masks masks) implements ContextFactory {

    Options {
      RbfContext.requireGamma("masked-rbf", gamma);
    }

    static Options of(SpecOptions options) {
      return new Options(RbfContext.readGamma(options), Masks.of(options));
    }

    @Override
    public MaskedRbfContext fit(ContextData data) {
      NDArray rows = data.exactRows();
      double chosen = gamma.orElseGet(() -> RbfContext.medianGamma("masked-rbf", rows, data));
      NDArray keep = masks.choose(data, data.points().manager());
      return new MaskedRbfContext(data.points(), chosen, masks, rows, keep);
    }

    @Override
    public String toString() {
      String first = gamma.isPresent() ? "gamma=" + Numbers.text(gamma.getAsDouble()) + ", " : "";
      return "masked-rbf(" + first + masks + ")";
    }
  }

  private final double gamma;
  private final Masks masks;
  private final NDArray rows64;
  private final NDArray keep;

  private MaskedRbfContext(Points points, double gamma, Masks masks, NDArray rows64, NDArray keep) {
    super(points, points, law(rows64, rows64, gamma, keep));
    this.gamma = gamma;
    this.masks = masks;
    this.rows64 = rows64;
    this.keep = keep;
  }

  private static MarkovLaw law(NDArray rows, NDArray points, double gamma, NDArray keep) {
    int m = Math.toIntExact(points.getShape().get(0));
    return TiledLaw.of(rows, m, tile -> mean(tile, points, gamma, keep));
  }

  /** The mean of the laws over the masks. */
  private static NDArray mean(NDArray rows, NDArray points, double gamma, NDArray keep) {
    int count = Math.toIntExact(keep.getShape().get(0));
    NDManager manager = rows.getManager();
    NDArray sum = null;
    for (int i = 0; i < count; i++) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray mask = keep.get(i);
        mask.attach(scope);
        NDArray a = points.mul(mask);
        a.attach(scope);
        NDArray x = rows.mul(mask);
        x.attach(scope);
        NDArray laws = RbfContext.squaredDistances(x, a).mul(-gamma).softmax(1);
        if (sum == null) {
          sum = laws;
          sum.attach(manager);
        } else {
          sum.addi(laws);
        }
      }
    }
    return sum.divi(count);
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    return law(rows, rows64, gamma, keep);
  }

  @Override
  public String toString() {
    return new Options(OptionalDouble.of(gamma), masks).toString();
  }
}
