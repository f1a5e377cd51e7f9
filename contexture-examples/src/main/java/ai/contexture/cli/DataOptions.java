package ai.contexture.cli;

import ai.contexture.context.ContextFactory;
import ai.contexture.data.ImageFiles;
import ai.contexture.data.ImageOptions.Colour;
import ai.contexture.data.ImageSize;
import ai.contexture.data.Task;
import ai.contexture.input.InputException;
import ai.contexture.pretraining.Recipe;
import java.util.List;
import picocli.CommandLine.Option;

/** Which table to read, and how. */
final class DataOptions {

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "A CSV file with a header (.csv or .csv.gz); numbers saved by numpy (.npy), whose"
              + " columns are named x0, x1, …; or pictures: a folder, a zip, or an IDX file such as"
              + " MNIST's. Default: 1797 handwritten digits")
  private String data;

  @Option(
      names = "--edges",
      paramLabel = "FILE",
      description =
          "A CSV file of edges between rows, with the columns source and target, and"
              + " optionally weight and type. Without --data, the nodes of the graph are the rows")
  private String edges;

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      description =
          "The column that edges refer to; it is not learned from. Default: a column named"
              + " node or id, else the row number, counted from 0")
  private String id;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description =
          "A CSV file of further node features, one per line: node, feature and optionally"
              + " value (default 1)")
  private String features;

  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      description =
          "The column to predict. It is not learned from, only used to judge the features."
              + " For pictures: folder, or label for an IDX file")
  private String target;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "classification or regression. Default: classification if the target holds names or"
              + " at most 20 different whole numbers")
  private String task;

  @Option(
      names = "--split-column",
      paramLabel = "COLUMN",
      description =
          "A column that says what each row is for, instead of --split: train (to fit a"
              + " linear model), val (to choose its penalty), test, or rest")
  private String splitColumn;

  @Option(
      names = "--drop",
      paramLabel = "COLUMN",
      description =
          "Columns to leave out, such as --drop id,date. A name that contains a comma or a"
              + " quote goes in double quotes, '\"area, m2\"'; #3 is the third column")
  private List<String> drop;

  @Option(
      names = "--nominal",
      paramLabel = "COLUMN",
      description = "Columns that hold names even if they look like numbers, such as codes")
  private List<String> nominal;

  @Option(
      names = "--numeric",
      paramLabel = "COLUMN",
      description = "Columns that must hold numbers, possibly all followed by the same unit")
  private List<String> numeric;

  @Option(
      names = "--missing",
      paramLabel = "TOKEN",
      description =
          "Cells that mean a missing value, in addition to empty ones, ?, NA, N/A, null and,"
              + " among numbers, NaN")
  private List<String> missing;

  @Option(
      names = "--no-default-missing",
      description =
          "Treat ?, NA, N/A and null as names; only empty cells and --missing are missing"
              + " values")
  private boolean noDefaultMissing;

  @Option(
      names = "--decimal",
      paramLabel = "CHARACTER",
      description = "The decimal separator. Default: a point")
  private String decimal;

  @Option(
      names = "--thousands",
      paramLabel = "CHARACTER",
      description = "The thousands separator, such as , or ' '. Default: none")
  private String thousands;

  @Option(
      names = "--header",
      paramLabel = "WHETHER",
      description =
          "Whether the first line names the columns: yes or no. With no, columns are named"
              + " x0, x1, …. Default: yes, with a warning if the line looks like data")
  private String header;

  @Option(
      names = "--separator",
      paramLabel = "CHARACTER",
      description = "The character between cells, or tab. Default: detected among , ; tab |")
  private String separator;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description =
          "Resize pictures to this height and width, such as 32x32. Default: as they are, all"
              + " of one size")
  private String size;

  @Option(
      names = "--colour",
      paramLabel = "CHANNELS",
      description = "The channels of pictures: grey or rgb. Default: grey if all pictures are grey")
  private String colour;

  @Option(
      names = "--skip-broken",
      description = "Leave out files that are damaged or not pictures, with a warning")
  private boolean skipBroken;

  /** Returns the recipe that suits this kind of data. */
  Recipe recipe() {
    if (edges == null) {
      return Recipe.DEFAULT;
    }
    return features == null ? Recipe.GRAPH : Recipe.GRAPH_WITH_FEATURES;
  }

  /** Returns the checked options, with tables that contexts read beside these. */
  DataSource source(ContextFactory... contexts) {
    return source().with(List.of(contexts));
  }

  /** Returns the checked options. */
  DataSource source() {
    if (data == null) {
      require(target == null, "--target");
      require(task == null, "--task");
      require(id == null, "--id");
      require(splitColumn == null, "--split-column");
      require(drop == null, "--drop");
      require(nominal == null, "--nominal");
      require(numeric == null, "--numeric");
      require(missing == null, "--missing");
      require(!noDefaultMissing, "--no-default-missing");
      require(decimal == null, "--decimal");
      require(thousands == null, "--thousands");
      require(header == null, "--header");
      require(size == null, "--size");
      require(colour == null, "--colour");
      require(!skipBroken, "--skip-broken");
    } else if (ImageFiles.isNamedSo(Outputs.path("--data", data))) {
      ofTables(edges != null, "--edges");
      ofTables(splitColumn != null, "--split-column");
      ofTables(drop != null, "--drop");
      ofTables(nominal != null, "--nominal");
      ofTables(numeric != null, "--numeric");
      ofTables(missing != null || noDefaultMissing, "--missing");
      ofTables(decimal != null, "--decimal");
      ofTables(thousands != null, "--thousands");
      ofTables(header != null, "--header");
      ofTables(separator != null, "--separator");
    } else {
      ofPictures(size != null, "--size");
      ofPictures(colour != null, "--colour");
      ofPictures(skipBroken, "--skip-broken");
    }
    if (edges == null) {
      if (id != null || features != null) {
        throw new InputException(
            (id != null ? "--id" : "--features")
                + " is about the nodes of a graph, expected --edges FILE with it");
      }
      if (data == null) {
        require(separator == null, "--separator");
        return DataSource.DIGITS;
      }
    }
    if (task != null && target == null) {
      throw new InputException("--task says what the target is, expected --target COLUMN with it");
    }
    return DataSource.of(
        draft -> {
          draft.file = Outputs.given("--data", data);
          draft.target = ColumnNames.one("--target", target);
          draft.task = Converters.choice(Task.class, "--task", task);
          draft.drop = ColumnNames.list("--drop", drop);
          draft.nominal = ColumnNames.list("--nominal", nominal);
          draft.numeric = ColumnNames.list("--numeric", numeric);
          draft.missing = ColumnNames.list("--missing", missing);
          draft.noDefaultMissing = noDefaultMissing;
          draft.separator = character("--separator", separator);
          draft.decimal = character("--decimal", decimal);
          draft.thousands = character("--thousands", thousands);
          draft.header = header();
          draft.edges = Outputs.given("--edges", edges);
          draft.id = ColumnNames.one("--id", id);
          draft.features = Outputs.given("--features", features);
          draft.size = size();
          draft.colour = colour();
          draft.skipBroken = skipBroken ? Boolean.TRUE : null;
          draft.splitColumn = ColumnNames.one("--split-column", splitColumn);
        });
  }

  private void ofTables(boolean given, String option) {
    if (given) {
      throw new InputException(
          option + " is about tables, expected no pictures with it, got --data " + data);
    }
  }

  private void ofPictures(boolean given, String option) {
    if (given) {
      throw new InputException(
          option
              + " is about pictures, expected a folder, a zip or an IDX file of them, got --data "
              + data);
    }
  }

  private String size() {
    try {
      return size == null ? null : ImageSize.parse(size).toString();
    } catch (InputException e) {
      throw new InputException("--" + e.getMessage(), e);
    }
  }

  private Colour colour() {
    Colour chosen = Converters.choice(Colour.class, "--colour", colour);
    return chosen == Colour.AUTO ? null : chosen;
  }

  private static void require(boolean absent, String option) {
    if (!absent) {
      throw new InputException(option + " says how to read a file, expected --data FILE with it");
    }
  }

  private String header() {
    if (header != null && !header.equals("yes") && !header.equals("no")) {
      throw new InputException("--header: expected yes or no, got '" + header + "'");
    }
    return header;
  }

  /** Returns a sign as one character, or null for null. */
  static String character(String option, String sign) {
    if (sign == null) {
      return null;
    }
    String character = sign.equals("tab") || sign.equals("\\t") ? "\t" : sign;
    if (character.length() != 1) {
      String expected = option.equals("--separator") ? "one character or tab" : "one character";
      throw new InputException(option + ": expected " + expected + ", got '" + sign + "'");
    }
    return character;
  }
}
