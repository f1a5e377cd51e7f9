package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTest {

  @TempDir Path folder;

  private Path file(String text) {
    try {
      return Files.writeString(folder.resolve("edges.csv"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Graph read(String text) {
    return Graph.read(file(text));
  }

  /** Each edge as {@code u-v:weight} or {@code u-v:weight type}. */
  private static List<String> edges(Graph graph) {
    return IntStream.range(0, graph.edges())
        .mapToObj(
            edge ->
                graph.ids().get(graph.from(edge))
                    + "-"
                    + graph.ids().get(graph.to(edge))
                    + ":"
                    + graph.weight(edge)
                    + (graph.types().isEmpty() ? "" : " " + graph.types().get(graph.type(edge))))
        .toList();
  }

  private void refuses(String text, String message) {
    Path file = file(text);
    assertThatThrownBy(() -> Graph.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + message);
  }

  @Test
  void readsEachEdgeOnce() {
    Graph graph = read("source,target\nb,a\nc,b\n");
    assertThat(graph.ids()).containsExactly("a", "b", "c");
    assertThat(edges(graph)).containsExactly("a-b:1.0", "b-c:1.0");
    assertThat(graph.degrees()).containsExactly(1, 2, 1);
    assertThat(graph.types()).isEmpty();
    assertThat(graph).hasToString("3 nodes, 2 edges");
  }

  @Test
  void bothDirectionsOfEveryEdgeAreOneEdge() {
    Graph both = read("source,target,weight\na,b,2\nb,c,3\nb,a,2\nc,b,3\nc,c,5\n");
    assertThat(edges(both)).containsExactly("a-b:2.0", "b-c:3.0", "c-c:5.0");
    assertThat(both.degrees()).containsExactly(2, 5, 8);
    // Sums of the same numbers in another order differ by rounding.
    assertThat(edges(read("u,v,weight\na,b,0.1\na,b,0.2\na,b,0.3\nb,a,0.3\nb,a,0.2\nb,a,0.1\n")))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("a-b:0.6");
  }

  @Test
  void otherRepeatedEdgesAddUp() {
    assertThat(edges(read("source,target,weight\na,b,2\na,b,3\nc,c,1\nc,c,1\n")))
        .containsExactly("a-b:5.0", "c-c:2.0");
    // One edge has one direction only, so the list is not a symmetric matrix.
    assertThat(edges(read("source,target,weight\na,b,2\nb,a,2\nc,b,3\n")))
        .containsExactly("a-b:4.0", "b-c:3.0");
    assertThat(edges(read("source,target,weight\na,b,2\nb,a,3\n"))).containsExactly("a-b:5.0");
  }

  @Test
  void edgesOfWeightZeroAreNone() {
    Graph graph = read("source,target,weight\na,b,0\nb,c,1\n");
    assertThat(edges(graph)).containsExactly("b-c:1.0");
    assertThat(graph.degrees()).containsExactly(0, 1, 1);
  }

  @Test
  void edgesOfDifferentTypesStayApart() {
    Graph graph = read("from,to,type\na,b,likes\nb,a,knows\na,b,knows\nb,c,likes\n");
    assertThat(graph.types()).containsExactly("knows", "likes");
    assertThat(edges(graph)).containsExactly("a-b:2.0 knows", "a-b:1.0 likes", "b-c:1.0 likes");
    assertThat(graph.degrees()).containsExactly(3, 4, 1);
    assertThat(graph).hasToString("3 nodes, 3 edges of 2 types");
    Graph both = read("from,to,type\na,b,likes\nb,a,likes\na,b,knows\nb,a,knows\n");
    assertThat(edges(both)).containsExactly("a-b:1.0 knows", "a-b:1.0 likes");
    // Each type has one direction only: these are different edges and no symmetric matrix.
    Graph across = read("from,to,type\na,b,likes\nb,a,knows\n");
    assertThat(edges(across)).containsExactly("a-b:1.0 knows", "a-b:1.0 likes");
  }

  @Test
  void recognisesColumnsWhateverTheirOrderAndCase() {
    assertThat(edges(read("Weight;since;To;From\n2;x;7;6\n"))).containsExactly("6-7:2.0");
    assertThat(edges(read("src,dst\n6,7\n"))).containsExactly("6-7:1.0");
    assertThat(edges(Graph.read(file("u,v,type\n6,7,\n"), CsvOptions.DEFAULT.withDrop("type"))))
        .containsExactly("6-7:1.0");
  }

  @Test
  void nodesAreSortedByNumberIfAllAreNumbers() {
    assertThat(read("u,v\n10,9\n9,2\n").ids()).containsExactly("2", "9", "10");
    assertThat(read("u,v\n10,9\n9,x\n").ids()).containsExactly("10", "9", "x");
    assertThat(read("u,v\n01,2\n2,NA\n").ids()).containsExactly("01", "2", "NA");
  }

  @Test
  void givenNodesKeepTheirOrderAndMayHaveNoEdges() {
    Path file = file("u,v\nb,a\n");
    Graph graph = Graph.read(file, CsvOptions.DEFAULT, List.of("c", "b", "a"));
    assertThat(graph.ids()).containsExactly("c", "b", "a");
    assertThat(edges(graph)).containsExactly("b-a:1.0");
    assertThat(graph.degrees()).containsExactly(0, 1, 1);
    assertThatThrownBy(() -> Graph.read(file, CsvOptions.DEFAULT, List.of("b", "c")))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ", line 2: column 'v' holds 'a', expected one of the 2 nodes");
  }

  @Test
  void refusesWhatIsNoEdge() {
    refuses(
        "a,b\n1,2\n",
        ": expected columns source and target (or from and to, src and dst, u and v) with the two"
            + " nodes of each edge, got a, b");
    refuses("u,v\n1,2\n\n3,\n", ", line 4: column 'v' holds '', expected the name of a node");
    refuses(
        "u,v,weight\n1,2,3\n2,3,-1\n",
        ", line 3: column 'weight' holds '-1', expected a weight, a number of at least 0");
    for (String cell : new String[] {"", "x", "NaN", "inf", "1e999", "?"}) {
      refuses(
          "u,v,weight\n1,2," + cell + "\n",
          ", line 2: column 'weight' holds '"
              + cell
              + "', expected a weight, a number of at least 0");
    }
    refuses("u,v,type\n1,2,\n", ", line 2: column 'type' holds '', expected the name of a type");
    refuses("u,v\n", ": the file has a header but no rows");
    refuses(
        "u,v\n1,2,3\n",
        ", line 2: got 3 cells, expected 2 as in the header; a cell that holds a separator stands in double quotes, and names of rows need a name in line 1");
    refuses(
        "1,2\n2,3\n",
        ": line 1 holds only numbers, expected a header with the names of the" + " columns");
    Path none = folder.resolve("none.csv");
    assertThatThrownBy(() -> Graph.read(none)).hasMessage(none + ": no such file");
  }

  @Test
  void refusesImpossibleArrays() {
    int[] one = {0};
    double[] weight = {1};
    assertThatThrownBy(() -> Graph.of(1, one, new int[] {1}, weight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("to: expected from 0 to 0, got 1");
    assertThatThrownBy(() -> Graph.of(1, new int[] {-1}, one, weight))
        .hasMessage("from: expected from 0 to 0, got -1");
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Graph.of(1, one, one, new double[] {bad}))
          .hasMessage("weight: expected finite numbers of at least 0, got " + bad);
    }
    assertThatThrownBy(() -> Graph.of(1, one, new int[2], weight))
        .hasMessage("edges: expected as many from, to, weight and type, got 1, 2, 1, 1");
    assertThatThrownBy(() -> Graph.of(List.of("a", "a"), one, one, weight))
        .hasMessage("ids: expected all different");
    assertThatThrownBy(() -> Graph.of(List.of("a"), one, one, weight, new int[] {1}, List.of("t")))
        .hasMessage("type: expected from 0 to 0, got 1");
  }

  @Test
  void selectsTheInducedSubgraph() {
    Graph graph = read("u,v,weight,type\na,b,1,x\nb,c,2,y\nc,a,3,x\nc,d,4,x\nd,d,5,y\n");
    Graph some = graph.select(new int[] {3, 1, 2});
    assertThat(some.ids()).containsExactly("d", "b", "c");
    assertThat(edges(some)).containsExactly("d-d:5.0 y", "d-c:4.0 x", "b-c:2.0 y");
    assertThat(some.degrees()).containsExactly(9, 2, 6);
    assertThat(some.types()).containsExactly("x", "y");
    Graph backwards = graph.select(new int[] {3, 2, 1, 0});
    assertThat(backwards.select(new int[] {3, 2, 1, 0}).fingerprint())
        .isEqualTo(graph.fingerprint());
    assertThat(graph.select(new int[0]).edges()).isZero();
    assertThatThrownBy(() -> graph.select(new int[] {1, 1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows: expected each node once, got 1 twice");
  }

  @Test
  void theFingerprintDependsOnTheGraphNotOnItsFile() {
    String fingerprint = read("u,v,weight\na,b,1\nb,c,2\n").fingerprint();
    assertThat(fingerprint).matches("[0-9a-f]{64}");
    assertThat(read("weight;from;to\n2;b;c\n0.5;b;a\n0.5;a;b\n").fingerprint())
        .isEqualTo(fingerprint);
    for (String other :
        new String[] {
          "a,b,1\nb,c,3\n", "a,b,1\nb,d,2\n", "a,b,1\na,c,2\n", "a,b,1\nb,c,2\nc,c,1"
        }) {
      assertThat(read("u,v,weight\n" + other).fingerprint()).isNotEqualTo(fingerprint);
    }
    assertThat(read("u,v,weight,type\na,b,1,x\nb,c,2,x\n").fingerprint()).isNotEqualTo(fingerprint);
  }

  /** Against a dense matrix: w = f + b, or f where every pair has f = b, for each type. */
  @Test
  void anyListOfEdgesIsTheSumOfItsParts() {
    long seed = 31;
    RandomGenerator random = Seed.of(seed).generator();
    for (int round = 0; round < 200; round++) {
      int n = 1 + random.nextInt(6);
      int count = random.nextInt(25);
      int types = random.nextInt(3);
      List<int[]> list = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        list.add(
            new int[] {
              random.nextInt(n),
              random.nextInt(n),
              random.nextInt(Math.max(1, types)),
              random.nextInt(3)
            });
      }
      boolean both = random.nextBoolean();
      if (both) {
        int before = list.size();
        for (int i = 0; i < before; i++) {
          int[] e = list.get(i);
          if (e[0] != e[1]) {
            list.add(new int[] {e[1], e[0], e[2], e[3]});
          }
        }
      }
      double[][][] given = new double[Math.max(1, types)][n][n];
      list.forEach(e -> given[e[2]][e[0]][e[1]] += e[3]);
      boolean symmetric =
          Arrays.stream(given)
              .allMatch(
                  w -> IntStream.range(0, n * n).allMatch(k -> w[k / n][k % n] == w[k % n][k / n]));
      Graph graph =
          Graph.of(
              Graph.numbers(n),
              list.stream().mapToInt(e -> e[0]).toArray(),
              list.stream().mapToInt(e -> e[1]).toArray(),
              list.stream().mapToDouble(e -> e[3]).toArray(),
              list.stream().mapToInt(e -> e[2]).toArray(),
              Graph.numbers(types));
      double[][][] read = new double[Math.max(1, types)][n][n];
      for (int edge = 0; edge < graph.edges(); edge++) {
        double[][] w = read[graph.type(edge)];
        assertThat(w[graph.from(edge)][graph.to(edge)]).isZero();
        assertThat(graph.from(edge)).isLessThanOrEqualTo(graph.to(edge));
        w[graph.from(edge)][graph.to(edge)] = graph.weight(edge);
        w[graph.to(edge)][graph.from(edge)] = graph.weight(edge);
      }
      double[] degrees = new double[n];
      for (int k = 0; k < n * n; k++) {
        for (int t = 0; t < read.length; t++) {
          int u = k / n;
          int v = k % n;
          double sum = given[t][u][v] + (u == v || symmetric ? 0 : given[t][v][u]);
          assertThat(read[t][u][v]).as("seed %s, round %s", seed, round).isEqualTo(sum);
          degrees[u] += sum;
        }
      }
      assertThat(graph.degrees()).isEqualTo(degrees);
    }
  }
}
