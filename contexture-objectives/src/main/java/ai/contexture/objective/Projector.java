package ai.contexture.objective;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * A network between an encoder and a loss, which the representation does without: what the loss
 * asks for beyond the representation stays in it. Its hidden layers are standardised over the
 * batch.
 *
 * @param widths of its hidden layers and of its outputs; none for no projector
 */
public record Projector(List<Integer> widths) {

  private static final String HEAD = "projector";

  /** Requires widths of at least 1. */
  public Projector {
    widths = List.copyOf(widths);
    if (widths.stream().anyMatch(width -> width < 1)) {
      throw new IllegalArgumentException("projector: expected widths of at least 1, got " + widths);
    }
  }

  /** Returns no projector: the loss sees the encoder's outputs. */
  public static Projector none() {
    return new Projector(List.of());
  }

  /** Returns whether there is none. */
  boolean isNone() {
    return widths.isEmpty();
  }

  /** Returns what a text such as {@code none} or {@code 512-128} stands for. */
  static Projector parse(String objective, String text) {
    return text.equals("none")
        ? none()
        : new Projector(Readout.widths(objective + ": projector", text, "none"));
  }

  /** Returns the head, if there is one. */
  List<Head> heads(int inputs) {
    if (isNone()) {
      return List.of();
    }
    List<Integer> all = new ArrayList<>(List.of(inputs));
    all.addAll(widths);
    return List.of(new Head(HEAD, all, true, 0));
  }

  /** Returns the number of outputs. */
  int outputs(int inputs) {
    return isNone() ? inputs : widths.get(widths.size() - 1);
  }

  /** Returns the projection of an encoder's outputs. */
  NDArray apply(Networks networks, NDArray outputs) {
    return isNone() ? outputs : networks.head(HEAD, outputs);
  }

  @Override
  public String toString() {
    return isNone() ? "none" : Readout.text(widths);
  }
}
