package ai.contexture.objective;

import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Registry;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The objectives and the ways to orthonormality by name, as they are written on the command line.
 */
public final class Objectives {

  private static final Component<ObjectiveFactory> MIX =
      Component.<ObjectiveFactory>of(Mixture.MIX, "a weighted sum of objectives", Objectives::mix)
          .example("mix(0.7: kise, 0.3: non-contrastive)");

  private static final Component<ObjectiveFactory> MIN_MAX =
      Component.<ObjectiveFactory>of(
              Mixture.MIN_MAX,
              "several objectives, weighted so that the worst-served one does best",
              Objectives::minMax)
          .example("minmax(kise, non-contrastive)")
          .option("eta", "how fast the weights move at first");

  private static final Registry<ObjectiveFactory, Component<ObjectiveFactory>> REGISTRY =
      Registry.<ObjectiveFactory, Component<ObjectiveFactory>>of(
              "objective",
              List.of(
                  BalancedClassification.COMPONENT,
                  BarlowTwins.COMPONENT,
                  Clip.COMPONENT,
                  Denoising.COMPONENT,
                  Distillation.COMPONENT,
                  Kise.COMPONENT,
                  Laplacian.COMPONENT,
                  LowRank.COMPONENT,
                  MIN_MAX,
                  MIX,
                  NoisePrediction.COMPONENT,
                  NonContrastive.COMPONENT,
                  SpectralContrastive.COMPONENT,
                  Supervised.COMPONENT,
                  SupervisedContrastive.COMPONENT,
                  Svme.COMPONENT,
                  VicReg.COMPONENT))
          .with(Byol.COMPONENTS)
          .with(InfoNce.COMPONENTS);

  private static final Registry<Orthonormality, Component<Orthonormality>> ORTHONORMALITIES =
      Registry.of(
          "orthonormality",
          List.of(
              Correlation.COMPONENT,
              Frobenius.COMPONENT,
              Unconstrained.COMPONENT,
              VicRegPenalty.COMPONENT,
              Whitening.COMPONENT));

  private static final double DEFAULT_ETA = 0.5;

  private Objectives() {}

  /** Returns the objectives that are known. */
  public static Registry<ObjectiveFactory, Component<ObjectiveFactory>> registry() {
    return REGISTRY;
  }

  /** Returns the ways to orthonormality that are known. */
  public static Registry<Orthonormality, Component<Orthonormality>> orthonormalities() {
    return ORTHONORMALITIES;
  }

  /**
   * Returns the objective that a text stands for.
   *
   * @param orthonormality how Cov[Φ] = I is imposed; empty for the objective's own way
   * @throws InputException if a name or an option is not known, or the objective has no place for
   *     the orthonormality
   */
  static Objective<?> parse(String text, Optional<Orthonormality> orthonormality) {
    Objective<?> parsed = REGISTRY.parse(text).with(orthonormality);
    if (orthonormality.isPresent() && !parsed.orthonormality().equals(orthonormality.get())) {
      throw new InputException(
          Text.format(
              "objective '%s' has no place for orthonormality %s: it has a way of its own",
              parsed, orthonormality.get()));
    }
    return parsed;
  }

  private static ObjectiveFactory mix(SpecOptions options) {
    List<Spec.Part> parts = options.parts(2, Integer.MAX_VALUE);
    List<Double> weights = Arrays.stream(Spec.weights(Mixture.MIX, parts)).boxed().toList();
    List<ObjectiveFactory> factories = factories(parts);
    return given -> Mixture.of(weights, made(factories, given));
  }

  private static ObjectiveFactory minMax(SpecOptions options) {
    List<Spec.Part> parts = options.parts(2, Integer.MAX_VALUE);
    for (Spec.Part part : parts) {
      if (part.weight().isPresent()) {
        throw new InputException(
            "minmax finds the weights, got '" + part + "'; give fixed ones with mix");
      }
    }
    double eta = options.number("eta", DEFAULT_ETA, Double.MIN_VALUE, Double.MAX_VALUE);
    List<ObjectiveFactory> factories = factories(parts);
    return given -> Mixture.minMax(eta, made(factories, given));
  }

  private static List<ObjectiveFactory> factories(List<Spec.Part> parts) {
    return parts.stream().map(part -> REGISTRY.parse(part.spec())).toList();
  }

  /** Parts of a mixture, of which some may have no place for the orthonormality. */
  private static List<Objective<?>> made(
      List<ObjectiveFactory> factories, Optional<Orthonormality> given) {
    return factories.stream().<Objective<?>>map(factory -> factory.with(given)).toList();
  }
}
