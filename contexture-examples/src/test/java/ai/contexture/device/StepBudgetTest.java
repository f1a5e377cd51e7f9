package ai.contexture.device;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.neighbour.Neighbours;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A step between two reports neither brings anything to the device nor waits for it; an epoch
 * brings its order.
 */
@OnPretendDevices
class StepBudgetTest {

  private static final int FROM = 11;
  private static final int STEPS = 8;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "knn(k=5) | kise | ",
        "knn(k=5) | svme | ",
        "knn(k=5) | non-contrastive | ",
        "knn(k=5) | non-contrastive | whitening",
        "knn(k=5) | non-contrastive | whitening(momentum=0.5)",
        "knn(k=5) | vicreg | ",
        "knn(k=5) | spectral-contrastive | ",
        "knn(k=5) | spectral-contrastive | whitening",
        "scarf(rate=0.6) | svme | ",
        "scarf(rate=0.6) | non-contrastive | ",
        "scarf(rate=0.6) | non-contrastive | whitening",
        "scarf(rate=0.6) | vicreg | ",
        "scarf(rate=0.6) | spectral-contrastive | ",
        "scarf(rate=0.6) | spectral-contrastive | whitening",
      })
  void aStepCopiesNothing(String context, String objective, String orthonormality) {
    for (int batch : List.of(0, 20)) {
      Recipe recipe = SmallData.recipe(context, objective).withSteps(40);
      if (orthonormality != null) {
        recipe = recipe.withOrthonormality(orthonormality);
      }
      recipe = recipe.withTraining(recipe.training().withBatch(batch));
      try (Pretraining job = Pretraining.prepare(SmallData.table(), recipe, Device.gpu())) {
        job.trainer().train(FROM, TrainingListener.NONE);
        Ledger.LEDGER.clear();
        Map<String, Integer> uploads = new TreeMap<>();
        Map<String, Integer> reads = new TreeMap<>();
        job.trainer()
            .train(
                FROM + STEPS,
                new TrainingListener() {
                  @Override
                  public boolean shouldContinue(int step) {
                    if (step == FROM + STEPS) { // before the last steps are reported
                      uploads.putAll(Ledger.LEDGER.uploads());
                      reads.putAll(Ledger.LEDGER.reads());
                    }
                    return true;
                  }
                });

        int epochs = batch == 0 ? 0 : STEPS / 2; // of 56 rows an epoch takes two batches
        assertThat(uploads.values().stream().mapToInt(count -> count).sum())
            .as(uploads.toString())
            .isLessThanOrEqualTo(epochs);
        assertThat(reads).isEmpty();
      }
    }
  }

  /** A tile of the neighbour search, after which the device is waited for, fills its memory. */
  @Test
  void aSearchWaitsOncePerTile() {
    int rows = 3000;
    try (NDManager manager = NDManager.newBaseManager(Device.gpu())) {
      double[] values = Seed.of(1).generator().doubles(3L * rows).toArray();
      NDArray points = manager.create(values, new Shape(rows, 3));
      Ledger.LEDGER.clear();

      Neighbours.includingSelf(points, 5);

      // whether all is finite, twice the spread of what is searched, and the one tile
      assertThat(Ledger.LEDGER.reads().values().stream().mapToInt(count -> count).sum())
          .isLessThanOrEqualTo(4);
    }
  }
}
