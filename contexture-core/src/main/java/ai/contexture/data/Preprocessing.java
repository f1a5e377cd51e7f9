package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Names;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
    ROBUST
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
                + text(power));
      }
      scale = scale == null ? Scale.STANDARD : scale; // older runs do not name it
      if (shape != null && scale != Scale.STANDARD) {
        throw new InputException(
            "preprocessing: the pixels of images share one scale, expected scale standard, got "
                + text(scale));
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
  }

  private static final Logger logger = LoggerFactory.getLogger(Preprocessing.class);

  /** Rows that show how far rows are from each other. */
  private static final int SHOWING = 4096;

  /** Of fewer columns one makes up most of the distance easily. */
  private static final int LEAST_COLUMNS = 3;

  /** A column of a larger share makes up most of the distance between rows. */
  public static final double MOST_OF_DISTANCE = 0.5;

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
   * logged as a warning, and so is what it has to fill almost everywhere.
   *
   * @throws InputException if a column has no value at all, all columns are constant, or they are
   *     not the pixels of the images that the options tell of
   */
  public static Preprocessing fit(Table table, Options options) {
    return fit(table, options, logger::warn);
  }

  static Preprocessing fit(Table table, Options options, Consumer<String> warning) {
    if (table.rows() == 0) {
      throw new InputException(table.source() + ": no rows to fit the preprocessing to");
    }
    table.columns().forEach(column -> requireValues(column, table.source()));
    if (options.shape() != null) {
      return new Preprocessing(
          options,
          table.reading().orElse(Table.GIVEN),
          FittedNumericColumn.fit(pixels(table, options.shape()), options, table.source()));
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
            table.source()
                + ": column '"
                + column.name()
                + "' has more than "
                + options.maxLevels()
                + " levels; the rarer ones are pooled in "
                + column.name()
                + "=(other)");
      }
    }
    if (fitted.isEmpty()) {
      throw new InputException(
          table.source()
              + ": all columns are constant in the rows that the preprocessing is fitted to");
    }
    if (!constant.isEmpty()) {
      warning.accept(
          table.source() + ": left out because they are constant: " + Names.list(constant, 5));
    }
    mostlyMissing(table).ifPresent(warning);
    return new Preprocessing(options, table.reading().orElse(Table.GIVEN), fitted);
  }

  private static void requireValues(Column column, String place) {
    if (column.missing() == column.rows()) {
      throw new InputException(
          place
              + ": column '"
              + column.name()
              + "' is missing in all "
              + column.rows()
              + " rows that the preprocessing is fitted to; leave it out with --drop "
              + Names.argument(column.name()));
    }
  }

  /** What to say of the columns that few rows have a value of. */
  private static Optional<String> mostlyMissing(Table table) {
    List<String> absent =
        table.columns().stream().filter(ColumnLook::isMostlyMissing).map(Column::name).toList();
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            table.source()
                + ": missing in at least 80 % of the rows: "
                + CsvWarnings.columns(absent)
                + "; --drop "
                + Names.argument(absent.get(0))
                + " leaves it out");
  }

  /** The columns of a table as the pixels of images. */
  private static List<NumericColumn> pixels(Table table, ImageShape shape) {
    if (table.columns().size() != shape.inputs()) {
      throw new InputException(
          table.source()
              + ": images of shape "
              + shape
              + " have "
              + shape.inputs()
              + " pixels, got "
              + table.columns().size()
              + " columns to learn from");
    }
    List<NumericColumn> pixels = new ArrayList<>();
    for (Column column : table.columns()) {
      if (!(column instanceof NumericColumn numbers)) {
        throw new InputException(
            table.source()
                + ": column '"
                + column.name()
                + "' holds names, expected the numbers of pixels");
      }
      pixels.add(numbers);
    }
    return pixels;
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
    return Matrix.of(table.rows(), width, out);
  }

  /**
   * Returns how much of the mean squared distance between rows each column makes up, that is, how
   * much of the variance of all outputs its outputs have. They add up to 1. <b>[{@link
   * #columns}]</b>
   *
   * @param rows of which the first few thousand are looked at, such as those it was fitted to
   */
  public double[] distanceShares(Table rows) {
    int n = Math.min(rows.rows(), SHOWING);
    Matrix inputs = apply(rows.select(IntStream.range(0, n).toArray()));
    int[] column = groups();
    double[] shares = new double[columns.size()];
    double all = 0;
    for (int j = 0; j < inputs.columns(); j++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += inputs.get(i, j) / n;
      }
      for (int i = 0; i < n; i++) {
        double deviation = inputs.get(i, j) - mean;
        shares[column[j]] += deviation * deviation;
        all += deviation * deviation;
      }
    }
    for (int i = 0; i < shares.length && all > 0; i++) {
      shares[i] /= all;
    }
    return shares;
  }

  /**
   * Returns what to say where one of at least three columns makes up most of the distance between
   * rows, so that near rows are near in this column and little else.
   *
   * @param rows those it was fitted to
   */
  public Optional<Dominance> dominance(Table rows) {
    if (columns.size() < LEAST_COLUMNS || options.shape() != null) {
      return Optional.empty();
    }
    double[] shares = distanceShares(rows);
    int most = IntStream.range(0, shares.length).reduce(0, (i, j) -> shares[j] > shares[i] ? j : i);
    if (shares[most] <= MOST_OF_DISTANCE) {
      return Optional.empty();
    }
    FittedColumn column = columns.get(most);
    String argument = Names.argument(column.name());
    String text =
        rows.source()
            + ": column '"
            + column.name()
            + "' makes up "
            + Math.round(100 * shares[most])
            + " % of the squared distance between rows"
            + (column instanceof FittedNominalColumn
                ? ", an input for each of its " + column.outputs().size() + " names"
                : "")
            + "; --drop "
            + argument
            + " leaves it out"
            + (column instanceof FittedNominalColumn
                ? ""
                : ", --power quantile makes it like the others");
    return Optional.of(new Dominance(column.name(), shares[most], text));
  }

  /**
   * A column that makes up more than {@value #MOST_OF_DISTANCE} of the distance between rows.
   *
   * @param column its name
   * @param share of the mean squared distance
   * @param text the same in words, and what to do
   */
  public record Dominance(String column, double share, String text) {

    @Override
    public String toString() {
      return text;
    }
  }

  /** Returns the names of the outputs, such as {@code Length} and {@code Sex=M}. */
  public List<String> names() {
    return names;
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
    JsonObject how = new JsonObject();
    how.addProperty("impute", text(options.impute()));
    how.addProperty("power", text(options.power()));
    how.addProperty("standardise", options.standardise());
    how.addProperty("scale", text(options.scale()));
    how.addProperty("one-hot", text(options.oneHot()));
    how.addProperty("max-levels", options.maxLevels());
    options.images().ifPresent(shape -> how.addProperty("shape", shape.toString()));
    json.add("options", how);
    json.add("reading", readingToJson());
    JsonArray array = new JsonArray();
    columns.forEach(column -> array.add(column.toJson()));
    json.add("columns", array);
    return json;
  }

  private JsonObject readingToJson() {
    JsonObject json = new JsonObject();
    reading.separator().ifPresent(sign -> json.addProperty("separator", sign));
    json.addProperty("header", text(reading.header()));
    json.add("missing", Json.array(reading.missing().given().stream().sorted().toList()));
    json.addProperty("default-missing", reading.missing().defaults());
    json.addProperty("decimal", reading.numbers().decimal());
    reading.numbers().thousands().ifPresent(sign -> json.addProperty("thousands", sign));
    json.add("drop", Json.array(reading.drop().stream().sorted().toList()));
    return json;
  }

  private static CsvOptions readingFromJson(JsonFields json) {
    List<String> missing = json.texts("missing");
    CsvOptions reading =
        CsvOptions.DEFAULT
            .withHeader(json.constant("header", CsvOptions.Header.class))
            .withMissing(
                (json.flag("default-missing") ? MissingTokens.DEFAULT : MissingTokens.NONE)
                    .with(missing))
            .withNumbers(
                new NumberStyle(sign(json, "decimal").orElse('.'), sign(json, "thousands")))
            .withDrop(json.texts("drop").toArray(String[]::new));
    return sign(json, "separator").map(reading::withSeparator).orElse(reading);
  }

  private static Optional<Character> sign(JsonFields json, String key) {
    if (!json.has(key)) {
      return Optional.empty();
    }
    String text = json.text(key);
    if (text.length() != 1) {
      throw new InputException(key + ": expected one character, got '" + text + "'");
    }
    return Optional.of(text.charAt(0));
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
    JsonFields how = json.object("options");
    Options options =
        new Options(
            how.constant("impute", Impute.class),
            how.constant("power", Power.class),
            how.flag("standardise"),
            how.constant("one-hot", OneHot.class),
            how.whole("max-levels"),
            how.has("shape") ? ImageShape.parse(how.text("shape")) : null,
            how.has("scale") ? how.constant("scale", Scale.class) : Scale.STANDARD);
    CsvOptions reading =
        json.has("reading") ? readingFromJson(json.object("reading")) : CsvOptions.DEFAULT;
    List<FittedColumn> columns = new ArrayList<>();
    for (JsonFields column : json.objects("columns")) {
      boolean nominal = column.text("type").equals("nominal");
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

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return columns.size() + " columns to " + names.size() + " inputs";
  }
}
