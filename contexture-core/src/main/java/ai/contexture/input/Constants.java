package ai.contexture.input;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The constants of enumerations as texts, such as {@code one-cycle} for {@code ONE_CYCLE}. */
public final class Constants {

  private Constants() {}

  /** Returns the text of a constant. */
  public static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the texts of all constants, in their order. */
  public static List<String> texts(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Constants::text).toList();
  }

  /** Returns the constant that a text names, in whatever case it is written, if it names one. */
  public static <E extends Enum<E>> Optional<E> find(Class<E> type, String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> text(constant).equals(wanted))
        .findFirst();
  }
}
