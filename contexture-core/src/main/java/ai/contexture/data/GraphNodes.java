package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The nodes that the files of a graph speak of: given ones, or those that its edges name.
 *
 * <p>Spaces around a name do not count, nor does a fraction of zeros: 3.0 is 3. Another spelling of
 * the number that a node is called by, such as 7 where there is a node 007, is refused, since
 * nobody can know whether it is the same node; given nodes may be called 7 and 007.
 */
final class GraphNodes {

  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+\\.0*");

  private final List<String> names = new ArrayList<>();

  /** The positions of nodes by all spellings that were met. */
  private final Map<String, Integer> index = new HashMap<>();

  private final Map<Object, Integer> byMeaning = new HashMap<>();
  private final Set<String> unknown = new HashSet<>();
  private final Message expected;
  private InputException firstUnknown;

  private GraphNodes(Message expected) {
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
   * @throws InputException if two of them look like one
   */
  static GraphNodes of(List<String> ids, Message expected) {
    GraphNodes nodes = new GraphNodes(expected);
    for (String id : ids) {
      String name = written(id);
      Integer same = nodes.index.get(name);
      if (same != null) {
        throw new InputException(
            "nodes: '" + nodes.names.get(same) + "' and '" + id + "' look like one node");
      }
      nodes.add(name);
      nodes.index.put(id, nodes.names.size() - 1);
    }
    return nodes;
  }

  private int add(String name) {
    int position = names.size();
    names.add(name);
    index.put(name, position);
    byMeaning.putIfAbsent(meaning(name), position);
    return position;
  }

  /** Returns the one spelling of a name in which spaces around it and .0 do not matter. */
  static String written(String id) {
    String name = Normalizer.normalize(Cell.strip(id), Normalizer.Form.NFC);
    return WHOLE.matcher(name).matches() ? name.substring(0, name.indexOf('.')) : name;
  }

  /** Returns what is equal for names that look like one node: the number, or else the text. */
  private static Object meaning(String id) {
    String name = written(id);
    return Double.isNaN(Numbers.parse(name)) ? name : new BigDecimal(name).stripTrailingZeros();
  }

  /**
   * Returns the position of the node in a cell, −1 where no given node is called so, see {@link
   * #requireKnown}.
   */
  int index(CsvRows rows, int column) {
    String id = rows.cell(column);
    Integer known = index.get(id);
    if (known != null) {
      return known;
    }
    String name = written(id);
    if (name.isEmpty()) {
      throw rows.wrong(column, "the name of a node");
    }
    known = index.get(name);
    if (known == null) {
      Integer same = byMeaning.get(meaning(name));
      if (same != null) {
        throw rows.wrong(
            column, "'" + names.get(same) + "', as another place writes what looks like this node");
      }
      if (expected != null) {
        firstUnknown = unknown.isEmpty() ? rows.wrong(column, expected) : firstUnknown;
        unknown.add(name);
        return -1;
      }
      known = add(name);
    }
    index.put(id, known);
    return known;
  }

  /**
   * Requires that all nodes were given that the rows named.
   *
   * @throws InputException for the first one that was not, with their number
   */
  void requireKnown() {
    if (unknown.size() > 1) {
      throw new InputException(
          Message.of(
              "%s; %d different names of this file are no such node",
              firstUnknown.said(), unknown.size()));
    }
    if (firstUnknown != null) {
      throw firstUnknown;
    }
  }

  /** Returns the names, in the order in which they were given or, if they were named, sorted. */
  List<String> ids() {
    return expected == null ? sorted(names) : List.copyOf(names);
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
