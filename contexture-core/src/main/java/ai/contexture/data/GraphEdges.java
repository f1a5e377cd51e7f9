package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Reads a file with an edge in each row. */
final class GraphEdges {

  private static final List<List<String>> ENDS =
      List.of(
          List.of("source", "target"),
          List.of("from", "to"),
          List.of("src", "dst"),
          List.of("u", "v"));

  private GraphEdges() {}

  static Graph read(Path file, CsvOptions options, GraphNodes nodes) {
    IntStream.Builder from = IntStream.builder();
    IntStream.Builder to = IntStream.builder();
    IntStream.Builder type = IntStream.builder();
    DoubleStream.Builder weight = DoubleStream.builder();
    Map<String, Integer> codeOf = new HashMap<>();
    try (CsvRows rows = CsvRows.open(file.toString(), Csv.source(file), options.separator())) {
      List<String> header =
          rows.header().stream()
              .map(name -> options.drop().contains(name) ? "" : name.toLowerCase(Locale.ROOT))
              .toList();
      List<String> ends = ends(header, rows);
      int source = header.indexOf(ends.get(0));
      int target = header.indexOf(ends.get(1));
      int weights = header.indexOf("weight");
      int types = header.indexOf("type");
      while (rows.next()) {
        from.add(nodes.index(rows, source));
        to.add(nodes.index(rows, target));
        weight.add(weights < 0 ? 1 : weight(rows, weights));
        type.add(types < 0 ? 0 : NominalColumn.code(codeOf, type(rows, types)));
      }
    }
    nodes.requireKnown();
    List<String> ids = nodes.ids();
    int[] ranks = nodes.ranks(ids);
    int[] codes = type.build().toArray();
    List<String> kinds = List.of();
    if (!codeOf.isEmpty()) {
      NominalColumn column = NominalColumn.wrap("type", codeOf, codes);
      codes = column.codes();
      kinds = column.levels();
    }
    return Graph.of(
        ids,
        from.build().map(node -> ranks[node]).toArray(),
        to.build().map(node -> ranks[node]).toArray(),
        weight.build().toArray(),
        codes,
        kinds);
  }

  private static List<String> ends(List<String> header, CsvRows rows) {
    return ENDS.stream()
        .filter(header::containsAll)
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    Message.of(
                        "%s: expected columns source and target (or from and to, src and dst, u and"
                            + " v) with the two nodes of each edge, got %s%s",
                        rows.name(),
                        String.join(", ", rows.header()),
                        rows.header().size() > 1
                            ? ""
                            : Message.of(
                                "; take out comments above the header, and give %s for what stands"
                                    + " between cells",
                                Setting.SEPARATOR))));
  }

  private static double weight(CsvRows rows, int column) {
    double weight = Numbers.parse(rows.cell(column));
    if (!(weight >= 0)) {
      throw rows.wrong(column, "a weight, a number of at least 0");
    }
    return weight;
  }

  private static String type(CsvRows rows, int column) {
    String type = rows.cell(column);
    if (type.isEmpty()) {
      throw rows.wrong(column, "the name of a type");
    }
    return type;
  }
}
