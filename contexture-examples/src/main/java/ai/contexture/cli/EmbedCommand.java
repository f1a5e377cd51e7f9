package ai.contexture.cli;

import ai.contexture.data.Column;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.Dataset;
import ai.contexture.data.ImageFiles;
import ai.contexture.data.ImageOptions;
import ai.contexture.data.ImageOptions.Colour;
import ai.contexture.data.ImageShape;
import ai.contexture.data.Matrix;
import ai.contexture.data.Table;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.representation.Representation;
import com.google.gson.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Computes the features of rows. */
@Command(
    name = "embed",
    header = "Compute the features of rows",
    description = {
      "Computes the features of rows with what a run learned, row by row, the most"
          + " informative first."
    },
    footer = {
      "  contexture embed runs/wine-1 --data new.csv --out features.csv",
      "  contexture embed runs/wine-1 --data new.csv --dim 8 --out - | head",
      "  contexture embed runs/wine-1 --keep id,class --out features.csv",
      "  contexture embed runs/digits-1 --out features.npy    # numpy.load reads it"
    })
final class EmbedCommand implements Callable<Integer> {

  private static final String STDOUT = "-";

  private final Terminal terminal;

  @Parameters(paramLabel = "RUN", description = "The folder of a run")
  private String run;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "A .csv or .npy file with the columns that the run learned from; other columns are"
              + " ignored. Default: the run's data")
  private String data;

  @Option(
      names = "--separator",
      paramLabel = "CHARACTER",
      description = "The character between cells, or tab. Default: detected among , ; tab |")
  private String separator;

  @Option(
      names = "--missing",
      paramLabel = "TOKEN",
      description = "Cells that mean a missing value, in addition to those of the run")
  private List<String> missing;

  @Option(
      names = "--decimal",
      paramLabel = "CHARACTER",
      description = "The decimal separator. Default: as in the run's data")
  private String decimal;

  @Option(
      names = "--thousands",
      paramLabel = "CHARACTER",
      description = "The thousands separator. Default: as in the run's data")
  private String thousands;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "A new .csv, .npy or .npz file, or - for CSV on standard output")
  private String out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "csv, npy or npz. Default: from the file name")
  private String format;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "Keep only the first D features. Default: all")
  private Integer dimension;

  @Option(
      names = "--keep",
      paramLabel = "COLUMN",
      description =
          "Columns to write beside the features as CSV, such as --keep id,price, even if they"
              + " were not learned from")
  private List<String> keep;

  @Option(names = "--force", description = "Replace the file if it exists")
  private boolean force;

  @Mixin private CommonOptions common;

  EmbedCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    boolean toStandardOutput = out.equals(STDOUT);
    FeatureFormat chosen = format(toStandardOutput);
    Converters.requirePositive("--dim", dimension);
    List<String> tokens = ColumnNames.list("--missing", missing);
    String cut = DataOptions.character("--separator", separator);
    String point = DataOptions.character("--decimal", decimal);
    String group = DataOptions.character("--thousands", thousands);
    if (data == null && !(tokens.isEmpty() && cut == null && point == null && group == null)) {
      throw new InputException(
          "--missing, --separator, --decimal and --thousands say how to read a file, expected --data"
              + " FILE with them");
    }
    List<String> kept = kept(chosen);
    Path file = toStandardOutput ? null : Outputs.path("--out", out);
    if (file != null) {
      Outputs.requireNewFile("--out", file, force);
    }
    Path folder = Outputs.path("RUN", run);
    RunFolder runFolder = RunFolder.open(folder);
    RunOptions options = runFolder.options();
    try (Representation representation = runFolder.representation(common.device())) {
      int d = dimension == null ? representation.dimension() : dimension;
      if (d > representation.dimension()) {
        throw new InputException(
            Text.format(
                "--dim: expected at most the %d features of the run, got %d",
                representation.dimension(), d));
      }
      if (data != null && representation.readsGraph()) {
        throw new InputException(
            "--data: the encoder of this run reads the edges between rows too, expected none: all"
                + " nodes of the run are embedded");
      }
      Matrix features;
      List<Column> beside;
      if (data == null) {
        Dataset own = options.data().again().read();
        features = representation.embed(own);
        beside = options.data().columns(own, kept);
      } else if (ImageFiles.isNamedSo(Outputs.path("--data", data))) {
        Table pictures = pictures(options.data(), representation);
        features = representation.embed(pictures);
        beside = kept.stream().map(pictures::column).toList();
      } else {
        Path from = Outputs.path("--data", data);
        CsvOptions reading = representation.preprocessing().reading();
        CsvOptions as =
            DataSource.signs(
                reading.withMissing(tokens.toArray(String[]::new)).withKept(kept),
                cut,
                point,
                group);
        if (kept.isEmpty()) {
          features = representation.embed(from, as); // in blocks
          beside = List.of();
        } else {
          Table rows = Table.read(from, as);
          features = representation.embed(rows);
          beside = kept.stream().map(rows::column).toList();
        }
      }
      terminal.accepted();
      if (toStandardOutput) {
        // Not closed: where the shell closed it, its number is that of a file of Java's own.
        OutputStream stream = new BufferedOutputStream(terminal.out());
        chosen.write(features, d, beside, stream);
        stream.flush();
      } else {
        Outputs.write(file, stream -> chosen.write(features, d, beside, stream));
        terminal
            .err()
            .println(
                Text.format(
                    "%s: %s × %s",
                    file, Text.count(features.rows(), "row"), Text.count(d, "feature")));
      }
      JsonObject result = new JsonObject();
      result.addProperty("n", features.rows());
      result.addProperty("dimension", d);
      result.addProperty("file", out);
      common.write(result, terminal);
      return 0;
    }
  }

  /** Pictures read as those of the run; grey ones have colours too, all the same. */
  private Table pictures(DataSource source, Representation representation) {
    Optional<ImageShape> shape = representation.preprocessing().options().images();
    if (shape.isEmpty()) {
      throw new InputException(
          "--data: the run learned from " + source + ", expected a table, got pictures");
    }
    ImageOptions how = source.imageOptions();
    return ImageFiles.read(
        Path.of(data), shape.get().channels() == 1 ? how : how.withColour(Colour.RGB));
  }

  private List<String> kept(FeatureFormat chosen) {
    List<String> kept = ColumnNames.list("--keep", keep);
    if (!kept.isEmpty() && chosen != FeatureFormat.CSV) {
      throw new InputException("--keep: expected CSV, since an array holds features alone");
    }
    Set<String> names = new HashSet<>(List.of(FeatureFormat.ROW));
    for (String name : kept) {
      if (!names.add(name) || name.matches("f[1-9]\\d*")) {
        throw new InputException("--keep: the file would have two columns named '" + name + "'");
      }
    }
    return kept;
  }

  private FeatureFormat format(boolean toStandardOutput) {
    FeatureFormat given = Converters.choice(FeatureFormat.class, "--format", format);
    if (toStandardOutput) {
      if (given != null && given != FeatureFormat.CSV) {
        throw new InputException("--format: expected csv on standard output, got '" + format + "'");
      }
      if (common.toStandardOutput()) {
        throw new InputException(
            "--json and --out: expected one of them on standard output, got both");
      }
      return FeatureFormat.CSV;
    }
    if (given != null) {
      return given;
    }
    String name = out.toLowerCase(Locale.ROOT);
    for (FeatureFormat known : FeatureFormat.values()) {
      if (name.endsWith("." + Constants.text(known))) {
        return known;
      }
    }
    throw new InputException(
        "--out: expected a name that ends in .csv, .npy or .npz, or --format, got '" + out + "'");
  }
}
