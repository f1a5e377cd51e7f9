package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;

class MixingStudyTest {

  private static final Study STUDY = new MixingStudy();

  private static CellResult row(String dataset, int fold, String method, double error) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("dataset", dataset);
    values.put("fold", Integer.toString(fold));
    values.put("method", method);
    values.put("metric", "RMSE");
    values.put("error", Double.toString(error));
    return new CellResult(values, "");
  }

  private static Settings settings() {
    return Settings.of(STUDY, true, 0, Map.of());
  }

  private static List<String> methods() {
    try (Study.Grid grid = STUDY.grid(settings(), DatasetFolder.empty(), ai.djl.Device.cpu())) {
      return grid.cells().stream().map(cell -> cell.get("method")).distinct().toList();
    }
  }

  /** Methods in the order of their errors, but for two, which swap on the second dataset. */
  @Test
  void ranksAreMeansOverDatasets() {
    List<String> methods = methods();
    List<CellResult> rows = new ArrayList<>();
    for (int i = 0; i < methods.size(); i++) {
      for (int fold = 1; fold <= 2; fold++) {
        rows.add(row("a", fold, methods.get(i), 1 + i + 0.01 * fold));
        int other = i == 2 ? 3 : i == 3 ? 2 : i;
        rows.add(row("b", fold, methods.get(i), 10 + other + 0.01 * fold));
      }
    }

    StudyReport report = STUDY.report(settings(), rows);

    Map<String, List<String>> table = new HashMap<>();
    report.tables().get(0).rows().forEach(cells -> table.put(cells.get(0), cells));
    assertThat(table.get("columns themselves").get(2)).isEqualTo("1.00");
    assertThat(table.get("boosted trees (XGBoost)").get(2)).isEqualTo("2.00");
    assertThat(table.get("scarf").get(2)).isEqualTo("3.50");
    assertThat(table.get("cutmix").get(2)).isEqualTo("3.50");
    assertThat(table.get("columns themselves").subList(3, 5)).containsExactly("2", "a, b");
    assertThat(table.get("scarf").get(3)).isEqualTo("0");
    // the mixtures come after all single contexts
    assertThat(report.meaning().get(0)).contains("no mixture is ahead");
    assertThat(report.tables().get(1).rows().get(0).get(5)).isEqualTo("worse, beyond the spread");
  }

  @Test
  void aMixtureThatIsAheadOfAllIsNamed() {
    List<CellResult> rows = new ArrayList<>();
    for (String method : methods()) {
      rows.add(row("a", 1, method, method.equals("label + trees") ? 1 : 2));
      rows.add(row("a", 2, method, method.equals("label + trees") ? 1.5 : 2.6));
    }

    StudyReport report = STUDY.report(settings(), rows);

    assertThat(report.meaning().get(0))
        .contains("label + trees, has mean rank 1.00", "ahead of each context alone");
    assertThat(report.meaning().get(1)).contains("not ahead of the best single context");
    assertThat(report.meaning().get(2)).contains("on 1 of 1 datasets (a)");
    assertThat(report.tables().get(1).rows().get(0).get(5)).isEqualTo("better, beyond the spread");
  }

  /** While the first dataset is on its way there are no ranks. */
  @Test
  void unfinishedStudies() {
    StudyReport report = STUDY.report(settings(), List.of(row("a", 1, "scarf", 0.5)));

    assertThat(report.tables()).hasSize(1);
    assertThat(report.tables().get(0).rows()).isEmpty();
    assertThat(report.meaning().get(0)).contains("Too few cells");
  }

  /** Sixteen ways of chance errors: nothing learns less than a tenth of the digits by chance. */
  @Test
  @EnabledOnOs(architectures = {"amd64", "x86_64"}) // XGBoost brings no other library
  void quick() {
    Map<String, double[]> errors = new HashMap<>();
    try (Study.Grid grid = STUDY.grid(settings(), DatasetFolder.empty(), ai.djl.Device.cpu())) {
      assertThat(grid.cells()).hasSize(2 * methods().size());
      for (Cell cell : grid.cells()) {
        Map<String, String> values = grid.measure(cell).values();
        assertThat(values.get("metric")).isEqualTo("error rate");
        double error = Double.parseDouble(values.get("error"));
        errors
                .computeIfAbsent(cell.get("method"), name -> new double[2])[
                Integer.parseInt(cell.get("fold")) - 1] =
            error;
      }
    }
    Map<String, Double> mean = new HashMap<>();
    errors.forEach((method, both) -> mean.put(method, (both[0] + both[1]) / 2));
    // ten digits: chance is wrong in 9 of 10
    mean.forEach((method, error) -> assertThat(error).as(method).isBetween(0.0, 0.75));
    assertThat(mean.get("columns themselves")).isLessThan(0.25);
    assertThat(mean.get("boosted trees (XGBoost)")).isLessThan(0.35);
    assertThat(mean.get("label + trees"))
        .isLessThan(mean.get("trees"))
        .isLessThan(mean.get("label"));
  }
}
