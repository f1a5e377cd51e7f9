package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.Column;
import ai.contexture.data.ColumnSummary;
import ai.contexture.data.Dataset;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.RepeatedRows;
import ai.contexture.data.Split;
import ai.contexture.data.Table;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the columns of a dataset hold, before anything is learned from them.
 *
 * @param data the dataset
 * @param split its parts
 * @param columns what each column holds
 */
record DataDescription(Dataset data, Split split, List<ColumnSummary> columns) {

  private static final int WIDTH = 80;
  private static final int LONGEST_NAME = 24;

  /** Looks at the columns as a recipe would prepare them. */
  static DataDescription of(Dataset data, Recipe recipe) {
    PreparedData prepared = PreparedData.of(data, recipe, Contexts.parse(recipe.context()));
    List<ColumnSummary> columns =
        data.features().images().isPresent()
            ? List.of() // pixels, of which none is looked at alone
            : ColumnSummary.of(data, prepared.preprocessing(), prepared.rows());
    return new DataDescription(data, prepared.split(), columns);
  }

  /** Returns a table, a line for each column and those below for what is worth a look in it. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (data.features().images().isPresent()) {
      lines.add(data.name() + ": " + extent(data.rows(), data.features()));
      data.target().ifPresent(target -> lines.add("Target: " + target));
      lines.addAll(remarks(data, split));
      return lines;
    }
    lines.add(data.toString());
    lines.addAll(remarks(data, split));
    lines.add("");
    int width =
        Math.min(
            LONGEST_NAME, columns.stream().mapToInt(one -> one.name().length()).max().orElse(0));
    width = Math.max(width, "column".length());
    lines.add(row(width, "column", "kind", "different", "missing", "distance", "values"));
    for (ColumnSummary column : columns) {
      boolean fits = column.name().length() <= width;
      if (!fits) {
        lines.add(column.name());
      }
      lines.add(
          row(
              width,
              fits ? column.name() : "",
              column.numeric() ? "numbers" : "names",
              Integer.toString(column.different()),
              percent((double) column.missing() / column.rows()),
              Double.isNaN(column.distance()) ? "-" : percent(column.distance()),
              column.values()));
      column.notes().forEach(note -> lines.add("    ^ " + note));
    }
    lines.add("");
    lines.add("distance: its share of the squared distance between rows, after preprocessing");
    String advice =
        Stream.of(Setting.DROP, Setting.NOMINAL, Setting.NUMERIC)
            .map(this::advised)
            .filter(option -> !option.isEmpty())
            .collect(Collectors.joining(" "));
    if (!advice.isEmpty()) {
      lines.add("perhaps: " + advice);
    }
    return lines;
  }

  /** An option with all columns that it may help, or nothing. */
  private String advised(Setting setting) {
    List<String> names =
        columns.stream()
            .filter(column -> column.advice().equals(Optional.of(setting)))
            .map(ColumnSummary::name)
            .toList();
    return PretrainLine.list("--" + setting, names).strip();
  }

  /** Returns what there is to know of all columns together, in one or two lines. */
  static List<String> remarks(Dataset data, Split split) {
    if (data.features().images().isPresent()) {
      return notNew(data, split).stream().toList();
    }
    List<Column> columns = data.features().columns();
    int numeric = (int) columns.stream().filter(NumericColumn.class::isInstance).count();
    long missing = columns.stream().mapToLong(Column::missing).sum();
    List<String> remarks = new ArrayList<>();
    String absent =
        missing == 0 ? "none" : percent((double) missing / columns.size() / data.rows());
    remarks.add(
        Text.format(
            "Columns: %d of numbers, %d of names; %s of the cells missing",
            numeric, columns.size() - numeric, absent));
    notNew(data, split).ifPresent(remarks::add);
    return remarks;
  }

  private static Optional<String> notNew(Dataset data, Split split) {
    int repeated = repeated(data, split);
    return repeated == 0
        ? Optional.empty()
        : Optional.of(
            Text.format(
                "Not new: %d of the %d rows to test equal a row to pretrain in all columns",
                repeated, split.test().length));
  }

  /** Returns how many rows there are, and what each of them is. */
  static String extent(int rows, Table features) {
    return features
        .images()
        .map(
            shape ->
                Text.format(
                    "%d %s pictures of %dx%d",
                    rows, shape.channels() == 1 ? "grey" : "colour", shape.height(), shape.width()))
        .orElseGet(
            () ->
                Text.count(rows, "row") + " × " + Text.count(features.columns().size(), "column"));
  }

  /** Nodes of a graph with equal columns are different rows, since their edges differ. */
  private static int repeated(Dataset data, Split split) {
    return data.graph().isPresent()
        ? 0
        : RepeatedRows.count(data.features(), split.pretrain(), split.test());
  }

  private static String percent(double share) {
    return share == 0 ? "-" : share < 0.01 ? "< 1 %" : Math.round(100 * share) + " %";
  }

  private static String row(
      int width,
      String name,
      String kind,
      String different,
      String missing,
      String distance,
      String values) {
    String start =
        Text.format(
            "%-" + width + "s  %-7s  %9s  %7s  %8s  ",
            cut(name, width),
            kind,
            different,
            missing,
            distance);
    return (start + cut(values, WIDTH - start.length())).stripTrailing();
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }

  /** Returns the same for programs. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("n", data.rows());
    json.addProperty("features", columns.size());
    json.addProperty("repeatedTestRows", repeated(data, split));
    JsonArray array = new JsonArray();
    for (ColumnSummary column : columns) {
      JsonObject one = new JsonObject();
      one.addProperty("name", column.name());
      one.addProperty("kind", column.numeric() ? "numbers" : "names");
      one.addProperty("different", column.different());
      one.addProperty("missing", column.missing());
      one.addProperty("values", column.values());
      one.add("distance", Results.number(column.distance()));
      one.add("notes", new Gson().toJsonTree(column.notes()));
      array.add(one);
    }
    json.add("columns", array);
    return json;
  }
}
