package ai.contexture.view;

/** What takes the place of a column that is hidden. */
public enum Fill {
  /** Zero. */
  ZERO,
  /** The mean of each input over the pretraining rows. */
  MEAN,
  /** The column of a random pretraining row, drawn for each column by itself. */
  MARGINAL
}
