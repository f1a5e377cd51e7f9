package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.comparison.ContextMeasures;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyReport;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.Correlation;
import ai.contexture.measure.LinearProbe;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricCorrelationStudyTest {

  private static final Study STUDY = new MetricCorrelationStudy();

  private static CellResult row(long seed, double tau, String tells, double error) {
    Cell cell = Cell.of(1, "dataset", "two", "kind", "rbf", "setting", tau, "seed", seed);
    Measures measures = new Measures().put("tau", tau).put("tells", tells).put("error", error);
    return CellResult.of(cell, measures, 1, "");
  }

  @Test
  void correlationsAreTakenSeedBySeed() {
    List<CellResult> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rows.add(row(0, 1 + 0.1 * i, "yes", 3 + i));
      rows.add(row(1, 1 + 0.1 * i, "yes", 90 - i)); // other rows, another level of error
    }
    rows.add(row(2, 1, "yes", 5)); // too few of this seed

    double[] pearson = {
      MetricCorrelations.correlation(
          rows.stream().filter(r -> r.text("seed").equals("0")).toList(),
          r -> r.number("tau"),
          Correlation::pearson),
      MetricCorrelations.correlation(rows, r -> r.number("tau"), Correlation::pearson)
    };

    assertThat(pearson[0]).isCloseTo(1, within(1e-12));
    assertThat(pearson[1]).isCloseTo(0, within(1e-12));
    assertThat(
            MetricCorrelations.correlation(
                rows.subList(0, 2), r -> r.number("tau"), Correlation::pearson))
        .isNaN();
  }

  @Test
  void mediansAndMeans() {
    assertThat(MetricCorrelations.median(new double[] {5, 1, 2})).isEqualTo(2);
    assertThat(MetricCorrelations.median(new double[] {5, 1, 2, 4})).isEqualTo(3);
    assertThat(MetricCorrelations.mean(new double[] {5, 1, 3})).isEqualTo(3);
    assertThat(MetricCorrelations.median(new double[0])).isNaN();
  }

  /** The second row is the best on the other columns for the first column alone. */
  @Test
  void aSettingIsChosenOnTheOtherDatasets() {
    double[][] values = {{0.9, 0.2, 0.3}, {0.1, 0.4, 0.4}};

    assertThat(MetricCorrelations.leaveOneOut(values, 0)).containsExactly(0.1, 0.2, 0.3);
    assertThat(MetricCorrelations.leaveOneOut(new double[][] {{0.5}, {0.6}}, 1))
        .containsExactly(0.6);
  }

  @Test
  void theStrongestHaveLargeGammasAndFewNeighbours() {
    List<CellResult> rows = new ArrayList<>();
    for (String kind : List.of("rbf", "masked-knn")) {
      for (double value : new double[] {3, 1, 4, 2}) {
        Cell cell = Cell.of(1, "dataset", "two", "kind", kind, "setting", value, "seed", 0);
        rows.add(CellResult.of(cell, new Measures(), 1, ""));
      }
    }

    assertThat(MetricCorrelations.strongest(rows, 0.5))
        .extracting(row -> row.text("kind") + row.text("setting"))
        .containsExactlyInAnyOrder("rbf4.0", "rbf3.0", "masked-knn1.0", "masked-knn2.0");
  }

  @Test
  void whatCannotBeToldIsCountedApart() {
    List<CellResult> rows =
        List.of(
            row(0, 1.2, "yes", 1),
            row(0, 1.4, "yes", 2),
            row(0, 1.6, "yes", 3),
            row(0, 2, "no", 0));

    StudyReport report = STUDY.report(Settings.of(STUDY, true, 0, Map.of()), rows);

    List<String> own = report.tables().get(0).rows().get(0);
    double all = Correlation.pearson(new double[] {1.2, 1.4, 1.6, 2}, new double[] {1, 2, 3, 0});
    assertThat(own.get(0)).isEqualTo("two");
    assertThat(Double.parseDouble(own.get(1))).isCloseTo(all, within(5e-4)).isNegative();
    assertThat(own.get(2)).isEqualTo("–");
    assertThat(own.get(5)).isEqualTo("1 of 4");
    assertThat(own.get(6)).isEqualTo("1.000");
  }

  /** The errors of a context by itself, from the extension of its own functions. */
  private static void assertErrors(CellResult row, Strength strength, Dataset data) {
    Recipe recipe = Recipe.DEFAULT.withContext(strength.context());
    try (FittedContext one = FittedContext.of(data, recipe, 512, Device.cpu());
        NDManager scope = NDManager.newBaseManager()) {
      Split split = one.split();
      int usable = Math.min(512, one.spectrum().extendable());
      NDArray labelled = one.functions(split.labelled(), usable, scope);
      NDArray test = one.functions(split.test(), usable, scope);
      Target target = data.target().orElseThrow();
      for (String error : List.of("error", "error_tau", "error_column")) {
        String dimension =
            error.equals("error")
                ? "error_dimension"
                : error.equals("error_tau") ? "dimension" : "column_1_dimension";
        String first = ":, 0:" + (int) row.number(dimension);
        LinearProbe probe =
            Evaluation.probe(
                target,
                split.labelled(),
                split.test(),
                labelled.get(first),
                test.get(first),
                false);
        assertThat(row.number(error))
            .as(error + " of " + strength)
            .isCloseTo(probe.squaredError() / NearnessSplit.variance(target), within(1e-6));
      }
      NDArray columns = one.prepared().exactInputs(split.labelled(), scope);
      assertThat(row.number("column_1"))
          .isCloseTo(ColumnError.least(labelled, columns, 1).error().value(), within(1e-6));
    }
  }

  /** Ten equally frequent classes, and numbers. */
  @Test
  void theVarianceOfATarget() {
    int[] codes = IntStream.range(0, 20).map(i -> i % 10).toArray();
    List<String> names = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    assertThat(NearnessSplit.variance(Target.Classes.of("t", names, codes)))
        .isCloseTo(0.9, within(1e-12));
    assertThat(NearnessSplit.variance(Target.Values.of("t", 1, 3, 5, 7)))
        .isCloseTo(5, within(1e-12));
  }

  /** The small version, and some of its cells against the same measured one by one. */
  @Test
  void theSharedDistancesChangeNothing() {
    Settings settings = Settings.of(STUDY, true, 0, Map.of());
    Dataset data =
        DatasetFolder.empty().labelled(List.of("digits"), settings.count("rows")).get("digits");
    List<CellResult> rows = new ArrayList<>();
    try (Study.Grid grid = STUDY.grid(settings, DatasetFolder.empty(), Device.cpu())) {
      assertThat(grid.cells()).hasSize(4 * settings.count("levels"));
      for (Cell cell : grid.cells()) {
        rows.add(CellResult.of(cell, grid.measure(cell), 1, ""));
      }
    }

    for (CellResult row : rows) {
      assertThat(row.values().keySet()).containsAll(STUDY.measures());
      assertThat(row.number("tau")).isBetween(1.0, 2.0);
      assertThat(row.number("sum")).isLessThanOrEqualTo(row.number("trace") + 1e-9);
      assertThat(row.number("complexity")).isGreaterThanOrEqualTo(1 + row.number("trace") - 1e-9);
      assertThat(row.number("error")).isBetween(0.0, row.number("error_tau"));
      assertThat(row.number("error")).isLessThanOrEqualTo(row.number("error_fixed"));
      assertThat(row.number("error")).isLessThanOrEqualTo(row.number("error_column"));
      assertThat(row.number("nothing")).isBetween(0.8, 1.3);
      assertThat(row.number("column_0.3")).isBetween(0.0, 1.1);
    }
    // one of each kind that is neither strong nor weak, where functions are no matter of rounding
    for (int level : new int[] {2, 6, 10, 14}) {
      CellResult row = rows.get(level);
      Strength strength = new Strength(row.text("kind"), row.number("setting"));
      ContextMeasures one =
          ContextMeasures.of(
              Contexts.parse(strength.context()),
              data,
              Recipe.DEFAULT,
              ContextMeasures.Options.DEFAULT,
              Device.cpu());
      assertThat(row.number("tau")).isCloseTo(one.usefulness().tau(), within(1e-6));
      assertThat(row.number("dimension")).isEqualTo(one.usefulness().dimension());
      assertThat(row.number("decay_rate")).isCloseTo(one.decayRate(), within(1e-6));
      assertThat(row.number("complexity")).isCloseTo(one.complexity().kappaSquared(), within(1e-4));
      assertErrors(row, strength, data);
    }
    StudyReport report = STUDY.report(settings, rows);
    assertThat(report.tables().get(0).rows()).hasSize(3);
  }
}
