package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.experiment.CellResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void spreadsLeaveOutWhatIsNotKnown() {
    List<CellResult> rows =
        List.of(
            new CellResult(Map.of("m", "1"), ""),
            new CellResult(Map.of("m", "4"), ""),
            new CellResult(Map.of("m", ""), ""),
            new CellResult(Map.of("m", "100"), "diverged"));

    Spread spread = Spread.of(rows, "m");

    assertThat(spread.n()).isEqualTo(2);
    assertThat(spread.mean()).isEqualTo(2.5);
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(4.5), within(1e-15));
    assertThat(spread.text("%.1f")).isEqualTo("2.5 ± 2.1");
    assertThat(spread.text()).isEqualTo("2.500 ± 2.121");
    assertThat(Spread.of(rows.subList(0, 1), "m").text("%.2f")).isEqualTo("1.00");
    assertThat(Spread.of(List.of(), "m").text("%.2f")).isEqualTo("–");
  }
}
