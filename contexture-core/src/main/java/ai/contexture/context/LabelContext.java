package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The label context: A is the class of x, or another row of the same class [C, §2.2].
 *
 * <p>With classes, k_X⁺(x, x′) = 1[y = y′] / P(y), so that there are as many eigenvalues 1 as
 * classes, the constant among them, and all others are 0. A row whose class is not known has the
 * law of all rows together, P_A: it says nothing of the class. So it is with numbers. New rows have
 * no known class.
 */
public final class LabelContext extends MarkovContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "label",
              "rows with the same target belong together (a numeric target gives no samples)",
              Options::of)
          .giving(SAMPLES, KERNEL, OPERATOR)
          .option("values", "what represents a class: the class itself, or any row of it");

  /** What the label of a row stands for. */
  public enum Values {
    /** A is the class, as a one-hot row. */
    CLASS,
    /** A is a random pretraining row of the same class. */
    ROW
  }

  /**
   * What the context needs to know before it sees data. A target of numbers makes a {@link
   * FeatureContext} of one feature.
   *
   * @param values what A is
   */
  public record Options(Values values) implements ContextFactory {

    static Options of(SpecOptions options) {
      return new Options(options.choice("values", Values.CLASS));
    }

    @Override
    public Context fit(ContextData data) {
      Target target =
          data.target()
              .orElseThrow(() -> new InputException(this + ": the data have no target, give one"));
      if (target instanceof Target.Classes classes) {
        return new LabelContext(data.points(), classes, this);
      }
      if (values == Values.ROW) {
        throw new InputException(
            this + ": target '" + target.name() + "' holds numbers, expected classes");
      }
      return regression(data.points(), (Target.Values) target);
    }

    private Context regression(Points points, Target.Values target) {
      if (IntStream.range(0, target.rows()).noneMatch(target::known)) {
        throw missingEverywhere(target);
      }
      return FeatureContext.ofNumbers(toString(), points, target.values());
    }

    @Override
    public boolean usesTarget() {
      return true;
    }

    @Override
    public String toString() {
      return values == Values.CLASS ? "label" : "label(values=row)";
    }
  }

  private final Options options;

  private LabelContext(Points points, Target.Classes target, Options options) {
    super(points, contexts(points, target, options), law(points.manager(), target, options));
    this.options = options;
  }

  private static Points contexts(Points points, Target.Classes target, Options options) {
    if (options.values() == Values.ROW) {
      return points;
    }
    NDManager manager = points.manager();
    NDArray oneHot = manager.eye(target.classes().size());
    return Points.all(oneHot.toType(points.dataType(), false));
  }

  private static MarkovLaw law(NDManager manager, Target.Classes target, Options options) {
    int[] codes = target.codes();
    int classes = target.classes().size();
    boolean rows = options.values() == Values.ROW;
    List<List<Integer>> members = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      members.add(new ArrayList<>());
    }
    int known = 0;
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] >= 0) {
        members.get(codes[i]).add(i);
        known++;
      }
    }
    if (known == 0) {
      throw missingEverywhere(target);
    }
    long[] offsets = new long[codes.length + 1];
    List<long[]> columns = new ArrayList<>();
    List<double[]> weights = new ArrayList<>();
    for (int i = 0; i < codes.length; i++) {
      long[] values;
      double[] law;
      if (codes[i] < 0) {
        values = unknown(codes, classes, rows);
        law = unknownLaw(members, codes, classes, rows, known);
      } else if (rows) {
        values = members.get(codes[i]).stream().mapToLong(row -> row).toArray();
        law = new double[values.length];
        Arrays.fill(law, 1.0 / values.length);
      } else {
        values = new long[] {codes[i]};
        law = new double[] {1};
      }
      columns.add(values);
      weights.add(law);
      offsets[i + 1] = offsets[i] + values.length;
    }
    long[] index = columns.stream().flatMapToLong(Arrays::stream).toArray();
    double[] values = weights.stream().flatMapToDouble(Arrays::stream).toArray();
    return MarkovLaw.sparse(
        SparseMatrix.of(
            rows ? codes.length : classes,
            manager.create(offsets),
            manager.create(index),
            manager.create(values)));
  }

  private static InputException missingEverywhere(Target target) {
    return new InputException(
        "label: target '" + target.name() + "' is missing in all pretraining rows");
  }

  /** All values that occur. */
  private static long[] unknown(int[] codes, int classes, boolean rows) {
    return IntStream.range(0, rows ? codes.length : classes)
        .filter(a -> !rows || codes[a] >= 0)
        .asLongStream()
        .toArray();
  }

  /** Their probabilities among the rows whose class is known. */
  private static double[] unknownLaw(
      List<List<Integer>> members, int[] codes, int classes, boolean rows, int known) {
    return rows
        ? Arrays.stream(codes).filter(code -> code >= 0).mapToDouble(code -> 1.0 / known).toArray()
        : IntStream.range(0, classes)
            .mapToDouble(c -> members.get(c).size() / (double) known)
            .toArray();
  }

  @Override
  public boolean inductive() {
    return false;
  }

  @Override
  public boolean yieldsInputs() {
    return options.values() == Values.ROW;
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    throw refuseNewRows();
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
