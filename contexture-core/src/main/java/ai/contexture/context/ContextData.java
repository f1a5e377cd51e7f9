package ai.contexture.context;

import ai.contexture.data.CsvOptions;
import ai.contexture.data.Graph;
import ai.contexture.data.ImageShape;
import ai.contexture.data.Table;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pretraining rows and what is known of them, to which a context is fitted. */
public final class ContextData {

  private static final Logger logger = LoggerFactory.getLogger(ContextData.class);

  private final Points points;

  // set before anybody sees the object
  private int[] groups;
  private Target target;
  private Table table;
  private Graph graph;
  private ImageShape shape;
  private int[] positions;
  private int totalRows;
  private Seed seed;
  private CsvOptions reading;
  private Exact exact;
  private boolean nodes;

  /** Rows in float64, made when they are first asked for and shared by all contexts. */
  private static final class Exact {

    private final Supplier<NDArray> maker;
    private NDArray rows;

    Exact(Supplier<NDArray> maker) {
      this.maker = maker;
    }

    synchronized NDArray rows() {
      if (rows == null) {
        rows = maker.get();
      }
      return rows;
    }
  }

  private ContextData(Points points) {
    this.points = points;
    groups = IntStream.range(0, points.width()).toArray();
    positions = IntStream.range(0, points.size()).toArray();
    totalRows = points.size();
    seed = Seed.of(0);
    reading = CsvOptions.DEFAULT;
    exact = new Exact(() -> points.rows().toType(DataType.FLOAT64, false));
  }

  private ContextData(ContextData other) {
    points = other.points;
    groups = other.groups;
    target = other.target;
    table = other.table;
    graph = other.graph;
    shape = other.shape;
    positions = other.positions;
    totalRows = other.totalRows;
    seed = other.seed;
    reading = other.reading;
    exact = other.exact;
    nodes = other.nodes;
  }

  /**
   * Returns data of which nothing but the rows is known.
   *
   * @param rows the encoder's inputs [n, p], float32 or float64; their manager owns what contexts
   *     make of them
   */
  public static ContextData of(NDArray rows) {
    return of(Points.all(rows));
  }

  /**
   * Returns data of which nothing but the rows is known.
   *
   * @param all a whole set; its manager owns what contexts make of it
   */
  public static ContextData of(Points all) {
    return new ContextData(all);
  }

  /**
   * Returns these data with inputs that belong together, such as those of one nominal column.
   *
   * @param groups [p], the group of each input, counted from 0 in the order of the inputs
   */
  public ContextData withGroups(int... groups) {
    if (groups.length != points.width()) {
      throw new IllegalArgumentException(
          "groups: expected one for each of " + points.width() + " inputs, got " + groups.length);
    }
    ContextData data = new ContextData(this);
    data.groups = groups.clone();
    return data;
  }

  /** Returns these data with the target of each row. */
  public ContextData withTarget(Target target) {
    requireRows("target", target.rows());
    ContextData data = new ContextData(this);
    data.target = target;
    return data;
  }

  /** Returns these data with the table that the rows were made of. */
  public ContextData withTable(Table table) {
    requireRows("table", table.rows());
    ContextData data = new ContextData(this);
    data.table = table;
    return data;
  }

  /** Returns these data with the graph whose node i is row i. */
  public ContextData withGraph(Graph graph) {
    requireRows("graph", graph.nodes());
    ContextData data = new ContextData(this);
    data.graph = graph;
    return data;
  }

  /**
   * Returns these data with the shape of the images that the rows hold.
   *
   * @throws ai.contexture.input.InputException if the rows have another number of inputs
   */
  public ContextData withShape(ImageShape shape) {
    shape.requireInputs(points.width());
    ContextData data = new ContextData(this);
    data.shape = shape;
    return data;
  }

  /**
   * Returns these data with the places of the rows in a larger table, of which they are a part.
   *
   * @param positions [n], counted from 0
   * @param totalRows how many rows the larger table has
   */
  public ContextData withPositions(int[] positions, int totalRows) {
    requireRows("positions", positions.length);
    ContextData data = new ContextData(this);
    data.positions = positions.clone();
    data.totalRows = totalRows;
    return data;
  }

  /** Returns these data with the seed of what a context chooses at random when it is fitted. */
  public ContextData withSeed(Seed seed) {
    ContextData data = new ContextData(this);
    data.seed = seed;
    return data;
  }

  /**
   * Returns these data with the rows as they are before they are rounded to the encoder's inputs.
   *
   * @param rows makes float64 [n, p] when it is needed, with the manager of the points
   */
  public ContextData withExactRows(Supplier<NDArray> rows) {
    ContextData data = new ContextData(this);
    data.exact = new Exact(rows);
    return data;
  }

  /** Returns these data with how their table was read, and other files are to be. */
  public ContextData withReading(CsvOptions options) {
    ContextData data = new ContextData(this);
    data.reading = options;
    return data;
  }

  /**
   * Returns these data with rows that are the {@link Nodes} of a graph in place of their inputs.
   */
  public ContextData withNodes() {
    if (points.width() != Nodes.WIDTH) {
      throw new IllegalArgumentException(
          "nodes: expected rows of " + Nodes.WIDTH + " numbers, got " + points.width());
    }
    ContextData data = new ContextData(this);
    data.nodes = true;
    return data;
  }

  private void requireRows(String what, int rows) {
    if (rows != points.size()) {
      throw new IllegalArgumentException(
          what + ": expected " + points.size() + " rows, got " + rows);
    }
  }

  /** Returns the points [n, p]; contexts of the same data share them. */
  public Points points() {
    return points;
  }

  /**
   * Returns the rows float64 [n, p] that distances are taken between: without the rounding of the
   * encoder's inputs where that is known, else the points' own. They must not be changed or closed.
   */
  public NDArray exactRows() {
    return exact.rows();
  }

  /** Returns the group of each input, [p]. */
  public int[] groups() {
    return groups.clone();
  }

  /** Returns the target of the rows, if there is one. */
  public Optional<Target> target() {
    return Optional.ofNullable(target);
  }

  /** Returns the table that the rows were made of, if it is known. */
  public Optional<Table> table() {
    return Optional.ofNullable(table);
  }

  /**
   * Returns the table in another file, read as that of the rows was: what its options say of
   * columns holds for those that the file has, and the column of the target is left out, with a
   * warning.
   *
   * @param keep columns that are needed, which the options may not leave out
   * @throws ai.contexture.input.InputException if the file cannot be read or is no such table
   */
  public Table read(Path file, Set<String> keep) {
    CsvOptions options = options(file, reading, keep);
    Set<String> names = Set.copyOf(Table.readNames(file, options));
    if (target != null && names.contains(target.name()) && !keep.contains(target.name())) {
      logger.warn("{}: left out '{}', which is the target", file, target.name());
      options = options.withDrop(target.name());
    }
    return Table.read(file, options);
  }

  /** Returns how to read a further file, some columns of which are needed. */
  static CsvOptions options(Path file, CsvOptions reading, Set<String> keep) {
    ContextFiles.requireFile(file);
    for (String column : keep) {
      if (reading.drop().contains(column)) {
        throw new InputException(
            Message.of(
                "%s: column '%s' is needed, expected no %s",
                file, column, Setting.DROP.toName(column)));
      }
    }
    return reading.withElsewhere(reading.named().toArray(String[]::new)).withKeys(keep);
  }

  /** Returns the graph whose node i is row i, if there is one. */
  public Optional<Graph> graph() {
    return Optional.ofNullable(graph);
  }

  /**
   * Returns whether the rows are {@link Nodes} of a graph, for an encoder that reads it, and not
   * what is known of them, which {@link #exactRows} gives.
   */
  public boolean nodes() {
    return nodes;
  }

  /** Returns the shape of the images that the rows hold, if they do. */
  public Optional<ImageShape> shape() {
    return Optional.ofNullable(shape);
  }

  /** Returns the places of the rows in the table that they are a part of, [n]. */
  public int[] positions() {
    return positions.clone();
  }

  /** Returns how many rows the table has that these are a part of. */
  public int totalRows() {
    return totalRows;
  }

  /** Returns the seed of what a context chooses at random when it is fitted. */
  public Seed seed() {
    return seed;
  }
}
