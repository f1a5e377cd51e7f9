package ai.contexture.experiment.study;

import ai.contexture.data.Dataset;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Study;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Cells that train; neighbouring ones on the same split share its exact functions. */
abstract class PretrainingGrid implements Study.Grid {

  private final Device device;
  private final Map<String, Dataset> datasets = new HashMap<>();
  private ExactSplit split;
  private String key = "";

  /** Reads the datasets that are named. */
  PretrainingGrid(DatasetFolder folder, List<String> names, Device device) {
    this.device = device;
    names.forEach(name -> datasets.put(name, folder.read(name)));
  }

  /** Returns what a cell trains; its parameters name a dataset, too. */
  abstract Recipe recipe(Cell cell);

  /** Returns how many rows of a dataset a recipe trains on. */
  int pretrainingRows(String dataset, Recipe recipe) {
    return PreparedData.split(datasets.get(dataset).rows(), recipe).pretrain().length;
  }

  @Override
  public Measures measure(Cell cell) {
    Recipe recipe = recipe(cell);
    String name = cell.get("dataset");
    String wanted =
        String.join(
            " ",
            name,
            recipe.context(),
            Long.toString(recipe.training().seed()),
            Integer.toString(recipe.dimension()));
    if (!wanted.equals(key)) {
      close();
      split = ExactSplit.of(datasets.get(name), recipe, device);
      key = wanted;
    }
    return split.pretrain(recipe);
  }

  @Override
  public void close() {
    if (split != null) {
      split.close();
      split = null;
      key = "";
    }
  }
}
