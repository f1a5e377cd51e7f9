package ai.contexture.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Task;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Metric;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.ProbeScore;
import ai.contexture.measure.RowLosses;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {

  private static final Alignment ON_PRETRAINING =
      new Alignment(0.99, 0.9, 0.82, 3.0, 4.0, 0.1, 5.0, 0.99, null);
  private static final Alignment ON_NEW =
      new Alignment(0.8, 0.7, 0.54, null, null, null, null, null, null);

  @Test
  void columnsAreAligned() {
    ResultTable table =
        new ResultTable(List.of(List.of("", "value"), List.of("a long name", "1"), List.of("b")));

    assertThat(table)
        .hasToString(
            """
                          value
            a long name       1
            b\
            """);
  }

  @Test
  void htmlShowsTextAsItIs() {
    ResultTable table =
        new ResultTable(
            List.of(List.of("a < b", "\"c\" & 'd'"), List.of("<script>alert(1)</script>", "1")));

    assertThat(table.html())
        .isEqualTo(
            """
            <table>
            <thead><tr><th style="text-align: left">a &lt; b</th>\
            <th style="text-align: right">&quot;c&quot; &amp; &#39;d&#39;</th></tr>
            </thead>
            <tbody>
            <tr><td style="text-align: left">&lt;script&gt;alert(1)&lt;/script&gt;</td>\
            <td style="text-align: right">1</td></tr>
            </tbody>
            </table>
            """);
  }

  @Test
  void htmlPutsNumbersToTheRight() {
    String right = "<td style=\"text-align: right\">";
    String html =
        new ResultTable(
                List.of(
                    List.of("what", "number", "words"),
                    List.of("a", "best  0.5", "2 of them"),
                    List.of("b", "-", "3"),
                    List.of("c", "-1.5e-03", "4")))
            .html();

    assertThat(html)
        .contains(right + "best  0.5<", right + "-<", right + "-1.5e-03<")
        .contains("<td style=\"text-align: left\">3<");
  }

  @Test
  void alignmentOnNewRowsIsAColumn() {
    assertThat(ResultTable.alignment("9 rows", ON_PRETRAINING, 4, ON_NEW).rows())
        .containsExactly(
            List.of("", "9 rows", "4 new rows"),
            List.of("squared canonical correlation, 1 = exact", "0.990", "0.800"),
            List.of("nearest neighbours in common, 1 = all", "0.900", "0.700"),
            List.of("share of the context that the features hold", "0.750"));
    assertThat(ResultTable.alignment("4 rows", ON_NEW, 0, null).rows()).hasSize(3);
  }

  @Test
  void theBestScoreIsMarked() {
    ProbeScore accuracy = new ProbeScore(Metric.ACCURACY, 0.8, 0.9, 0.1, 20, 10);
    ProbeScore error = new ProbeScore(Metric.RMSE, 0.8, 0.9, 1.1, 20, 10);

    assertThat(ResultTable.probe(accuracy, 3, 7, Task.CLASSIFICATION).rows())
        .containsExactly(
            List.of("from", "accuracy (higher is better)"),
            List.of("the 3 learned features", "0.8000"),
            List.of("the 7 preprocessed inputs", "best  0.9000"),
            List.of("nothing: always the most frequent class", "0.1000"));
    assertThat(ResultTable.probe(error, 3, 7, Task.REGRESSION).rows())
        .contains(
            List.of("the 3 learned features", "best  0.8000"),
            List.of("nothing: always the mean", "1.100"));
  }

  /** 30 rows, of which each predictor is off by the same on all. */
  @Test
  void whatATargetIsPredictedFrom() {
    Map<Predictor, RowLosses> losses = new EnumMap<>(Predictor.class);
    int error = 1;
    for (Predictor predictor : Predictor.values()) {
      double[] errors = new double[30];
      Arrays.fill(errors, error++);
      losses.put(predictor, RowLosses.ofNumbers(errors, new double[30]));
    }
    assertThat(ResultTable.probes(ProbeComparison.of(losses, 9, 0, Seed.of(0)), 3, 7).rows())
        .containsExactly(
            List.of("from", "RMSE", "95 % interval", "R²"),
            List.of("the 3 learned features", "1.000", "1.000 to 1.000", "0.96"),
            List.of("your columns, as 7 inputs", "2.000", "2.000 to 2.000", "0.84"),
            List.of("columns and features together", "3.000", "3.000 to 3.000", "0.64"),
            List.of("boosted trees on your columns", "4.000", "4.000 to 4.000", "0.36"),
            List.of("nothing: always the mean", "5.000", "5.000 to 5.000", "0.00"));
    RowLosses wrong = RowLosses.ofClasses(new double[] {0, 1}, new int[] {0}, 2);
    assertThat(
            ResultTable.probes(
                    ProbeComparison.of(Map.of(Predictor.NOTHING, wrong), 9, 0, Seed.of(0)), 3, 7)
                .rows())
        .containsExactly(
            List.of("from", "accuracy", "95 % interval"),
            List.of("nothing: always the most frequent class", "0.000", "0.000 to 0.000"));
  }

  @Test
  void aTableHasAHead() {
    assertThatThrownBy(() -> new ResultTable(List.of())).hasMessageContaining("expected a head");
  }

  @Test
  void fewEigenvaluesStandForAll() {
    assertThat(ResultTable.positions(0)).isEmpty();
    assertThat(ResultTable.positions(100)).containsExactly(1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100);
  }
}
