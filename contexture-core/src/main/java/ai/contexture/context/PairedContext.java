package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.data.Column;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The context of pairs: A is the other half of x, such as a second sensor or a caption [C, §2.2].
 *
 * <p>A row may have several partners, one of which is drawn at random. The operator sees only
 * linear functions of the preprocessed partner, whitened over all partners: with so many different
 * partners, any function of A would tell every row apart. New rows have no known partner.
 */
public final class PairedContext implements SampledContext, FiniteContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "paired",
              "a row belongs with its other half: some of its own columns, or a row of a file",
              Options::of)
          .example("paired(columns=\"a,b\")")
          .giving(SAMPLES, KERNEL, OPERATOR)
          .option("columns", "the columns that are the other half, such as \"a,b\"")
          .option("file", "a CSV file that holds the other halves")
          .option("on", "the column to join the file on; default: row by row");

  private static final Logger logger = LoggerFactory.getLogger(PairedContext.class);

  /**
   * Where the partners are: in columns of the same table, or in another file.
   *
   * @param columns the columns of the table that are partners; empty where a file is given
   * @param file a CSV file of partners, or null
   * @param on the column of both tables by whose value rows are joined, of which {@link #rows}
   *     leaves out those that only one of them has; null to join row by row
   */
  public record Options(List<String> columns, Path file, String on) implements ContextFactory {

    /** Requires one of the two. */
    public Options {
      columns = List.copyOf(columns);
      if (columns.isEmpty() == (file == null)) {
        throw new InputException(
            "paired: expected either columns, such as paired(columns=\"a,b\"), or a file, such as"
                + " paired(file=other.csv)");
      }
      if (file == null && on != null) {
        throw new InputException("paired: on says how a file is joined, expected file with it");
      }
    }

    static Options of(SpecOptions options) {
      String columns = options.text("columns", null);
      Path file = options.path("file");
      return new Options(
          columns == null
              ? List.of()
              : Arrays.stream(columns.split(",")).map(String::strip).toList(),
          file,
          options.text("on", null));
    }

    @Override
    public Set<String> ownColumns() {
      Set<String> own = new TreeSet<>(columns);
      own.addAll(keys());
      return own;
    }

    @Override
    public Set<String> keys() {
      return on == null ? Set.of() : Set.of(on);
    }

    @Override
    public List<Path> files() {
      return file == null ? List.of() : List.of(file);
    }

    @Override
    public List<Path> tables() {
      return files();
    }

    @Override
    public PairedContext fit(ContextData data) {
      Table table =
          data.table()
              .orElseThrow(
                  () -> new InputException(this + ": expected data that come from a table"));
      if (file == null) {
        Table partners = Table.of(table.source(), columns.stream().map(table::column).toList());
        int[][] own = new int[table.rows()][];
        Arrays.setAll(own, row -> new int[] {row});
        return new PairedContext(data.points(), partners, own, this);
      }
      Column own = on == null ? null : table.column(on);
      Table partners = data.read(file, keys());
      int[][] joined =
          on == null ? joinedByRow(data, partners) : joinedByKey(own, table.source(), partners);
      return new PairedContext(
          data.points(), on == null ? partners : partners.without(Set.of(on)), joined, this);
    }

    /** Leaves out the rows that have no other half in the file, and says how many. */
    @Override
    public int[] rows(Dataset data) {
      int[] all = ContextFactory.super.rows(data);
      if (file == null) {
        return all;
      }
      CsvOptions options = ContextData.options(file, data.reading(), keys());
      String looked = on == null ? Table.readNames(file, options).get(0) : on;
      Table partners = Table.read(file, options.withNeeded(Set.of(looked)));
      if (on == null) {
        requireRows(partners, data.rows());
        return all;
      }
      Column own = data.features().column(on);
      String source = data.features().source();
      Map<String, List<Integer>> byKey = byKey(partners);
      int[] joined = Arrays.stream(all).filter(row -> byKey.containsKey(key(own, row))).toArray();
      if (joined.length < all.length) {
        requireAlike(own, source, partners);
      }
      if (joined.length == 0) {
        throw new InputException(
            Text.format("%s: no row with the '%s' of a row of %s", partners.source(), on, source));
      }
      tell(source, all.length - joined.length, all.length, "are left out", partners.source());
      Set<String> keys = new HashSet<>();
      Arrays.stream(joined).forEach(row -> keys.add(own.text(row)));
      long used = keys.stream().mapToLong(key -> byKey.get(key).size()).sum();
      tell(partners.source(), partners.rows() - used, partners.rows(), "are not used", source);
      return joined;
    }

    private void tell(String source, long without, int rows, String therefore, String other) {
      if (without > 0) {
        logger.warn(
            "{}: {} of {} rows have no other half by '{}' in {} and {}",
            source,
            without,
            rows,
            on,
            other,
            therefore);
      }
    }

    /** The value that a row is joined by, or null. */
    private static String key(Column column, int row) {
      return column.missing(row) ? null : column.text(row);
    }

    /** The rows of the file by the value that they are joined by, but for those without one. */
    private Map<String, List<Integer>> byKey(Table partners) {
      Column keys = partners.column(on);
      Map<String, List<Integer>> rows = new HashMap<>();
      for (int row = 0; row < partners.rows(); row++) {
        if (!keys.missing(row)) {
          rows.computeIfAbsent(keys.text(row), key -> new ArrayList<>()).add(row);
        }
      }
      return rows;
    }

    /** Requires that the same value is the same text in both files. */
    private void requireAlike(Column own, String source, Table partners) {
      if (own instanceof NumericColumn != partners.column(on) instanceof NumericColumn) {
        throw new InputException(
            Message.of(
                "%s: column '%s' holds %s and that of %s %s; %s makes both names",
                source,
                on,
                own instanceof NumericColumn ? "numbers" : "names",
                partners.source(),
                own instanceof NumericColumn ? "names" : "numbers",
                Setting.NOMINAL.toName(on)));
      }
    }

    private void requireRows(Table partners, int rows) {
      if (partners.rows() != rows) {
        throw new InputException(
            Text.format(
                "%s: expected one row for each of the %d rows of the data, got %d; name a column"
                    + " with on=COLUMN to join by its value",
                partners.source(), rows, partners.rows()));
      }
    }

    private int[][] joinedByRow(ContextData data, Table partners) {
      requireRows(partners, data.totalRows());
      return Arrays.stream(data.positions()).mapToObj(row -> new int[] {row}).toArray(int[][]::new);
    }

    private int[][] joinedByKey(Column own, String source, Table partners) {
      Map<String, List<Integer>> rows = byKey(partners);
      int[][] joined = new int[own.rows()][];
      for (int row = 0; row < joined.length; row++) {
        List<Integer> found = rows.get(key(own, row));
        if (found == null) {
          requireAlike(own, source, partners);
          throw new InputException(
              own.missing(row)
                  ? Text.format(
                      "%s: column '%s' is missing in a row, which has no other half then",
                      source, on)
                  : Text.format(
                      "%s: no row with %s = '%s', which %s has",
                      partners.source(), on, own.text(row), source));
        }
        joined[row] = found.stream().mapToInt(Integer::intValue).toArray();
      }
      return joined;
    }

    @Override
    public String toString() {
      SortedMap<String, String> values = new TreeMap<>();
      if (file == null) {
        values.put("columns", String.join(",", columns));
      } else {
        values.put("file", file.toString());
      }
      if (on != null) {
        values.put("on", on);
      }
      return new Spec("paired", List.of(), values).toString();
    }
  }

  private final Points points;
  private final Points contexts;
  private final Options options;
  private final MarkovLaw pairs;
  private final LinearLaw law;
  private final NDArray z;
  private final ExpectationOperator operator;

  private PairedContext(Points points, Table partners, int[][] rows, Options options) {
    this.points = points;
    this.options = options;
    NDManager manager = points.manager();
    int[] used = Arrays.stream(rows).flatMapToInt(Arrays::stream).sorted().distinct().toArray();
    Table own = partners.select(used);
    Matrix values = Preprocessing.fit(own, Preprocessing.Options.DEFAULT).apply(own);
    pairs = MarkovLaw.sparse(matrix(rows, used, manager));
    NDArray p = MarkovContext.uniform(points);
    NDArray q = pairs.transposed(p.reshape(-1, 1)).flatten();
    try (NDManager scope = manager.newSubManager()) {
      NDArray a = values.array(scope).duplicate();
      NDArray kept = a.toType(points.dataType(), true);
      kept.attach(manager);
      contexts = Points.all(kept);
      NDArray w = Whitened.fit(toString(), a, q, FeatureContext.DEFAULT_CUT, manager).features();
      z = pairs.expectation(w);
      law = new LinearLaw(z, w, q);
    }
    operator = law.operator(p);
  }

  /** The partners of each row, equally probable, by their places among those that are used. */
  private static SparseMatrix matrix(int[][] rows, int[] used, NDManager manager) {
    long[] offsets = new long[rows.length + 1];
    for (int row = 0; row < rows.length; row++) {
      offsets[row + 1] = offsets[row] + rows[row].length;
    }
    long[] columns = new long[(int) offsets[rows.length]];
    double[] values = new double[columns.length];
    int next = 0;
    for (int[] row : rows) {
      for (int partner : row) {
        columns[next] = Arrays.binarySearch(used, partner);
        values[next++] = 1.0 / row.length;
      }
    }
    return SparseMatrix.of(
        used.length, manager.create(offsets), manager.create(columns), manager.create(values));
  }

  @Override
  public Points points() {
    return points;
  }

  @Override
  public Points contexts() {
    return contexts;
  }

  @Override
  public boolean inductive() {
    return false;
  }

  @Override
  public boolean yieldsInputs() {
    return false;
  }

  @Override
  public ExpectationOperator operator() {
    return operator;
  }

  @Override
  public ConditionalLaw law(Points x) {
    if (x.isSameAs(points)) {
      return law;
    }
    NDArray known = z.get(known(x));
    known.attach(x.manager());
    return law.at(known);
  }

  private NDArray known(Points x) {
    return x.positionsIn(points).orElseThrow(() -> MarkovContext.newRowsRefused(this));
  }

  @Override
  public Points sample(Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      MarkovLaw laws = x.isSameAs(points) ? pairs : pairs.select(known(x), scope);
      return contexts.select(laws.draw(samples, random, manager));
    }
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
