package ai.contexture.cli;

import ai.contexture.comparison.Comparison;
import ai.contexture.comparison.ContextMeasures;
import ai.contexture.comparison.ContextScore;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.input.InputException;
import ai.contexture.plot.SpectrumFigure;
import ai.contexture.pretraining.Recipe;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Ranks contexts by what they are worth, without any training. */
@Command(
    name = "compare",
    header = "Which of several contexts is best, without training",
    description = {
      "Ranks contexts by how well a linear model on their best functions predicts the"
          + " target of unseen",
      "rows, next to a model on the columns as they are and one on nothing. Without a"
          + " target it predicts",
      "the columns. Results are printed as they are ready; Ctrl-C ranks those finished" + " so far."
    },
    footer = {
      "  contexture compare --context 'knn(k=10)' --context 'knn(k=30)' --context rbf",
      "  contexture compare --data wine.csv --target class --context knn --context 'mix(knn, rbf)'",
      "  contexture compare --context knn --context rbf --dim 32 --json - --plot compared.svg"
    })
final class CompareCommand implements Callable<Integer> {

  /** What is compared where nothing is asked for. */
  static final List<String> OF_ROWS = List.of("knn(k=10)", "knn(k=30)", "rbf");

  /** The same for a graph. */
  static final List<String> OF_GRAPHS =
      List.of("walk(steps=1)", "walk(steps=2)", "walk(steps=4)", "ppr(alpha=0.15)");

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Mixin private DataOptions data;

  @Option(
      names = "--context",
      paramLabel = "CONTEXT",
      description = {
        "A context to compare, by name and options; give this option for each of them:",
        "${bundle:known_contexts}. Default: ${bundle:compared}"
      })
  private List<String> contexts;

  @Mixin private PreparationOptions preparation;

  @Option(
      names = "--rows",
      paramLabel = "ROWS",
      description =
          "The rows to build the contexts from: pretrain, or all, including those to be"
              + " scored. Default: pretrain; all for contexts that cannot handle new rows")
  private String rows;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description =
          "How many functions the linear model gets. Default: the smallest number that does"
              + " as well as more, up to ${bundle:most_functions}")
  private Integer dimension;

  @Option(
      names = "--exact",
      description =
          "Compute every spectrum exactly. Default: for kernels on many rows, estimate it"
              + " from a sample of them")
  private boolean exact;

  @Option(
      names = "--all",
      description = "Also print everything else that is known of each context, such as τ")
  private boolean all;

  @Mixin private UsefulnessOptions measure;
  @Mixin private PlotOptions plot;
  @Mixin private CommonOptions common;

  CompareCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    plot.check();
    measure.check();
    Rows chosen = Rows.of(rows, Rows.PRETRAIN);
    Converters.requirePositive("--dim", dimension);
    Recipe recipe = preparation.apply(Recipe.DEFAULT);
    if (contexts == null) {
      contexts = data.recipe().equals(Recipe.DEFAULT) ? OF_ROWS : OF_GRAPHS;
    }
    List<ContextFactory> factories = factories();
    DataSource source = data.source(factories.toArray(ContextFactory[]::new));
    source
        .pipe()
        .ifPresent(
            pipe ->
                terminal.warn(
                    pipe + " cannot be read again: to pretrain, --data needs a file in its place"));
    Dataset dataset = source.read();
    Comparison comparison =
        Comparison.of(
            dataset,
            factories,
            recipe,
            new Comparison.Options(
                chosen == Rows.ALL,
                measure.beta(),
                measure.d0(),
                dimension == null ? OptionalInt.empty() : OptionalInt.of(dimension),
                exact),
            common.device());
    ComparisonRun run = new ComparisonRun(terminal, comparison, factories);
    int code = run.judge();
    List<ContextScore> ranked = run.ranked();
    if (!common.toStandardOutput()) {
      ComparisonReport report =
          new ComparisonReport(terminal, dataset, comparison, run, chosen == Rows.ALL);
      report.print();
      if (all) {
        report.measures(measure.beta());
      }
      report.next(PretrainLine.of(spec.commandLine().getParseResult(), terminal));
    }
    if (!ranked.isEmpty()) {
      plot.write(() -> SpectrumFigure.of(curves(ranked)));
    }
    common.write(json(run, dataset), terminal);
    return code;
  }

  private List<ContextFactory> factories() {
    Map<String, ContextFactory> distinct = new LinkedHashMap<>();
    for (String text : contexts) {
      ContextFactory factory = Contexts.parse(text);
      if (distinct.put(factory.toString(), factory) != null) {
        throw new InputException("--context: " + factory + " was given twice");
      }
    }
    return List.copyOf(distinct.values());
  }

  private static List<SpectrumFigure.Curve> curves(List<ContextScore> ranked) {
    return ContextMeasures.curves(ranked.stream().map(ContextScore::measures).toList());
  }

  private static JsonObject json(ComparisonRun run, Dataset dataset) {
    JsonArray array = new JsonArray();
    for (ContextScore score : run.ranked()) {
      ContextMeasures m = score.measures();
      JsonObject row = new JsonObject();
      row.addProperty("context", m.context());
      row.addProperty("fitted", m.fitted());
      row.add("tau", Results.number(m.usefulness().tau()));
      row.addProperty("dimension", m.usefulness().dimension());
      row.add(
          "columnError", Results.number(m.columnError() == null ? null : m.columnError().value()));
      row.add("decayRate", Results.number(m.decayRate()));
      row.add(
          "kappaSquared",
          Results.number(m.complexity() == null ? null : m.complexity().kappaSquared()));
      row.add("rho", Results.number(m.compatibility() == null ? null : m.compatibility().rho()));
      row.add("probe", Results.probe(score.probe()));
      row.add(
          "balanced", Results.number(score.balanced() == null ? null : score.balanced().value()));
      row.add("pretrainProbe", Results.probe(score.byPretrain()));
      row.addProperty("pretrainDimension", score.learned());
      row.addProperty("probeDimension", score.probe() == null ? null : score.dimension());
      row.add(
          "leastColumnError",
          Results.number(score.columnError() == null ? null : score.columnError().value()));
      row.addProperty(
          "leastColumnErrorDimension", score.columnError() == null ? null : score.dimension());
      row.addProperty("contextLabels", score.ownLabels());
      row.addProperty("transductive", score.transductive());
      row.addProperty("method", m.method());
      row.add("eigenvalueError", Results.number(score.spectrumError()));
      row.add("seconds", Results.number(score.seconds()));
      row.add("diagnosis", Results.diagnosis(m.diagnosis()));
      JsonArray notes = new JsonArray();
      m.notes().forEach(notes::add);
      row.add("notes", notes);
      array.add(row);
    }
    JsonObject result = new JsonObject();
    result.addProperty("data", dataset.name());
    result.addProperty("target", dataset.target().map(target -> target.name()).orElse(null));
    result.add("contexts", array);
    JsonArray failed = new JsonArray();
    run.failed()
        .forEach(
            (context, why) -> {
              JsonObject row = new JsonObject();
              row.addProperty("context", context);
              row.addProperty("reason", why);
              failed.add(row);
            });
    result.add("failed", failed);
    JsonArray left = new JsonArray();
    run.left().forEach(left::add);
    result.add("interrupted", left);
    return result;
  }
}
