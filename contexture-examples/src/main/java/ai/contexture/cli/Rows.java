package ai.contexture.cli;

/** What {@code --rows} can be. */
enum Rows {
  ALL,
  PRETRAIN;

  /** Returns the rows that a text names, or others where there is none. */
  static Rows of(String text, Rows fallback) {
    Rows chosen = Converters.choice(Rows.class, "--rows", text);
    return chosen == null ? fallback : chosen;
  }
}
