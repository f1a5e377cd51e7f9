package ai.contexture.objective;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What reads targets off an encoder's outputs: the best linear map, in closed form, or a network
 * that is trained with the encoder.
 *
 * @param closed whether the linear map is solved for at each step
 * @param hidden the widths of the hidden layers of a network; none for a linear one
 */
public record Readout(boolean closed, List<Integer> hidden) {

  /** Requires widths of at least 1, and none for the closed form. */
  public Readout {
    hidden = List.copyOf(hidden);
    if (hidden.stream().anyMatch(width -> width < 1) || (closed && !hidden.isEmpty())) {
      throw new IllegalArgumentException(
          "readout: expected hidden widths of at least 1, and none in closed form, got " + hidden);
    }
  }

  /** Returns the best linear map of each step, which needs outputs that are whitened. */
  public static Readout best() {
    return new Readout(true, List.of());
  }

  /** Returns a linear map that is trained. */
  public static Readout linear() {
    return new Readout(false, List.of());
  }

  /** Returns a network with hidden layers that is trained. */
  public static Readout network(Integer... hidden) {
    return new Readout(false, List.of(hidden));
  }

  /**
   * Returns the best readout where outputs are whitened, as they are by default, else a linear one.
   */
  static Readout suiting(Optional<Orthonormality> given) {
    return given.isEmpty() || given.get() instanceof Whitening ? best() : linear();
  }

  /** Returns what was given, else what this readout needs. */
  Orthonormality orthonormality(Optional<Orthonormality> given) {
    return given.orElseGet(() -> closed ? new Whitening() : Orthonormality.none());
  }

  /**
   * Returns what a text such as {@code closed}, {@code linear} or {@code 256-256} stands for.
   *
   * @throws InputException if it is none of these
   */
  static Readout parse(String objective, String text) {
    return switch (text) {
      case "closed" -> best();
      case "linear" -> linear();
      default -> new Readout(false, widths(objective + ": readout", text, "closed, linear"));
    };
  }

  /**
   * Returns widths from a text such as {@code 512-128}.
   *
   * @param what names the option in the message
   * @param others what else it can be
   */
  static List<Integer> widths(String what, String text, String others) {
    List<Integer> widths = new ArrayList<>();
    for (String part : text.split("-", -1)) {
      double width = Numbers.parse(part.strip());
      if (!(width >= 1 && width <= 65_536 && width == Math.rint(width))) {
        throw new InputException(
            what + " must be " + others + " or widths such as 512-128, got '" + text + "'");
      }
      widths.add((int) width);
    }
    return widths;
  }

  /** Returns the head that is trained. */
  Head head(String name, int inputs, int outputs) {
    List<Integer> widths = new ArrayList<>(List.of(inputs));
    widths.addAll(hidden);
    widths.add(outputs);
    return new Head(name, widths, false, 0);
  }

  @Override
  public String toString() {
    return closed ? "closed" : hidden.isEmpty() ? "linear" : text(hidden);
  }

  static String text(List<Integer> widths) {
    return widths.stream().map(String::valueOf).collect(Collectors.joining("-"));
  }

  /** Requires an orthonormality that the closed form can use. */
  static void require(String objective, Readout readout, Orthonormality orthonormality) {
    if (readout.closed && !(orthonormality instanceof Whitening)) {
      throw new InputException(
          objective
              + ": the readout in closed form needs whitening, got "
              + orthonormality
              + "; take readout=linear");
    }
  }
}
