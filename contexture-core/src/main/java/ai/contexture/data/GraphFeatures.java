package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Reads a file with one feature of one node in each row, such as the words of documents. */
final class GraphFeatures {

  private GraphFeatures() {}

  /**
   * Returns a column for each feature that occurs, in the order of their names; what the file does
   * not hold is 0, and what it holds several times is added up.
   *
   * @param file its columns are the node, the feature and perhaps the value, 1 where there is none
   * @param count the number of nodes
   */
  static List<Column> read(Path file, CsvOptions options, GraphNodes nodes, int count) {
    IntStream.Builder node = IntStream.builder();
    IntStream.Builder feature = IntStream.builder();
    DoubleStream.Builder value = DoubleStream.builder();
    Map<String, Integer> codeOf = new HashMap<>();
    String prefix;
    try (CsvRows rows = CsvRows.open(file.toString(), Csv.source(file), options.separator())) {
      int width = rows.header().size();
      if (width != 2 && width != 3) {
        throw new InputException(
            rows.name()
                + ": expected two or three columns (a node, its feature, perhaps the value), got "
                + String.join(", ", rows.header()));
      }
      prefix = rows.header().get(1) + "=";
      while (rows.next()) {
        node.add(nodes.index(rows, 0));
        feature.add(NominalColumn.code(codeOf, name(rows)));
        value.add(width < 3 ? 1 : value(rows));
      }
    }
    nodes.requireKnown();
    if ((long) count * codeOf.size() > Integer.MAX_VALUE - 8) {
      throw new InputException(
          file
              + ": "
              + codeOf.size()
              + " features of "
              + count
              + " nodes are too many for one table, expected at most "
              + (Integer.MAX_VALUE - 8) / count
              + " features");
    }
    double[][] columns = new double[codeOf.size()][count];
    int[] row = node.build().toArray();
    int[] column = feature.build().toArray();
    double[] number = value.build().toArray();
    for (int i = 0; i < row.length; i++) {
      columns[column[i]][row[i]] += number[i];
    }
    List<Column> made = new ArrayList<>();
    for (String name : GraphNodes.sorted(codeOf.keySet())) {
      made.add(NumericColumn.wrap(prefix + name, columns[codeOf.get(name)]));
    }
    return made;
  }

  private static String name(CsvRows rows) {
    String name = rows.cell(1);
    if (name.isEmpty()) {
      throw rows.wrong(1, "the name of a feature");
    }
    return name;
  }

  private static double value(CsvRows rows) {
    double value = Numbers.parse(rows.cell(2));
    if (Double.isNaN(value)) {
      throw rows.wrong(2, "a number");
    }
    return value;
  }
}
