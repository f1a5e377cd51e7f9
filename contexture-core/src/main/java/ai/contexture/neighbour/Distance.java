package ai.contexture.neighbour;

/** How far one row is from another, and in which form {@link Neighbours} gives it. */
public enum Distance {

  /** The Euclidean distance, given as its square Σ_c (x_c − y_c)². */
  EUCLIDEAN,

  /**
   * One minus the cosine of the angle between two rows, 1 − ⟨x, y⟩ / (‖x‖‖y‖), from 0 to 2.
   *
   * <p>Rows that are exact multiples of each other by a positive number are at distance 0. A row of
   * zeros has no angle and is refused.
   */
  COSINE,

  /** The Manhattan distance Σ_c |x_c − y_c|. */
  MANHATTAN
}
