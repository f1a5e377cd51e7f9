package ai.contexture.cli;

import ai.contexture.context.AugmentationContext;
import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.KernelContext;
import ai.contexture.data.Dataset;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.ContextComplexity;
import ai.contexture.measure.DecayRate;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.Usefulness;
import ai.contexture.plot.SpectrumFigure;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.SpectralMethod;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes the spectrum of a context, without any training. */
@Command(
    name = "spectrum",
    header = "How good a context is, without training",
    description = {
      "Computes how much there is to learn from a context, and whether it is too weak or too strong"
          + " to be",
      "useful. It takes no training."
    },
    footer = {
      "  contexture spectrum",
      "  contexture spectrum --data wine.csv --target class --context 'knn(k=60)' --top 20",
      "  contexture spectrum --rows pretrain --json spectrum.json --plot spectrum.svg",
      "  contexture spectrum --data big.csv --method 'subsample(rows=2000)'"
    })
final class SpectrumCommand implements Callable<Integer> {

  /** After so many milliseconds a phase is said. */
  private static final long PATIENCE = 1000;

  private final Terminal terminal;
  private final Phases phases = new Phases();
  private volatile boolean spoke;

  @Mixin private DataOptions data;
  @Mixin private ContextOptions context;

  @Mixin private RowOptions rows;

  @Option(
      names = "--top",
      paramLabel = "N",
      description =
          "How many eigenvalues to print. Default: ${bundle:default_d0}, or one fewer than"
              + " the rows")
  private Integer top;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "How to compute it, by name and options: ${bundle:known_methods}."
              + " subsample(rows=600) estimates it from a few rows. Default: auto, which says what"
              + " it chose")
  private String method;

  @Mixin private UsefulnessOptions measure;
  @Mixin private PlotOptions plot;
  @Mixin private CommonOptions common;

  SpectrumCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    plot.check();
    measure.check();
    rows.check();
    Converters.requirePositive("--top", top);
    SpectralMethod how = SpectralMethod.parse(method == null ? "auto" : method);
    Recipe recipe = context.apply(data.recipe());
    ContextFactory factory = Contexts.parse(recipe.context());
    DataSource source = data.source(factory);
    Dataset dataset = phases.time("reading", () -> PreparedData.joined(source.read(), factory));
    int[] used = rows.of(dataset, recipe);
    int most = most(how, used.length);
    require(
        top == null || top <= most,
        Text.format("--top: expected at most %d, one less than the rows, got %s", most, top));
    try (NDManager manager = NDManager.newBaseManager(common.device())) {
      ContextData inputs = PreparedData.of(dataset, used, recipe, factory).contextData(manager);
      compute(dataset, factory, inputs, how, manager);
    }
    if (spoke) {
      terminal.say(phases.toString());
    }
    return 0;
  }

  private void compute(
      Dataset dataset,
      ContextFactory factory,
      ContextData inputs,
      SpectralMethod how,
      NDManager manager)
      throws IOException {
    long start = System.nanoTime();
    String rows = Text.format("%d rows of %s", inputs.points().size(), dataset.name());
    Context fitted =
        phase("context", "Fitting " + factory + " to " + rows, () -> factory.fit(inputs));
    if (!(fitted instanceof KernelContext known)) {
      String estimate =
          fitted instanceof AugmentationContext ? "; monte-carlo(" + fitted + ") estimates it" : "";
      throw new InputException("context " + fitted + " has no known spectrum" + estimate);
    }
    terminal.accepted();
    int most = most(how, inputs.points().size());
    int asked = top == null ? Math.min(Usefulness.DEFAULT_D0, most) : top;
    int counted = measure.d0();
    int found = Math.min(most, Math.max(asked, counted));
    Spectrum spectrum =
        phase(
            "spectrum",
            Text.format("Finding the first %d functions of %s on %s", found, known, rows),
            () -> Spectra.of(known, found, how, manager));
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    Usefulness usefulness = Usefulness.of(spectrum.eigenvalues(), measure.beta(), counted);
    double decayRate = DecayRate.of(spectrum.eigenvalues(counted));
    Seed seed = Seed.of(Recipe.DEFAULT.training().seed());
    Diagnosis diagnosis =
        phase(
            "diagnosis",
            "Looking at how many rows each is tied to",
            () -> Diagnosis.association(ContextComplexity.of(known, seed)));
    double[] eigenvalues = spectrum.eigenvalues(asked);
    double[] errors = Arrays.copyOf(spectrum.errors(), eigenvalues.length);
    if (!common.toStandardOutput()) {
      Report report = new Report(terminal, true);
      report.spectrum(spectrum, rows, eigenvalues, usefulness, decayRate, seconds);
      report.diagnosis(diagnosis);
    }
    String name = fitted.toString();
    double[] drawn = spectrum.eigenvalues(counted);
    plot.write(
        () -> SpectrumFigure.of(new SpectrumFigure.Curve(name, drawn, usefulness), dataset.name()));
    JsonObject measured = new JsonObject();
    measured.add("tau", Results.number(usefulness.tau()));
    measured.addProperty("dimension", usefulness.dimension());
    measured.addProperty("beta", usefulness.beta());
    measured.addProperty("d0", usefulness.d0());
    JsonObject result = new JsonObject();
    result.addProperty("n", inputs.points().size());
    result.add("seconds", Results.number(seconds));
    result.add("eigenvalues", Results.numbers(eigenvalues));
    result.add("errors", Results.numbers(errors));
    result.addProperty("components", spectrum.components());
    result.add("usefulness", measured);
    result.add("decayRate", Results.number(decayRate));
    result.add("diagnosis", Results.diagnosis(diagnosis));
    result.addProperty("features", dataset.features().columns().size());
    result.addProperty("inputs", inputs.points().width());
    result.addProperty("context", name);
    result.addProperty("method", spectrum.method());
    result.add("residual", Results.number(Arrays.stream(spectrum.residuals()).max().orElse(0)));
    common.write(result, terminal);
  }

  /** Times a phase, and says what is done once it takes longer than a moment. */
  private <T> T phase(String name, String what, Supplier<T> work) throws IOException {
    return phases.time(
        name,
        () ->
            Waiting.on(
                () -> {
                  spoke = true;
                  terminal.say(what);
                },
                PATIENCE,
                work));
  }

  /** One less than the rows that a method looks at. */
  private static int most(SpectralMethod how, int rows) {
    return how instanceof SpectralMethod.SubSample sample
        ? Math.min(rows, sample.rows().orElse(rows)) - 1
        : rows - 1;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new InputException(message);
    }
  }
}
