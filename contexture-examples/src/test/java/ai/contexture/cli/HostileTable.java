package ai.contexture.cli;

import ai.contexture.input.Names;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A table with names, types, tokens and an order of columns that give trouble, made from random
 * numbers.
 *
 * @param options what a command must be told about the file
 * @param columns what to learn from
 */
record HostileTable(char separator, List<String> options, List<HostileTable.Cells> columns) {

  static final int ROWS = 40;

  private static final List<String> NAMES =
      List.of(
          "x",
          "area, m2",
          "say \"hi\"",
          "größe",
          "with space",
          "#",
          "価格",
          "a=b",
          "it's",
          "$money",
          "semi;colon",
          "back\\slash",
          "NA",
          "100",
          "drop|it",
          "'quoted'");

  /**
   * A column.
   *
   * @param texts what the cells say in a file
   * @param values what a program has in their place, null where a value is missing
   */
  record Cells(String name, List<String> texts, List<Object> values) {}

  /** What the cells of a column are. */
  private enum Kind {
    DECIMAL,
    INTEGER,
    WORD,
    TRUTH,
    PERCENT,
    MONEY,
    ZERO_CODE,
    NUMBER_CODE,
    LARGE_CODE,
    VERSION
  }

  private static final Set<Kind> CODES =
      EnumSet.of(Kind.ZERO_CODE, Kind.NUMBER_CODE, Kind.LARGE_CODE, Kind.VERSION);

  static HostileTable of(RandomGenerator random) {
    boolean comma = random.nextInt(4) == 0;
    boolean noDefaults = random.nextInt(4) == 0;
    char separator = (comma ? ";|" : ",;|").charAt(random.nextInt(comma ? 2 : 3));
    String token = List.of("", "-999", "none", "-1.50", "UNKNOWN").get(random.nextInt(5));
    List<String> options = new ArrayList<>();
    if (comma) {
      options.addAll(List.of("--decimal", ",", "--thousands", "."));
    }
    if (noDefaults) {
      options.add("--no-default-missing");
    }
    if (!token.isEmpty()) {
      options.add("--missing=" + token);
    }
    List<String> names = new ArrayList<>(NAMES);
    List<Cells> columns = new ArrayList<>();
    int count = 2 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Kind kind = i == 0 ? Kind.DECIMAL : Kind.values()[random.nextInt(Kind.values().length)];
      String name = names.remove(random.nextInt(names.size()));
      if (CODES.contains(kind)) {
        options.add("--nominal=" + Names.quoted(name));
      }
      columns.add(cells(name, kind, comma, noDefaults, token, random));
    }
    return new HostileTable(separator, options, columns);
  }

  private static Cells cells(
      String name,
      Kind kind,
      boolean comma,
      boolean noDefaults,
      String token,
      RandomGenerator random) {
    List<String> texts = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      if (random.nextInt(8) == 0) {
        List<String> missing = new ArrayList<>(List.of(""));
        if (!token.isEmpty()) {
          missing.add(token);
        }
        if (!noDefaults) {
          missing.addAll(List.of("NA", "n/a"));
        }
        boolean number = kind == Kind.DECIMAL || kind == Kind.INTEGER;
        // With a decimal comma a token with a point is no number.
        missing.removeIf(t -> comma && t.contains(".") && number);
        texts.add(missing.get(random.nextInt(missing.size())));
        values.add(null);
        continue;
      }
      double x = Math.rint(random.nextDouble(1, 9000)) / 4;
      long n = random.nextLong(0, 12);
      String written = comma ? german(x, random) : plain(x, random);
      switch (kind) {
        case DECIMAL -> add(texts, values, written, random.nextInt(5) == 0 ? written : x);
        case INTEGER -> add(texts, values, Long.toString(n), n);
        case WORD -> {
          String word =
              List.of("red", "Na", "ü, \"x\"", noDefaults ? "NA" : "N", noDefaults ? "?" : "!")
                  .get((int) (n % 5));
          add(texts, values, word, word);
        }
        case TRUTH -> add(texts, values, n % 2 == 0 ? "True" : "False", n % 2 == 0);
        case PERCENT -> add(texts, values, written + "%", n < 6 ? x : written + " %");
        case MONEY -> add(texts, values, "$" + written, n < 6 ? x : "$" + written);
        case ZERO_CODE -> {
          String code = String.format(Locale.ROOT, n % 2 == 0 ? "%05d" : "%d", n / 2);
          add(texts, values, code, code);
        }
        case NUMBER_CODE -> add(texts, values, Long.toString(n), n % 3 == 0 ? (double) n : n);
        case LARGE_CODE -> add(texts, values, Long.toString((1L << 53) + n), (1L << 53) + n);
        case VERSION -> {
          String version = List.of("1.1", "1.10", "1.100", "1e3", "1000").get((int) (n % 5));
          add(texts, values, version, version);
        }
      }
    }
    return new Cells(name, texts, values);
  }

  private static void add(List<String> texts, List<Object> values, String text, Object value) {
    texts.add(text);
    values.add(value);
  }

  private static String plain(double x, RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> String.format(Locale.ROOT, "%.2f", x);
      case 1 -> String.format(Locale.ROOT, "%.4f", x);
      default -> Double.toString(x);
    };
  }

  private static String german(double x, RandomGenerator random) {
    return random.nextBoolean()
        ? String.format(Locale.GERMANY, "%,.2f", x)
        : Double.toString(x).replace('.', ',');
  }

  /** The file to learn from: these columns and a target. */
  String file() {
    StringBuilder text = new StringBuilder();
    for (int row = -1; row < ROWS; row++) {
      int at = row;
      String line =
          columns.stream()
              .map(column -> cell(at < 0 ? column.name() : column.texts().get(at)))
              .collect(Collectors.joining("" + separator));
      text.append(line).append(separator).append(row < 0 ? "class" : row % 2).append('\n');
    }
    return text.toString();
  }

  /** The same rows with their columns in another order among others that hold anything. */
  String shuffled(RandomGenerator random) {
    List<Integer> order = new ArrayList<>();
    for (int i = -3; i < columns.size(); i++) {
      order.add(random.nextInt(order.size() + 1), i);
    }
    StringBuilder text = new StringBuilder();
    for (int row = -1; row < ROWS; row++) {
      List<String> cells = new ArrayList<>();
      for (int i : order) {
        if (i < 0) { // one without a name, two with the same
          cells.add(row < 0 ? (i == -1 ? "" : "remark") : List.of("1,5", "oops", "7").get(-i - 1));
        } else {
          cells.add(row < 0 ? columns.get(i).name() : columns.get(i).texts().get(row));
        }
      }
      text.append(cells.stream().map(this::cell).collect(Collectors.joining("" + separator)));
      text.append('\n');
    }
    return text.toString();
  }

  private String cell(String text) {
    return text.chars().anyMatch(c -> c == separator || c == '"' || c == '#')
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }

  /** The rows as a program has them. */
  List<Map<String, Object>> rows() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (Cells column : columns) {
        values.put(column.name(), column.values().get(row));
      }
      rows.add(values);
    }
    return rows;
  }
}
