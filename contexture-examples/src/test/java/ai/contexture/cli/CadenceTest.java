package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CadenceTest {

  @ParameterizedTest
  @CsvSource({"50, 50", "0, 0", "0min, 0", "90s, 90s", "5min, 5min", "120 s, 2min", "60MIN, 1h"})
  void textsAreRead(String text, String expected) {
    Cadence interval = Cadence.parse("every", text);
    assertThat(interval).hasToString(expected);
    assertThat(Cadence.parse("every", expected)).isEqualTo(interval);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5 m", "-3", "1.5h", "min", "9999999999", "5min10s"})
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> Cadence.parse("--checkpoint-every", text))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "--checkpoint-every: expected steps such as 50, a time such as 90s, 5min or 2h, or 0"
                + " for never, got '"
                + text
                + "'");
  }

  @Test
  void stepsAndTimesComeDue() {
    long second = TimeUnit.SECONDS.toNanos(1);
    Cadence steps = Cadence.parse("every", "5");
    assertThat(steps.due(4, 100 * second)).isFalse();
    assertThat(steps.due(5, 0)).isTrue();
    Cadence time = Cadence.parse("every", "2s");
    assertThat(time.due(1000, 2 * second - 1)).isFalse();
    assertThat(time.due(1, 2 * second)).isTrue();
    assertThat(time.due(0, 2 * second)).as("nothing was done").isFalse();
    assertThat(Cadence.parse("every", "0").due(1000, 1000 * second)).isFalse();
  }
}
