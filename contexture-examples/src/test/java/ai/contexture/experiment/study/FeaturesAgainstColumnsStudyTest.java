package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Dataset;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeaturesAgainstColumnsStudyTest {

  private static final Study STUDY = new FeaturesAgainstColumnsStudy();

  private static Settings settings(String... given) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < given.length; i += 2) {
      values.put(given[i], given[i + 1]);
    }
    return Settings.of(STUDY, true, 0, values);
  }

  /** A cell with R² of features, columns, both, trees and nothing. */
  private static CellResult row(String dataset, int seed, String labels, double... shares) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("dataset", dataset);
    values.put("seed", Integer.toString(seed));
    values.put("labels", labels);
    values.put("metric", "rmse");
    values.put("rows", "70");
    values.put("dimension", "16");
    values.put("fitted", "15");
    String[] names = {"features", "columns", "together", "trees", "nothing"};
    for (int i = 0; i < names.length; i++) {
      values.put(names[i] + "_share", Double.toString(shares[i]));
    }
    values.put("features_against_columns", "worse");
    values.put("together_against_columns", "better");
    return new CellResult(values, "");
  }

  private static CellResult measured(Study.Grid grid, int cell) {
    return new CellResult(grid.measure(grid.cells().get(cell)).values(), "");
  }

  /** What is said of the digits is what a pretraining of the same recipe reports. */
  @Test
  void aCellIsWhatPretrainReports() {
    Settings settings = settings("steps", "2", "dim", "8", "labels", "all,50,1000");
    CellResult all;
    CellResult few;
    try (Study.Grid grid = STUDY.grid(settings, DatasetFolder.empty(), Device.cpu())) {
      all = measured(grid, 0);
      few = measured(grid, 1);
      assertThatThrownBy(() -> measured(grid, 2))
          .hasMessage("--labels: expected at most the 269 labelled rows of digits, got 1000");
    }
    Recipe recipe = Recipe.DEFAULT.withDimension(8).withSteps(2).withDefaultBatch(1257);
    try (Pretraining job = Pretraining.prepare(Dataset.digits(), recipe, Device.cpu())) {
      job.train();
      ProbeComparison probes = job.comparison().orElseThrow();
      for (Predictor predictor : Predictor.values()) {
        String name = predictor.name().toLowerCase(Locale.ROOT);
        assertThat(all.number(name)).isEqualTo(probes.score(predictor).value());
        assertThat(all.number(name + "_share")).isEqualTo(all.number(name));
      }
      assertThat(all.number("fitted")).isEqualTo(probes.fitted());
      assertThat(all.number("cca")).isEqualTo(job.alignment().cca());
      assertThat(all.number("cca_new")).isEqualTo(job.alignment(job.split().test()).cca());
    }
    assertThat(few.number("fitted")).isEqualTo(50);
    assertThat(few.number("scored")).isEqualTo(all.number("scored"));
    assertThat(few.number("columns"))
        .isLessThan(all.number("columns"))
        .isGreaterThan(few.number("nothing"));
  }

  @Test
  void betterIsBeyondTwoStandardErrorsOfThePairedDifferences() {
    List<CellResult> rows = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      double level = 0.2 * seed; // which the seeds share, and which hides nothing
      rows.add(row("a", seed, "all", level + 0.1, level + 0.2, level + 0.21, level + 0.3, 0));
      double noise = seed == 0 ? 0.3 : -0.1;
      rows.add(row("b", seed, "all", 0.5 + noise, 0.5, 0.5, 0.2, 0));
    }

    StudyReport report = STUDY.report(settings("seeds", "3"), rows);

    List<List<String>> table = report.tables().get(0).rows();
    assertThat(table.get(0)).endsWith("worse", "better");
    assertThat(table.get(0)).contains("0.300 ± 0.200", "0.400 ± 0.200", "R²");
    assertThat(table.get(1)).endsWith("even", "even");
    assertThat(report.meaning().get(0))
        .isEqualTo(
            "With all labels, features alone are better than the columns on 0 of 2 datasets and"
                + " worse on 1; columns and features together are better than the columns on 1 and"
                + " worse on 0. Together they are above boosted trees on 1 of the 2 datasets that"
                + " have these.");
  }

  @Test
  void oneSeedIsJudgedByItsRows() {
    List<CellResult> rows =
        List.of(
            row("a", 0, "all", 0.9, 0.2, 0.1, Double.NaN, 0),
            row("a", 0, "50", 0.1, 0.2, 0.3, Double.NaN, 0));

    StudyReport report = STUDY.report(settings("seeds", "1"), rows);

    assertThat(report.tables()).hasSize(2);
    assertThat(report.tables().get(0).rows().get(0)).endsWith("–", "0.000", "worse", "better");
    assertThat(report.meaning().get(1)).startsWith("With 50 labels,").contains("of the 0 datasets");
    assertThat(report.how()).anyMatch(text -> text.contains("There is one seed"));
  }

  /** The second number of labels costs next to nothing, since it shares the training. */
  @Test
  void cells() {
    Settings settings = settings("seeds", "2");
    try (Study.Grid grid = STUDY.grid(settings, DatasetFolder.empty(), Device.cpu())) {
      assertThat(grid.cells())
          .extracting(cell -> cell.get("seed"))
          .containsExactly("0", "0", "1", "1");
      assertThat(grid.cells().get(0).cost()).isEqualTo(1257);
      assertThat(grid.cells().get(1).cost()).isLessThan(100);
    }
  }

  @Test
  void refusals() {
    for (String[] wrong :
        new String[][] {
          {"labels", "some"},
          {"batch", "half"},
          {"dim", "few"},
          {"context", "kn"},
          {"objective", "ki"}
        }) {
      Settings settings = settings(wrong);
      assertThatThrownBy(() -> STUDY.grid(settings, DatasetFolder.empty(), Device.cpu()))
          .as(wrong[0])
          .isInstanceOf(InputException.class);
    }
  }
}
