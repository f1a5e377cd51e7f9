package ai.contexture.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {

  private final Message column =
      Message.of(
          "column '%s': give %s, or %s of 100 %%",
          "100 %s", Setting.NOMINAL.toName("my zip"), Setting.NO_DEFAULT_MISSING);

  private static String upper(Setting.Choice choice) {
    return choice.setting().name() + choice.value().map(value -> "(" + value + ")").orElse("");
  }

  @Test
  void settingsAreCalledByTheirNames() {
    assertThat(column)
        .hasToString("column '100 %s': give nominal='my zip', or no-default-missing of 100 %");
  }

  @Test
  void settingsCanBeCalledOtherwise() {
    assertThat(column.text(MessageTest::upper))
        .isEqualTo("column '100 %s': give NOMINAL('my zip'), or NO_DEFAULT_MISSING of 100 %");
  }

  @Test
  void aMessageWithinAMessageIsPutIntoTheSameWords() {
    Message all =
        Message.joined(" %s ", List.of(column, Setting.HEADER.to("no"), Message.plain("50 %d")));

    assertThat(all.text(MessageTest::upper))
        .isEqualTo(column.text(MessageTest::upper) + " %s HEADER(no) %s 50 %d");
    assertThat(Message.joined(", ", List.of())).hasToString("");
  }

  @Test
  void anExceptionSaysItInOneLineInAllWords() {
    InputException e = new InputException(Message.of("a\nb: %s", Setting.DROP.to("c\td")));

    assertThat(e).hasMessage("a b: drop=c d");
    assertThat(e.message(MessageTest::upper)).isEqualTo("a b: DROP(c d)");
    assertThat(new InputException("all 100 %").message(MessageTest::upper)).isEqualTo("all 100 %");
  }

  @Test
  void anExceptionThatWasSerialisedKeepsItsText() throws Exception {
    InputException e = new InputException(Message.of("give %s", Setting.DROP.to("x")));

    assertThat(copy(e)).hasMessage("give drop=x");
    assertThat(copy(e).message(MessageTest::upper)).isEqualTo("give drop=x");
  }

  private static InputException copy(InputException e) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(e);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (InputException) in.readObject();
    }
  }
}
