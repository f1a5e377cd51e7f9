package ai.contexture.comparison;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.ContextComplexity;
import ai.contexture.measure.DecayRate;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.ProbeScore;
import ai.contexture.measure.Usefulness;
import ai.contexture.plot.SpectrumFigure;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What a context is worth on a dataset, without training. What cannot be measured is null, and a
 * note says why.
 *
 * @param context its form on the command line
 * @param fitted the same with what it chose by the data, such as the γ of {@code rbf}
 * @param usefulness τ and the advised dimension
 * @param columnError how badly the advised functions predict the columns of rows that the context
 *     was not made of, without labels
 * @param eigenvalues s_1² ≥ s_2² ≥ …, those that count for the usefulness
 * @param decayRate large where the association is weak
 * @param complexity κ², large where a task needs many labelled rows
 * @param compatibility ρ, how much of the target the context tells
 * @param probes how well linear models on the first exact functions predict the target, one for
 *     each number of functions that was asked for, or none
 * @param method how the spectrum was computed
 * @param seconds how long all that took
 * @param notes why something is null
 */
public record ContextMeasures(
    String context,
    String fitted,
    Usefulness usefulness,
    ColumnError columnError,
    double[] eigenvalues,
    Double decayRate,
    ContextComplexity complexity,
    Compatibility compatibility,
    List<Probe> probes,
    String method,
    double seconds,
    List<String> notes) {

  /**
   * What to measure.
   *
   * @param allRows whether the context is made of all rows, so that none is new to it
   * @param beta the price of a dimension
   * @param d0 how many eigenvalues count
   * @param dimensions how many exact functions each probe gets; {@link #ADVISED} for the advised
   *     number
   */
  public record Options(boolean allRows, double beta, int d0, List<Integer> dimensions) {

    /** The number of functions that the usefulness advises. */
    public static final int ADVISED = 0;

    /** On the pretraining rows, with the usual β and d₀ and the advised dimension. */
    public static final Options DEFAULT =
        new Options(false, Usefulness.DEFAULT_BETA, Usefulness.DEFAULT_D0, List.of(ADVISED));

    /** Copies the list. */
    public Options {
      dimensions = List.copyOf(dimensions);
    }
  }

  /**
   * How well a linear model predicts the target.
   *
   * @param dimension from how many of the first exact functions
   */
  public record Probe(int dimension, ProbeScore score) {}

  /** Copies the lists. */
  public ContextMeasures {
    probes = List.copyOf(probes);
    notes = List.copyOf(notes);
  }

  /**
   * Measures a context.
   *
   * @param data all rows; the recipe says which of them to pretrain on
   * @throws ai.contexture.input.InputException if the context cannot be fitted to the data
   */
  public static ContextMeasures of(
      ContextFactory factory, Dataset data, Recipe recipe, Options options, Device device) {
    long start = System.nanoTime();
    int[] rows =
        options.allRows
            ? IntStream.range(0, data.rows()).toArray()
            : PreparedData.split(data, recipe).pretrain();
    List<String> notes = new ArrayList<>();
    Target target = data.target().orElse(null);
    try (ContextFit fitted = ContextFit.of(factory, data, rows, target, Set.of(), recipe, device)) {
      if (!(fitted.context() instanceof KernelContext known)) {
        notes.add("it has neither an operator nor a kernel, and so no known spectrum");
        return new ContextMeasures(
            factory.toString(),
            fitted.context().toString(),
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            seconds(start),
            notes);
      }
      int wanted = options.dimensions.stream().mapToInt(d -> d).reduce(options.d0, Math::max);
      int top = Math.min(rows.length - 1, wanted);
      Spectrum spectrum =
          attempt("spectrum", () -> Spectra.of(known, top, fitted.manager()), notes);
      if (target != null && options.allRows) {
        notes.add("a probe needs rows that the context was not made of");
      } else if (target != null && !known.inductive()) {
        notes.add("no probe, since it knows no new rows");
      }
      return of(fitted, known, spectrum, data, recipe, options, notes, start);
    }
  }

  /**
   * Measures a context that was fitted to all or to the pretraining rows.
   *
   * @param spectrum null where it has none, which the notes explain
   * @param start when all that began, in nanoseconds
   */
  static ContextMeasures of(
      ContextFit fitted,
      KernelContext context,
      Spectrum spectrum,
      Dataset data,
      Recipe recipe,
      Options options,
      List<String> notes,
      long start) {
    double[] eigenvalues = spectrum == null ? null : spectrum.eigenvalues(options.d0);
    Usefulness usefulness =
        spectrum == null ? null : Usefulness.of(eigenvalues, options.beta, options.d0);
    boolean newRows = !options.allRows && context.inductive() && spectrum != null;
    List<Probe> probes = new ArrayList<>();
    if (data.target().isPresent() && newRows) {
      for (int asked : options.dimensions) {
        int d = dimension(spectrum, usefulness, asked, notes);
        ProbeScore score =
            d == 0
                ? null
                : attempt("probe", () -> Evaluation.probe(spectrum, d, fitted.prepared()), notes);
        if (score != null) {
          probes.add(new Probe(d, score));
        }
      }
    }
    ColumnError columnError = null;
    if (newRows && usefulness.dimension() > 0) {
      int d = Math.min(usefulness.dimension(), spectrum.extendable());
      columnError =
          attempt(
              "error on the columns",
              () -> Evaluation.columnError(spectrum, d, fitted.prepared()),
              notes);
    }
    Seed seed = Seed.of(recipe.training().seed());
    return new ContextMeasures(
        fitted.factory().toString(),
        context.toString(),
        usefulness,
        columnError,
        eigenvalues,
        spectrum == null ? null : DecayRate.of(eigenvalues),
        attempt("κ²", () -> ContextComplexity.of(context, seed), notes),
        data.target()
            .map(target -> compatibility(context, target.select(fitted.prepared().rows()), notes))
            .orElse(null),
        probes,
        spectrum == null ? null : spectrum.method(),
        seconds(start),
        notes);
  }

  /** Returns a measure, or null where it cannot be taken, of which a note says why. */
  private static <T> T attempt(String what, Supplier<T> measure, List<String> notes) {
    try {
      return measure.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      notes.add("no " + what + ": " + e.getMessage());
      return null;
    }
  }

  /** Returns the spectra of those that have one, to be drawn. */
  public static List<SpectrumFigure.Curve> curves(List<ContextMeasures> measured) {
    return measured.stream()
        .filter(m -> m.usefulness != null)
        .map(m -> new SpectrumFigure.Curve(m.context, m.eigenvalues, m.usefulness))
        .toList();
  }

  /** Returns what is wrong with the context and the task, as far as they could be measured. */
  public Diagnosis diagnosis() {
    if (complexity == null) {
      return Diagnosis.HEALTHY;
    }
    Diagnosis association = Diagnosis.association(complexity);
    return compatibility == null || eigenvalues == null || eigenvalues.length == 0
        ? association
        : association.and(Diagnosis.task(compatibility.squared(), eigenvalues[0], complexity));
  }

  private static Compatibility compatibility(
      KernelContext context, Target target, List<String> notes) {
    if (!(context instanceof FiniteContext finite)) {
      notes.add("no ρ, since only its kernel is known");
      return null;
    }
    if (!target.complete()) {
      notes.add("no ρ, since some rows have no target; contexture compatibility estimates it");
      return null;
    }
    if (!target.varies()) {
      notes.add("no ρ, since all rows that the context is made of have the same target");
      return null;
    }
    return Compatibility.exact(finite, target);
  }

  /** How many functions a probe gets: those asked for, as far as they have an extension. */
  private static int dimension(
      Spectrum spectrum, Usefulness usefulness, int asked, List<String> notes) {
    if (asked == Options.ADVISED) {
      return usefulness.dimension();
    }
    int usable = Math.min(asked, spectrum.extendable());
    if (usable < asked) {
      notes.add(Text.format("it has only %d functions", usable));
    }
    return usable;
  }

  static double seconds(long start) {
    return (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  @Override
  public String toString() {
    if (usefulness == null) {
      return context + ": " + String.join("; ", notes);
    }
    StringBuilder text = new StringBuilder(context + ": " + usefulness.verdict());
    if (compatibility != null) {
      text.append(Text.format(", ρ = %.3f", compatibility.rho()));
    }
    probes.forEach(probe -> text.append(", ").append(probe.score()));
    return text.toString();
  }
}
