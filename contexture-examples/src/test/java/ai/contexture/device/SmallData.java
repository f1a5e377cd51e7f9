package ai.contexture.device;

import ai.contexture.data.Column;
import ai.contexture.data.Dataset;
import ai.contexture.data.Graph;
import ai.contexture.data.ImageShape;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.data.Task;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.training.TrainingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Data on which every context can be fitted, and recipes that take a moment on them. */
final class SmallData {

  static final int ROWS = 80;

  private static final ImageShape COLOURS = new ImageShape(3, 4, 4);

  private SmallData() {}

  /** Numbers, a colour, a class that hangs on them, and the edges of a ring with chords. */
  static Dataset table() {
    RandomGenerator random = Seed.of(3).generator();
    List<Column> columns = new ArrayList<>();
    double[][] values = new double[3][ROWS];
    String[] colours = new String[ROWS];
    String[] classes = new String[ROWS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < values.length; j++) {
        values[j][i] = random.nextGaussian() + (i % 2 == 0 ? j : -j);
      }
      colours[i] = List.of("red", "green", "blue").get(random.nextInt(3));
      classes[i] = values[1][i] > 0 ? "high" : "low";
    }
    for (int j = 0; j < values.length; j++) {
      columns.add(NumericColumn.of(List.of("a", "b", "c").get(j), values[j]));
    }
    columns.add(NominalColumn.of("colour", colours));
    columns.add(NominalColumn.of("class", classes));
    Dataset rows = Dataset.of("small", Table.of("small", columns), "class", Task.CLASSIFICATION);
    int[] from = IntStream.range(0, 2 * ROWS).map(i -> i % ROWS).toArray();
    int[] to =
        IntStream.range(0, 2 * ROWS)
            .map(i -> i < ROWS ? (i + 1) % ROWS : (7 * i + 3) % ROWS)
            .toArray();
    Graph graph = Graph.of(ROWS, from, to, random.doubles(2L * ROWS, 0.5, 2).toArray());
    return new Dataset(rows.name(), rows.features(), rows.target(), Optional.of(graph));
  }

  /** Images of 4×4 pixels in colours. */
  static Dataset images() {
    RandomGenerator random = Seed.of(4).generator();
    List<Column> pixels = new ArrayList<>();
    for (int j = 0; j < COLOURS.inputs(); j++) {
      double phase = j;
      pixels.add(
          NumericColumn.of(
              "pixel" + j,
              IntStream.range(0, ROWS)
                  .mapToDouble(i -> random.nextGaussian() + Math.sin(i + phase))
                  .toArray()));
    }
    return Dataset.of("images", Table.of("images", pixels), null, null);
  }

  /** Four features of a small network, 56 rows to pretrain on in batches of 24. */
  static Recipe recipe(String context, String objective) {
    return new Recipe(
        context,
        objective,
        "",
        "mlp(width=8,depth=2)",
        3,
        6,
        4,
        0,
        Preprocessing.Options.DEFAULT,
        new Recipe.Fractions(0.70, 0.15, 0.15),
        TrainingOptions.DEFAULT.withSteps(4).withSeed(1),
        null);
  }

  /** The same for rows that are images. */
  static Recipe ofImages(Recipe recipe) {
    return recipe.withPreprocessing(Preprocessing.Options.DEFAULT.withShape(COLOURS));
  }
}
