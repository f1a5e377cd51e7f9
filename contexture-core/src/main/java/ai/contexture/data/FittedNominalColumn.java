package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Numbers;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A nominal column: one output for each level, 1 where a row has it and 0 elsewhere, perhaps
 * standardised.
 */
final class FittedNominalColumn implements FittedColumn {

  private static final int NONE = -1;

  private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9]\\d*)\\.0+");

  private final String name;
  private final List<String> levels;
  private final boolean other;
  private final boolean missing;
  private final double[] means;
  private final double[] scales;
  private final Map<String, Integer> output = new HashMap<>();

  /** The outputs of levels by their whole numbers and, in lower case, by their truth values. */
  private final Map<String, Integer> byWhole = new HashMap<>();

  private final boolean truth;

  /**
   * Takes what was fitted.
   *
   * @param levels the levels with an output of their own
   * @param other whether an output after them stands for all other levels
   * @param missing whether a last output stands for a missing value
   * @param means <b>[outputs]</b>, what to subtract
   * @param scales <b>[outputs]</b>, what to divide by then
   */
  private FittedNominalColumn(
      String name,
      List<String> levels,
      boolean other,
      boolean missing,
      double[] means,
      double[] scales) {
    this.name = name;
    this.levels = List.copyOf(levels);
    this.other = other;
    this.missing = missing;
    this.means = means;
    this.scales = scales;
    for (int i = 0; i < levels.size(); i++) {
      output.put(levels.get(i), i);
    }
    Set<String> truths = Set.of("true", "false");
    truth = levels.stream().allMatch(level -> truths.contains(level.toLowerCase(Locale.ROOT)));
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      byWhole.putIfAbsent(truth ? level.toLowerCase(Locale.ROOT) : whole(level), i);
    }
    boolean positive = Arrays.stream(scales).allMatch(s -> s > 0 && s <= Double.MAX_VALUE);
    boolean finite = Arrays.stream(means).allMatch(Double::isFinite);
    int width = outputs().size();
    if (means.length != width || scales.length != width || !positive || !finite) {
      throw new IllegalArgumentException(
          name + ": expected " + width + " finite means and positive scales");
    }
  }

  /** Fits a column; empty if it has one level only. */
  static Optional<FittedNominalColumn> fit(NominalColumn column, Preprocessing.Options options) {
    int[] counts = column.counts();
    int[] used = IntStream.range(0, counts.length).filter(code -> counts[code] > 0).toArray();
    int absent = column.missing();
    boolean missing = absent > 0;
    if (used.length + (missing ? 1 : 0) < 2) {
      return Optional.empty();
    }
    boolean other = used.length + (missing ? 1 : 0) > options.maxLevels();
    int kept = other ? options.maxLevels() - 1 - (missing ? 1 : 0) : used.length;
    // Codes are in the order of the names, and sorting is stable: ties are kept by name.
    int[] most =
        Arrays.stream(used)
            .boxed()
            .sorted(Comparator.comparingInt(code -> -counts[code]))
            .limit(kept)
            .mapToInt(code -> code)
            .sorted()
            .toArray();
    List<String> levels = Arrays.stream(most).mapToObj(column.levels()::get).toList();
    List<Integer> frequencies = new ArrayList<>();
    Arrays.stream(most).forEach(code -> frequencies.add(counts[code]));
    if (other) {
      int pooled = column.rows() - absent - frequencies.stream().mapToInt(f -> f).sum();
      frequencies.add(pooled);
    }
    if (missing) {
      frequencies.add(absent);
    }
    double[] means = new double[frequencies.size()];
    double[] scales = new double[frequencies.size()];
    boolean standardised = options.oneHot() == Preprocessing.OneHot.STANDARDISED;
    for (int i = 0; i < means.length; i++) {
      double share = (double) frequencies.get(i) / column.rows();
      means[i] = standardised ? share : 0;
      scales[i] = standardised ? Math.sqrt(share * (1 - share)) : 1;
    }
    return Optional.of(
        new FittedNominalColumn(column.name(), levels, other, missing, means, scales));
  }

  static FittedNominalColumn fromJson(JsonFields json) {
    return new FittedNominalColumn(
        json.text("name"),
        json.texts("levels"),
        json.flag("other"),
        json.flag("missing"),
        json.numbers("means"),
        json.numbers("scales"));
  }

  @Override
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("type", "nominal");
    json.add("levels", Json.array(levels));
    json.addProperty("other", other);
    json.addProperty("missing", missing);
    json.add("means", Json.array(means));
    json.add("scales", Json.array(scales));
    return json;
  }

  @Override
  public String name() {
    return name;
  }

  /** Says whether rare levels share an output. */
  boolean pools() {
    return other;
  }

  @Override
  public List<String> outputs() {
    List<String> names = new ArrayList<>();
    levels.forEach(level -> names.add(name + "=" + level));
    if (other) {
      names.add(name + "=(other)");
    }
    if (missing) {
      names.add(name + "=(missing)");
    }
    return names;
  }

  @Override
  public void apply(
      Column column, CsvOptions reading, String place, double[] out, int width, int first) {
    requireTexts(column, place);
    double[] zero = new double[means.length];
    double[] one = new double[means.length];
    for (int i = 0; i < means.length; i++) {
      zero[i] = (0 - means[i]) / scales[i];
      one[i] = (1 - means[i]) / scales[i];
    }
    int[] ofLevel =
        column instanceof NominalColumn names
            ? names.levels().stream().mapToInt(level -> output(level, reading)).toArray()
            : null;
    Map<String, Integer> known = new HashMap<>();
    for (int row = 0; row < column.rows(); row++) {
      int start = row * width + first;
      System.arraycopy(zero, 0, out, start, zero.length);
      int hot =
          ofLevel != null && !column.missing(row)
              ? ofLevel[((NominalColumn) column).code(row)]
              : known.computeIfAbsent(column.cell(row), cell -> output(cell, reading));
      if (hot != NONE) {
        out[start + hot] = one[hot];
      }
    }
  }

  private void requireTexts(Column column, String place) {
    if (column instanceof NumericColumn numbers && numbers.texts().isLost()) {
      throw new InputException(
          place
              + ": column '"
              + name
              + "' was read as numbers whose writing is lost, expected the names of the data it was"
              + " fitted to; read it as nominal");
    }
  }

  /** Which output is 1 where a cell says this, {@value #NONE} for none. */
  private int output(String cell, CsvOptions reading) {
    Integer level = output.get(cell);
    if (level != null) {
      return level;
    }
    if (reading.missing().isMissing(cell)
        || (reading.missing().hasNumbers() && reading.missing().isMissing(Numbers.parse(cell)))) {
      return missing ? means.length - 1 : NONE;
    }
    Integer same = output.get(whole(cell));
    if (same == null) {
      same = byWhole.get(whole(cell));
    }
    if (same == null && truth) {
      same = byWhole.get(cell.toLowerCase(Locale.ROOT));
    }
    return same != null ? same : other ? levels.size() : NONE;
  }

  /**
   * The same whole number without a fraction of zeros, which programs add where a column has
   * missing values: {@code 3} for {@code 3.0}. Any other text is a name as it is: 007 is not 7, and
   * version 1.10 not 1.1.
   */
  private static String whole(String cell) {
    return WHOLE.matcher(cell).matches() ? cell.substring(0, cell.indexOf('.')) : cell;
  }
}
