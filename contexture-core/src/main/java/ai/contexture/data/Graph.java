package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Text;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An immutable, undirected, weighted graph, whose edges may be of several types.
 *
 * <p>Each edge stands here once, by its two nodes u ≤ v, its type and its weight w(u,v) = w(v,u)
 * &gt; 0, in the order of u, then v, then type. Where edges are given several times, their weights
 * add up, whichever of the two nodes comes first. The one exception is a list that gives every edge
 * in both directions with equal weights: it counts each edge once. An edge from a node to itself (a
 * self loop) is kept and given once either way. An edge of weight 0 is no edge.
 */
public final class Graph {

  /** Two directions of an edge have equal weights if they agree up to the rounding of a sum. */
  private static final double ROUNDING = 1e-12;

  private final List<String> ids;
  private final List<String> types;
  private final int[] from;
  private final int[] to;
  private final int[] type;
  private final double[] weight;

  private Graph(
      List<String> ids, List<String> types, int[] from, int[] to, int[] type, double[] weight) {
    this.ids = ids;
    this.types = types;
    this.from = from;
    this.to = to;
    this.type = type;
    this.weight = weight;
  }

  /**
   * Returns a graph of nodes that are called 0, 1, … n−1 and edges of one type.
   *
   * @param nodes n
   * @param from <b>[edges]</b>, one node of each edge, from 0 to n−1
   * @param to <b>[edges]</b>, the other node of each edge
   * @param weight <b>[edges]</b>, finite and at least 0
   * @throws IllegalArgumentException if a node or a weight is out of range, or the lengths differ
   */
  public static Graph of(int nodes, int[] from, int[] to, double[] weight) {
    return of(numbers(nodes), from, to, weight);
  }

  /**
   * Returns a graph of edges of one type.
   *
   * @param ids what the nodes are called, each differently
   * @param from <b>[edges]</b>, the position of one node of each edge among the ids
   * @param to <b>[edges]</b>, the position of the other
   * @param weight <b>[edges]</b>, finite and at least 0
   * @throws IllegalArgumentException if two ids are equal, a node or a weight is out of range, or
   *     the lengths differ
   */
  public static Graph of(List<String> ids, int[] from, int[] to, double[] weight) {
    return of(ids, from, to, weight, new int[from.length], List.of());
  }

  /**
   * Returns a graph of edges of several types.
   *
   * @param ids what the nodes are called, each differently
   * @param from <b>[edges]</b>, the position of one node of each edge among the ids
   * @param to <b>[edges]</b>, the position of the other
   * @param weight <b>[edges]</b>, finite and at least 0
   * @param type <b>[edges]</b>, the position of each edge's type among the types
   * @param types what the types are called, each differently; none if edges have no types, which
   *     are all 0 then
   * @throws IllegalArgumentException if two ids or types are equal, a node, type or weight is out
   *     of range, or the lengths differ
   */
  public static Graph of(
      List<String> ids, int[] from, int[] to, double[] weight, int[] type, List<String> types) {
    require(ids.stream().distinct().count() == ids.size(), "ids: expected all different");
    require(types.stream().distinct().count() == types.size(), "types: expected all different");
    int edges = from.length;
    require(
        to.length == edges && weight.length == edges && type.length == edges,
        "edges: expected as many from, to, weight and type, got %s, %s, %s, %s",
        edges,
        to.length,
        weight.length,
        type.length);
    int kinds = Math.max(1, types.size());
    for (int i = 0; i < edges; i++) {
      requireIndex("from", from[i], ids.size());
      requireIndex("to", to[i], ids.size());
      requireIndex("type", type[i], kinds);
      require(
          weight[i] >= 0 && weight[i] <= Double.MAX_VALUE,
          "weight: expected finite numbers of at least 0, got %s",
          weight[i]);
    }
    return merged(List.copyOf(ids), List.copyOf(types), from, to, type, weight);
  }

  private static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new IllegalArgumentException(Text.format(message, values));
    }
  }

  private static void requireIndex(String name, int index, int size) {
    require(index >= 0 && index < size, "%s: expected from 0 to %s, got %s", name, size - 1, index);
  }

  /** Makes one edge of those that join the same nodes and have the same type. */
  private static Graph merged(
      List<String> ids, List<String> types, int[] from, int[] to, int[] type, double[] weight) {
    int edges = from.length;
    int[] low = new int[edges];
    int[] high = new int[edges];
    Arrays.setAll(low, i -> Math.min(from[i], to[i]));
    Arrays.setAll(high, i -> Math.max(from[i], to[i]));
    int[] order = IntStream.range(0, edges).toArray();
    order = sorted(order, type, Math.max(1, types.size()));
    order = sorted(order, high, ids.size());
    order = sorted(order, low, ids.size());
    int[] first = new int[edges];
    double[] forward = new double[edges];
    double[] backward = new double[edges];
    int groups = 0;
    for (int i = 0; i < edges; i++) {
      int edge = order[i];
      int before = i == 0 ? edge : order[i - 1];
      boolean same =
          i > 0
              && low[edge] == low[before]
              && high[edge] == high[before]
              && type[edge] == type[before];
      if (!same) {
        first[groups++] = edge;
      }
      (from[edge] == low[edge] ? forward : backward)[groups - 1] += weight[edge];
    }
    boolean symmetric = true;
    for (int g = 0; g < groups; g++) {
      double difference = Math.abs(forward[g] - backward[g]);
      symmetric &=
          low[first[g]] == high[first[g]]
              || difference <= ROUNDING * Math.max(forward[g], backward[g]);
    }
    for (int g = 0; g < groups; g++) {
      forward[g] += symmetric ? 0 : backward[g];
    }
    int[] kept = IntStream.range(0, groups).filter(g -> forward[g] > 0).toArray();
    return new Graph(
        ids,
        types,
        Arrays.stream(kept).map(g -> low[first[g]]).toArray(),
        Arrays.stream(kept).map(g -> high[first[g]]).toArray(),
        Arrays.stream(kept).map(g -> type[first[g]]).toArray(),
        Arrays.stream(kept).mapToDouble(g -> forward[g]).toArray());
  }

  /** Sorts edges by a key below the bound; those with equal keys stay in their order. */
  private static int[] sorted(int[] order, int[] key, int bound) {
    int[] start = new int[bound + 1];
    for (int edge : order) {
      start[key[edge] + 1]++;
    }
    for (int k = 0; k < bound; k++) {
      start[k + 1] += start[k];
    }
    int[] result = new int[order.length];
    for (int edge : order) {
      result[start[key[edge]]++] = edge;
    }
    return result;
  }

  /** Returns the texts 0, 1, … n−1. */
  static List<String> numbers(int n) {
    return IntStream.range(0, n).mapToObj(Integer::toString).toList();
  }

  /** Reads a file of edges as {@link #read(Path, CsvOptions)} does, with the default options. */
  public static Graph read(Path edges) {
    return read(edges, CsvOptions.DEFAULT);
  }

  /**
   * Reads a CSV file with an edge in each row; the nodes are those that the edges name.
   *
   * <p>The columns {@code source} and {@code target} (or {@code from} and {@code to}, {@code src}
   * and {@code dst}, {@code u} and {@code v}) hold the two nodes, {@code weight} a number of at
   * least 0 and {@code type} a name; the last two may be absent. Other columns are ignored. The
   * nodes are in the order of their numbers if all are numbers, and in alphabetical order
   * otherwise.
   *
   * @param options the separator and the columns to leave out; the rest does not matter here
   * @throws InputException if the file cannot be read or a cell does not suit
   */
  public static Graph read(Path edges, CsvOptions options) {
    return GraphEdges.read(edges, options, GraphNodes.named());
  }

  /**
   * Reads a CSV file with an edge in each row between given nodes, of which some may have none.
   *
   * @param nodes what the nodes are called, each differently
   * @throws InputException if the file cannot be read, a cell does not suit, or a node is unknown
   */
  public static Graph read(Path edges, CsvOptions options, List<String> nodes) {
    return GraphEdges.read(
        edges, options, GraphNodes.of(nodes, Message.of("one of the %d nodes", nodes.size())));
  }

  /** Returns the number of nodes n. */
  public int nodes() {
    return ids.size();
  }

  /** Returns what the nodes are called. <b>[nodes]</b> */
  public List<String> ids() {
    return ids;
  }

  /** Returns the number of edges, each counted once. */
  public int edges() {
    return from.length;
  }

  /** Returns the position of an edge's first node, which is not after the second. */
  public int from(int edge) {
    return from[edge];
  }

  /** Returns the position of an edge's second node. */
  public int to(int edge) {
    return to[edge];
  }

  /** Returns the weight of an edge, finite and above 0. */
  public double weight(int edge) {
    return weight[edge];
  }

  /** Returns the position of an edge's type among the types, 0 if there are none. */
  public int type(int edge) {
    return type[edge];
  }

  /** Returns what the types are called, empty if edges have none. */
  public List<String> types() {
    return types;
  }

  /**
   * Returns the degree of each node, the sum of the weights of its edges: d(u) = Σ_v w(u,v), a self
   * loop counted once. <b>[nodes]</b>, 0 for a node without edges
   */
  public double[] degrees() {
    double[] degrees = new double[nodes()];
    for (int edge = 0; edge < from.length; edge++) {
      degrees[from[edge]] += weight[edge];
      if (from[edge] != to[edge]) {
        degrees[to[edge]] += weight[edge];
      }
    }
    return degrees;
  }

  /**
   * Returns the graph of these nodes in this order with the edges between them (the induced
   * subgraph).
   *
   * @param rows the positions of different nodes
   * @throws IllegalArgumentException if a node is taken twice
   */
  public Graph select(int[] rows) {
    int[] position = new int[nodes()];
    Arrays.fill(position, -1);
    for (int i = 0; i < rows.length; i++) {
      require(position[rows[i]] < 0, "rows: expected each node once, got %s twice", rows[i]);
      position[rows[i]] = i;
    }
    int[] kept =
        IntStream.range(0, from.length)
            .filter(edge -> position[from[edge]] >= 0 && position[to[edge]] >= 0)
            .toArray();
    return merged(
        Arrays.stream(rows).mapToObj(ids::get).toList(),
        types,
        Arrays.stream(kept).map(edge -> position[from[edge]]).toArray(),
        Arrays.stream(kept).map(edge -> position[to[edge]]).toArray(),
        Arrays.stream(kept).map(edge -> type[edge]).toArray(),
        Arrays.stream(kept).mapToDouble(edge -> weight[edge]).toArray());
  }

  /**
   * Returns 64 hexadecimal digits (SHA-256) that depend on the nodes, edges, weights and types and
   * nothing else.
   */
  public String fingerprint() {
    return Fingerprint.of(
        out -> {
          out.writeInt(ids.size());
          for (String id : ids) {
            Fingerprint.write(out, id);
          }
          out.writeInt(types.size());
          for (String name : types) {
            Fingerprint.write(out, name);
          }
          out.writeInt(from.length);
          for (int edge = 0; edge < from.length; edge++) {
            out.writeInt(from[edge]);
            out.writeInt(to[edge]);
            out.writeInt(type[edge]);
            out.writeDouble(weight[edge]);
          }
        });
  }

  @Override
  public String toString() {
    String kinds = types.isEmpty() ? "" : " of " + types.size() + " types";
    return nodes() + " nodes, " + edges() + " edges" + kinds;
  }
}
