package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompatibilityStudyTest {

  private static final Study STUDY = new CompatibilityStudy();

  private static final Dataset DATA = Dataset.digits().select(IntStream.range(0, 200).toArray());

  private static Settings settings() {
    return Settings.of(STUDY, true, 0, Map.of());
  }

  private static Dataset withClasses(int count, int... codes) {
    List<String> names = IntStream.range(0, count).mapToObj(Integer::toString).toList();
    return new Dataset(
        "known", DATA.features(), Optional.of(Target.Classes.of("class", names, codes)));
  }

  private static double number(Measures measures, String name) {
    return Double.parseDouble(measures.values().get(name));
  }

  @Test
  void noiseReplacesItsShare() {
    int[] before = IntStream.range(0, 200).toArray();
    Dataset numbers =
        new Dataset(
            "rows",
            DATA.features(),
            Optional.of(Target.Values.of("y", Arrays.stream(before).asDoubleStream().toArray())));
    for (double share : List.of(0.0, 0.5, 1.0)) {
      Dataset noisy = CompatibilityStudy.noisy(numbers, share, Seed.of(1).generator());

      double[] after = ((Target.Values) noisy.target().orElseThrow()).values();
      long kept = IntStream.range(0, 200).filter(row -> after[row] == row).count();
      // a row may be replaced by itself; five standard deviations are 0.18
      assertThat(kept / 200.0).as("share " + share).isCloseTo(1 - share, within(0.18));
      assertThat(noisy.features()).isSameAs(numbers.features());
    }
    Dataset same = CompatibilityStudy.noisy(numbers, 0, Seed.of(1).generator());
    assertThat(((Target.Values) same.target().orElseThrow()).values())
        .isEqualTo(((Target.Values) numbers.target().orElseThrow()).values());
  }

  /** With the label for its own context ρ is 1, and two labels of each class show it. */
  @Test
  void theLabelTellsItself() {
    int[] codes = IntStream.range(0, 200).map(row -> row % 2).toArray();
    try (var known =
        CompatibilityStudy.Known.of(withClasses(2, codes), Contexts.parse("label"), Device.cpu())) {
      assertThat(known.truth()).isCloseTo(1, within(1e-9));
      Measures measures = known.estimates(20, true, 5, Seed.of(2).generator());
      assertThat(number(measures, "rho")).isCloseTo(1, within(1e-9));
      assertThat(number(measures, "held")).isEqualTo(1);
      assertThat(number(measures, "off")).isLessThan(1e-6);
      assertThat(number(measures, "draws")).isEqualTo(5);
    }
  }

  @Test
  void labelsThatAreAllTheSame() {
    int[] codes = new int[200];
    codes[7] = 1;
    try (var known =
        CompatibilityStudy.Known.of(
            withClasses(2, codes), Contexts.parse("knn(k=9)"), Device.cpu())) {
      // the only row of its class is among 20 labels in one draw of ten, and in one of 100 surely
      assertThat(number(known.estimates(20, false, 1, Seed.of(3).generator()), "draws"))
          .isEqualTo(1);
    }
    try (var known =
        CompatibilityStudy.Known.of(
            withClasses(3, IntStream.range(0, 200).map(row -> row % 3).toArray()),
            Contexts.parse("knn(k=9)"),
            Device.cpu())) {
      assertThatThrownBy(() -> known.estimates(1, false, 1, Seed.of(3).generator()))
          .isInstanceOf(InputException.class)
          .hasMessage("1 labels are nearly always the same");
    }
  }

  private static CellResult setting(String kind, double value, double rho, double error) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("part", "setting");
    values.put("dataset", "a");
    values.put("kind", kind);
    values.put("setting", Double.toString(value));
    values.put("rho", Double.toString(rho));
    values.put("metric", "RMSE");
    values.put("error", Double.toString(error));
    values.put("columns", "1");
    values.put("nothing", "2");
    return new CellResult(values, "");
  }

  /** One line falls and the other rises; the settings are not given in order. */
  @Test
  void correlationsAreOverSettings() {
    List<CellResult> rows =
        List.of(
            setting("mask ratio", 0.5, 0.4, 1.2),
            setting("mask ratio", 0.1, 0.6, 1.0),
            setting("mask ratio", 0.9, 0.2, 1.4),
            setting("label noise", 0, 0.5, 1.5),
            setting("label noise", 1, 0.1, 1.1));

    StudyReport report = STUDY.report(settings(), rows);

    List<List<String>> table = report.tables().get(0).rows();
    assertThat(table.get(0))
        .containsExactly(
            "mask ratio", "a (RMSE)", "0.600 to 0.200", "1.000 to 1.400", "-1.00", "0.1", "0.1");
    assertThat(table.get(1).subList(4, 7)).containsExactly("+1.00", "1.0", "0.0");
    assertThat(report.meaning().get(0)).contains("on 1 of 1 datasets", "-1.00");
    assertThat(report.meaning().get(1)).contains("on 0 of 1 datasets", "+1.00");
  }

  @Test
  void quick() {
    List<CellResult> rows = new ArrayList<>();
    Map<String, List<Double>> rho = new HashMap<>();
    double held = 0;
    double times = 0;
    try (Study.Grid grid = STUDY.grid(settings(), DatasetFolder.empty(), Device.cpu())) {
      for (Cell cell : grid.cells()) {
        Measures measures = grid.measure(cell);
        rows.add(CellResult.of(cell, measures, 0, ""));
        assertThat(number(measures, "rho")).as(cell.toString()).isBetween(0.0, 1.0);
        if (cell.get("part").equals("setting")) {
          rho.computeIfAbsent(cell.get("kind"), kind -> new ArrayList<>())
              .add(number(measures, "rho"));
          assertThat(number(measures, "error")).isBetween(0.0, 1.0);
        } else {
          assertThat(number(measures, "width")).isBetween(0.0, 1.0);
          if (cell.get("setting").startsWith("functions")) {
            held += number(measures, "held") * number(measures, "draws");
            times += number(measures, "draws");
          }
        }
      }
    }
    // masks make a context weaker, and noise makes it say less of the target
    for (List<Double> values : rho.values()) {
      assertThat(values).hasSize(6);
      assertThat(values.get(5)).isLessThan(0.7 * values.get(0));
    }
    // four standard errors below 0.9
    assertThat(times).isEqualTo(20);
    assertThat(held / times).isGreaterThan(0.9 - 4 * Math.sqrt(0.09 / times));

    StudyReport report = STUDY.report(settings(), rows);
    List<List<String>> told = report.tables().get(0).rows();
    assertThat(told).hasSize(2);
    assertThat(Double.parseDouble(told.get(1).get(4))).as("label noise").isLessThan(-0.7);
    assertThat(report.tables().get(1).rows()).hasSize(4);
    assertThat(report.drawings()).hasSize(2);
  }
}
