package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tribuo.MutableDataset;
import org.tribuo.common.tree.LeafNode;
import org.tribuo.common.tree.Node;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.SparseVector;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.rtree.CARTJointRegressionTrainer;
import org.tribuo.regression.rtree.impurity.MeanSquaredError;

/**
 * Regression trees that are fitted one after the other, each to the residuals of those before it:
 * gradient boosting by squared error, on all columns of the answers at once.
 */
final class BoostedTrees {

  /** Fewer rows than that are not parted further; a leaf may have fewer, down to one. */
  private static final float LEAST_PARTED_ROWS = 5;

  /** A question that explains less than this share of the target's variance is rounding. */
  private static final float LEAST_GAIN = 1e-9f;

  private final List<Node<Regressor>> roots;
  private final Map<Node<Regressor>, Integer> leaf;

  private BoostedTrees(List<Node<Regressor>> roots, Map<Node<Regressor>, Integer> leaf) {
    this.roots = roots;
    this.leaf = leaf;
  }

  /**
   * Fits the trees.
   *
   * @param rows <b>[n, p]</b>
   * @param known <b>[n]</b>, which rows to fit to
   * @param answers <b>[n, c]</b>
   */
  static BoostedTrees fit(
      double[][] rows, boolean[] known, double[][] answers, TreesContext.Options options) {
    int[] used = IntStream.range(0, rows.length).filter(i -> known[i]).toArray();
    if (used.length == 0) {
      throw new InputException(options + ": the target is missing in all pretraining rows");
    }
    int c = answers[0].length;
    double[][] residuals =
        Arrays.stream(used).mapToObj(i -> answers[i].clone()).toArray(double[][]::new);
    standardise(residuals, c);
    String[] columns = names("x", rows[0].length);
    String[] outputs = names("y", c);
    RegressionFactory factory = new RegressionFactory();
    SimpleDataSourceProvenance source = new SimpleDataSourceProvenance("rows", factory);
    CARTJointRegressionTrainer trainer =
        new CARTJointRegressionTrainer(
            options.depth(),
            LEAST_PARTED_ROWS,
            LEAST_GAIN,
            1,
            false,
            new MeanSquaredError(),
            false,
            0);
    List<Node<Regressor>> roots = new ArrayList<>();
    IdentityHashMap<Node<Regressor>, Integer> leaf = new IdentityHashMap<>();
    for (int round = 0; round < options.rounds(); round++) {
      MutableDataset<Regressor> data = new MutableDataset<>(source, factory);
      for (int i = 0; i < used.length; i++) {
        Regressor answer = new Regressor(outputs, residuals[i]);
        data.add(new ArrayExample<>(answer, columns, rows[used[i]]));
      }
      Node<Regressor> root = trainer.train(data).getRoot();
      roots.add(root);
      for (int i = 0; i < used.length; i++) {
        LeafNode<Regressor> end = end(root, vector(rows[used[i]]));
        leaf.putIfAbsent(end, leaf.size());
        double[] answer = end.getOutput().getValues();
        for (int j = 0; j < c; j++) {
          residuals[i][j] -= options.rate() * answer[j];
        }
      }
    }
    return new BoostedTrees(roots, leaf);
  }

  /** Gives each column the mean 0, and all of them together the variance 1. */
  private static void standardise(double[][] residuals, int c) {
    double variance = 0;
    for (int j = 0; j < c; j++) {
      int column = j;
      double mean = Arrays.stream(residuals).mapToDouble(row -> row[column]).average().orElse(0);
      for (double[] row : residuals) {
        row[j] -= mean;
        variance += row[j] * row[j] / residuals.length;
      }
    }
    double scale = variance > 0 ? 1 / Math.sqrt(variance) : 1;
    for (double[] row : residuals) {
      Arrays.setAll(row, j -> row[j] * scale);
    }
  }

  /** Names whose alphabetical order is that of the columns. */
  private static String[] names(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(j -> prefix + Text.format("%09d", j))
        .toArray(String[]::new);
  }

  private static SparseVector vector(double[] row) {
    return SparseVector.createSparseVector(
        row.length, IntStream.range(0, row.length).toArray(), row);
  }

  private static LeafNode<Regressor> end(Node<Regressor> root, SparseVector row) {
    Node<Regressor> node = root;
    while (!node.isLeaf()) {
      node = node.getNextNode(row);
    }
    return (LeafNode<Regressor>) node;
  }

  /** Returns the number of trees. */
  int rounds() {
    return roots.size();
  }

  /** Returns the number of leaves of all trees together. */
  int leaves() {
    return leaf.size();
  }

  /** Returns the leaves of rows <b>[n, p]</b>, one of each tree, <b>[n, rounds]</b>. */
  int[][] leaves(double[][] rows) {
    return Arrays.stream(rows)
        .map(BoostedTrees::vector)
        .map(row -> roots.stream().mapToInt(root -> leaf.get(end(root, row))).toArray())
        .toArray(int[][]::new);
  }
}
