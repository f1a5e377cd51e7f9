package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a graph, which {@link #read} makes a dataset of: a row for each node.
 *
 * <p>With a table of nodes, its rows are the nodes, which the edges and features call by the column
 * {@code id}; without it, they are the nodes that the edges name. The features are the columns of
 * that table besides id and target, and those of the file of features. Where there are none, they
 * are one column {@code degree}, the sum of the weights of the edges of a node, or, if that is the
 * same for all of them, one column “node”, the number of the row.
 *
 * @param edges a row for each edge, as {@link Graph#read(Path, CsvOptions)} says
 * @param nodes a row for each node
 * @param id the column of that table with what the nodes are called; empty for the first one named
 *     “node” or “id” or, where there is none, the row's number, from 0
 * @param features a row for each feature of a node that is not 0, such as the words of documents:
 *     the first column is the node, the second the feature, and the third, which may be absent, its
 *     value (1 otherwise); values of the same node and feature are added up
 */
public record GraphFiles(
    Path edges, Optional<Path> nodes, Optional<String> id, Optional<Path> features) {

  private static final Logger logger = LoggerFactory.getLogger(GraphFiles.class);

  /** Checks that a column of a table comes with the table. */
  public GraphFiles {
    if (id.isPresent() && nodes.isEmpty()) {
      throw new InputException(
          Message.of(
              "%s names a column of the table of nodes, expected %s with it",
              Setting.ID, Setting.DATA.to("FILE")));
    }
  }

  /** Returns a graph whose nodes are those that its edges name. */
  public static GraphFiles of(Path edges) {
    return new GraphFiles(edges, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Returns a graph with a table of its nodes. */
  public static GraphFiles of(Path edges, Path nodes) {
    return new GraphFiles(edges, Optional.of(nodes), Optional.empty(), Optional.empty());
  }

  /** Returns these files with another column that says what the nodes are called. */
  public GraphFiles withId(String column) {
    return new GraphFiles(edges, nodes, Optional.of(column), features);
  }

  /** Returns these files with another file of features. */
  public GraphFiles withFeatures(Path file) {
    return new GraphFiles(edges, nodes, id, Optional.of(file));
  }

  /**
   * Reads the files.
   *
   * @param options how to read the table of nodes; the separator holds for all files
   * @param target the column of the table of nodes to predict, or null for none
   * @param task what the target is, or null to recognise it as {@link Target#of} says
   * @throws InputException if a file cannot be read, the files do not fit together, or the target
   *     does not suit
   */
  public Dataset read(CsvOptions options, String target, Task task) {
    if (nodes.isEmpty() && (target != null || task != null)) {
      throw new InputException(
          Message.of(
              "%s and %s are about a table of nodes, expected %s with them",
              Setting.TARGET, Setting.TASK, Setting.DATA.to("FILE")));
    }
    CsvOptions plain = options.withoutColumns();
    Path main = nodes.orElse(edges);
    List<Column> columns = new ArrayList<>();
    Optional<Target> predicted = Optional.empty();
    GraphNodes known = GraphNodes.named();
    if (nodes.isPresent()) {
      GraphTable table = GraphTable.read(main, id, options);
      known = table.nodes();
      columns.addAll(table.features(target));
      predicted = Dataset.target(table.table(), target, task);
    }
    Graph graph = GraphEdges.read(edges, plain, known);
    long alone = Arrays.stream(graph.degrees()).filter(degree -> degree == 0).count();
    if (alone > 0) {
      logger.warn(
          "{}: {} of the {} {} have no edge in {}",
          main,
          alone,
          graph.nodes(),
          nodes.isPresent() ? "rows" : "nodes",
          edges);
    }
    if (nodes.isEmpty()) {
      known =
          GraphNodes.of(graph.ids(), Message.of("one of the %d nodes of %s", graph.nodes(), edges));
    }
    if (features.isPresent()) {
      List<String> names = columns.stream().map(Column::name).toList();
      for (Column column : GraphFeatures.read(features.get(), plain, known, graph.nodes())) {
        if (names.contains(column.name())) {
          throw new InputException(
              features.get()
                  + ": the feature '"
                  + column.name()
                  + "' is a column of "
                  + main
                  + " too");
        }
        columns.add(column);
      }
    }
    if (columns.isEmpty()) {
      columns.add(ofEdgesAlone(graph));
    }
    return new Dataset(
        Dataset.name(main),
        Table.of(main.toString(), options, columns),
        predicted,
        Optional.of(graph));
  }

  /** What tells nodes apart of which nothing is known but their edges. */
  static Column ofEdgesAlone(Graph graph) {
    double[] degrees = graph.degrees();
    boolean regular = Arrays.stream(degrees).allMatch(degree -> degree == degrees[0]);
    return regular
        ? NumericColumn.of("node", IntStream.range(0, graph.nodes()).asDoubleStream().toArray())
        : NumericColumn.of("degree", degrees);
  }
}
