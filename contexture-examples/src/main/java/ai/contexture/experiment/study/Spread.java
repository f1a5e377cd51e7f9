package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.input.Text;
import java.util.List;

/**
 * Mean and standard deviation of a measure over the seeds.
 *
 * @param mean NaN for no values
 * @param deviation with n − 1; 0 for a single value
 * @param n how many values are known
 */
public record Spread(double mean, double deviation, int n) {

  /** A smaller part of the mean is rounding. */
  private static final double ROUNDING = 1e-12;

  static Spread of(List<CellResult> rows, String measure) {
    return of(
        rows.stream()
            .filter(CellResult::finished)
            .mapToDouble(row -> row.number(measure))
            .filter(Double::isFinite)
            .toArray());
  }

  /** Returns the spread of known values. */
  public static Spread of(double... values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new Spread(
        values.length == 0 ? Double.NaN : mean,
        Math.sqrt(squares / Math.max(1, values.length - 1)),
        values.length);
  }

  double low() {
    return mean - deviation;
  }

  double high() {
    return mean + deviation;
  }

  /** Says whether a published figure lies within the spread, and else on which side this is. */
  String beside(double published) {
    if (n < 2) {
      return n == 0 ? "–" : "one seed";
    }
    boolean within = Math.abs(mean - published) <= deviation;
    return within ? "yes" : mean < published ? "no, lower" : "no, higher";
  }

  /** Returns {@code 0.912 ± 0.004}, without the second where there is no spread. */
  String text(String pattern) {
    return n == 0
        ? "–"
        : Text.format(pattern, mean)
            + (deviation <= ROUNDING * Math.abs(mean)
                ? ""
                : " ± " + Text.format(pattern, deviation));
  }

  /** Returns the same with four digits of the mean. */
  String text() {
    double size = Math.floor(Math.log10(Math.abs(mean)));
    int decimals = Double.isFinite(size) ? (int) Math.max(0, Math.min(9, 3 - size)) : 3;
    return text("%." + decimals + "f");
  }
}
