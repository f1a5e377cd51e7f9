package ai.contexture.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastTest {

  private static final double GIB = 1L << 30;

  private final List<String> heard = new ArrayList<>();
  private long now;

  @Test
  void allOfItIsForetoldOnceByAPartThatTookLongEnough() {
    Forecast forecast =
        new Forecast(
            "The search", 3 * GIB, () -> now, (w, s, b) -> heard.add(Forecast.text(w, s, b)));
    now = 900_000_000;
    forecast.done(0.01);
    assertThat(heard).isEmpty();
    now = 2_000_000_000;
    forecast.done(0.04);
    now = 90_000_000_000L;
    forecast.done(0.05);

    assertThat(heard).containsExactly("The search: about 50 s, in at least 3.0 GiB of memory");
  }

  @Test
  void longTimesAreInLargerUnits() {
    assertThat(Forecast.text("x", 119, 0)).contains("about 119 s");
    assertThat(Forecast.text("x", 3660, 0)).contains("about 61 min");
    assertThat(Forecast.text("x", 9000, 0)).contains("about 2.5 h");
  }

  @Test
  void whatCannotFitIsRefused() {
    Forecast.requireRoom("The search", 8 * GIB, 8 * GIB, "take fewer rows");
    assertThatThrownBy(
            () -> Forecast.requireRoom("The search", 20 * GIB, 8 * GIB, "take fewer rows"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "The search: expected at most the 8.0 GiB of memory of this machine, got 20.0 GiB for"
                + " the result alone; take fewer rows");
    assertThat(Forecast.memory().orElseThrow()).isGreaterThan(1L << 20);
  }
}
