package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.Suggestions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table with a row for each node.
 *
 * @param table all columns
 * @param id the column with what the nodes are called, empty if they are called by their rows
 * @param nodes the nodes, in the order of the rows
 */
record GraphTable(Table table, Optional<String> id, GraphNodes nodes) {

  private static final Set<String> DEFAULT = Set.of("node", "id");

  /**
   * Reads a table.
   *
   * @param wanted the column with what the nodes are called, empty to look for one
   */
  static GraphTable read(Path file, Optional<String> wanted, CsvOptions options) {
    List<String> ids = new ArrayList<>();
    Optional<String> id;
    CsvRows.Source source = Csv.source(file);
    try (CsvRows rows = CsvRows.open(file.toString(), source, options.separator())) {
      id = id(rows, wanted, options.drop());
      if (id.isPresent()) {
        ids = ids(rows, rows.header().indexOf(id.get()));
      }
    }
    CsvOptions columns = id.map(name -> keep(name, options)).orElse(options);
    Table table = Csv.read(file.toString(), source, columns);
    if (id.isEmpty()) {
      ids = Graph.numbers(table.rows());
    }
    Message expected =
        id.isPresent()
            ? Message.of("one of the %d nodes in column '%s' of %s", ids.size(), id.get(), file)
            : Message.of(
                "a row of %s, counted from 0 to %d; give %s if one says what the nodes are called",
                file, ids.size() - 1, Setting.ID.to("COLUMN"));
    return new GraphTable(table, id, GraphNodes.of(ids, expected));
  }

  private static Optional<String> id(CsvRows rows, Optional<String> wanted, Set<String> drop) {
    if (wanted.isPresent() && !rows.header().contains(wanted.get())) {
      throw Suggestions.unknown(
          "column", wanted.get(), rows.header(), Message.of("%s: %s", rows.name(), Setting.ID));
    }
    return wanted.or(
        () ->
            rows.header().stream()
                .filter(name -> DEFAULT.contains(name.toLowerCase(Locale.ROOT)))
                .filter(name -> !drop.contains(name))
                .findFirst());
  }

  private static List<String> ids(CsvRows rows, int column) {
    Map<String, Long> lines = new HashMap<>();
    List<String> ids = new ArrayList<>();
    while (rows.next()) {
      String id = rows.cell(column);
      if (GraphNodes.written(id).isEmpty()) {
        throw rows.wrong(column, "the name of a node");
      }
      Long before = lines.put(GraphNodes.written(id), rows.line());
      if (before != null) {
        throw rows.wrong(column, "each node once, but it is in line " + before + " too");
      }
      ids.add(id);
    }
    return ids;
  }

  /** Returns options that keep a column as names. */
  private static CsvOptions keep(String column, CsvOptions options) {
    return new CsvOptions(
        options.separator(),
        options.header(),
        options.withNominal(column).nominal(),
        without(options.numeric(), column),
        without(options.drop(), column),
        options.needed(),
        options.missing(),
        options.numbers(),
        options.elsewhere(),
        options.keys());
  }

  private static Set<String> without(Set<String> names, String name) {
    Set<String> others = new HashSet<>(names);
    others.remove(name);
    return others;
  }

  /**
   * Returns what is known of the nodes besides their names and the target.
   *
   * @param target the column of the target, or null
   */
  List<Column> features(String target) {
    if (target != null && id.equals(Optional.of(target))) {
      throw new InputException(
          table.source()
              + ": the target '"
              + target
              + "' says what the nodes are called, expected another column");
    }
    return table.columns().stream()
        .filter(column -> !column.name().equals(target))
        .filter(column -> !id.equals(Optional.of(column.name())))
        .toList();
  }
}
