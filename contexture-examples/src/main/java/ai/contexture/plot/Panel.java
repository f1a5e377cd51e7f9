package ai.contexture.plot;

import java.util.List;

/**
 * Two axes with what is drawn between them.
 *
 * @param title what the panel shows, which may be empty
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series at least one
 * @param notes words and lines of reference
 */
public record Panel(String title, Axis x, Axis y, List<Series> series, List<Note> notes) {

  /** Copies the lists. */
  public Panel {
    series = List.copyOf(series);
    notes = List.copyOf(notes);
    if (series.isEmpty()) {
      throw new IllegalArgumentException("panel " + title + ": expected series, got none");
    }
  }

  /** Returns a panel without notes. */
  public static Panel of(String title, Axis x, Axis y, Series... series) {
    return new Panel(title, x, y, List.of(series), List.of());
  }

  /** Returns this panel with notes. */
  public Panel with(Note... added) {
    return new Panel(title, x, y, series, List.of(added));
  }
}
