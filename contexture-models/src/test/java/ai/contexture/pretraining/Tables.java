package ai.contexture.pretraining;

import ai.contexture.data.Column;
import ai.contexture.data.Dataset;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.data.Task;
import ai.contexture.testing.Numeric;
import ai.contexture.training.TrainingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A small generated table, and recipes that are quick on it. */
public final class Tables {

  public static final int ROWS = 150;

  private Tables() {}

  /** Three numbers, one of them sometimes missing, a colour, and a class that hangs on them. */
  public static Dataset classes() {
    return Dataset.of("small", table("class"), "class", Task.CLASSIFICATION);
  }

  /** The same columns with a number to predict. */
  public static Dataset values() {
    return Dataset.of("small", table("value"), "value", Task.REGRESSION);
  }

  /** The same columns with nothing to predict. */
  public static Dataset withoutTarget() {
    return Dataset.of("small", Table.of("small", features()), null, null);
  }

  /** Images of 4×4 grey pixels, and nothing to predict. */
  public static Dataset images() {
    RandomGenerator random = Numeric.random("pixels");
    List<Column> pixels = new ArrayList<>();
    for (int j = 0; j < 16; j++) {
      double[] values = new double[ROWS];
      for (int i = 0; i < ROWS; i++) {
        values[i] = random.nextGaussian() + Math.sin(i + j);
      }
      pixels.add(NumericColumn.of("pixel" + j, values));
    }
    return Dataset.of("images", Table.of("images", pixels), null, null);
  }

  private static Table table(String target) {
    NumericColumn[] numbers = numbers();
    double[] values = new double[ROWS];
    String[] classes = new String[ROWS];
    for (int i = 0; i < ROWS; i++) {
      values[i] = numbers[0].value(i) * 2 + Math.sin(numbers[1].value(i));
      classes[i] = numbers[0].value(i) > 0 ? "high" : "low";
    }
    List<Column> features = new ArrayList<>(features());
    features.add(
        target.equals("class")
            ? NominalColumn.of("class", classes)
            : NumericColumn.of("value", values));
    return Table.of("small", features);
  }

  private static List<Column> features() {
    NumericColumn[] numbers = numbers();
    String[] colours = new String[ROWS];
    RandomGenerator random = Numeric.random("colours");
    for (int i = 0; i < ROWS; i++) {
      colours[i] = new String[] {"red", "green", "blue"}[random.nextInt(3)];
    }
    double[] gaps = numbers[2].values();
    gaps[5] = Double.NaN;
    gaps[77] = Double.NaN;
    return List.of(
        numbers[0],
        numbers[1],
        NumericColumn.of("gaps", gaps),
        NominalColumn.of("colour", colours));
  }

  private static NumericColumn[] numbers() {
    RandomGenerator random = Numeric.random("numbers");
    double[][] values = new double[3][ROWS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < 3; j++) {
        values[j][i] = random.nextGaussian() * (j + 1) + (j == 0 && i % 2 == 0 ? 3 : -1);
      }
    }
    return new NumericColumn[] {
      NumericColumn.of("first", values[0]),
      NumericColumn.of("second", values[1]),
      NumericColumn.of("third", values[2])
    };
  }

  /** 105 rows to pretrain on; 4 features of an MLP 16×2 on the nearest 8. */
  public static Recipe recipe(String objective) {
    return new Recipe(
        "knn(k=8)",
        objective,
        "",
        "mlp(width=16,depth=2)",
        4,
        0,
        64,
        0,
        Preprocessing.Options.DEFAULT,
        new Recipe.Fractions(0.70, 0.15, 0.15),
        TrainingOptions.DEFAULT.withSteps(60).withLearningRate(1e-2).withSeed(1),
        null);
  }
}
