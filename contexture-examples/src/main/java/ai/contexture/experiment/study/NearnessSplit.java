package ai.contexture.experiment.study;

import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.MarkovContext;
import ai.contexture.context.MarkovLaw;
import ai.contexture.context.MaskedKnnContext;
import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.experiment.Measures;
import ai.contexture.input.Numbers;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.CompatibilityEstimate;
import ai.contexture.measure.ContextComplexity;
import ai.contexture.measure.DecayRate;
import ai.contexture.measure.EffectiveRank;
import ai.contexture.measure.KernelDeviation;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.Usefulness;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Draws;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One split of a dataset with contexts of one kind at all strengths, which share their distances.
 */
final class NearnessSplit {

  /** Eigenvalues at these positions are measured. */
  private static final int[] POSITIONS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

  /** The number of functions beside the advised one. */
  static final int FIXED = 16;

  /** Variances of noise for the error on the columns. */
  static final List<Double> NOISES = List.of(0.1, 0.3, 1.0, 3.0);

  /** From so many labels the compatibility is estimated. */
  private static final int FEW_LABELS = 50;

  /** The names of what {@link #measure} finds. */
  static final List<String> MEASURES = names();

  private final Dataset data;
  private final Recipe recipe;
  private final Device device;
  private final Split split;
  private final PreparedData prepared;
  private final List<Strength> strengths;
  private final double[][] laws;
  private final LinearProbe columns;

  private NearnessSplit(Dataset data, Recipe recipe, List<Strength> strengths, Device device) {
    this.data = data;
    this.recipe = recipe;
    this.device = device;
    this.strengths = strengths;
    split = PreparedData.split(data.rows(), recipe);
    int[] pretrain = split.pretrain();
    ContextFactory masked = Contexts.parse("masked-knn(k=1)");
    prepared = PreparedData.of(data, recipe, masked);
    try (NDManager scope = NDManager.newBaseManager(device)) {
      NDArray rows = inputs(scope).toType(DataType.FLOAT64, false);
      ContextData inputs = prepared.contextData(scope);
      NDArray keep =
          strengths.get(0).masked()
              ? ((MaskedKnnContext) masked.fit(inputs)).masks()
              : scope.ones(new Shape(1, rows.getShape().get(1)), DataType.FLOAT64);
      double[] values = strengths.stream().mapToDouble(Strength::value).toArray();
      laws =
          strengths.get(0).neighbours()
              ? NearnessLaws.knn(
                  rows,
                  pretrain.length,
                  keep,
                  Arrays.stream(values).mapToInt(k -> (int) k).toArray())
              : NearnessLaws.rbf(rows, pretrain.length, keep, values);
      int n = pretrain.length;
      int m = split.labelled().length;
      columns = probe(rows.get(n + ":" + (n + m)), rows.get((n + m) + ":"), true);
    }
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(List.of("tau", "tells", "dimension", "decay_rate"));
    IntStream.of(POSITIONS).forEach(i -> names.add("s" + i));
    names.addAll(
        List.of(
            "next",
            "sum",
            "trace",
            "effective_rank",
            "rank",
            "deviation",
            "complexity",
            "column_0.1",
            "column_0.3",
            "column_1",
            "column_3",
            "few_compatibility",
            "few_explained",
            "labels",
            "metric",
            "error",
            "error_fixed",
            "columns",
            "nothing"));
    return List.copyOf(names);
  }

  /**
   * Finds the laws of all strengths.
   *
   * @param recipe whose split and preprocessing are taken
   * @param strengths of one kind, K in ascending order
   */
  static NearnessSplit of(Dataset data, Recipe recipe, List<Strength> strengths, Device device) {
    return new NearnessSplit(data, recipe, strengths, device);
  }

  /** The inputs of the rows to pretrain on, to label and to test on, one after the other. */
  private NDArray inputs(NDManager scope) {
    int[] rows =
        Stream.of(split.pretrain(), split.labelled(), split.test())
            .flatMapToInt(IntStream::of)
            .toArray();
    return prepared.inputs(rows, scope);
  }

  private LinearProbe probe(NDArray labelled, NDArray test, boolean standardise) {
    Target target = data.target().orElseThrow();
    return Evaluation.probe(target, split.labelled(), split.test(), labelled, test, standardise);
  }

  /** Measures the context of one of the strengths. */
  Measures measure(Strength strength) {
    int n = split.pretrain().length;
    int m = split.labelled().length;
    Seed seed = Seed.of(recipe.training().seed());
    try (NDManager manager = NDManager.newBaseManager(device)) {
      NDArray rows = inputs(manager);
      NDArray law =
          manager.create(laws[strengths.indexOf(strength)], new Shape(rows.getShape().get(0), n));
      Points points = Points.all(rows.get("0:" + n));
      Known context = new Known(points, MarkovLaw.dense(law.get("0:" + n).duplicate()));
      int top = Math.min(n - 1, Usefulness.DEFAULT_D0);
      Spectrum spectrum = Spectra.of(context, top, manager);
      double[] s = spectrum.eigenvalues();
      Usefulness usefulness = Usefulness.of(s);
      int d = usefulness.dimension();
      int usable = Math.max(d, Math.min(FIXED, spectrum.extendable()));
      NDArray first = spectrum.functions().get(":, 0:" + usable).duplicate();
      NDArray scale = manager.create(spectrum.eigenvalues(usable));
      NDArray extended = law.get(n + ":").matMul(context.operator().adjoint(first).div(scale));
      NDArray features = extended.get(":, 0:" + d).duplicate();
      NDArray fixed = extended.get(":, 0:" + Math.min(FIXED, usable)).duplicate();
      LinearProbe probe = probe(features.get("0:" + m), features.get(m + ":"), false);
      LinearProbe other = probe(fixed.get("0:" + m), fixed.get(m + ":"), false);
      NDArray kernel = context.kernel(points, points);
      double[] weights = context.operator().inputWeights().toDoubleArray();
      double[] values = kernel.toDoubleArray();
      double[] diagonal = IntStream.range(0, n).mapToDouble(i -> values[i * (n + 1)]).toArray();
      int few = Math.min(FEW_LABELS, n);
      int[] known = Draws.distinct(few, n, seed.derive("few labels").generator());
      int[] knownRows = Arrays.stream(known).map(i -> split.pretrain()[i]).toArray();
      CompatibilityEstimate estimate =
          CompatibilityEstimate.of(
              spectrum,
              known,
              data.target().orElseThrow().select(knownRows),
              CompatibilityEstimate.DEFAULT_LEVEL);
      Measures measures =
          new Measures()
              .put("tau", usefulness.tau())
              .put("tells", usefulness.tells() ? "yes" : "no")
              .put("dimension", d)
              .put("decay_rate", DecayRate.of(spectrum.eigenvalues(top)));
      for (int i : POSITIONS) {
        measures.put("s" + i, i <= s.length ? s[i - 1] : 0);
      }
      NDArray columnsOfLabelled = rows.get(n + ":" + (n + m));
      for (double noise : NOISES) {
        ColumnError error =
            ColumnError.of(features.get("0:" + m).duplicate(), columnsOfLabelled, noise);
        measures.put("column_" + Numbers.text(noise), error.value());
      }
      return measures
          .put("next", d < top ? s[d] : 0)
          .put("sum", Arrays.stream(s, 0, top).sum())
          .put("trace", Arrays.stream(s).sum())
          .put("effective_rank", EffectiveRank.of(s, EffectiveRank.DEFAULT_TOLERANCE).effective())
          .put("rank", spectrum.extendable())
          .put("deviation", KernelDeviation.of(kernel, context.operator().inputWeights()).value())
          .put("complexity", ContextComplexity.of(diagonal, weights).kappaSquared())
          .put("few_compatibility", estimate.squared())
          .put("few_explained", estimate.explained())
          .put("labels", m)
          .put("metric", Measures.errorName(probe.metric()))
          .put("error", Measures.error(probe.metric(), probe.value()))
          .put("error_fixed", Measures.error(probe.metric(), other.value()))
          .put("columns", Measures.error(probe.metric(), columns.value()))
          .put("nothing", Measures.error(probe.metric(), probe.meanPredictor()));
    }
  }

  /** A context whose law is known on its own points. */
  private static final class Known extends MarkovContext {

    Known(Points points, MarkovLaw law) {
      super(points, points, law);
    }

    @Override
    public boolean inductive() {
      return false;
    }

    @Override
    protected MarkovLaw lawOfNew(NDArray rows) {
      throw refuseNewRows();
    }
  }
}
