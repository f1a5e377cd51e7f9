package ai.contexture.data;

import ai.contexture.input.Numbers;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The nodes that the files of a graph speak of: given ones, or those that its edges name. */
final class GraphNodes {

  private final Map<String, Integer> index = new HashMap<>();
  private final String expected;

  private GraphNodes(String expected) {
    this.expected = expected;
  }

  /** Returns the nodes that will be named. */
  static GraphNodes named() {
    return new GraphNodes(null);
  }

  /**
   * Returns given nodes.
   *
   * @param expected what messages say a node must be
   */
  static GraphNodes of(List<String> ids, String expected) {
    GraphNodes nodes = new GraphNodes(expected);
    ids.forEach(id -> NominalColumn.code(nodes.index, id));
    return nodes;
  }

  /** Returns the position of the node in a cell. */
  int index(CsvRows rows, int column) {
    String id = rows.cell(column);
    if (id.isEmpty()) {
      throw rows.wrong(column, "the name of a node");
    }
    if (expected == null) {
      return NominalColumn.code(index, id);
    }
    Integer known = index.get(id);
    if (known == null) {
      throw rows.wrong(column, expected);
    }
    return known;
  }

  /** Returns the names, in the order in which they were given or, if they were named, sorted. */
  List<String> ids() {
    return expected == null
        ? sorted(index.keySet())
        : index.keySet().stream().sorted(Comparator.comparing(index::get)).toList();
  }

  /**
   * Returns names in the order of their numbers if all are numbers, else in that of the alphabet.
   */
  static List<String> sorted(Collection<String> names) {
    boolean numbers = names.stream().noneMatch(name -> Double.isNaN(Numbers.parse(name)));
    Comparator<String> number = Comparator.comparingDouble(Numbers::parse);
    Comparator<String> alphabet = Comparator.naturalOrder();
    return names.stream().sorted(numbers ? number.thenComparing(alphabet) : alphabet).toList();
  }

  /** Returns where each node, by its position, is among the names. */
  int[] ranks(List<String> ids) {
    int[] ranks = new int[ids.size()];
    for (int i = 0; i < ranks.length; i++) {
      ranks[index.get(ids.get(i))] = i;
    }
    return ranks;
  }
}
