package ai.contexture.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private static Settings of(String name, String value) {
    return new Settings(false, 0, Map.of(name, value));
  }

  @Test
  void listsAreSplitOutsideOfBrackets() {
    assertThat(of("a", "knn(k=3,n=2), rbf").texts("a")).containsExactly("knn(k=3,n=2)", "rbf");
    assertThat(of("a", "1, 20,3").counts("a")).containsExactly(1, 20, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "x", "", "1e99", "1,"})
  void countsAreWholeNumbersFromOne(String text) {
    assertThatThrownBy(() -> of("steps", text).count("steps"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--steps: expected a whole number of at least 1, got '" + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a,,b", "a,a", "a,", "a, a"})
  void listsHoldDifferentTexts(String text) {
    assertThatThrownBy(() -> of("only", text).texts("only"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--only: expected different values");
  }

  @Test
  void theQuickVersionHasItsOwnValues() {
    Study study = ToyStudy.of(ToyStudy::square);

    assertThat(Settings.of(study, false, 0, Map.of()).text("numbers")).isEqualTo("5");
    assertThat(Settings.of(study, true, 0, Map.of()).text("numbers")).isEqualTo("2");
    assertThat(Settings.of(study, true, 0, Map.of("numbers", "9")).count("numbers")).isEqualTo(9);
    assertThat(new Settings(false, 4, Map.of("seeds", "3")).seeds()).containsExactly(4L, 5L, 6L);
  }
}
