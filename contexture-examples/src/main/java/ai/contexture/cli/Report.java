package ai.contexture.cli;

import ai.contexture.data.Task;
import ai.contexture.experiment.ResultTable;
import ai.contexture.input.Names;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.ProbeScore;
import ai.contexture.measure.Usefulness;
import ai.contexture.spectrum.Leading;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.training.Pretraining;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Results in words and tables, for somebody who has not read the papers. */
final class Report {

  private static final int BAR = 40;

  private final Terminal terminal;
  private final boolean print;

  /**
   * Creates a report.
   *
   * @param print whether to print at all
   */
  Report(Terminal terminal, boolean print) {
    this.terminal = terminal;
    this.print = print;
  }

  /** Prints a line. */
  void line(String text) {
    if (print) {
      terminal.out().println(text);
    }
  }

  /** Prints a line after an empty one. */
  void heading(String text) {
    line("");
    line(text);
  }

  /** Prints a first line. */
  void title(String text) {
    line(text);
  }

  /** Prints a name and what is to be said of it. */
  void entry(String name, String value) {
    line(Text.format("  %-12s %s", name, value));
  }

  /** Prints rows with a remark behind each. */
  void table(List<List<String>> rows, List<String> remarks) {
    int width = rows.stream().mapToInt(row -> row.get(0).length()).max().orElse(0);
    for (int i = 0; i < rows.size(); i++) {
      String text = rows.get(i).get(0);
      line("  " + text + " ".repeat(width - text.length()) + "  # " + remarks.get(i));
    }
  }

  /** Prints rows of cells, the first column to the left and the others to the right. */
  void table(ResultTable table) {
    table.lines().forEach(line -> line(("  " + line).stripTrailing()));
  }

  /** Prints the end of a pretraining. */
  void pretraining(
      Pretraining job,
      RunOptions options,
      RunFolder folder,
      double seconds,
      double loss,
      Measured<Alignment> alignment,
      Measured<Alignment> onNewRows,
      Measured<ProbeScore> probe) {
    int d = job.recipe().dimension();
    int steps = job.trainer().finished();
    int n = job.split().pretrain().length;
    heading(
        Text.format(
            "Learned %d features from %d rows × %d columns of %s",
            d, n, job.data().features().columns().size(), job.data().name()));
    entry("context", job.context().toString());
    entry(
        "encoder",
        Text.format(
            "%s, from %d inputs to %d outputs, of which the %d best directions are kept",
            job.recipe().encoder(), job.preprocessing().names().size(), job.outputs(), d));
    entry(
        "training",
        Text.format(
            "%s, %d steps in %s, loss %.5g at the last",
            job.recipe().objective(), steps, Progress.duration(seconds), loss));
    job.trainer()
        .validated()
        .ifPresent(
            best ->
                entry(
                    "kept",
                    Text.format(
                        "the weights after step %d, with the least loss, %.5g, on %d held-out rows",
                        best.bestStep(), best.bestLoss(), job.heldOut())));

    heading("How close to the best features that the context allows");
    if (alignment.known()) {
      alignment(
          n + " rows learned from",
          alignment.value(),
          job.split().test().length,
          onNewRows.value());
      if (!onNewRows.known()) {
        line("  (not measured on new rows: " + onNewRows.why() + ")");
      }
    } else {
      line("  not measured: " + alignment.why());
    }

    job.data()
        .target()
        .ifPresent(
            target -> {
              String what = Text.format("How well a linear model predicts '%s'", target.name());
              if (probe.known()) {
                heading(what + rows(probe.value()));
                probe(probe.value(), d, job.preprocessing().names().size(), target.task());
              } else {
                heading(what);
                line("  not measured: " + probe.why());
              }
            });

    heading("Saved in " + folder.path());
    heading("Try next");
    String command = terminal.command() + " ";
    String run = Names.word(folder.path().toString());
    String data = dataOptions(options.data());
    table(
        List.of(
            List.of(command + "embed " + run + " --out features.csv"),
            List.of(command + "spectrum" + data),
            List.of(command + "pretrain" + data + " --context 'knn(k=10)'")),
        List.of(
            "the features of every row", "what the context is worth", "learn from another one"));
  }

  /** Returns which rows a probe was fitted and scored on. */
  static String rows(ProbeScore probe) {
    return Text.format(" (fitted on %d rows, scored on %d others)", probe.fitted(), probe.scored());
  }

  private static String dataOptions(DataSource data) {
    if (data.embedded()) {
      return "";
    }
    return option("--data", near(data.file()))
        + option("--edges", near(data.edges()))
        + option("--id", data.id())
        + option("--features", near(data.features()))
        + option("--target", data.target())
        + list("--drop", data.drop())
        + list("--nominal", data.nominal())
        + list("--numeric", data.numeric())
        + list("--missing", data.missing())
        + (data.noDefaultMissing() ? " --no-default-missing" : "")
        + option("--separator", data.separator())
        + option("--decimal", data.decimal())
        + option("--thousands", data.thousands())
        + option("--header", data.header());
  }

  private static String list(String name, List<String> names) {
    String joined = names.stream().map(Names::quoted).collect(Collectors.joining(","));
    return names.isEmpty() ? "" : " " + Names.word(name + "=" + joined);
  }

  /** Returns a path as it is seen from the working folder, if it is in there. */
  private static String near(String path) {
    Path here = Path.of("").toAbsolutePath();
    return path == null || !Path.of(path).startsWith(here)
        ? path
        : here.relativize(Path.of(path)).toString();
  }

  private static String option(String name, String value) {
    return value == null ? "" : " " + name + " " + Names.word(value);
  }

  /** Prints an alignment in words, beside the one on new rows if there is one. */
  void alignment(String rows, Alignment alignment, int newRows, Alignment onNewRows) {
    table(ResultTable.alignment(rows, alignment, newRows, onNewRows));
    if (alignment.leading() != null) {
      remarks(alignment, alignment.leading());
    }
  }

  /** Prints what is not as usual about the functions that features are compared with. */
  private void remarks(Alignment alignment, Leading leading) {
    if (leading.components() > 1) {
      line(
          Text.format(
              "  (the context is in %d parts that it never ties together, s² = 1 for %d functions)",
              leading.components(), leading.components() - 1));
    }
    if (!leading.complete()) {
      line(
          Text.format(
              "  (the context has only %d functions, with which the first %d of %d features are"
                  + " compared)",
              leading.existing(), leading.existing(), leading.wanted()));
    }
    if (!leading.determined()) {
      line(
          Text.format(
              "  (s² is the same for functions %d to %d, so that the best %d are not determined;"
                  + " the correlation",
              leading.above() + 1, leading.through(), leading.existing()));
      line(
          Text.format(
              "  is with those nearest to the features, and %.3f with those farthest from them)",
              alignment.leastCca()));
    }
  }

  /** Prints what a linear model reached. */
  void probe(ProbeScore probe, int features, int inputs, Task task) {
    table(ResultTable.probe(probe, features, inputs, task));
  }

  /** Prints what is wrong, if anything is, or why that is not known. */
  void diagnosis(Measured<Diagnosis> diagnosis) {
    diagnosis.ifKnown(this::diagnosis);
    if (!diagnosis.known()) {
      heading("What looks wrong");
      line("  not measured: " + diagnosis.why());
    }
  }

  /** Prints what is wrong, if anything is. */
  void diagnosis(Diagnosis diagnosis) {
    if (!diagnosis.healthy()) {
      heading("What looks wrong");
      diagnosis.findings().forEach(finding -> line("  " + finding));
    }
  }

  /** Prints a spectrum. */
  void spectrum(
      Spectrum spectrum,
      String where,
      double[] eigenvalues,
      Usefulness usefulness,
      double decayRate,
      double seconds) {
    line(Text.format("Spectrum of %s on %s", spectrum.context(), where));
    line("");
    double[] errors = spectrum.errors();
    boolean rough = ResultTable.isRough(spectrum);
    line(Text.format("  %5s  %-6s%s", "i", "s²", rough ? "  ±     " : "").stripTrailing());
    for (int i : ResultTable.positions(eigenvalues.length)) {
      double value = eigenvalues[i - 1];
      String error = rough ? Text.format("  %.4f", errors[i - 1]) : "";
      String bar = "█".repeat((int) Math.round(value * BAR));
      line(Text.format("  %5d  %.4f%s  %s", i, value, error, bar).stripTrailing());
    }
    line("");
    if (spectrum.components() > 1) {
      entry(
          "parts",
          Text.format(
              "%d that the context never ties together, s² = 1 for %d functions",
              spectrum.components(), spectrum.components() - 1));
    }
    entry("usefulness", usefulness.verdict());
    entry(
        "decay rate",
        Text.format("%.4g (large: the context ties rows together weakly)", decayRate));
    entry(
        "method",
        Text.format(
            "%s, worst residual %.1g, %s",
            spectrum.method(),
            Arrays.stream(spectrum.residuals()).max().orElse(0),
            Progress.duration(seconds)));
  }
}
