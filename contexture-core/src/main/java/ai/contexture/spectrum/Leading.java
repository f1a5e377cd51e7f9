package ai.contexture.spectrum;

import ai.contexture.input.Text;

/**
 * How far the first d functions of a context exist and are determined.
 *
 * <p>Eigenvalues follow each other without a gap where they differ by no more than the {@link
 * #resolution}: their functions may then be turned into each other, and only the space that all of
 * them span is determined. Where such a space begins within the first d functions and ends beyond
 * them, the best d functions are the {@link #above} that come before it, with any {@code existing −
 * above} dimensions of it.
 *
 * @param wanted d
 * @param existing c ≤ d, how many of them have an s_i² that is not zero
 * @param above a, how many come before the eigenspace that holds μ_c
 * @param through b ≥ c, how many there are with all of that eigenspace
 * @param components into how many parts the context falls that it never ties together: one more
 *     than s_i² of 1
 * @param all whether it is known that there are no functions but the existing ones
 * @param resolution what eigenvalues must differ by to be told apart
 */
public record Leading(
    int wanted,
    int existing,
    int above,
    int through,
    int components,
    boolean all,
    double resolution) {

  static Leading of(
      double[] eigenvalues, int known, int wanted, int components, double resolution) {
    int existing = 0;
    while (existing < Math.min(wanted, known) && eigenvalues[existing] > resolution) {
      existing++;
    }
    int through = existing;
    int above = Math.max(0, existing - 1);
    if (existing > 0) {
      while (above > 0 && eigenvalues[above - 1] - eigenvalues[above] <= resolution) {
        above--;
      }
      while (through < known
          && eigenvalues[through] > resolution
          && eigenvalues[through - 1] - eigenvalues[through] <= resolution) {
        through++;
      }
    }
    boolean all = existing < known && eigenvalues[existing] <= resolution;
    return new Leading(wanted, existing, above, through, components, all, resolution);
  }

  /** Returns whether the span of the best functions is determined. */
  public boolean determined() {
    return through == existing;
  }

  /** Returns whether there are as many functions as were wanted. */
  public boolean complete() {
    return existing == wanted;
  }

  @Override
  public String toString() {
    String how =
        determined()
            ? "determined"
            : Text.format(
                "the last %d of them any of an eigenspace of %d dimensions",
                existing - above, through - above);
    return Text.format("%d of %d functions, %s", existing, wanted, how);
  }
}
