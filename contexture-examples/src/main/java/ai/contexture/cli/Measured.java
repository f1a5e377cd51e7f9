package ai.contexture.cli;

import ai.contexture.input.InputException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A measure of a finished training, or why it could not be taken: no measure is worth a training.
 *
 * @param value null where it could not be taken
 * @param why null where it could
 */
record Measured<T>(T value, String why) {

  /** Takes a measure, and hears why it cannot be. */
  static <T> Measured<T> of(Supplier<T> measure) {
    try {
      return new Measured<>(measure.get(), null);
    } catch (InputException e) {
      return not(OptionNames.text(e));
    } catch (ArithmeticException e) {
      return not(e.getMessage());
    } catch (RuntimeException e) {
      return not(Failures.firstLine(e.getClass().getSimpleName() + ": " + e.getMessage()));
    }
  }

  /** One that cannot be taken. */
  static <T> Measured<T> not(String why) {
    return new Measured<>(null, why);
  }

  boolean known() {
    return why == null;
  }

  /** Hands on the value, if there is one. */
  void ifKnown(Consumer<T> consumer) {
    if (known()) {
      consumer.accept(value);
    }
  }
}
