package ai.contexture.measure;

import ai.contexture.input.Text;

/** Checks of spectra that come from outside. */
final class Eigenvalues {

  /** Eigenvalues below this are zero within rounding. */
  static final double ZERO = 1e-12;

  private static final double ROUNDING = 1e-8;

  private Eigenvalues() {}

  /**
   * Returns a checked copy, with what rounding put outside of [0, 1] put back.
   *
   * @throws IllegalArgumentException if an eigenvalue is not in [0, 1], or larger than the one
   *     before
   */
  static double[] checked(double[] eigenvalues) {
    double[] checked = new double[eigenvalues.length];
    for (int i = 0; i < checked.length; i++) {
      double value = eigenvalues[i];
      if (!(value >= -ROUNDING && value <= 1 + ROUNDING)) {
        throw new IllegalArgumentException(
            Text.format(
                "eigenvalues: expected s_1², s_2², … in [0, 1], got %s at position %d",
                value, i + 1));
      }
      checked[i] = Math.min(1, Math.max(0, value));
      if (i > 0 && value > eigenvalues[i - 1] + ROUNDING) {
        throw new IllegalArgumentException(
            Text.format(
                "eigenvalues: expected them in descending order, got %s after %s at position %d",
                value, eigenvalues[i - 1], i + 1));
      }
    }
    return checked;
  }
}
