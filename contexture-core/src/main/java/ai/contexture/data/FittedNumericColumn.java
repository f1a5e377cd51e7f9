package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A numeric column: (transform(x) − mean) / scale, with a missing x replaced.
 *
 * @param unit what stands beside each number in a file, such as {@code %}; empty for nothing
 * @param mean what is taken away, the mean or the median
 * @param fill what replaces a missing value
 */
record FittedNumericColumn(
    String name, String unit, double fill, PowerTransform transform, double mean, double scale)
    implements FittedColumn {

  /** The interquartile range of the normal distribution of variance 1. */
  private static final double NORMAL_RANGE = 1.3489795003921634;

  FittedNumericColumn {
    if (!Double.isFinite(fill)
        || !Double.isFinite(mean)
        || !(scale > 0 && scale <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          name
              + ": expected finite numbers and a positive scale, got "
              + fill
              + ", "
              + mean
              + ", "
              + scale);
    }
  }

  /** Fits a column; empty if it is constant. */
  static Optional<FittedNumericColumn> fit(
      NumericColumn column, Preprocessing.Options options, String place) {
    double[] values = column.values();
    double fill = fill(values, options.impute());
    if (isConstant(values)) {
      return Optional.empty();
    }
    PowerTransform transform = PowerTransform.fit(options.power(), values);
    for (int i = 0; i < values.length; i++) {
      values[i] = transform.apply(values[i]);
    }
    if (isConstant(values)) {
      return Optional.empty();
    }
    double mean = options.standardise() ? mean(values) : 0;
    double scale = options.standardise() ? deviation(values, mean) : 1;
    if (options.standardise() && options.scale() == Preprocessing.Scale.ROBUST) {
      double[] present =
          Arrays.stream(column.values())
              .filter(v -> !Double.isNaN(v))
              .map(transform::apply)
              .sorted()
              .toArray();
      mean = median(present);
      double range = (quantile(present, 0.75) - quantile(present, 0.25)) / NORMAL_RANGE;
      scale = range > 0 ? range : scale;
    }
    requireFinite(mean, scale, place + ": column '" + column.name() + "'");
    if (scale == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new FittedNumericColumn(
            column.name(), column.unit().orElse(""), fill, transform, mean, scale));
  }

  /** Fits the pixels of images, with one mean and one scale for each channel. */
  static List<FittedNumericColumn> fit(
      List<NumericColumn> pixels, Preprocessing.Options options, String place) {
    ImageShape shape = options.shape();
    List<FittedNumericColumn> fitted = new ArrayList<>();
    for (int channel = 0; channel < shape.channels(); channel++) {
      int first = channel * shape.pixels();
      List<NumericColumn> own = pixels.subList(first, first + shape.pixels());
      double[] fills = new double[own.size()];
      double[] means = new double[own.size()];
      double[] deviations = new double[own.size()];
      for (int i = 0; i < own.size(); i++) {
        double[] values = own.get(i).values();
        fills[i] = fill(values, options.impute());
        means[i] = mean(values);
        boolean constant = isConstant(values);
        deviations[i] = constant ? 0 : deviation(values, means[i]);
        requireFinite(means[i], deviations[i], place + ": column '" + own.get(i).name() + "'");
      }
      double mean = options.standardise() ? mean(means) : 0;
      double scale = options.standardise() ? together(deviations, means, mean) : 1;
      if (scale == 0) {
        throw new InputException(
            place + ": all pixels of channel " + (channel + 1) + " of the images are the same");
      }
      for (int i = 0; i < own.size(); i++) {
        PowerTransform none = new PowerTransform.None();
        String unit = own.get(i).unit().orElse("");
        fitted.add(new FittedNumericColumn(own.get(i).name(), unit, fills[i], none, mean, scale));
      }
    }
    return fitted;
  }

  /** The deviation of columns of equal length around their common mean. */
  private static double together(double[] deviations, double[] means, double mean) {
    double squares = 0;
    for (int i = 0; i < means.length; i++) {
      squares += Math.pow(Math.hypot(deviations[i], means[i] - mean), 2);
    }
    return Math.sqrt(squares / means.length);
  }

  /** Puts what replaces a missing number in its places, and returns it. */
  private static double fill(double[] values, Preprocessing.Impute impute) {
    double[] present = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    double fill = impute == Preprocessing.Impute.MEDIAN ? median(present) : mean(present);
    Arrays.setAll(values, i -> Double.isNaN(values[i]) ? fill : values[i]);
    return fill;
  }

  private static void requireFinite(double mean, double scale, String what) {
    if (!Double.isFinite(mean) || !Double.isFinite(scale)) {
      throw new InputException(
          Message.of(
              "%s holds numbers too large to standardise; give %s with the one that stands for a"
                  + " missing value, or leave the column out",
              what, Setting.MISSING));
    }
  }

  static FittedNumericColumn fromJson(JsonFields json) {
    PowerTransform transform = new PowerTransform.None();
    if (json.has("lambda")) {
      transform = new PowerTransform.YeoJohnson(json.number("lambda"));
    } else if (json.has("quantiles")) {
      transform = new PowerTransform.Quantiles(json.numbers("quantiles"));
    }
    return new FittedNumericColumn(
        json.text("name"),
        json.has("unit") ? json.text("unit") : "",
        json.number("fill"),
        transform,
        json.number("mean"),
        json.number("scale"));
  }

  @Override
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("type", "numeric");
    if (!unit.isEmpty()) {
      json.addProperty("unit", unit);
    }
    json.addProperty("fill", fill);
    transform.write(json);
    json.addProperty("mean", mean);
    json.addProperty("scale", scale);
    return json;
  }

  @Override
  public List<String> outputs() {
    return List.of(name);
  }

  @Override
  public void apply(
      Column column, CsvOptions reading, String place, double[] out, int width, int first) {
    if (column instanceof NumericColumn numbers) {
      requireUnit(numbers, place);
    }
    for (int row = 0; row < column.rows(); row++) {
      double x = column.missing(row) ? Double.NaN : number(column, reading, row, place);
      x = Double.isNaN(x) || reading.missing().isMissing(x) ? fill : x;
      double result = apply(x);
      out[row * width + first] = FittedColumn.requireFinite(result, column, row, place);
    }
  }

  /** Returns the output of a number. */
  double apply(double x) {
    return (transform.apply(x) - mean) / scale;
  }

  /** Returns whether every number that is not missing becomes the same as in another column. */
  boolean hasScaleOf(FittedNumericColumn other) {
    return mean == other.mean && scale == other.scale && transform.equals(other.transform);
  }

  /** Refuses numbers of a file that have another unit. */
  private void requireUnit(NumericColumn column, String place) {
    if (column.unit().isPresent()
        && !column.unit().get().equals(unit)
        && column.missing() < column.rows()) {
      String got = column.unit().get();
      throw new InputException(
          place
              + ": column '"
              + name
              + "' holds numbers "
              + (got.isEmpty() ? "without a unit" : "with " + got)
              + ", expected "
              + (unit.isEmpty() ? "none" : unit)
              + " as in the data it was fitted to");
    }
  }

  /** The number in a row that is not missing, NaN if its text stands for a missing one. */
  private double number(Column column, CsvOptions reading, int row, String place) {
    if (column instanceof NumericColumn numbers) {
      return numbers.value(row);
    }
    double given = ((NominalColumn) column).number(row);
    if (!Double.isNaN(given)) {
      return given;
    }
    String cell = column.text(row);
    if (reading.missing().isMissing(cell)
        || (reading.missing().defaults() && MissingTokens.isNotANumber(cell))) {
      return Double.NaN;
    }
    double negative = reading.numbers().accounting(cell);
    if (!Double.isNaN(negative) && unit.isEmpty()) {
      return negative;
    }
    return reading
        .numbers()
        .quantity(cell)
        .filter(found -> found.unit().equals(unit))
        .map(NumberStyle.Quantity::value)
        .orElseThrow(
            () ->
                new InputException(
                    place
                        + ": column '"
                        + name
                        + "', row "
                        + (row + 1)
                        + ": expected a number"
                        + (unit.isEmpty() ? "" : " with " + unit)
                        + " as in the data it was fitted to, got '"
                        + cell
                        + "'"));
  }

  private static boolean isConstant(double[] values) {
    return Arrays.stream(values).allMatch(v -> v == values[0]);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
  }

  /** The value at a share of sorted values, between two of them in proportion. */
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    double rest = at - below;
    return rest == 0 ? sorted[below] : (1 - rest) * sorted[below] + rest * sorted[below + 1];
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** The square root of the population variance, also where the squares would not be finite. */
  private static double deviation(double[] values, double mean) {
    double largest = Arrays.stream(values).map(v -> Math.abs(v - mean)).max().orElseThrow();
    return largest
        * Math.sqrt(
            Arrays.stream(values)
                .map(v -> (v - mean) / largest)
                .map(d -> d * d)
                .average()
                .orElseThrow());
  }
}
