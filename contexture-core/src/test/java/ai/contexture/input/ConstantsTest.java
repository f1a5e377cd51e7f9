package ai.contexture.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class ConstantsTest {

  private enum Shape {
    ONE_CYCLE,
    LINEAR
  }

  @Test
  void aConstantIsWrittenInLowerCaseWithHyphens() {
    assertThat(Constants.text(Shape.ONE_CYCLE)).isEqualTo("one-cycle");
    assertThat(Constants.texts(Shape.class)).containsExactly("one-cycle", "linear");
  }

  @Test
  void aTextNamesItsConstantInAnyCase() {
    assertThat(Constants.find(Shape.class, "one-cycle")).contains(Shape.ONE_CYCLE);
    assertThat(Constants.find(Shape.class, "Linear")).contains(Shape.LINEAR);
    assertThat(Constants.find(Shape.class, "one_cycle")).isEmpty();
    assertThat(Constants.find(Shape.class, "")).isEmpty();
  }

  @Test
  void theLanguageOfTheMachineChangesNothing() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));

      assertThat(Constants.text(Shape.LINEAR)).isEqualTo("linear");
      assertThat(Constants.find(Shape.class, "LINEAR")).contains(Shape.LINEAR);
    } finally {
      Locale.setDefault(before);
    }
  }
}
