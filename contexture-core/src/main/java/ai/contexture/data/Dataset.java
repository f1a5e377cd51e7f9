package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.Suggestions;
import ai.contexture.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of features and, if there are, the target of its rows, the graph that joins them and a
 * split that came with them.
 *
 * @param name a short name
 * @param features the columns to learn from
 * @param target what is to be predicted
 * @param graph its node i is row i; {@link GraphFiles} reads one
 * @param split which rows serve what, where the data say so; else a recipe splits them at random
 */
public record Dataset(
    String name,
    Table features,
    Optional<Target> target,
    Optional<Graph> graph,
    Optional<Split> split) {

  private static final Logger logger = LoggerFactory.getLogger(Dataset.class);

  /** Checks that the rows of features, target and graph correspond. */
  public Dataset {
    target.ifPresent(
        t -> {
          if (t.rows() != features.rows()) {
            throw new IllegalArgumentException(
                "target: expected " + features.rows() + " rows, got " + t.rows());
          }
        });
    graph.ifPresent(
        g -> {
          if (g.nodes() != features.rows()) {
            throw new IllegalArgumentException(
                "graph: expected " + features.rows() + " nodes, got " + g.nodes());
          }
        });
  }

  /** Creates a dataset that a recipe splits. */
  public Dataset(String name, Table features, Optional<Target> target, Optional<Graph> graph) {
    this(name, features, target, graph, Optional.empty());
  }

  /** Creates a dataset without a graph. */
  public Dataset(String name, Table features, Optional<Target> target) {
    this(name, features, target, Optional.empty());
  }

  /** Returns how its file was read, and other files that come with it are to be. */
  public CsvOptions reading() {
    return features.reading().orElse(CsvOptions.DEFAULT);
  }

  /**
   * Reads a file with the usual options.
   *
   * @param target the name of the column to predict, or null for none
   * @throws InputException if the file cannot be read or has no such column
   */
  public static Dataset read(Path file, String target) {
    return read(file, CsvOptions.DEFAULT, target, null);
  }

  /**
   * Reads a file, see {@link Table#read}.
   *
   * @param target the name of the column to predict, or null for none
   * @param task what the target is, or null to recognise it as {@link Target#of} says
   * @throws InputException if the file cannot be read or the target does not suit
   */
  public static Dataset read(Path file, CsvOptions options, String target, Task task) {
    return of(name(file), Table.read(file, options), target, task);
  }

  /** Returns the name of a file without its endings. */
  static String name(Path file) {
    return file.getFileName().toString().replaceFirst("(?i)(\\.csv|\\.npy)?(\\.gz)?$", "");
  }

  /**
   * Takes a target out of a table. A column that tells it in every row is logged as a warning.
   *
   * @param target the name of the column to predict, or null for none
   * @param task what the target is, or null to recognise it as {@link Target#of} says
   * @throws InputException if the target does not suit
   */
  public static Dataset of(String name, Table table, String target, Task task) {
    Optional<Target> found = target(table, target, task);
    if (found.isEmpty()) {
      return new Dataset(name, table, found);
    }
    if (table.columns().size() == 1) {
      throw new InputException(
          table.source()
              + ": the target '"
              + target
              + "' is the only column, expected features too");
    }
    return new Dataset(name, table.without(List.of(target)), found);
  }

  /**
   * Returns the target that a column holds, nothing for null. A column that tells it in every row
   * is logged as a warning.
   */
  static Optional<Target> target(Table table, String column, Task task) {
    if (column == null && task != null) {
      throw new InputException(
          Message.of(
              "%s says what the target is, expected %s with it",
              Setting.TASK, Setting.TARGET.to("COLUMN")));
    }
    Optional<Target> target = Optional.ofNullable(column).map(name -> Target.of(table, name, task));
    target.flatMap(found -> Leak.of(table, found)).ifPresent(leak -> logger.warn("{}", leak));
    return target;
  }

  /**
   * Returns the handwritten digits that come with this library: 1797 rows of 8×8 pixels from 0 to
   * 16, and the digit as target.
   *
   * <p><b>Source</b>: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI
   * Machine Learning Repository, CC BY 4.0.
   */
  public static Dataset digits() {
    try (InputStream stream = Dataset.class.getResourceAsStream("digits.csv.gz")) {
      Table table = Csv.read("digits.csv.gz", stream, CsvOptions.DEFAULT);
      return of("digits", table, "target", Task.CLASSIFICATION);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns these data split as one of their columns says, which is no feature then: see {@link
   * Split#of}. Where there is a graph, all its nodes are pretrained on.
   *
   * @throws InputException if there is no such column, or it says something else than a split
   */
  public Dataset splitBy(String column) {
    if (!features.has(column)) {
      throw Suggestions.unknown("column", column, features.names(), features.source());
    }
    Split said = Split.of(features.column(column), graph.isPresent(), features.source());
    Table others;
    if (features.columns().size() > 1) {
      others = features.without(List.of(column));
    } else if (graph.isPresent()) {
      others =
          Table.of(features.source(), reading(), List.of(GraphFiles.ofEdgesAlone(graph.get())));
    } else {
      throw new InputException(
          features.source() + ": '" + column + "' is the only column, expected features too");
    }
    return new Dataset(name, others, target, graph, Optional.of(said));
  }

  /** Returns the number of rows. */
  public int rows() {
    return features.rows();
  }

  /**
   * Returns a data set of these rows in this order, and of the edges between them if there is a
   * graph.
   *
   * @throws IllegalArgumentException if there is a graph and a row is taken twice
   */
  public Dataset select(int[] rows) {
    return new Dataset(
        name,
        features.select(rows),
        target.map(t -> t.select(rows)),
        graph.map(g -> g.select(rows)),
        split.map(s -> s.select(rows)));
  }

  /**
   * Returns 64 hexadecimal digits (SHA-256) that depend on the features and the graph and nothing
   * else; without a graph they are {@link Table#fingerprint those of the features}.
   */
  public String fingerprint() {
    return graph
        .map(
            g ->
                Fingerprint.of(
                    out -> {
                      Fingerprint.write(out, features.fingerprint());
                      Fingerprint.write(out, g.fingerprint());
                    }))
        .orElseGet(features::fingerprint);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name);
    text.append(": ").append(Text.count(rows(), "row")).append(", ");
    text.append(Text.count(features.columns().size(), "column"));
    target.ifPresent(t -> text.append(", target ").append(t));
    graph.ifPresent(g -> text.append(", ").append(g));
    return text.toString();
  }
}
