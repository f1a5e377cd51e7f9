package ai.contexture.view;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The views by name, as they are written on the command line. */
public final class Views {

  private static final double USUAL_LEVEL = 0.3;
  private static final int USUAL_STEPS = 1000;

  /** How the steps of a diffusion follow each other. */
  private enum Steps {
    NONE,
    LINEAR,
    COSINE
  }

  private static final String OUTSIDE = "what comes in from outside the image";
  private static final String ASPECT = "the most by which height to width differs from the image's";
  private static final String RATE = "the chance of each column";

  private static final Map<String, Known> KNOWN =
      Stream.of(
              known("crop", "a random window of an image, resized to the whole", Crop::of)
                  .option("ratio", "the share of the area that is kept")
                  .option("aspect", ASPECT),
              known("shift", "an image moved by whole pixels", Shift::of)
                  .option("pixels", "the greatest move each way")
                  .option("fill", OUTSIDE),
              known("flip", "an image mirrored by chance", Flip::of)
                  .option("horizontal", "the chance that left and right are exchanged")
                  .option("vertical", "the chance that top and bottom are exchanged"),
              known("rotation", "an image turned about its centre", Rotation::of)
                  .option("degrees", "the greatest angle each way")
                  .option("fill", OUTSIDE),
              known("erase", "an image with a random rectangle set to zero", Erase::of)
                  .option("area", "the share of the area that is erased")
                  .option("aspect", ASPECT),
              known("blur", "an image blurred by a Gaussian kernel", Blur::of)
                  .option("sigma", "the width of the kernel in pixels"),
              known("brightness", "an image with one number added to all pixels", Brightness::of)
                  .option("by", "the greatest change either way, in the units of the inputs"),
              known(
                      "contrast",
                      "an image whose pixels move from their mean or towards it",
                      Contrast::of)
                  .option("by", "the greatest change of their distance, as a share of it"),
              known("masking", "each column hidden by chance", Masking::of)
                  .option("rate", RATE)
                  .option("schedule", "how a row draws its chance from a range of rates")
                  .option("fill", "what takes the place of a hidden column"),
              known("scarf", "each column by chance replaced by a draw from its values", Scarf::of)
                  .option("rate", RATE)
                  .option("marginal", "the law of the draw"),
              known("cutmix", "each column by chance replaced by that of another row", Cutmix::of)
                  .option("rate", RATE),
              known(
                      "cutout",
                      "a fixed number of columns hidden, or a square of an image",
                      Cutout::of)
                  .option("size", "the share that is hidden")
                  .option("fill", "what takes its place: zero or mean"),
              known("noise", "Gaussian noise in the place of a part of each input", Views::noise)
                  .option("level", "the share of the variance that becomes noise")
                  .option("schedule", "instead of a level: how the steps of a diffusion grow")
                  .option("steps", "how many steps the diffusion has, of which rows draw one")
                  .option("scale", "instead of a level: the deviation of noise that is added"),
              known("edge-drop", "a graph in which each edge is missing by chance", EdgeDrop::of)
                  .option("rate", "the chance of each edge"),
              known(
                      "feature-mask",
                      "a graph in which each feature is hidden by chance, in all nodes at once",
                      FeatureMask::of)
                  .option("rate", "the chance of each feature"),
              known("augment", "one view after the other", Views::augmentation)
                  .like("augment(masking(rate=0.2), noise(scale=0.1))"))
          .collect(Collectors.toMap(k -> k.description.name(), k -> k, (a, b) -> a, TreeMap::new));

  private Views() {}

  private static Known known(
      String name, String summary, Function<SpecOptions, ViewFactory> parser) {
    return new Known(new ViewDescription(name, summary, name, Map.of()), parser);
  }

  private record Known(ViewDescription description, Function<SpecOptions, ViewFactory> parser) {

    Known like(String example) {
      return with(example, description.options());
    }

    Known option(String option, String meaning) {
      Map<String, String> more = new LinkedHashMap<>(description.options());
      more.put(option, meaning);
      return with(description.example(), more);
    }

    private Known with(String example, Map<String, String> options) {
      return new Known(
          new ViewDescription(description.name(), description.summary(), example, options), parser);
    }
  }

  /** Returns the names that are known, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(KNOWN.keySet());
  }

  /** Returns what users are told about each view, in the order of the names. */
  public static List<ViewDescription> descriptions() {
    return KNOWN.values().stream().map(Known::description).toList();
  }

  /**
   * Returns the view that a specification such as {@code scarf(rate=0.6)} stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static ViewFactory parse(Spec spec) {
    SpecOptions options = spec.options();
    ViewFactory parsed = read(spec.name(), options);
    options.done();
    return parsed;
  }

  /**
   * Returns the view of a name with options that have been parsed already.
   *
   * @throws InputException if the name is not known, or an option is out of range
   */
  public static ViewFactory read(String name, SpecOptions options) {
    Known known = KNOWN.get(name);
    if (known == null) {
      throw Names.unknown("view", name, names());
    }
    return known.parser.apply(options);
  }

  private static ViewFactory augmentation(SpecOptions options) {
    return new Augmentation(
        options.parts(1, Integer.MAX_VALUE).stream()
            .map(
                part -> {
                  if (part.weight().isPresent()) {
                    throw new InputException(
                        "augment: its views take no weights, got '" + part + "'");
                  }
                  return parse(part.spec());
                })
            .toList());
  }

  private static ViewFactory noise(SpecOptions options) {
    List<String> given =
        Stream.of("level", "schedule", "steps", "scale")
            .filter(key -> options.text(key, null) != null)
            .toList();
    double level = options.number("level", USUAL_LEVEL, 0, 1);
    Steps schedule = options.choice("schedule", Steps.NONE);
    int steps = options.integer("steps", USUAL_STEPS, 1, NoiseSchedule.MOST_STEPS);
    OptionalDouble scale = options.number("scale", 0, Double.MAX_VALUE);
    boolean diffusion = given.equals(List.of("schedule", "steps"));
    if ((given.size() > 1 && !diffusion) || given.equals(List.of("steps"))) {
      throw new InputException(
          "noise: expected level, or scale, or schedule and steps, got "
              + String.join(" and ", given));
    }
    if (scale.isPresent()) {
      return new Noise(scale.getAsDouble());
    }
    return new Diffusion(
        switch (schedule) {
          case NONE -> NoiseSchedule.level(level);
          case LINEAR -> NoiseSchedule.linear(steps);
          case COSINE -> NoiseSchedule.cosine(steps);
        });
  }
}
