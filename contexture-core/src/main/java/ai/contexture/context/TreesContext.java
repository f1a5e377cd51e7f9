package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.NEW_ROWS;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The leaves of a gradient-boosted model: A is the leaf of x in a random tree of the ensemble, so
 * that P⁺(a|x) = 1/T on the T leaves of x (a teacher, [D, ch. 2]).
 *
 * <p>The trees are fitted to the target of the pretraining rows one after the other, each to what
 * those before it leave over; rows whose target is not known have leaves, but fit none. Fewer than
 * five rows are not parted further, but one row may be parted from the others: it has a leaf of its
 * own then, which ties it to nothing. The row of a leaf, as a value of A, is the mean of the
 * pretraining rows in it. New rows are led down the trees.
 */
public final class TreesContext extends MarkovContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "trees",
              "rows belong together if boosted trees for the target put them into the same"
                  + " leaves",
              Options::of)
          .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
          .option("rounds", "how many trees")
          .option("depth", "the greatest depth of a tree")
          .option("rate", "the learning rate of the trees");

  /**
   * What the context needs to know before it sees data.
   *
   * @param rounds the number T of trees
   * @param depth the most questions from the root of a tree to a leaf
   * @param rate the share of its answer by which each tree moves the prediction, up to 1
   */
  public record Options(int rounds, int depth, double rate) implements ContextFactory {

    /** A hundred trees of up to 32 leaves. */
    public static final Options DEFAULT = new Options(100, 5, 0.1);

    /** Checks the numbers. */
    public Options {
      if (rounds < 1
          || rounds > MOST_ROUNDS
          || depth < 1
          || depth > MOST_DEPTH
          || !(rate > 0 && rate <= 1)) {
        throw new InputException(
            "trees: expected from 1 to "
                + MOST_ROUNDS
                + " rounds, depth from 1 to "
                + MOST_DEPTH
                + " and rate above 0 and at most 1, got rounds="
                + rounds
                + ", depth="
                + depth
                + ", rate="
                + rate);
      }
    }

    static Options of(SpecOptions options) {
      return new Options(
          options.integer("rounds", DEFAULT.rounds(), 1, MOST_ROUNDS),
          options.integer("depth", DEFAULT.depth(), 1, MOST_DEPTH),
          options.number("rate", DEFAULT.rate(), Double.MIN_VALUE, 1));
    }

    @Override
    public TreesContext fit(ContextData data) {
      Target target =
          data.target()
              .orElseThrow(() -> new InputException(this + ": the data have no target, give one"));
      Points points = data.points();
      double[][] rows = TreesContext.rows(data.exactRows());
      BoostedTrees trees = BoostedTrees.fit(rows, known(target), answers(target), this);
      return new TreesContext(this, points, trees, trees.leaves(rows));
    }

    private static boolean[] known(Target target) {
      boolean[] known = new boolean[target.rows()];
      for (int i = 0; i < known.length; i++) {
        known[i] = target.known(i);
      }
      return known;
    }

    /** One column for each class, or one for a target of numbers; what is not known is 0. */
    private static double[][] answers(Target target) {
      double[][] answers = new double[target.rows()][];
      for (int i = 0; i < answers.length; i++) {
        if (target instanceof Target.Classes classes) {
          answers[i] = new double[classes.classes().size()];
          if (target.known(i)) {
            answers[i][classes.code(i)] = 1;
          }
        } else {
          answers[i] = new double[] {target.known(i) ? ((Target.Values) target).value(i) : 0};
        }
      }
      return answers;
    }

    @Override
    public boolean usesTarget() {
      return true;
    }

    @Override
    public String toString() {
      return "trees(depth=" + depth + ", rate=" + Numbers.text(rate) + ", rounds=" + rounds + ")";
    }
  }

  private static final int MOST_DEPTH = 30;
  private static final int MOST_ROUNDS = 10_000;

  /** How deep the trees are tried that predict by themselves. */
  private static final int[] DEPTHS = {2, 5};

  /** From so few rows none are left over to choose by. */
  private static final int FEWEST_TO_CHOOSE = 9;

  private final Options options;
  private final BoostedTrees trees;

  private TreesContext(Options options, Points points, BoostedTrees trees, int[][] leaves) {
    super(points, contexts(points, trees, leaves), law(points.manager(), trees, leaves));
    this.options = options;
    this.trees = trees;
  }

  /** The mean of the rows in each leaf. */
  private static Points contexts(Points points, BoostedTrees trees, int[][] leaves) {
    double[][] rows = rows(points.rows());
    int p = points.width();
    double[] sums = new double[Math.multiplyExact(trees.leaves(), p)];
    int[] counts = new int[trees.leaves()];
    for (int i = 0; i < rows.length; i++) {
      for (int leaf : leaves[i]) {
        counts[leaf]++;
        for (int j = 0; j < p; j++) {
          sums[leaf * p + j] += rows[i][j];
        }
      }
    }
    for (int k = 0; k < sums.length; k++) {
      sums[k] /= Math.max(1, counts[k / p]);
    }
    NDManager manager = points.manager();
    try (NDArray means = manager.create(sums, new Shape(trees.leaves(), p))) {
      return Points.all(means.toType(points.dataType(), true));
    }
  }

  private static MarkovLaw law(NDManager manager, BoostedTrees trees, int[][] leaves) {
    int rounds = trees.rounds();
    long[] columns = Arrays.stream(leaves).flatMapToInt(Arrays::stream).asLongStream().toArray();
    double[] values = new double[columns.length];
    Arrays.fill(values, 1.0 / rounds);
    Shape shape = new Shape(leaves.length, rounds);
    return MarkovLaw.sparse(
        SparseMatrix.ofEqualRows(
            trees.leaves(), manager.create(columns, shape), manager.create(values, shape)));
  }

  private static double[][] rows(NDArray array) {
    int p = Math.toIntExact(array.getShape().get(1));
    try (NDArray doubles = array.toType(DataType.FLOAT64, true)) {
      double[] values = doubles.toDoubleArray();
      List<double[]> rows = new ArrayList<>();
      for (int at = 0; at < values.length; at += p) {
        rows.add(Arrays.copyOfRange(values, at, at + p));
      }
      return rows.toArray(double[][]::new);
    }
  }

  /**
   * Returns what boosted trees answer for new rows: numbers <b>[b]</b>, or for classes their scores
   * <b>[b, classes]</b> row by row, of which the largest is that of the answer.
   *
   * <p>How deep and how many trees there are, at most those of {@link Options#DEFAULT}, is what had
   * the least squared error on the last third of the rows; the trees are then fitted to all of
   * them.
   *
   * @param rows <b>[n, p]</b> to fit to, in random order, with p ≥ 1
   * @param target of these rows, all known
   * @param newRows <b>[b, p]</b>
   */
  public static double[] predict(Matrix rows, Target target, Matrix newRows) {
    double[][] all = rows(rows);
    double[][] answers = Options.answers(target);
    boolean[] known = Options.known(target);
    int fitted = all.length < FEWEST_TO_CHOOSE ? all.length : 2 * all.length / 3;
    boolean[] first = new boolean[all.length];
    Arrays.fill(first, 0, fitted, true);
    Options defaults = Options.DEFAULT;
    Options best = new Options(defaults.rounds(), DEPTHS[0], defaults.rate());
    int rounds = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int depth : DEPTHS) {
      Options tried = new Options(defaults.rounds(), depth, defaults.rate());
      double[] errors =
          BoostedTrees.fit(all, first, answers, tried)
              .errors(
                  Arrays.copyOfRange(all, fitted, all.length),
                  Arrays.copyOfRange(answers, fitted, all.length));
      for (int t = 0; t < errors.length && fitted < all.length; t++) {
        if (errors[t] < least) {
          least = errors[t];
          rounds = t;
          best = tried;
        }
      }
    }
    int trees = rounds;
    Options chosen = new Options(Math.max(1, trees), best.depth(), best.rate());
    BoostedTrees model = BoostedTrees.fit(all, known, answers, chosen);
    return Arrays.stream(rows(newRows))
        .flatMapToDouble(row -> Arrays.stream(model.answer(row, trees)))
        .toArray();
  }

  private static double[][] rows(Matrix matrix) {
    return IntStream.range(0, matrix.rows()).mapToObj(matrix::row).toArray(double[][]::new);
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    return law(rows.getManager(), trees, trees.leaves(rows(rows)));
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
