package ai.contexture.data;

/**
 * Pictures brought to another size by a triangle filter that is as wide as a new pixel where they
 * shrink, so that no old pixel is left out, and as wide as an old one where they grow.
 */
final class Resampling {

  private Resampling() {}

  /**
   * Returns a picture of another size.
   *
   * @param picture one channel, line after line
   * @param from its size
   * @param to the size that it is brought to
   */
  static byte[] apply(byte[] picture, ImageSize from, ImageSize to) {
    if (from.equals(to)) {
      return picture;
    }
    double[][] across = weights(from.width(), to.width());
    double[][] down = weights(from.height(), to.height());
    int[] left = firsts(from.width(), to.width());
    int[] top = firsts(from.height(), to.height());
    double[] lines = new double[from.height() * to.width()];
    for (int y = 0; y < from.height(); y++) {
      for (int x = 0; x < to.width(); x++) {
        double sum = 0;
        for (int i = 0; i < across[x].length; i++) {
          sum += across[x][i] * (picture[y * from.width() + left[x] + i] & 0xff);
        }
        lines[y * to.width() + x] = sum;
      }
    }
    byte[] result = new byte[to.height() * to.width()];
    for (int y = 0; y < to.height(); y++) {
      for (int x = 0; x < to.width(); x++) {
        double sum = 0;
        for (int i = 0; i < down[y].length; i++) {
          sum += down[y][i] * lines[(top[y] + i) * to.width() + x];
        }
        result[y * to.width() + x] = (byte) Math.round(sum);
      }
    }
    return result;
  }

  /** The first old pixel that counts for each new one. */
  private static int[] firsts(int from, int to) {
    int[] firsts = new int[to];
    for (int i = 0; i < to; i++) {
      firsts[i] = first(i, from, to);
    }
    return firsts;
  }

  private static int first(int i, int from, int to) {
    double scale = (double) from / to;
    return Math.max(0, (int) Math.floor((i + 0.5) * scale - Math.max(1, scale)));
  }

  /** What the old pixels weigh for each new one, from the first on; each sums to 1. */
  private static double[][] weights(int from, int to) {
    double scale = (double) from / to;
    double reach = Math.max(1, scale);
    double[][] weights = new double[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int first = first(i, from, to);
      int end = Math.min(from, (int) Math.ceil(centre + reach));
      weights[i] = new double[end - first];
      double sum = 0;
      for (int j = first; j < end; j++) {
        weights[i][j - first] = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / reach);
        sum += weights[i][j - first];
      }
      for (int j = 0; j < weights[i].length; j++) {
        weights[i][j] /= sum;
      }
    }
    return weights;
  }
}
