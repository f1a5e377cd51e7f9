package ai.contexture.cli;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.CompatibilityEstimate;
import ai.contexture.measure.ContextComplexity;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.Usefulness;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how much of a target a context tells. */
@Command(
    name = "compatibility",
    header = "How much a context tells about a target, without training",
    description = {
      "Computes how compatible a target is with a context: how much of it remains when"
          + " it is averaged over",
      "what belongs together. This is exact where the target of every row is known, and"
          + " is also estimated",
      "from a few labelled rows, with a confidence interval."
    },
    footer = {
      "  contexture compatibility",
      "  contexture compatibility --data wine.csv --target class --context 'knn(k=20)' --labels 50",
      "  contexture compatibility --data wine.csv --target class --context rbf --json -"
    })
final class CompatibilityCommand implements Callable<Integer> {

  private static final int FEWEST_LABELS = 5;
  private static final int DEFAULT_LABELS = 200;

  private final Terminal terminal;

  @Mixin private DataOptions data;
  @Mixin private ContextOptions context;
  @Mixin private RowOptions rows;

  @Option(
      names = "--labels",
      paramLabel = "N",
      description =
          "From how many labelled rows to estimate, drawn at random. Default: "
              + DEFAULT_LABELS
              + ", or half of those that are known")
  private Integer labels;

  @Option(
      names = "--level",
      paramLabel = "P",
      description =
          "The confidence level of the interval, between 0 and 1. Default:"
              + " ${bundle:default_level}")
  private Double level;

  @Mixin private CommonOptions common;

  CompatibilityCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    rows.check();
    require(
        labels == null || labels >= FEWEST_LABELS,
        Text.format("--labels: expected at least %d, got %s", FEWEST_LABELS, labels));
    require(
        level == null || (level > 0 && level < 1),
        "--level: expected a number between 0 and 1, got " + level);
    Recipe recipe = context.apply(data.recipe());
    ContextFactory factory = Contexts.parse(recipe.context());
    DataSource source = data.source(factory);
    Dataset dataset = PreparedData.joined(source.read(), factory);
    int[] used = rows.of(dataset, recipe);
    Target target =
        dataset
            .target()
            .orElseThrow(() -> new InputException(dataset.name() + ": expected --target COLUMN"))
            .select(used);
    int[] known = IntStream.range(0, used.length).filter(target::known).toArray();
    int wanted = labels == null ? Math.min(DEFAULT_LABELS, known.length / 2) : labels;
    require(
        known.length >= Math.max(FEWEST_LABELS, wanted),
        Text.format(
            "--labels: expected at most the %d rows of %s whose target is known, got %d",
            known.length, dataset.name(), Math.max(FEWEST_LABELS, wanted)));
    RandomGenerator random = Seed.of(recipe.training().seed()).derive("labels").generator();
    int[] labelled =
        random.ints(0, known.length).distinct().limit(wanted).sorted().map(i -> known[i]).toArray();
    Target few = target.select(labelled);
    require(
        few.varies(),
        Text.format(
            "--labels: the %d labelled rows all have the same target; give more, or another --seed",
            wanted));
    try (NDManager manager = NDManager.newBaseManager(common.device())) {
      ContextData inputs = PreparedData.of(dataset, used, recipe, factory).contextData(manager);
      Context fitted = factory.fit(inputs);
      if (!(fitted instanceof FiniteContext finite)) {
        throw new InputException(
            "context " + fitted + " has no exact functions to compare a target with");
      }
      terminal.accepted();
      Compatibility exact =
          known.length == used.length ? Compatibility.exact(finite, target) : null;
      int top = Math.min(used.length - 1, Usefulness.DEFAULT_D0);
      Spectrum spectrum = Spectra.of(finite, top, manager);
      CompatibilityEstimate estimate =
          CompatibilityEstimate.of(
              spectrum, labelled, few, level == null ? CompatibilityEstimate.DEFAULT_LEVEL : level);
      ContextComplexity complexity =
          ContextComplexity.of(finite, Seed.of(recipe.training().seed()));
      double squared = exact == null ? estimate.high() : exact.squared();
      Diagnosis diagnosis =
          Diagnosis.association(complexity)
              .and(Diagnosis.task(squared, spectrum.eigenvalues()[0], complexity));
      if (!common.toStandardOutput()) {
        String where = Text.format("'%s' of %s", target.name(), dataset.name());
        new ContextReport(terminal)
            .compatibility(fitted.toString(), where, used.length, exact, estimate, diagnosis);
      }
      common.write(json(fitted, target, exact, estimate, diagnosis), terminal);
    }
    return 0;
  }

  private static JsonObject json(
      Context context,
      Target target,
      Compatibility exact,
      CompatibilityEstimate estimate,
      Diagnosis diagnosis) {
    JsonElement whole = JsonNull.INSTANCE;
    if (exact != null) {
      JsonObject json = new JsonObject();
      json.add("rho", Results.number(exact.rho()));
      json.add("rhoSquared", Results.number(exact.squared()));
      whole = json;
    }
    JsonObject few = new JsonObject();
    few.add("rho", Results.number(estimate.rho()));
    few.add("low", Results.number(Math.sqrt(estimate.low())));
    few.add("high", Results.number(Math.sqrt(estimate.high())));
    few.add("level", Results.number(estimate.level()));
    few.addProperty("labels", estimate.labels());
    JsonObject result = new JsonObject();
    result.addProperty("n", target.rows());
    result.addProperty("target", target.name());
    result.addProperty("context", context.toString());
    result.add("exact", whole);
    result.add("estimate", few);
    result.add("diagnosis", Results.diagnosis(diagnosis));
    return result;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new InputException(message);
    }
  }
}
