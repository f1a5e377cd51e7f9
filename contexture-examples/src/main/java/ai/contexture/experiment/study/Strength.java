package ai.contexture.experiment.study;

import ai.contexture.data.Dataset;
import ai.contexture.data.Preprocessing;
import ai.contexture.experiment.Settings;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A kind of context by nearness at one strength of its association.
 *
 * @param kind one of {@link #KINDS}
 * @param value γ, or the number of neighbours K
 */
record Strength(String kind, double value) {

  private static final List<String> NEIGHBOURS = List.of("knn", "masked-knn");

  /** The kinds in the order of a report. */
  static final List<String> KINDS = List.of("rbf", "knn", "masked-rbf", "masked-knn");

  /** γ times the mean squared distance of two rows: all rows alike, to no row like another. */
  private static final double WEAKEST_GAMMA = 0.1;

  private static final double STRONGEST_GAMMA = 100;

  /** K, and its share of the rows where all rows are nearly alike. */
  private static final int STRONGEST_K = 2;

  private static final double WEAKEST_K = 0.95;

  /** γ times the median squared distance of two rows, from no row like another to all alike. */
  private static final double[] PUBLISHED_GAMMAS = {1e3, 1e-3};

  /** Reads how many strengths there are of each kind, at least 2. */
  static int count(Settings settings, String option) {
    int count = settings.count(option);
    if (count < 2) {
      throw new InputException(Text.format("--%s: expected at least 2, got %d", option, count));
    }
    return count;
  }

  /**
   * Returns so many of each kind, from strong to weak in equal steps of log γ and log K, as far as
   * K, a whole number, can take them.
   */
  static List<Strength> of(Dataset data, int count) {
    int inputs = Preprocessing.fit(data.features(), Recipe.DEFAULT.preprocessing()).names().size();
    int n = PreparedData.split(data.rows(), Recipe.DEFAULT).pretrain().length;
    // inputs have variance 1, so that the mean squared distance is twice their number
    double distance = 2.0 * inputs;
    return between(
        new double[] {STRONGEST_GAMMA / distance, WEAKEST_GAMMA / distance},
        new double[] {STRONGEST_K, WEAKEST_K * n},
        count);
  }

  /**
   * Returns so many of each kind over the whole range there is, from strong to weak in equal steps
   * of log γ and log K: γ from 1000 to 0.001 over the median squared distance of two pretraining
   * rows, and K from 1 to all rows.
   */
  static List<Strength> whole(Dataset data, Recipe recipe, int count) {
    int[] rows = PreparedData.split(data.rows(), recipe).pretrain();
    Dataset own = data.select(rows);
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      NDArray inputs =
          PreparedData.inputs(
                  Preprocessing.fit(own.features(), recipe.preprocessing()), own, manager)
              .toType(DataType.FLOAT64, false);
      double distance = NearnessLaws.medianDistance(inputs);
      return between(
          Arrays.stream(PUBLISHED_GAMMAS).map(gamma -> gamma / distance).toArray(),
          new double[] {1, rows.length},
          count);
    }
  }

  private static List<Strength> between(double[] gammas, double[] counts, int count) {
    List<Strength> strengths = new ArrayList<>();
    for (String kind : KINDS) {
      double last = 0;
      for (int i = 0; i < count; i++) {
        double share = (double) i / (count - 1);
        double gamma = gammas[0] * Math.pow(gammas[1] / gammas[0], share);
        double k = counts[0] * Math.pow(counts[1] / counts[0], share);
        last = NEIGHBOURS.contains(kind) ? Math.max(last + 1, Math.rint(k)) : gamma;
        strengths.add(new Strength(kind, last));
      }
    }
    return strengths;
  }

  /** Returns whether the value is a number of neighbours. */
  boolean neighbours() {
    return NEIGHBOURS.contains(kind);
  }

  /** Returns whether the context averages over masks. */
  boolean masked() {
    return kind.startsWith("masked");
  }

  /** Returns the context as on the command line. */
  String context() {
    return neighbours()
        ? Text.format("%s(k=%.0f)", kind, value)
        : Text.format("%s(gamma=%s)", kind, value);
  }
}
