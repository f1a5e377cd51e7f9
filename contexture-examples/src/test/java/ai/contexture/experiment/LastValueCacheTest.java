package ai.contexture.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LastValueCacheTest {

  private final List<String> said = new ArrayList<>();
  private final LastValueCache<String> shared =
      new LastValueCache<>(value -> said.add("let go of " + value));

  private String of(String key) {
    return shared.of(
        key,
        () -> {
          said.add("made " + key);
          return key.toUpperCase(Locale.ROOT);
        });
  }

  @Test
  void oneIsLetGoBeforeTheNextIsMade() {
    assertThat(List.of(of("a"), of("a"), of("b"), of("a"))).containsExactly("A", "A", "B", "A");
    shared.close();
    shared.close();
    assertThat(said)
        .containsExactly("made a", "let go of A", "made b", "let go of B", "made a", "let go of A");
  }

  @Test
  void whatCannotBeMadeLeavesNothing() {
    of("a");
    assertThatThrownBy(
            () ->
                shared.of(
                    "b",
                    () -> {
                      throw new IllegalStateException("no b");
                    }))
        .hasMessage("no b");
    assertThat(of("a")).isEqualTo("A");
    assertThat(said).containsExactly("made a", "let go of A", "made a");
  }
}
