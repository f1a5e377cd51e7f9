package ai.contexture.data;

import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns tables into matrices of finite numbers on one scale, by what it learnt from the rows that
 * it was fitted to.
 *
 * <p>A numeric column has its missing values replaced, is perhaps made more normal, and is
 * standardised to mean 0 and population variance 1. A nominal column becomes one output for each
 * level. Columns that are constant in the fitted rows are left out. A level that was not seen then
 * has no output of its own: all of the column's are 0 before standardisation or, where rare levels
 * were pooled, it counts as one of these.
 *
 * <p>The columns of images are their pixels, which keep their places: none is left out, and those
 * of a channel share one mean and one variance, so that what is dark stays dark.
 *
 * <pre>{@code
 * Preprocessing preprocessing = Preprocessing.fit(table.select(split.pretrain()), Preprocessing.Options.DEFAULT);
 * Matrix inputs = preprocessing.apply(table);
 * }</pre>
 */
public final class Preprocessing {

  /** What replaces a missing number. */
  public enum Impute {
    /** The median of the fitted rows. */
    MEDIAN,
    /** The mean of the fitted rows. */
    MEAN
  }

  /** What makes the distribution of a numeric column more normal. */
  public enum Power {
    /** Nothing. */
    NONE,
    /** A power, which takes away skew; see I.-K. Yeo and R. A. Johnson (2000), Biometrika 87. */
    YEO_JOHNSON,
    /** The normal quantile of a number's rank, which gives every column the same shape. */
    QUANTILE
  }

  /** What a numeric column is centred at and divided by where it is standardised. */
  public enum Scale {
    /** The mean and the standard deviation. */
    STANDARD,
    /**
     * The median, and the interquartile range over that of the normal distribution of variance 1,
     * so that a few wild numbers do not count; the standard deviation where half of the numbers are
     * one.
     */
    ROBUST,
    /**
     * Nothing: numbers stay as they are, names become 0 and 1, and each row is divided by the sum
     * of its absolute values. For counts, such as the words of documents.
     */
    ROWS,
    /** The same with rows divided by their lengths, the roots of the sums of squares. */
    LENGTHS
  }

  /** What the outputs of a nominal column are. */
  public enum OneHot {
    /** 0 and 1. */
    ZERO_ONE,
    /** Standardised like the numeric columns. */
    STANDARDISED
  }

  /**
   * How to preprocess.
   *
   * @param impute what replaces a missing number
   * @param power what makes numeric columns more normal
   * @param standardise whether numeric columns get mean 0 and variance 1
   * @param oneHot what the outputs of a nominal column are
   * @param maxLevels the most outputs of a nominal column, at least 2; its rarer levels share one
   * @param shape of the images that the rows are, or null
   * @param scale what standardising is, or null for {@link Scale#STANDARD}
   */
  public record Options(
      Impute impute,
      Power power,
      boolean standardise,
      OneHot oneHot,
      int maxLevels,
      ImageShape shape,
      Scale scale) {

    /** Median, no power, everything standardised, at most 64 outputs for a nominal column. */
    public static final Options DEFAULT =
        new Options(Impute.MEDIAN, Power.NONE, true, OneHot.STANDARDISED, 64, null, Scale.STANDARD);

    /** Checks the number of levels, and that pixels are not made normal one by one. */
    public Options {
      if (maxLevels < 2) {
        throw new InputException(
            "preprocessing: the most levels of a column must be at least 2, got " + maxLevels);
      }
      if (shape != null && power != Power.NONE) {
        throw new InputException(
            "preprocessing: the pixels of images keep their distribution, expected power none, got "
                + Constants.text(power));
      }
      scale = scale == null ? Scale.STANDARD : scale; // older runs do not name it
      if (scale == Scale.ROWS || scale == Scale.LENGTHS) {
        standardise = false;
        oneHot = OneHot.ZERO_ONE;
      }
      if (shape != null && scale != Scale.STANDARD) {
        throw new InputException(
            "preprocessing: the pixels of images share one scale, expected scale standard, got "
                + Constants.text(scale));
      }
    }

    /** Returns these options with another replacement of missing numbers. */
    public Options withImpute(Impute impute) {
      return new Options(impute, power, standardise, oneHot, maxLevels, shape, scale);
    }

    /** Returns these options with another power. */
    public Options withPower(Power power) {
      return new Options(impute, power, standardise, oneHot, maxLevels, shape, scale);
    }

    /** Returns these options with numeric columns standardised or not. */
    public Options withStandardise(boolean standardise) {
      return new Options(impute, power, standardise, oneHot, maxLevels, shape, scale);
    }

    /** Returns these options with another scale of numeric columns. */
    public Options withScale(Scale scale) {
      return new Options(impute, power, standardise, oneHot, maxLevels, shape, scale);
    }

    /** Returns these options with other outputs of nominal columns. */
    public Options withOneHot(OneHot oneHot) {
      return new Options(impute, power, standardise, oneHot, maxLevels, shape, scale);
    }

    /** Returns these options with another bound on the outputs of a nominal column. */
    public Options withMaxLevels(int maxLevels) {
      return new Options(impute, power, standardise, oneHot, maxLevels, shape, scale);
    }

    /** Returns these options for rows that are images of a shape. */
    public Options withShape(ImageShape shape) {
      return new Options(impute, power, standardise, oneHot, maxLevels, shape, scale);
    }

    /** Returns the shape of the images that the rows are, if they are. */
    public Optional<ImageShape> images() {
      return Optional.ofNullable(shape);
    }

    private JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("impute", Constants.text(impute));
      json.addProperty("power", Constants.text(power));
      json.addProperty("standardise", standardise);
      json.addProperty("scale", Constants.text(scale));
      json.addProperty("one-hot", Constants.text(oneHot));
      json.addProperty("max-levels", maxLevels);
      images().ifPresent(images -> json.addProperty("shape", images.toString()));
      return json;
    }

    private static Options fromJson(JsonFields json) {
      return new Options(
          json.constant("impute", Impute.class),
          json.constant("power", Power.class),
          json.flag("standardise"),
          json.constant("one-hot", OneHot.class),
          json.whole("max-levels"),
          json.has("shape") ? ImageShape.parse(json.text("shape")) : null,
          json.has("scale") ? json.constant("scale", Scale.class) : Scale.STANDARD);
    }
  }

  private static final Logger logger = LoggerFactory.getLogger(Preprocessing.class);

  private final Options options;
  private final CsvOptions reading;
  private final List<FittedColumn> columns;
  private final List<String> names;

  private Preprocessing(Options options, CsvOptions reading, List<? extends FittedColumn> columns) {
    this.options = options;
    this.reading = reading;
    this.columns = List.copyOf(columns);
    this.names = this.columns.stream().flatMap(column -> column.outputs().stream()).toList();
  }

  /**
   * Learns from the rows of a table, usually those to pretrain on. What it leaves out or pools is
   * logged as a warning, and so is what it has to fill almost everywhere. Rows of a table that was
   * read from pictures are images, whatever the options say.
   *
   * @throws InputException if a column has no value at all, all columns are constant, or they are
   *     not the pixels of the images that the options tell of
   */
  public static Preprocessing fit(Table table, Options options) {
    return fit(table, options, warning -> logger.warn("{}", warning));
  }

  static Preprocessing fit(Table table, Options given, Consumer<Message> warning) {
    Options options =
        given.shape() == null ? table.images().map(given::withShape).orElse(given) : given;
    if (table.rows() == 0) {
      throw new InputException(table.source() + ": no rows to fit the preprocessing to");
    }
    table.columns().forEach(column -> requireValues(column, table.source()));
    if (options.shape() != null) {
      return new Preprocessing(
          options,
          table.reading().orElse(Table.GIVEN),
          FittedNumericColumn.fit(
              PixelColumns.of(table, options.shape()), options, table.source()));
    }
    List<FittedColumn> fitted = new ArrayList<>();
    List<String> constant = new ArrayList<>();
    for (Column column : table.columns()) {
      Optional<? extends FittedColumn> result =
          column instanceof NominalColumn names
              ? FittedNominalColumn.fit(names, options)
              : FittedNumericColumn.fit((NumericColumn) column, options, table.source());
      if (result.isPresent() && result.get() instanceof FittedNumericColumn numbers) {
        LostDigits.of((NumericColumn) column, numbers, table.source()).ifPresent(warning);
      }
      result.ifPresentOrElse(fitted::add, () -> constant.add(column.name()));
      if (result.isPresent()
          && result.get() instanceof FittedNominalColumn names
          && names.pools()) {
        warning.accept(
            Message.of(
                "%s: column '%s' has more than %d levels; the rarer ones are pooled in %s=(other)",
                table.source(), column.name(), options.maxLevels(), column.name()));
      }
    }
    if (fitted.isEmpty()) {
      throw new InputException(
          table.source()
              + ": all columns are constant in the rows that the preprocessing is fitted to");
    }
    if (!constant.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: left out because they are constant: %s",
              table.source(), Names.list(constant, 5)));
    }
    mostlyMissing(table).ifPresent(warning);
    return new Preprocessing(options, table.reading().orElse(Table.GIVEN), fitted);
  }

  private static void requireValues(Column column, String place) {
    if (column.missing() == column.rows()) {
      throw new InputException(
          Message.of(
              "%s: column '%s' is missing in all %d rows that the preprocessing is fitted to; leave"
                  + " it out with %s",
              place, column.name(), column.rows(), Setting.DROP.toName(column.name())));
    }
  }

  /** What to say of the columns that few rows have a value of. */
  private static Optional<Message> mostlyMissing(Table table) {
    List<String> absent =
        table.columns().stream().filter(ColumnLook::isMostlyMissing).map(Column::name).toList();
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Message.of(
                "%s: missing in at least 80 %% of the rows: %s; %s leaves it out",
                table.source(), CsvWarnings.columns(absent), Setting.DROP.toName(absent.get(0))));
  }

  /**
   * Returns the column that each input comes from, counted from 0 over the columns that have
   * inputs. <b>[{@link #names}]</b>
   */
  public int[] groups() {
    return IntStream.range(0, columns.size())
        .flatMap(i -> columns.get(i).outputs().stream().mapToInt(output -> i))
        .toArray();
  }

  /**
   * Returns the inputs of a model for each row of a table.
   *
   * <p><b>Shape</b>: [rows, {@link #names}]. All values are finite. Columns are found by name;
   * others are ignored.
   *
   * @throws InputException if a column is missing, holds names where numbers are expected, or holds
   *     a number so large that the result is not finite
   */
  public Matrix apply(Table table) {
    options.images().ifPresent(shape -> PixelColumns.requireShape(table, shape));
    int width = names.size();
    if ((long) table.rows() * width > Integer.MAX_VALUE - 8) {
      throw new InputException(
          table.source()
              + ": "
              + table.rows()
              + " rows of "
              + width
              + " inputs are too many for one array, expected at most "
              + (Integer.MAX_VALUE - 8) / width
              + " rows at a time");
    }
    double[] out = new double[table.rows() * width];
    int first = 0;
    for (FittedColumn column : columns) {
      if (!table.has(column.name())) {
        throw CsvPass.missing(table.source(), column.name(), table.names());
      }
      column.apply(table.column(column.name()), reading, table.source(), out, width, first);
      first += column.outputs().size();
    }
    if (options.scale() == Scale.ROWS) {
      divideRows(out, width, Math::abs, sum -> sum);
    } else if (options.scale() == Scale.LENGTHS) {
      divideRows(out, width, value -> value * value, Math::sqrt);
    }
    return Matrix.of(table.rows(), width, out);
  }

  /**
   * Returns pictures as bytes with the input that each byte becomes, so that {@link #apply} can be
   * left to where the inputs are needed. Nothing is returned of rows that are no such pictures, as
   * where their numbers are not held as bytes.
   *
   * @throws InputException if the pictures are of another shape
   */
  public Optional<PixelBytes> bytes(Table table) {
    if (options.images().isEmpty() || !table.has(columns.get(0).name())) {
      return Optional.empty();
    }
    return PixelColumns.bytes(table, options.shape(), columns, reading.missing());
  }

  /** Divides each row by a function of the sum of parts of its values; a row of zeros stays. */
  private static void divideRows(
      double[] values, int width, DoubleUnaryOperator part, DoubleUnaryOperator whole) {
    for (int start = 0; start < values.length; start += width) {
      double sum = 0;
      for (int i = start; i < start + width; i++) {
        sum += part.applyAsDouble(values[i]);
      }
      for (int i = start; i < start + width && sum > 0; i++) {
        values[i] /= whole.applyAsDouble(sum);
      }
    }
  }

  /** Returns the names of the outputs, such as {@code Length} and {@code Sex=M}. */
  public List<String> names() {
    return names;
  }

  List<FittedColumn> fitted() {
    return columns;
  }

  /** Returns the names of the columns that a table must have. */
  public List<String> columns() {
    return columns.stream().map(FittedColumn::name).toList();
  }

  /**
   * Returns how to read a file of rows like those it was fitted to: only the columns that it needs,
   * as the names or numbers that they were, with the same separator, missing values and writing of
   * numbers.
   */
  public CsvOptions reading() {
    Set<String> nominal = new LinkedHashSet<>();
    Set<String> numeric = new LinkedHashSet<>();
    columns.forEach(c -> (c instanceof FittedNominalColumn ? nominal : numeric).add(c.name()));
    return new CsvOptions(
        reading.separator(),
        reading.header(),
        nominal,
        numeric,
        reading.drop(),
        Optional.of(Set.copyOf(columns())),
        reading.missing(),
        reading.numbers(),
        Optional.empty(),
        Set.of());
  }

  /** Returns the options it was fitted with. */
  public Options options() {
    return options;
  }

  /** Returns everything that was learnt, for {@link #fromJson}, without loss. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.add("options", options.toJson());
    json.add("reading", reading.toJson());
    JsonArray array = new JsonArray();
    columns.forEach(column -> array.add(column.toJson()));
    json.add("columns", array);
    return json;
  }

  /**
   * Returns the preprocessing that {@link #toJson} wrote.
   *
   * @throws InputException if it is no such JSON, naming the key
   */
  public static Preprocessing fromJson(JsonObject json) {
    return fromJson(JsonFields.of("", json));
  }

  /**
   * Returns the same from an object within another one.
   *
   * @throws InputException if it is no such JSON, naming the key
   */
  public static Preprocessing fromJson(JsonFields json) {
    Options options = Options.fromJson(json.object("options"));
    CsvOptions reading =
        json.has("reading") ? CsvOptions.fromJson(json.object("reading")) : CsvOptions.DEFAULT;
    List<FittedColumn> columns = new ArrayList<>();
    for (JsonFields column : json.objects("columns")) {
      boolean nominal = column.oneOf("type", "numeric", "nominal").equals("nominal");
      try {
        columns.add(
            nominal ? FittedNominalColumn.fromJson(column) : FittedNumericColumn.fromJson(column));
      } catch (IllegalArgumentException e) {
        throw e instanceof InputException input
            ? input
            : new InputException("preprocessing: " + e.getMessage(), e);
      }
    }
    return new Preprocessing(options, reading, columns);
  }

  @Override
  public String toString() {
    return Text.count(columns.size(), "column") + " to " + Text.count(names.size(), "input");
  }
}
