package ai.contexture.context;

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
      if (rounds < 1 || depth < 1 || depth > MOST_DEPTH || !(rate > 0 && rate <= 1)) {
        throw new InputException(
            "trees: expected at least 1 round, depth from 1 to "
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
          options.integer("rounds", DEFAULT.rounds(), 1, Integer.MAX_VALUE),
          options.integer("depth", DEFAULT.depth(), 1, MOST_DEPTH),
          options.number("rate", DEFAULT.rate(), Double.MIN_VALUE, 1));
    }

    @Override
    public TreesContext fit(ContextData data) {
      Target target =
          data.target()
              .orElseThrow(() -> new InputException(this + ": the data have no target, give one"));
      Points points = data.points();
      double[][] rows = rows(data.exactRows());
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
      return Points.all(means.toType(points.rows().getDataType(), true));
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

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    return law(rows.getManager(), trees, trees.leaves(rows(rows)));
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
