package ai.contexture.data;

import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import java.util.Arrays;
import java.util.Optional;

/** Different numbers of a column that are equal as float32 inputs of an encoder. */
final class LostDigits {

  /** Numbers that are looked at. */
  private static final int SAMPLE = 10_000;

  /** Distinct doubles may be equal by chance; so many of them are not. */
  private static final double MOST_LOST = 0.1;

  /** A number is a likely sentinel if all others lie within this share of its distance. */
  private static final double NEAR = 0.01;

  private LostDigits() {}

  /**
   * Returns what to say of a column that loses its digits.
   *
   * @param place what the message begins with
   */
  static Optional<Message> of(NumericColumn column, FittedNumericColumn fitted, String place) {
    double[] all = Arrays.stream(column.values()).filter(v -> !Double.isNaN(v)).toArray();
    int step = (all.length + SAMPLE - 1) / SAMPLE;
    double[] sorted = new double[(all.length + step - 1) / step];
    Arrays.setAll(sorted, i -> all[i * step]);
    Arrays.sort(sorted);
    double[] numbers = distinct(sorted);
    // inputs are in the order of their numbers
    double[] inputs = Arrays.stream(numbers).map(v -> (float) fitted.apply(v)).toArray();
    double lost = 1 - distinct(inputs).length / (double) numbers.length;
    if (lost <= MOST_LOST) {
      return Optional.empty();
    }
    Optional<String> sentinel = sentinel(all, numbers[numbers.length / 2]).map(Numbers::text);
    return Optional.of(
        Message.of(
            "%s: column '%s': %d %% of its different numbers become equal as inputs in float32%s;"
                + " give %s%s or %s",
            place,
            fitted.name(),
            Math.round(100 * lost),
            sentinel.map(number -> ", because of " + number).orElse(""),
            sentinel
                .map(
                    number ->
                        Message.of(
                            "%s if that stands for a missing value, else ",
                            Setting.MISSING.to(number)))
                .orElse(Message.plain("")),
            Setting.SCALE.to("robust"),
            Setting.POWER.to("quantile")));
  }

  /** The different ones of sorted numbers. */
  private static double[] distinct(double[] sorted) {
    double[] different = new double[sorted.length];
    int count = 0;
    for (double value : sorted) {
      if (count == 0 || value != different[count - 1]) {
        different[count++] = value;
      }
    }
    return Arrays.copyOf(different, count);
  }

  /** The number that is far from all others. */
  private static Optional<Double> sentinel(double[] all, double middle) {
    double far = middle;
    for (double value : all) {
      far = Math.abs(value - middle) > Math.abs(far - middle) ? value : far;
    }
    double farthest = far;
    double distance = Math.abs(farthest - middle);
    boolean alone =
        Arrays.stream(all)
            .filter(value -> value != farthest)
            .allMatch(value -> Math.abs(value - middle) <= NEAR * distance);
    return alone ? Optional.of(farthest) : Optional.empty();
  }
}
