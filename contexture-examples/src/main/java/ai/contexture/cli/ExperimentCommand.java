package ai.contexture.cli;

import ai.contexture.experiment.AssociationShape;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.input.Names;
import ai.contexture.input.Text;
import ai.djl.Device;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a study. */
@Command(
    name = "experiment",
    header = {"Run a study of contexts on several datasets", ""},
    description = {
      "Runs a study and writes its numbers as CSV and its figures as SVG into a new folder.",
      "",
      "  association-shape   error of a linear model on the exact functions of rbf, knn and their masked",
      "                      kinds, from strong to weak: does it rise at both ends?",
      ""
    },
    descriptionHeading = "%n",
    synopsisHeading = "Usage: ",
    abbreviateSynopsis = true,
    sortOptions = false,
    parameterListHeading = "Arguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  contexture experiment association-shape --data datasets --out association-shape",
      "  contexture experiment association-shape --data datasets --only diabetes --quick --out quick",
      ""
    })
final class ExperimentCommand implements Callable<Integer> {

  private static final String ASSOCIATION_SHAPE = "association-shape";

  private final Terminal terminal;

  @Parameters(paramLabel = "NAME", description = "The study: " + ASSOCIATION_SHAPE)
  private String name;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FOLDER",
      description =
          "A folder of NAME.csv.gz files with a column target, and of datasets.csv, which says of each"
              + " its name, file, task and nominal_columns")
  private String data;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description = "The datasets to take. Default: those of the study")
  private List<String> only;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "A new folder for numbers and figures")
  private String out;

  @Option(names = "--quick", description = "A small version: fewer settings, splits and rows")
  private boolean quick;

  @Mixin private CommonOptions common;

  ExperimentCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    if (!name.equals(ASSOCIATION_SHAPE)) {
      throw Names.unknown("experiment", name, List.of(ASSOCIATION_SHAPE));
    }
    Path folder = Outputs.path("--out", out);
    Outputs.requireNewFolder("--out", folder);
    var options = quick ? AssociationShape.Options.QUICK : AssociationShape.Options.FULL;
    List<AssociationShape.Plan> plans = new ArrayList<>();
    DatasetFolder datasets = DatasetFolder.open(Outputs.path("--data", data));
    for (String dataset : only == null ? AssociationShape.DATASETS : only) {
      plans.add(new AssociationShape.Plan(datasets.read(dataset), options));
    }
    Device device = common.device();
    terminal.accepted();
    Files.createDirectories(folder);
    List<AssociationShape.Cell> cells = new ArrayList<>();
    int all = plans.stream().mapToInt(AssociationShape.Plan::size).sum();
    long start = System.nanoTime();
    for (AssociationShape.Plan plan : plans) {
      for (int i = 0; i < plan.size(); i++) {
        cells.add(plan.cell(i, device));
        progress(cells, all, start);
      }
    }
    String lines =
        cells.stream().map(AssociationShape.Cell::csv).collect(Collectors.joining("\n", "", "\n"));
    Files.writeString(folder.resolve("cells.csv"), AssociationShape.Cell.HEADER + "\n" + lines);
    AssociationShape.figure(cells, true).write(folder.resolve(ASSOCIATION_SHAPE + ".svg"));
    AssociationShape.figure(cells, false).write(folder.resolve(ASSOCIATION_SHAPE + "-fixed.svg"));
    AssociationShape.figure(cells, true).write(folder.resolve(ASSOCIATION_SHAPE + ".png"));
    List<AssociationShape.Shape> shapes = AssociationShape.shapes(cells);
    if (!common.toStandardOutput()) {
      new Report(terminal, true).shapes(shapes, folder);
    }
    common.write(json(shapes), terminal);
    return 0;
  }

  private void progress(List<AssociationShape.Cell> cells, int all, long start) {
    int done = cells.size();
    if (done * 20L / all > (done - 1) * 20L / all) {
      double seconds = (System.nanoTime() - start) * 1e-9;
      String left = Progress.duration(seconds / done * (all - done));
      terminal.err().println(Text.format("%d of %d contexts, %s left", done, all, left));
    }
  }

  private static JsonObject json(List<AssociationShape.Shape> shapes) {
    JsonArray array = new JsonArray();
    for (AssociationShape.Shape shape : shapes) {
      JsonObject row = new JsonObject();
      row.addProperty("dataset", shape.dataset());
      row.addProperty("context", shape.kind());
      row.add("strongest", Results.number(shape.strongest()));
      row.add("best", Results.number(shape.best()));
      row.add("weakest", Results.number(shape.weakest()));
      row.addProperty("risesStrong", shape.risesStrong());
      row.addProperty("risesWeak", shape.risesWeak());
      array.add(row);
    }
    JsonObject result = new JsonObject();
    result.add("shapes", array);
    return result;
  }
}
