package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The objectives and the ways to orthonormality by name, as they are written on the command line.
 */
public final class Objectives {

  private static final Map<String, Function<Orthonormality, Objective<?>>> OBJECTIVES =
      new TreeMap<>(
          Map.of(
              "kise", given -> given == null ? new Kise() : new Kise(given),
              "svme", given -> given == null ? new Svme() : new Svme(given),
              "non-contrastive",
                  given -> given == null ? new NonContrastive() : new NonContrastive(given),
              "spectral-contrastive",
                  given ->
                      given == null ? new SpectralContrastive() : new SpectralContrastive(given)));

  private static final Map<String, Function<SpecOptions, Orthonormality>> ORTHONORMALITIES =
      new TreeMap<>(
          Map.of(
              "whitening", Objectives::whitening,
              "frobenius", options -> new Frobenius(weight(options)),
              "correlation", options -> new Correlation(weight(options)),
              "vicreg", Objectives::vicReg,
              "none", options -> Orthonormality.none()));

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
    Function<Orthonormality, Objective<?>> factory = OBJECTIVES.get(spec.name());
    if (factory == null) {
      throw Names.unknown("objective", spec.name(), names());
    }
    spec.options().done();
    return factory.apply(orthonormality);
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
        options.number("momentum", usual.momentum(), 0, Math.nextDown(1.0)));
  }

  private static Orthonormality vicReg(SpecOptions options) {
    VicReg usual = new VicReg();
    return new VicReg(
        options.number("variance", usual.variance(), 0, Double.MAX_VALUE),
        options.number("covariance", usual.covariance(), 0, Double.MAX_VALUE));
  }

  private static double weight(SpecOptions options) {
    return options.number("weight", 1, 0, Double.MAX_VALUE);
  }
}
