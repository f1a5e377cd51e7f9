package ai.contexture.cli;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.experiment.ContextMeasures;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.plot.SpectrumFigure;
import ai.contexture.training.Recipe;
import ai.djl.Device;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ranks contexts by what they are worth, without any training. */
@Command(
    name = "compare",
    header = {"Which of several contexts is worth most, without training", ""},
    description = {
      "Computes what several contexts are worth on the same rows, and ranks them by their"
          + " usefulness. Where",
      "there is a target, it also says how well a linear model on the best functions of each"
          + " predicts it.",
      ""
    },
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "  contexture compare --context 'knn(k=10)' --context 'knn(k=30)' --context rbf",
      "  contexture compare --data wine.csv --target class --context knn --context 'mix(knn, rbf)'",
      "  contexture compare --context knn --context rbf --dim 32 --json - --plot compared.svg",
      ""
    })
final class CompareCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private DataOptions data;

  @Option(
      names = "--context",
      required = true,
      paramLabel = "CONTEXT",
      description = {
        "A context to compare, by name and options; give this option for each of them:",
        "${bundle:known_contexts}"
      })
  private List<String> contexts;

  @Mixin private PreparationOptions preparation;

  @Option(
      names = "--rows",
      paramLabel = "ROWS",
      description =
          "The rows that the contexts are made of: all or pretrain. A linear model needs others to"
              + " be scored on. Default: pretrain")
  private String rows;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "How many functions the linear model gets. Default: as many as are advised")
  private Integer dimension;

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
    if (dimension != null && dimension < 1) {
      throw new InputException("--dim: expected at least 1, got " + dimension);
    }
    Recipe recipe = preparation.apply(Recipe.DEFAULT);
    List<ContextFactory> factories = factories();
    Dataset dataset = data.source(factories.toArray(ContextFactory[]::new)).read();
    var options =
        new ContextMeasures.Options(
            chosen == Rows.ALL,
            measure.beta(),
            measure.d0(),
            List.of(dimension == null ? ContextMeasures.Options.ADVISED : dimension));
    Device device = common.device();
    List<ContextMeasures> measured = new ArrayList<>();
    for (ContextFactory factory : factories) {
      ContextMeasures one = ContextMeasures.of(factory, dataset, recipe, options, device);
      terminal.accepted();
      measured.add(one);
      terminal.err().println(progress(one, measured.size()));
    }
    measured.sort(Comparator.comparingDouble(CompareCommand::tau));
    if (!common.toStandardOutput()) {
      new ContextReport(terminal).comparison(measured, dataset, measure.beta());
    }
    plot.write(() -> SpectrumFigure.of(curves(measured)));
    common.write(json(measured, dataset), terminal);
    return 0;
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

  private String progress(ContextMeasures one, int done) {
    return Text.format(
        "%d of %d: %s, %s", done, contexts.size(), one.context(), Progress.duration(one.seconds()));
  }

  /** Those without a usefulness come last. */
  private static double tau(ContextMeasures measures) {
    return measures.usefulness() == null ? Double.POSITIVE_INFINITY : measures.usefulness().tau();
  }

  private static List<SpectrumFigure.Curve> curves(List<ContextMeasures> measured) {
    List<SpectrumFigure.Curve> curves = ContextMeasures.curves(measured);
    if (curves.isEmpty()) {
      throw new InputException("--plot: none of these contexts has a spectrum to draw");
    }
    return curves;
  }

  private static JsonObject json(List<ContextMeasures> measured, Dataset dataset) {
    JsonArray array = new JsonArray();
    for (ContextMeasures m : measured) {
      boolean known = m.usefulness() != null;
      JsonObject row = new JsonObject();
      row.addProperty("context", m.context());
      row.addProperty("fitted", m.fitted());
      row.add("tau", Results.number(known ? m.usefulness().tau() : null));
      row.addProperty("dimension", known ? m.usefulness().dimension() : null);
      row.add(
          "columnError", Results.number(m.columnError() == null ? null : m.columnError().value()));
      row.add("decayRate", Results.number(m.decayRate()));
      row.add(
          "kappaSquared",
          Results.number(m.complexity() == null ? null : m.complexity().kappaSquared()));
      row.add("rho", Results.number(m.compatibility() == null ? null : m.compatibility().rho()));
      boolean probed = !m.probes().isEmpty();
      row.add("probe", Results.probe(probed ? m.probes().get(0).score() : null));
      row.addProperty("probeDimension", probed ? m.probes().get(0).dimension() : null);
      row.addProperty("method", m.method());
      row.add("seconds", Results.number(m.seconds()));
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
    return result;
  }
}
