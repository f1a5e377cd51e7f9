package ai.contexture.cli;

import ai.contexture.context.ContextFactory;
import ai.contexture.data.Column;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.CsvOptions.Header;
import ai.contexture.data.Dataset;
import ai.contexture.data.GraphFiles;
import ai.contexture.data.ImageFiles;
import ai.contexture.data.ImageOptions;
import ai.contexture.data.ImageOptions.Colour;
import ai.contexture.data.ImageSize;
import ai.contexture.data.MissingTokens;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.NumberStyle;
import ai.contexture.data.Table;
import ai.contexture.data.Target;
import ai.contexture.data.Task;
import ai.contexture.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a dataset comes from, as a run remembers it.
 *
 * @param file the CSV file, or null for the digits or a graph without a table of its nodes
 * @param target the column to predict, or null
 * @param task what the target is, or null to recognise it
 * @param drop columns to leave out
 * @param nominal columns that hold names
 * @param numeric columns that hold numbers
 * @param missing further cells that stand for a missing value
 * @param noDefaultMissing whether only empty cells and these stand for a missing value
 * @param separator one character, or null to recognise it
 * @param decimal what stands before a fraction, or null for a point
 * @param thousands what stands between thousands, or null for nothing
 * @param header whether the first line is one, yes or no, or null to look
 * @param edges the CSV file of a graph's edges, or null
 * @param id the column with what the edges call the rows, or null for the usual one
 * @param features the CSV file of the nodes' further features, or null
 * @param size what pictures are brought to, or null to take them as they are
 * @param colour the channels of pictures, or null for grey where all are
 * @param skipBroken whether files that are no pictures are left out, or null not to
 * @param elsewhere columns named above that tables have which the context reads, or null where it
 *     reads none
 * @param splitColumn the column that says which rows serve what, or null
 * @param keys columns by whose values the context finds rows in those tables, or null likewise
 */
record DataSource(
    String file,
    String target,
    Task task,
    List<String> drop,
    List<String> nominal,
    List<String> numeric,
    List<String> missing,
    boolean noDefaultMissing,
    String separator,
    String decimal,
    String thousands,
    String header,
    String edges,
    String id,
    String features,
    String size,
    Colour colour,
    Boolean skipBroken,
    List<String> elsewhere,
    String splitColumn,
    List<String> keys) {

  /** The digits that come with the library, with their target. */
  static final DataSource DIGITS =
      of(
          draft -> {
            draft.target = "target";
            draft.task = Task.CLASSIFICATION;
          });

  /** Returns a source with what a draft is given; all else is absent. */
  static DataSource of(Consumer<Draft> change) {
    return changed(new Draft(), change);
  }

  private DataSource with(Consumer<Draft> change) {
    return changed(new Draft(this), change);
  }

  private static DataSource changed(Draft draft, Consumer<Draft> change) {
    change.accept(draft);
    return draft.source();
  }

  /** Returns the same source, whose options may name columns of tables that contexts read too. */
  DataSource with(List<ContextFactory> contexts) {
    List<Path> tables = contexts.stream().flatMap(context -> context.tables().stream()).toList();
    if (tables.isEmpty()) {
      return this;
    }
    CsvOptions options = options();
    Set<String> others = new TreeSet<>();
    if (!options.named().isEmpty()) {
      tables.forEach(table -> others.addAll(Table.readNames(table, options)));
    }
    others.retainAll(options.named());
    List<String> joining =
        contexts.stream().flatMap(context -> context.keys().stream()).distinct().sorted().toList();
    return with(
        draft -> {
          draft.elsewhere = List.copyOf(others);
          draft.keys = joining;
        });
  }

  /** Returns whether this is the data that comes with the library. */
  boolean embedded() {
    return file == null && edges == null;
  }

  /** Returns whether the rows are pictures. */
  boolean pictures() {
    return file != null && ImageFiles.isNamedSo(Path.of(file));
  }

  /** Returns how pictures are read. */
  ImageOptions imageOptions() {
    ImageOptions options = ImageOptions.DEFAULT;
    options = size == null ? options : options.withSize(ImageSize.parse(size));
    options = colour == null ? options : options.withColour(colour);
    return skipBroken == null || !skipBroken ? options : options.skippingBroken();
  }

  /** Reads the data. */
  Dataset read() {
    if (embedded()) {
      return Dataset.digits();
    }
    if (pictures()) {
      return ImageFiles.dataset(Path.of(file), imageOptions(), target, task);
    }
    Dataset data =
        edges == null
            ? Dataset.read(Path.of(file), options(), target, task)
            : new GraphFiles(
                    Path.of(edges), optional(file), Optional.ofNullable(id), optional(features))
                .read(options(), target, task);
    return splitColumn == null ? data : data.splitBy(splitColumn);
  }

  /**
   * Returns columns of the rows, also ones that are not learned from, with the text of their cells.
   *
   * @param rows what {@link #read} gave
   * @throws InputException if there is no such column
   */
  List<Column> columns(Dataset rows, List<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    if (edges != null && file == null) {
      throw new InputException("--keep: the nodes of a graph without --data have no columns");
    }
    if (embedded()) {
      List<Column> all = new ArrayList<>(rows.features().columns());
      rows.target().map(DataSource::column).ifPresent(all::add);
      Table table = Table.of(rows.name(), all);
      return names.stream().map(table::column).toList();
    }
    Table table =
        pictures()
            ? ImageFiles.read(Path.of(file), imageOptions())
            : Table.read(Path.of(file), options().withKept(names));
    return names.stream().map(table::column).toList();
  }

  /** Classes as names. */
  private static Column column(Target target) {
    Target.Classes classes = (Target.Classes) target;
    return NominalColumn.of(
        classes.name(),
        Arrays.stream(classes.codes())
            .mapToObj(code -> code < 0 ? null : classes.classes().get(code))
            .toArray(String[]::new));
  }

  /** Returns what of this can be read only once, such as a pipe, if anything. */
  Optional<Path> pipe() {
    return Stream.of(file, edges, features)
        .filter(Objects::nonNull)
        .map(Path::of)
        .filter(path -> Files.exists(path) && !Files.isRegularFile(path))
        .filter(path -> !Files.isDirectory(path))
        .findFirst();
  }

  /** Returns this source of a run, which must not have been a pipe. */
  DataSource again() {
    pipe()
        .ifPresent(
            path -> {
              throw new InputException(
                  path + ": the run read its data from this pipe, expected --data with a file");
            });
    return this;
  }

  private static Optional<Path> optional(String path) {
    return Optional.ofNullable(path).map(Path::of);
  }

  /** Returns the same features with another target, which the column may be that was left out. */
  DataSource predicting(String other, Task kind) {
    List<String> dropped = new ArrayList<>(drop);
    dropped.remove(other);
    if (target != null && !target.equals(other)) {
      dropped.add(target);
    }
    return with(
        draft -> {
          draft.target = other;
          draft.task = kind;
          draft.drop = dropped;
        });
  }

  private CsvOptions options() {
    MissingTokens tokens = noDefaultMissing ? MissingTokens.NONE : MissingTokens.DEFAULT;
    CsvOptions options =
        CsvOptions.DEFAULT
            .withNominal(nominal.toArray(String[]::new))
            .withNumeric(numeric.toArray(String[]::new))
            .withDrop(drop.toArray(String[]::new))
            .withMissing(tokens.with(missing))
            .withHeader(
                header == null ? Header.DETECT : header.equals("no") ? Header.NO : Header.YES);
    if (elsewhere != null) {
      options = options.withElsewhere(elsewhere.toArray(String[]::new));
    }
    if (keys != null) {
      options = options.withKeys(keys);
    }
    return signs(options, separator, decimal, thousands);
  }

  /** Returns options with the signs that are given, null for those that stay. */
  static CsvOptions signs(CsvOptions options, String separator, String decimal, String thousands) {
    CsvOptions with = separator == null ? options : options.withSeparator(separator.charAt(0));
    if (decimal == null && thousands == null) {
      return with;
    }
    NumberStyle before = options.numbers();
    return with.withNumbers(
        new NumberStyle(
            decimal == null ? before.decimal() : decimal.charAt(0),
            thousands == null ? before.thousands() : Optional.of(thousands.charAt(0))));
  }

  /** Returns the same source with absolute paths, which hold wherever a command runs. */
  DataSource absolute() {
    return at(absolute(file), absolute(edges), absolute(features));
  }

  private static String absolute(String path) {
    return path == null ? null : Path.of(path).toAbsolutePath().normalize().toString();
  }

  /**
   * Returns the same columns of other files, each of them null to keep the one of this source.
   *
   * @throws InputException if there is no such file here
   */
  DataSource at(String otherFile, String otherEdges, String otherFeatures) {
    return with(
        draft -> {
          draft.file = moved("--data", file, otherFile);
          draft.edges = moved("--edges", edges, otherEdges);
          draft.features = moved("--features", features, otherFeatures);
        });
  }

  private String moved(String option, String mine, String other) {
    if (mine == null && other != null) {
      throw new InputException(option + ": this run learned from " + this + ", leave it out");
    }
    return other == null ? mine : other;
  }

  @Override
  public String toString() {
    return embedded()
        ? "the digits that come with contexture"
        : Stream.of(file, edges, features)
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" and "));
  }

  /** A source on the way to a record. */
  static final class Draft {

    String file;
    String target;
    Task task;
    List<String> drop = List.of();
    List<String> nominal = List.of();
    List<String> numeric = List.of();
    List<String> missing = List.of();
    boolean noDefaultMissing;
    String separator;
    String decimal;
    String thousands;
    String header;
    String edges;
    String id;
    String features;
    String size;
    Colour colour;
    Boolean skipBroken;
    List<String> elsewhere;
    String splitColumn;
    List<String> keys;

    private Draft() {}

    private Draft(DataSource from) {
      file = from.file;
      target = from.target;
      task = from.task;
      drop = from.drop;
      nominal = from.nominal;
      numeric = from.numeric;
      missing = from.missing;
      noDefaultMissing = from.noDefaultMissing;
      separator = from.separator;
      decimal = from.decimal;
      thousands = from.thousands;
      header = from.header;
      edges = from.edges;
      id = from.id;
      features = from.features;
      size = from.size;
      colour = from.colour;
      skipBroken = from.skipBroken;
      elsewhere = from.elsewhere;
      splitColumn = from.splitColumn;
      keys = from.keys;
    }

    private DataSource source() {
      return new DataSource(
          file,
          target,
          task,
          drop,
          nominal,
          numeric,
          missing,
          noDefaultMissing,
          separator,
          decimal,
          thousands,
          header,
          edges,
          id,
          features,
          size,
          colour,
          skipBroken,
          elsewhere,
          splitColumn,
          keys);
    }
  }
}
