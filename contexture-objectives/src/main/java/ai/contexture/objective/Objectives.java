package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The objectives and the ways to orthonormality by name, as they are written on the command line.
 */
public final class Objectives {

  /** Makes an objective of its options and the orthonormality that was asked for, or null. */
  private interface Factory {
    Objective<?> make(SpecOptions options, Orthonormality given);
  }

  private static final Map<String, Factory> OBJECTIVES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("kise", (options, given) -> new Kise(or(given, new Whitening()))),
              Map.entry(
                  "svme",
                  (options, given) -> new Svme(or(given, new Whitening()), views(options, 1))),
              Map.entry(
                  "non-contrastive",
                  (options, given) ->
                      new NonContrastive(or(given, new VicRegPenalty()), views(options, 2))),
              Map.entry(
                  "spectral-contrastive",
                  (options, given) ->
                      new SpectralContrastive(
                          or(given, Orthonormality.none()),
                          views(options, 2),
                          options.flag("centred", true),
                          nesting(options))),
              Map.entry(
                  "laplacian",
                  (options, given) -> new Laplacian(or(given, new Whitening()), views(options, 1))),
              Map.entry("supervised", Objectives::supervised),
              Map.entry("balanced", Objectives::balanced),
              Map.entry("denoising", Objectives::denoising),
              Map.entry("diffusion", Objectives::diffusion),
              Map.entry("mix", Objectives::mix),
              Map.entry("minmax", Objectives::minMax),
              Map.entry(
                  "low-rank", without(options -> new LowRank(nesting(options), views(options, 1)))),
              Map.entry("distillation", without(options -> new Distillation(nesting(options)))),
              Map.entry(
                  "infonce",
                  without(
                      options -> infoNce("infonce", options, InfoNce.Negatives.OTHER_VIEW, false))),
              Map.entry(
                  "nt-xent",
                  without(
                      options -> infoNce("nt-xent", options, InfoNce.Negatives.ALL_VIEWS, false))),
              Map.entry(
                  "dcl",
                  without(options -> infoNce("dcl", options, InfoNce.Negatives.ALL_VIEWS, true))),
              Map.entry(
                  "supervised-contrastive",
                  without(
                      options ->
                          new SupervisedContrastive(
                              temperature(options, new SupervisedContrastive().temperature()),
                              projector("supervised-contrastive", options)))),
              Map.entry(
                  "clip",
                  without(
                      options ->
                          new Clip(
                              temperature(options, new Clip().temperature()),
                              options.flag("trained", true)))),
              Map.entry("barlow-twins", without(Objectives::barlowTwins)),
              Map.entry("vicreg", without(Objectives::varianceInvarianceCovariance)),
              Map.entry("byol", without(options -> byol("byol", options, new Byol().momentum()))),
              Map.entry("simsiam", without(options -> byol("simsiam", options, 0)))));

  private static final Map<String, Function<SpecOptions, Orthonormality>> ORTHONORMALITIES =
      new TreeMap<>(
          Map.of(
              "whitening", Objectives::whitening,
              "frobenius", options -> new Frobenius(weight(options)),
              "correlation", options -> new Correlation(weight(options)),
              "vicreg", Objectives::vicReg,
              "none", options -> Orthonormality.none()));

  private static final double MOST_MOMENTUM = 0.9999;

  private Objectives() {}

  /** Returns the names of the objectives, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(OBJECTIVES.keySet());
  }

  /** Returns the names of the ways to orthonormality, in alphabetical order. */
  public static List<String> orthonormalityNames() {
    return List.copyOf(ORTHONORMALITIES.keySet());
  }

  /**
   * Returns the objective with this name.
   *
   * @param orthonormality how Cov[Φ] = I is imposed, or null for the objective's usual way
   * @throws InputException if the name or an option is not known
   */
  public static Objective<?> parse(Spec spec, Orthonormality orthonormality) {
    Factory factory = OBJECTIVES.get(spec.name());
    if (factory == null) {
      throw Names.unknown("objective", spec.name(), names());
    }
    Objective<?> parsed = make(factory, spec, orthonormality);
    if (orthonormality != null && !parsed.orthonormality().equals(orthonormality)) {
      throw new InputException(
          Text.format(
              "objective '%s' has no place for orthonormality %s: it has a way of its own",
              parsed, orthonormality));
    }
    return parsed;
  }

  private static Objective<?> make(Factory factory, Spec spec, Orthonormality given) {
    SpecOptions options = spec.options();
    Objective<?> parsed = factory.make(options, given);
    options.done();
    return parsed;
  }

  /** Parts of a mixture, of which some may have no place for the orthonormality. */
  private static List<Objective<?>> parts(List<Spec.Part> parts, Orthonormality given) {
    List<Objective<?>> parsed = new ArrayList<>();
    for (Spec.Part part : parts) {
      String name = part.spec().name();
      Factory factory = OBJECTIVES.get(name);
      if (factory == null) {
        throw Names.unknown("objective", name, names());
      }
      parsed.add(make(factory, part.spec(), given));
    }
    return parsed;
  }

  private static Mixture mix(SpecOptions options, Orthonormality given) {
    List<Spec.Part> parts = options.parts(2, Integer.MAX_VALUE);
    List<Double> weights = Arrays.stream(Spec.weights("mix", parts)).boxed().toList();
    return Mixture.of(weights, parts(parts, given));
  }

  private static Mixture minMax(SpecOptions options, Orthonormality given) {
    List<Spec.Part> parts = options.parts(2, Integer.MAX_VALUE);
    for (Spec.Part part : parts) {
      if (part.weight().isPresent()) {
        throw new InputException(
            "minmax finds the weights, got '" + part + "'; give fixed ones with mix");
      }
    }
    double eta = options.number("eta", 0.5, Double.MIN_VALUE, Double.MAX_VALUE);
    return Mixture.minMax(eta, parts(parts, given));
  }

  private static Orthonormality or(Orthonormality given, Orthonormality usual) {
    return given == null ? usual : given;
  }

  /** A factory of objectives whose outputs need no orthonormality. */
  private static Factory without(Function<SpecOptions, Objective<?>> factory) {
    return (options, given) -> factory.apply(options);
  }

  private static int views(SpecOptions options, int least) {
    return options.integer("views", 0, least, Integer.MAX_VALUE);
  }

  private static Nesting nesting(SpecOptions options) {
    return options.choice("nesting", Nesting.NONE);
  }

  private static double temperature(SpecOptions options, double usual) {
    return options.number("temperature", usual, Double.MIN_VALUE, Double.MAX_VALUE);
  }

  private static Projector projector(String objective, SpecOptions options) {
    return Projector.parse(objective, options.text("projector", "none"));
  }

  /** The best readout where outputs are whitened, else one that is trained. */
  private static Readout readout(String objective, SpecOptions options, Orthonormality given) {
    boolean whitened = given == null || given instanceof Whitening;
    return Readout.parse(objective, options.text("readout", whitened ? "closed" : "linear"));
  }

  /** What was given, else what a readout needs. */
  private static Orthonormality or(Orthonormality given, Readout readout) {
    return or(given, readout.closed() ? new Whitening() : Orthonormality.none());
  }

  private static Supervised supervised(SpecOptions options, Orthonormality given) {
    Readout readout = readout("supervised", options, given);
    return new Supervised(readout, or(given, readout), views(options, 1));
  }

  private static BalancedClassification balanced(SpecOptions options, Orthonormality given) {
    Readout readout = readout("balanced", options, given);
    return new BalancedClassification(readout, or(given, readout));
  }

  private static Denoising denoising(SpecOptions options, Orthonormality given) {
    Readout readout = readout("denoising", options, given);
    return new Denoising(readout, or(given, readout), views(options, 1));
  }

  private static NoisePrediction diffusion(SpecOptions options, Orthonormality given) {
    NoisePrediction usual = new NoisePrediction();
    return new NoisePrediction(
        Readout.parse("diffusion", options.text("readout", "linear")),
        or(given, usual.orthonormality()),
        options.integer("views", usual.views(), 1, Integer.MAX_VALUE));
  }

  private static InfoNce infoNce(
      String name, SpecOptions options, InfoNce.Negatives negatives, boolean decoupled) {
    return new InfoNce(
        options.choice("negatives", negatives),
        temperature(options, new InfoNce().temperature()),
        decoupled,
        options.integer("views", 2, 2, Integer.MAX_VALUE),
        projector(name, options));
  }

  private static BarlowTwins barlowTwins(SpecOptions options) {
    return new BarlowTwins(
        options.number("off-diagonal", new BarlowTwins().offDiagonal(), 0, Double.MAX_VALUE),
        views(options, 2),
        projector("barlow-twins", options));
  }

  private static VicReg varianceInvarianceCovariance(SpecOptions options) {
    VicReg usual = new VicReg();
    return new VicReg(
        options.number("invariance", usual.invariance(), 0, Double.MAX_VALUE),
        options.number("variance", usual.variance(), 0, Double.MAX_VALUE),
        options.number("covariance", usual.covariance(), 0, Double.MAX_VALUE),
        views(options, 2),
        projector("vicreg", options));
  }

  private static Byol byol(String name, SpecOptions options, double momentum) {
    String predictor = options.text("predictor", "linear");
    return new Byol(
        name.equals("byol") ? options.number("momentum", momentum, 0, MOST_MOMENTUM) : 0,
        predictor.equals("linear")
            ? List.of()
            : Readout.widths(name + ": predictor", predictor, "linear"),
        options.integer("views", 2, 2, Integer.MAX_VALUE),
        projector(name, options));
  }

  /**
   * Returns the way to orthonormality that a text such as {@code whitening(last-ridge=1e-5)} stands
   * for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static Orthonormality parseOrthonormality(Spec spec) {
    Function<SpecOptions, Orthonormality> factory = ORTHONORMALITIES.get(spec.name());
    if (factory == null) {
      throw Names.unknown("orthonormality", spec.name(), orthonormalityNames());
    }
    SpecOptions options = spec.options();
    Orthonormality parsed = factory.apply(options);
    options.done();
    return parsed;
  }

  /**
   * Requires that a context gives what an objective needs.
   *
   * @throws InputException naming both and what is missing
   */
  public static void requireFeeds(Context context, Objective<?> objective) {
    if (objective instanceof Mixture mixture) {
      mixture.parts().forEach(part -> requireFeeds(context, part));
    }
    if (!objective.needs().isInstance(context)) {
      throw new InputException(
          Text.format(
              "objective '%s' needs %s, which context %s cannot give",
              objective, gift(objective.needs()), context));
    }
  }

  /** What a type of context gives, in words. */
  private static String gift(Class<? extends Context> type) {
    return switch (type.getSimpleName()) {
      case "SampledContext" -> "samples of the context variable";
      case "KernelContext" -> "the dual kernel";
      case "FiniteContext" -> "the whole expectation operator";
      case "DiffusionContext" -> "noisy inputs with their levels, such as noise(level=0.5)";
      default -> "a " + type.getSimpleName();
    };
  }

  private static Orthonormality whitening(SpecOptions options) {
    Whitening usual = new Whitening();
    double last = options.number("last-ridge", usual.lastRidge(), Double.MIN_VALUE, 1);
    double first =
        options.number("first-ridge", Math.max(last, usual.firstRidge()), Double.MIN_VALUE, 1);
    if (first < last) {
      throw new InputException(
          Text.format(
              "whitening: expected first-ridge of at least last-ridge=%s, got first-ridge=%s",
              last, first));
    }
    return new Whitening(
        first,
        last,
        options.choice("form", usual.form()),
        options.number("momentum", usual.momentum(), 0, MOST_MOMENTUM));
  }

  private static Orthonormality vicReg(SpecOptions options) {
    VicRegPenalty usual = new VicRegPenalty();
    return new VicRegPenalty(
        options.number("variance", usual.variance(), 0, Double.MAX_VALUE),
        options.number("covariance", usual.covariance(), 0, Double.MAX_VALUE));
  }

  private static double weight(SpecOptions options) {
    return options.number("weight", 1, 0, Double.MAX_VALUE);
  }
}
