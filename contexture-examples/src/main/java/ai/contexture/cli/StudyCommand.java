package ai.contexture.cli;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyFolder;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.plot.Figure;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one study, whose name, help and further options come from the study itself. */
@Command
final class StudyCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Study study;
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description =
          "The folder for numbers, figures and the report; it must be new, except with"
              + " --resume")
  private String out;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "A folder of NAME.csv.gz files with a column target, and a datasets.csv with the"
              + " name, file, task and nominal_columns of each. Without it, only the built-in digits"
              + " are used")
  private String data;

  @Option(
      names = "--resume",
      description =
          "Continue a study that was stopped, with the options it was started with; finished"
              + " cells are kept")
  private boolean resume;

  @Option(
      names = "--report-only",
      description = "Only write the report again, from the cells finished so far")
  private boolean reportOnly;

  @Option(
      names = "--quick",
      description = "A small version that shows within a minute that everything works")
  private boolean quick;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed of everything random. Default: 0")
  private Long seed;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "How many cells to measure at once. Rarely useful, since one cell uses all cores"
              + " where it can; studies that train only take 1. Default: 1")
  private Integer jobs;

  @Mixin private CommonOptions common;

  private StudyCommand(Terminal terminal, Study study) {
    this.terminal = terminal;
    this.study = study;
  }

  /** Returns the command of a study. */
  static CommandLine of(Terminal terminal, Study study) {
    CommandLine line = new CommandLine(new StudyCommand(terminal, study));
    CommandSpec spec = line.getCommandSpec();
    spec.name(study.name());
    spec.usageMessage()
        .header(escaped(study.question()))
        .description(escaped("Source: " + study.source()), escaped("Time: " + study.time() + "."))
        .footer(
            Text.format("  contexture experiment %s --data datasets --out out", study.name()),
            Text.format("  contexture experiment %s --quick --out quick", study.name()),
            Text.format("  contexture experiment %s --out out --resume", study.name()));
    for (StudyOption option : study.options()) {
      String quickly =
          option.quick().equals(option.defaults()) ? "" : ", with --quick " + option.quick();
      String text = option.description() + ". Default: " + option.defaults() + quickly;
      spec.addOption(
          OptionSpec.builder("--" + option.name())
              .paramLabel(option.label())
              .type(String.class)
              .description(escaped(text))
              .build());
    }
    return line;
  }

  /** A text in which nothing is a pattern. */
  private static String escaped(String text) {
    return text.replace("%", "%%");
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    if (resume && reportOnly) {
      throw new InputException("--resume and --report-only: expected one of them, got both");
    }
    if (jobs != null && (jobs < 1 || (jobs > 1 && !study.concurrent()))) {
      throw new InputException(
          Text.format(
              "--jobs: expected %s, got %d",
              jobs < 1 ? "at least 1" : "1, since this study trains, one network at a time", jobs));
    }
    Path path = Outputs.path("--out", out);
    Figure.requireFonts();
    if (reportOnly) {
      StudyFolder folder = opened(path);
      terminal.accepted();
      return finish(folder);
    }
    return resume ? resume(path) : start(path);
  }

  private int start(Path path) throws IOException {
    Outputs.requireNewFolder("--out", path);
    Settings settings = Settings.of(study, quick, seed == null ? 0 : seed, given());
    Path from = data == null ? null : Outputs.path("--data", data);
    try (Study.Grid grid = grid(settings, from)) {
      return run(grid, StudyFolder.create(study, settings, from, path));
    }
  }

  private int resume(Path path) throws IOException {
    StudyFolder folder = opened(path);
    Path from = data == null ? folder.data().orElse(null) : Outputs.path("--data", data);
    try (Study.Grid grid = grid(folder.settings(), from)) {
      return run(grid, folder);
    }
  }

  private StudyFolder opened(Path path) throws IOException {
    StudyFolder folder = StudyFolder.open(study, path);
    requireSame(folder);
    return folder;
  }

  private Study.Grid grid(Settings settings, Path from) {
    DatasetFolder datasets = from == null ? DatasetFolder.empty() : DatasetFolder.open(from);
    return study.grid(settings, datasets, common.device());
  }

  private int run(Study.Grid grid, StudyFolder folder) throws IOException {
    terminal.accepted();
    Steps steps = new Steps(folder.rows().size());
    steps.begin(grid.cells().size());
    folder.run(grid, jobs == null ? 1 : jobs, steps);
    return finish(folder);
  }

  /** The options of the study that were given. */
  private Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>();
    for (StudyOption option : study.options()) {
      String value = spec.findOption("--" + option.name()).getValue();
      if (value != null) {
        given.put(option.name(), value);
      }
    }
    return given;
  }

  /** Requires that options are those that the study was begun with, where they are given. */
  private void requireSame(StudyFolder folder) {
    Settings settings = folder.settings();
    if (quick && !settings.quick()) {
      throw other(folder, "--quick", "without it", "with it");
    }
    if (seed != null && seed != settings.seed()) {
      throw other(folder, "--seed", Long.toString(settings.seed()), Long.toString(seed));
    }
    given()
        .forEach(
            (name, value) -> {
              if (!value.equals(settings.text(name))) {
                throw other(folder, "--" + name, settings.text(name), value);
              }
            });
  }

  private static InputException other(
      StudyFolder folder, String option, String before, String now) {
    return new InputException(
        Text.format(
            "%s: %s was begun with %s, got %s; a study goes on with the options that it was begun"
                + " with",
            option, folder.path(), before, now));
  }

  private int finish(StudyFolder folder) throws IOException {
    StudyReport report = folder.report();
    List<CellResult> rows = folder.rows();
    if (!common.toStandardOutput()) {
      Report printed = new Report(terminal, true);
      report.meaning().forEach(printed::line);
      Path page = folder.path().resolve(StudyFolder.REPORT);
      printed.heading("Saved in " + folder.path() + "; read " + page);
    }
    common.write(json(folder, rows), terminal);
    return 0;
  }

  private JsonObject json(StudyFolder folder, List<CellResult> rows) {
    JsonObject json = new JsonObject();
    json.addProperty("study", study.name());
    json.addProperty("folder", folder.path().toString());
    json.addProperty("failed", rows.stream().filter(row -> !row.finished()).count());
    JsonArray cells = new JsonArray();
    for (CellResult row : rows) {
      JsonObject cell = new JsonObject();
      study.parameters().forEach(name -> cell.addProperty(name, row.text(name)));
      for (String name : study.measures()) {
        double number = row.number(name);
        boolean word = Double.isNaN(number) && !row.text(name).isEmpty();
        if (word) {
          cell.addProperty(name, row.text(name));
        } else {
          cell.add(name, Results.number(number));
        }
      }
      cell.addProperty("problem", row.finished() ? null : row.problem());
      cells.add(cell);
    }
    json.add("cells", cells);
    return json;
  }

  /** Shows how far a study is: the first cells, every twentieth part, and every minute. */
  private final class Steps implements StudyFolder.Listener {

    private static final int FIRST = 3;
    private static final int PARTS = 20;
    private static final double SECONDS = 60;

    private final int before;
    private long shownAt = System.nanoTime();
    private int failed;

    Steps(int before) {
      this.before = before;
    }

    void begin(int all) {
      terminal.say(
          before == 0
              ? Text.format("%d cells%s", all, quick ? "" : "; expected: " + study.time())
              : Text.format("%d of %d cells are finished", before, all));
    }

    @Override
    public void cell(CellResult row, int done, int all, double secondsLeft) {
      failed += row.finished() ? 0 : 1;
      boolean part = done * (long) PARTS / all > (done - 1) * (long) PARTS / all;
      double since = (System.nanoTime() - shownAt) * 1e-9;
      if (part || done - before <= FIRST || since >= SECONDS) {
        shownAt = System.nanoTime();
        String left = done == all ? "" : ", " + Progress.duration(secondsLeft) + " left";
        String without = failed == 0 ? "" : ", " + failed + " without a result";
        terminal.say(Text.format("%d of %d cells%s%s", done, all, without, left));
      }
    }
  }
}
