package ai.contexture.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandoverTest {

  private final List<String> closed = new ArrayList<>();

  @Test
  void whatIsMadeKeepsTheResource() {
    AutoCloseable resource = () -> closed.add("resource");

    List<AutoCloseable> made = Handover.of(resource, same -> List.of(same));

    assertThat(made).containsExactly(resource);
    assertThat(closed).isEmpty();
  }

  @Test
  void aFailureClosesTheResourceAndGoesOn() {
    IOException failure = new IOException("disk");

    assertThatThrownBy(
            () ->
                Handover.of(
                    () -> closed.add("resource"),
                    same -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(closed).containsExactly("resource");
  }

  @Test
  void anErrorClosesTheResourceToo() {
    OutOfMemoryError failure = new OutOfMemoryError("heap");

    assertThatThrownBy(
            () ->
                Handover.of(
                    () -> closed.add("resource"),
                    same -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(closed).containsExactly("resource");
  }

  @Test
  void theFirstFailureIsTold() {
    IllegalStateException second = new IllegalStateException("close");

    assertThatThrownBy(
            () ->
                Handover.of(
                    () -> {
                      throw second;
                    },
                    same -> {
                      throw new IOException("disk");
                    }))
        .hasMessage("disk")
        .hasSuppressedException(second);
  }
}
