package ai.contexture.cli;

import ai.contexture.comparison.RankingTable;
import ai.contexture.comparison.ResultTable;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.PairedScores;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.Usefulness;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.Leading;
import ai.contexture.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Results in words and tables, for somebody who has not read the papers. */
final class Report {

  private static final int BAR = 40;

  /** As many characters as fit into a terminal. */
  static final int WIDTH = 80;

  /** Characters before what is to be said of a name. */
  private static final int ENTRY = 15;

  /** The fewest characters of the names in a table. */
  private static final int NAME = 16;

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
    List<String> lines = Wrapping.lines(value, WIDTH - ENTRY);
    for (int i = 0; i < lines.size(); i++) {
      line(Text.format("  %-12s %s", i == 0 ? name : "", lines.get(i)));
    }
  }

  /** Prints rows with a remark behind each. */
  void table(List<List<String>> rows, List<String> remarks) {
    int width = rows.stream().mapToInt(row -> row.get(0).length()).max().orElse(0);
    for (int i = 0; i < rows.size(); i++) {
      String text = rows.get(i).get(0);
      line("  " + text + " ".repeat(width - text.length()) + "  # " + remarks.get(i));
    }
  }

  /**
   * Prints rows of cells, the first column to the left and the others to the right. First cells
   * that are too long go on in lines below.
   */
  void table(ResultTable table) {
    int widest = table.lines().stream().mapToInt(String::length).max().orElse(0);
    int names = table.rows().stream().mapToInt(row -> row.get(0).length()).max().orElse(0);
    int room = Math.max(NAME, WIDTH - 2 - (widest - names));
    List<List<String>> rows = new ArrayList<>();
    for (List<String> row : table.rows()) {
      String name = row.get(0);
      int indent = RankingTable.indent(name);
      List<String> parts = Wrapping.lines(name.substring(indent), room - indent - 2);
      List<String> first = new ArrayList<>(row);
      first.set(0, name.substring(0, indent) + parts.get(0));
      rows.add(first);
      parts.stream().skip(1).forEach(part -> rows.add(List.of(" ".repeat(indent + 2) + part)));
    }
    new ResultTable(rows).lines().forEach(line -> line(("  " + line).stripTrailing()));
  }

  /** Prints a command to be copied into a shell, in lines that a shell puts together. */
  void command(String command) {
    command("  ", command);
  }

  private void command(String indent, String command) {
    Wrapping.shell(command, WIDTH, indent).forEach(this::line);
  }

  /** Prints one of several remarks, whose lines but the first are indented further. */
  void item(String text) {
    List<String> lines = Wrapping.lines(text, WIDTH - 4);
    for (int i = 0; i < lines.size(); i++) {
      line((i == 0 ? "  " : "    ") + lines.get(i));
    }
  }

  /** Prints words in lines of at most {@value #WIDTH} characters. */
  void paragraph(String text) {
    paragraph("", text);
  }

  /** Prints words in lines that begin with some spaces. */
  void paragraph(String indent, String text) {
    Wrapping.lines(text, WIDTH - indent.length()).forEach(part -> line(indent + part));
  }

  /** Prints the end of a pretraining, what it is good for before all else. */
  void pretraining(PretrainingResult result) {
    Pretraining job = result.job();
    int d = job.recipe().dimension();
    int steps = job.trainer().finishedSteps();
    int n = job.split().pretrain().length;
    int inputs = job.preprocessing().names().size();
    line("");
    job.data()
        .target()
        .ifPresentOrElse(
            target -> probes(result.probes(), target.name(), d, inputs),
            () ->
                paragraph(
                    "Whether these features help is not measured, since there is no --target to"
                        + " predict."));

    heading("How close to the best features that the context allows");
    Measured<Alignment> alignment = result.alignment();
    if (alignment.known()) {
      alignment(
          n + " rows seen",
          alignment.value(),
          job.split().test().length,
          result.onNewRows().value());
      if (!result.onNewRows().known()) {
        paragraph("  ", "(not measured on new rows: " + result.onNewRows().why() + ")");
      }
    } else {
      paragraph("  ", "not measured: " + alignment.why());
    }
    diagnosis(result.diagnosis());
    if (!result.diagnosed().known()) {
      paragraph("  ", "not measured: what is wrong with the context: " + result.diagnosed().why());
    }

    heading(
        Text.format(
            "Learned %s from %s of %s",
            Text.count(d, "feature"),
            DataDescription.extent(n, job.data().features()),
            job.data().name()));
    String order =
        job.orderingRows() < n
            ? Text.format(", ordered by %d of the rows", job.orderingRows())
            : "";
    entry("features", features(d, n, result) + order);
    entry("context", job.context() + origin(result));
    entry(
        "encoder",
        Text.format(
            "%s: %s, %s, the best %d kept",
            job.recipe().encoder(),
            Text.count(inputs, "input"),
            Text.count(job.outputs(), "output"),
            d));
    entry(
        "training",
        steps == 0
            ? "none: the best functions of the network as it started"
            : Text.format(
                "%s, %s in %s, loss %.5g at the last",
                job.recipe().objective(),
                Text.count(steps, "step"),
                Progress.duration(result.seconds()),
                result.loss()));
    job.trainer()
        .validated()
        .ifPresent(
            best ->
                entry(
                    "kept",
                    Text.format(
                        "the weights after step %d, with the least loss, %.5g, on %d held-out rows",
                        best.bestStep(), best.bestLoss(), job.heldOut())));
    line(Text.format("  %-12s %s", "saved in", result.folder().path()));

    List<NextSteps.Step> next = NextSteps.of(terminal.command(), result);
    if (!next.isEmpty()) {
      heading("Try next");
      for (NextSteps.Step step : next) {
        line("  " + step.why() + ":");
        command("    ", step.command());
      }
    }
  }

  /** Why a graph has the context that it has. */
  private static String origin(PretrainingResult result) {
    return result.options().data().edges() != null
            && result.job().recipe().context().equals(Recipe.GRAPH.context())
        ? ", usual with --edges; --context sets another"
        : "";
  }

  /** How many features there are, and why so many. */
  private static String features(int d, int rows, PretrainingResult result) {
    Leading known = result.alignment().known() ? result.alignment().value().leading() : null;
    if (known != null && known.all() && known.existing() == d) {
      return d + ", as many as this context has";
    }
    if (d != result.job().recipe().withDefaultDimension(rows).dimension()) {
      return d + ", by --dim";
    }
    String range =
        rows < Recipe.FEW_ROWS
            ? "fewer than " + Recipe.FEW_ROWS
            : rows < Recipe.MANY_ROWS
                ? Text.format("%d to %d", Recipe.FEW_ROWS, Recipe.MANY_ROWS - 1)
                : Recipe.MANY_ROWS + " or more";
    return Text.format("%d, usual for %s rows; --dim sets another number", d, range);
  }

  /** Prints whether features help to predict a target, or why that is not known. */
  private void probes(Measured<ProbeComparison> probes, String target, int features, int inputs) {
    if (probes.known()) {
      probes(probes.value(), target, features, inputs);
    } else {
      paragraph("Whether these features help to predict '" + target + "' is not known.");
      paragraph("  ", "not measured: " + probes.why());
    }
  }

  /**
   * Prints whether features help to predict a target.
   *
   * @param features how many there are
   * @param inputs how many columns there are after preprocessing
   */
  void probes(ProbeComparison probes, String target, int features, int inputs) {
    paragraph(Verdict.of(probes, target));
    heading(
        Text.format(
            "How well '%s' is predicted (fitted on %d rows, scored on %d others)",
            target, probes.fitted(), probes.scored()));
    table(ResultTable.probes(probes, features, inputs));
    if (probes.contextLabels() > 0) {
      paragraph(
          "  ",
          Text.format(
              "The context was made of %d more labels; what does not see the features was fitted on"
                  + " those too.",
              probes.contextLabels()));
    }
    if (probes.scored() >= ProbeComparison.FEWEST_ROWS) {
      paragraph(
          "  ",
          Text.format(
              "Compared with your columns: features %s, together %s (95 %%); better or worse is said"
                  + " where 0 lies outside.",
              difference(probes, Predictor.FEATURES), difference(probes, Predictor.TOGETHER)));
    }
    paragraph(
        "  ",
        Text.format(
            "All are linear models%s. Intervals hold the middle %.0f %% of %d resamples of the %d"
                + " rows.",
            probes.predictors().contains(Predictor.TREES)
                ? " but the trees"
                : "; boosted trees were left out, which take long on so many numbers",
            100 * ProbeComparison.LEVEL,
            ProbeComparison.RESAMPLES,
            probes.scored()));
  }

  private static String difference(ProbeComparison probes, Predictor predictor) {
    PairedScores.Score difference = probes.difference(predictor, Predictor.COLUMNS);
    return signed(ResultTable.score(probes.metric(), difference.low()))
        + " to "
        + signed(ResultTable.score(probes.metric(), difference.high()));
  }

  private static String signed(String number) {
    return number.startsWith("-") ? number : "+" + number;
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
    boolean all = leading.all() && leading.existing() == leading.components() - 1;
    if (leading.components() > 1) {
      remark(parts(leading.components(), all));
    }
    if (!leading.complete()) {
      remark(
          Text.format(
              "the context has only %s, with which the first %d of %d features are" + " compared",
              Text.count(leading.existing(), "function"), leading.existing(), leading.wanted()));
    }
    if (!leading.determined()) {
      remark(
          Text.format(
              "s² is the same for functions %d to %d, so that the best %d are not determined; the"
                  + " correlation is with those nearest to the features, and %.3f with those"
                  + " farthest from them",
              leading.above() + 1, leading.through(), leading.existing(), alignment.leastCca()));
    }
  }

  private void remark(String text) {
    paragraph("  ", "(" + text + ")");
  }

  /**
   * Returns what s² = 1 means: where other functions have less, that rows are in parts. Where none
   * has, such as where only a few functions of the other half of a pair count, it need not be so.
   */
  private static String parts(int parts, boolean all) {
    String functions = Text.count(parts - 1, "function");
    return all
        ? "s² = 1 for "
            + (parts == 2 ? "its only function" : "all its " + functions)
            + ": what belongs together agrees in "
            + (parts == 2 ? "it" : "them")
        : "the context is in "
            + parts
            + " parts that it never ties together, s² = 1 for "
            + functions;
  }

  /** Prints what is wrong, if anything is. */
  void diagnosis(Diagnosis diagnosis) {
    if (!diagnosis.healthy()) {
      heading("What looks wrong");
      diagnosis.findings().forEach(finding -> paragraph("  ", finding.toString()));
    }
  }

  private static String scale(double longest) {
    return longest > 0 ? Text.format("bars: the longest is %.4f", longest) : "";
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
    double longest = eigenvalues[0];
    line(
        Text.format("  %5s  %-6s%s  %s", "i", "s²", rough ? "  ±     " : "", scale(longest))
            .stripTrailing());
    for (int i : ResultTable.positions(eigenvalues.length)) {
      double value = eigenvalues[i - 1];
      String error = rough ? Text.format("  %.4f", errors[i - 1]) : "";
      String bar = longest > 0 ? "█".repeat((int) Math.round(value / longest * BAR)) : "";
      line(Text.format("  %5d  %.4f%s  %s", i, value, error, bar).stripTrailing());
    }
    line("");
    if (spectrum.components() > 1) {
      entry("parts", parts(spectrum.components(), spectrum.extendable() < spectrum.components()));
    }
    entry("usefulness", usefulness.verdict());
    entry(
        "decay rate",
        Text.format(
            "%.4g (large, such as 1, would mean that it ties rows together weakly)", decayRate));
    entry(
        "method",
        Text.format(
            "%s, worst residual %.1g, %s",
            spectrum.method(),
            Arrays.stream(spectrum.residuals()).max().orElse(0),
            Progress.duration(seconds)));
  }
}
