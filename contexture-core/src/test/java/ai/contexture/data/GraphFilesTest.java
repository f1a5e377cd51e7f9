package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphFilesTest {

  @TempDir Path folder;

  private Path file(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path edges() {
    return file("edges.csv", "source,target,weight\na,b,2\nb,c,3\n");
  }

  private static Dataset read(GraphFiles files, String target) {
    return files.read(CsvOptions.DEFAULT, target, null);
  }

  private static double[] numbers(Dataset dataset, String column) {
    return ((NumericColumn) dataset.features().column(column)).values();
  }

  private static void refuses(GraphFiles files, String target, String message) {
    assertThatThrownBy(() -> read(files, target))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void edgesAloneHaveTheDegreeForFeature() {
    Dataset dataset = read(GraphFiles.of(edges()), null);
    assertThat(dataset.name()).isEqualTo("edges");
    assertThat(dataset.features().names()).containsExactly("degree");
    assertThat(numbers(dataset, "degree")).containsExactly(2, 5, 3);
    assertThat(dataset.target()).isEmpty();
    assertThat(dataset.graph().orElseThrow().ids()).containsExactly("a", "b", "c");
  }

  @Test
  void edgesOfARegularGraphHaveTheRowForFeature() {
    Dataset dataset = read(GraphFiles.of(file("ring.csv", "u,v\na,b\nb,c\nc,a\n")), null);
    assertThat(dataset.features().names()).containsExactly("node");
    assertThat(numbers(dataset, "node")).containsExactly(0, 1, 2);
  }

  @Test
  void aTableOfNodesGivesRowsFeaturesAndTarget() {
    Path nodes = file("people.csv", "age,node,club\n30,c,x\n40,a,y\n50,d,x\n60,b,y\n");
    Dataset dataset = read(GraphFiles.of(edges(), nodes), "club");
    assertThat(dataset.name()).isEqualTo("people");
    assertThat(dataset.features().source()).isEqualTo(nodes.toString());
    assertThat(dataset.features().names()).containsExactly("age");
    assertThat(numbers(dataset, "age")).containsExactly(30, 40, 50, 60);
    assertThat(((Target.Classes) dataset.target().orElseThrow()).codes())
        .containsExactly(0, 1, 0, 1);
    Graph graph = dataset.graph().orElseThrow();
    assertThat(graph.ids()).containsExactly("c", "a", "d", "b");
    assertThat(graph.degrees()).containsExactly(3, 2, 0, 5);
    Dataset some = dataset.select(new int[] {3, 0});
    assertThat(some.graph().orElseThrow().ids()).containsExactly("b", "c");
    assertThat(some.graph().orElseThrow().degrees()).containsExactly(3, 3);
    assertThat(numbers(some, "age")).containsExactly(60, 30);
  }

  @Test
  void aTableOfNamesAndTargetHasTheDegreeForFeature() {
    Path nodes = file("nodes.csv", "node,label\na,x\nb,y\nc,y\n");
    Dataset dataset = read(GraphFiles.of(edges(), nodes), "label");
    assertThat(dataset.features().names()).containsExactly("degree");
    assertThat(numbers(dataset, "degree")).containsExactly(2, 5, 3);
    assertThat(read(GraphFiles.of(edges(), nodes), null).features().names())
        .containsExactly("label");
  }

  @Test
  void nodesAreCalledByAColumnOrTheirRow() {
    Path nodes = file("nodes.csv", "node,key,x\n1,01,5\n2,1,6\n3,NA,7\n");
    Path edges = file("edges.csv", "u,v\n01,1\n1,NA\n");
    Dataset byKey = read(GraphFiles.of(edges, nodes).withId("key"), null);
    assertThat(byKey.graph().orElseThrow().ids()).containsExactly("01", "1", "NA");
    assertThat(byKey.features().names()).containsExactly("node", "x");
    Path rows = file("rows.csv", "Name,x\np,5\nq,6\nr,7\n");
    Path numbered = file("numbered.csv", "u,v\n0,2\n");
    Dataset byRow = read(GraphFiles.of(numbered, rows), null);
    assertThat(byRow.graph().orElseThrow().degrees()).containsExactly(1, 0, 1);
    assertThat(byRow.features().names()).containsExactly("Name", "x");
    Path upper = file("upper.csv", "x,ID\n5,2\n6,0\n");
    assertThat(read(GraphFiles.of(numbered, upper), null).graph().orElseThrow().ids())
        .containsExactly("2", "0");
  }

  @Test
  void optionsHoldForTheTableOfNodes() {
    Path nodes = file("nodes.csv", "node;x;y\na;1;01\nb;-;02\nc;3;01\n");
    Path edges = file("edges.csv", "source;target\na;b\n");
    CsvOptions options = CsvOptions.DEFAULT.withMissing("-").withNominal("y").withSeparator(';');
    Dataset dataset = GraphFiles.of(edges, nodes).read(options, null, null);
    assertThat(numbers(dataset, "x")).containsExactly(1, Double.NaN, 3);
    assertThat(dataset.features().column("y").text(0)).isEqualTo("01");
    // A name is a name although it is to be left out, is said to be a number or looks missing.
    Path codes = file("codes.csv", "id;x\n-;1\n2;2\n");
    Path between = file("between.csv", "source;target\n-;2\n");
    Dataset named =
        new GraphFiles(between, Optional.of(codes), Optional.of("id"), Optional.empty())
            .read(CsvOptions.DEFAULT.withMissing("-").withNumeric("id").withDrop("id"), null, null);
    assertThat(named.features().names()).containsExactly("x");
    assertThat(named.graph().orElseThrow().ids()).containsExactly("-", "2");
    // If the column that looks like names is left out, rows are counted.
    assertThatThrownBy(
            () -> GraphFiles.of(between, codes).read(CsvOptions.DEFAULT.withDrop("id"), null, null))
        .hasMessageContaining("counted from 0 to 1");
  }

  @Test
  void featuresComeInAFileOfTheirOwn() {
    Path words = file("words.csv", "node,word\nb,10\na,9\nb,9\nb,9\n");
    Dataset dataset = read(GraphFiles.of(edges()).withFeatures(words), null);
    assertThat(dataset.features().names()).containsExactly("word=9", "word=10");
    assertThat(numbers(dataset, "word=9")).containsExactly(1, 2, 0);
    assertThat(numbers(dataset, "word=10")).containsExactly(0, 1, 0);
    Path nodes = file("nodes.csv", "node,age,label\nc,5,x\nb,6,y\na,7,x\nz,8,y\n");
    Path values = file("values.csv", "who;what;howmuch\nc;p;-0.5\nz;q;2\nc;p;0.25\n");
    Dataset joined = read(GraphFiles.of(edges(), nodes).withFeatures(values), "label");
    assertThat(joined.features().names()).containsExactly("age", "what=p", "what=q");
    assertThat(numbers(joined, "what=p")).containsExactly(-0.25, 0, 0, 0);
    assertThat(numbers(joined, "what=q")).containsExactly(0, 0, 0, 2);
  }

  @Test
  void refusesNodesThatAreUnknownOrUnclear() {
    Path edges = edges();
    Path nodes = file("nodes.csv", "node,x\na,1\nb,2\n");
    refuses(
        GraphFiles.of(edges, nodes),
        null,
        edges
            + ", line 3: column 'target' holds 'c', expected one of the 2 nodes in column 'node' of "
            + nodes);
    Path twice = file("twice.csv", "node,x\na,1\n\nb,2\na,3\n");
    refuses(
        GraphFiles.of(edges, twice),
        null,
        twice
            + ", line 5: column 'node' holds 'a', expected each node once, but it is in line 2"
            + " too");
    Path empty = file("empty.csv", "node,x\na,1\n,2\n");
    refuses(
        GraphFiles.of(edges, empty),
        null,
        empty + ", line 3: column 'node' holds '', expected the name of a node");
    Path rows = file("rows.csv", "x\n1\n2\n");
    refuses(
        GraphFiles.of(edges, rows),
        null,
        edges
            + ", line 2: column 'source' holds 'a', expected a row of "
            + rows
            + ", counted from 0 to 1; give id=COLUMN if one says what the nodes are called; 3"
            + " different names of this file are no such node");
    refuses(
        GraphFiles.of(edges, nodes).withId("nod"),
        null,
        nodes + ": id: unknown column 'nod'; known: node, x (did you mean node?)");
  }

  @Test
  void refusesFeaturesThatDoNotSuit() {
    GraphFiles files = GraphFiles.of(edges());
    Path unknown = file("unknown.csv", "node,word\nx,1\n");
    refuses(
        files.withFeatures(unknown),
        null,
        unknown
            + ", line 2: column 'node' holds 'x', expected one of the 3 nodes of "
            + files.edges());
    Path wide = file("wide.csv", "node,a,b,c\na,1,2,3\n");
    refuses(
        files.withFeatures(wide),
        null,
        wide
            + ": expected two or three columns (a node, its feature, perhaps the value), got node,"
            + " a, b, c");
    Path value = file("value.csv", "node,word,count\na,1,many\n");
    refuses(
        files.withFeatures(value),
        null,
        value + ", line 2: column 'count' holds 'many', expected a number");
    Path empty = file("noname.csv", "node,word\na,\n");
    refuses(
        files.withFeatures(empty),
        null,
        empty + ", line 2: column 'word' holds '', expected the name of a feature");
    Path nodes = file("nodes.csv", "node,word=1\na,1\nb,2\nc,3\n");
    Path words = file("words.csv", "node,word\na,1\n");
    refuses(
        GraphFiles.of(edges(), nodes).withFeatures(words),
        null,
        words + ": the feature 'word=1' is a column of " + nodes + " too");
  }

  @Test
  void refusesTargetsThatDoNotSuit() {
    Path nodes = file("nodes.csv", "node,label\na,x\nb,y\nc,y\n");
    refuses(
        GraphFiles.of(edges()),
        "label",
        "target and task are about a table of nodes, expected data=FILE with them");
    refuses(
        GraphFiles.of(edges(), nodes),
        "node",
        nodes + ": the target 'node' says what the nodes are called, expected another column");
    refuses(
        GraphFiles.of(edges(), nodes),
        "lable",
        nodes + ": unknown column 'lable'; known: node, label (did you mean label?)");
    assertThatThrownBy(
            () -> GraphFiles.of(edges(), nodes).read(CsvOptions.DEFAULT, null, Task.REGRESSION))
        .hasMessage("task says what the target is, expected target=COLUMN with it");
    assertThatThrownBy(
            () -> new GraphFiles(edges(), Optional.empty(), Optional.of("node"), Optional.empty()))
        .isInstanceOf(InputException.class)
        .hasMessage("id names a column of the table of nodes, expected data=FILE with it");
  }

  @Test
  void theGraphIsPartOfTheDatasetsFingerprint() {
    Path nodes = file("nodes.csv", "node,x\na,1\nb,2\nc,3\n");
    Dataset dataset = read(GraphFiles.of(edges(), nodes), null);
    String fingerprint = dataset.fingerprint();
    assertThat(read(GraphFiles.of(edges(), nodes), null).fingerprint()).isEqualTo(fingerprint);
    Path other = file("other.csv", "source,target,weight\na,b,2\nb,c,4\n");
    Dataset changed = read(GraphFiles.of(other, nodes), null);
    assertThat(changed.features().fingerprint()).isEqualTo(dataset.features().fingerprint());
    assertThat(changed.fingerprint()).isNotEqualTo(fingerprint);
    Dataset without = new Dataset("d", dataset.features(), Optional.empty());
    assertThat(without.graph()).isEmpty();
    assertThat(without.fingerprint()).isEqualTo(dataset.features().fingerprint());
    Graph graph = Graph.of(2, new int[0], new int[0], new double[0]);
    assertThatThrownBy(
            () -> new Dataset("d", dataset.features(), Optional.empty(), Optional.of(graph)))
        .hasMessage("graph: expected 3 nodes, got 2");
  }

  /** The figures of the list of graphs, and of what it says of them. */
  @Test
  void readsTheSharedGraphs() {
    Path graphs = SharedData.folder().resolve("graphs");
    Dataset karate =
        read(
            GraphFiles.of(
                graphs.resolve("karate_edges.csv.gz"), graphs.resolve("karate_nodes.csv.gz")),
            "label");
    assertThat(karate.rows()).isEqualTo(34);
    assertThat(karate.graph().orElseThrow().edges()).isEqualTo(78);
    assertThat(karate.features().names()).containsExactly("degree");
    assertThat(Arrays.stream(numbers(karate, "degree")).sum()).isEqualTo(2 * 231);
    assertThat(((Target.Classes) karate.target().orElseThrow()).classes()).hasSize(2);

    Dataset cora =
        GraphFiles.of(graphs.resolve("cora_edges.csv.gz"), graphs.resolve("cora_nodes.csv.gz"))
            .withFeatures(graphs.resolve("cora_words.csv.gz"))
            .read(CsvOptions.DEFAULT.withDrop("split"), "label", null);
    assertThat(cora.rows()).isEqualTo(2708);
    assertThat(cora.graph().orElseThrow().edges()).isEqualTo(5278);
    assertThat(cora.features().columns()).hasSizeBetween(1400, 1433);
    double sum = 0;
    for (Column column : cora.features().columns()) {
      double[] values = ((NumericColumn) column).values();
      sum += Arrays.stream(values).sum();
      assertThat(Arrays.stream(values).allMatch(v -> v == 0 || v == 1)).isTrue();
    }
    assertThat(sum).isEqualTo(49_216);
    assertThat(((Target.Classes) cora.target().orElseThrow()).classes()).hasSize(7);
    assertThat(cora.select(new int[] {633, 0, 1862}).graph().orElseThrow().edges())
        .isEqualTo(edgesAmong(cora.graph().orElseThrow(), List.of(0, 633, 1862)));
  }

  private static int edgesAmong(Graph graph, List<Integer> nodes) {
    int count = 0;
    for (int edge = 0; edge < graph.edges(); edge++) {
      count += nodes.contains(graph.from(edge)) && nodes.contains(graph.to(edge)) ? 1 : 0;
    }
    assertThat(count).isPositive();
    return count;
  }

  @Test
  void spellingsOfANodeAreOneNode() {
    Path whole = file("whole.csv", "source,target\n1,2\n2,3\n3,10\n");
    // pandas writes whole numbers so beside an empty cell; spreadsheets leave spaces
    Path broken = file("broken.csv", "source,target\n1,2.0\n\"2 \",3.0\n\u00a03,10.\n");
    Graph expected = read(GraphFiles.of(whole), null).graph().orElseThrow();

    Graph graph = read(GraphFiles.of(broken), null).graph().orElseThrow();

    assertThat(graph.ids()).containsExactly("1", "2", "3", "10");
    assertThat(graph.fingerprint()).isEqualTo(expected.fingerprint());
  }

  @Test
  void aTableEdgesAndFeaturesMaySpellNodesDifferently() {
    Path nodes = file("nodes.csv", "id,x\n3.0,1\nCafe\u0301,2\n");
    Path ends = file("ends.csv", "source,target\n3,Caf\u00e9\n");
    Path words = file("words.csv", "node,word\n3.00,w\n\u00a0Caf\u00e9,v\n");

    Dataset dataset = read(GraphFiles.of(ends, nodes).withFeatures(words), null);

    assertThat(dataset.graph().orElseThrow().ids()).containsExactly("3", "Caf\u00e9");
    assertThat(numbers(dataset, "word=w")).containsExactly(1, 0);
    refuses(
        GraphFiles.of(ends, file("twice.csv", "id,x\n3.0,1\n3,2\n")),
        null,
        folder.resolve("twice.csv")
            + ", line 3: column 'id' holds '3', expected each node once, but it is in line 2 too");
  }

  @Test
  void otherSpellingsOfANumberAreRefused() {
    refuses(
        GraphFiles.of(file("zeros.csv", "source,target\n007,1\n1,7\n")),
        null,
        folder.resolve("zeros.csv")
            + ", line 3: column 'target' holds '7', expected '007', as another place writes what"
            + " looks like this node");
    // they differ beyond what a double holds
    Graph large =
        read(GraphFiles.of(file("large.csv", "u,v\n9007199254740992,9007199254740993\n")), null)
            .graph()
            .orElseThrow();
    assertThat(large.nodes()).isEqualTo(2);
  }

  @Test
  void nodesThatNoRowHasAreCounted() {
    Path nodes = file("nodes.csv", "id,x\na,1\nb,2\n");
    Path ends = file("ends.csv", "source,target\na,b\na,y\ny,z\n");

    refuses(
        GraphFiles.of(ends, nodes),
        null,
        ends
            + ", line 3: column 'target' holds 'y', expected one of the 2 nodes in column 'id' of "
            + nodes
            + "; 2 different names of this file are no such node");
  }
}
