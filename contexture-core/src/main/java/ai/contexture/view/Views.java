package ai.contexture.view;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.view.ViewDescription.Option;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The views by name, as they are written on the command line. */
public final class Views {

  private static final double USUAL_LEVEL = 0.3;
  private static final int USUAL_STEPS = 1000;

  /** The kinds of schedules of the noise. */
  private enum NoiseKind {
    LINEAR,
    COSINE
  }

  private record Entry(ViewDescription description, Function<SpecOptions, ViewFactory> factory) {}

  private static final Map<String, Entry> KNOWN =
      Stream.of(
              entry(
                  "augment",
                  "one view after the other, as nested parts: augment(crop(ratio=0.6), flip)",
                  Views::augmentation),
              entry(
                  "crop",
                  "a random window of an image, resized to the whole",
                  Crop::of,
                  option("ratio", Crop.USUAL.ratio(), "share of the area that is kept"),
                  option("aspect", Crop.USUAL.aspect(), "most by which the sides' ratio changes")),
              entry(
                  "shift",
                  "an image moved by whole pixels",
                  Shift::of,
                  option("pixels", Shift.USUAL.pixels(), "greatest move each way"),
                  option("fill", Shift.USUAL.fill(), "what comes in: zero or edge")),
              entry(
                  "flip",
                  "an image mirrored by chance",
                  Flip::of,
                  option("horizontal", Flip.USUAL.horizontal(), "chance to swap left and right"),
                  option("vertical", Flip.USUAL.vertical(), "chance to swap top and bottom")),
              entry(
                  "rotation",
                  "an image turned about its centre",
                  Rotation::of,
                  option("degrees", Rotation.USUAL.degrees(), "greatest angle each way"),
                  option("fill", Rotation.USUAL.fill(), "what comes in: zero or edge")),
              entry(
                  "erase",
                  "an image with a random rectangle set to zero",
                  Erase::of,
                  option("area", Erase.USUAL.area(), "share of the area that is erased"),
                  option("aspect", Erase.USUAL.aspect(), "most by which the sides' ratio changes")),
              entry(
                  "blur",
                  "an image blurred by a Gaussian kernel",
                  Blur::of,
                  option("sigma", Blur.USUAL.sigma(), "width of the kernel in pixels")),
              entry(
                  "brightness",
                  "an image with one number added to all pixels",
                  Brightness::of,
                  option("by", Brightness.USUAL.by(), "greatest change either way")),
              entry(
                  "contrast",
                  "an image whose pixels move from their mean or towards it",
                  Contrast::of,
                  option("by", Contrast.USUAL.by(), "greatest change of the factor 1 either way")),
              entry(
                  "masking",
                  "each column hidden by chance",
                  Masking::of,
                  option("rate", Masking.USUAL.rate(), "chance of each column"),
                  option(
                      "schedule",
                      Masking.USUAL.schedule(),
                      "how rows draw from a range of rates: uniform or cosine"),
                  option("fill", Masking.USUAL.fill(), "what hides it: zero, mean or marginal")),
              entry(
                  "scarf",
                  "each column by chance replaced by a draw from its marginal",
                  Scarf::of,
                  option("rate", Scarf.USUAL.rate(), "chance of each column"),
                  option(
                      "marginal",
                      Scarf.USUAL.marginal(),
                      "law of the draw: empirical, uniform, gaussian or bimodal")),
              entry(
                  "cutmix",
                  "each column by chance replaced by that of one other row",
                  Cutmix::of,
                  option("rate", Cutmix.USUAL.rate(), "chance of each column")),
              entry(
                  "cutout",
                  "a fixed number of columns hidden, or a square of an image",
                  Cutout::of,
                  option("size", Cutout.USUAL.size(), "share that is hidden"),
                  option("fill", Cutout.USUAL.fill(), "what hides it: zero or mean")),
              entry(
                  "noise",
                  "Gaussian noise, added to rows or taking their place in part",
                  Views::noise,
                  option("level", USUAL_LEVEL, "share of the variance that becomes noise"),
                  option("schedule", "", "linear or cosine: a random step of a diffusion instead"),
                  option("steps", USUAL_STEPS, "steps of the diffusion"),
                  option("scale", "", "standard deviation of noise that is added instead")))
          .collect(
              Collectors.toMap(
                  entry -> entry.description.name(), entry -> entry, (a, b) -> a, TreeMap::new));

  private Views() {}

  private static Entry entry(
      String name, String summary, Function<SpecOptions, ViewFactory> factory, Option... options) {
    return new Entry(new ViewDescription(name, summary, List.of(options)), factory);
  }

  private static Option option(String key, Object usual, String meaning) {
    String text =
        usual instanceof Number number
            ? Numbers.text(number.doubleValue())
            : usual instanceof Enum<?> constant
                ? constant.name().toLowerCase(Locale.ROOT)
                : usual.toString();
    return new Option(key, text, meaning);
  }

  /** Returns the names that are known, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(KNOWN.keySet());
  }

  /** Returns what users are told about each view, in the order of the names. */
  public static List<ViewDescription> descriptions() {
    return KNOWN.values().stream().map(Entry::description).toList();
  }

  /**
   * Returns the view that a text such as {@code scarf(rate=0.6)} stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static ViewFactory parse(Spec spec) {
    Entry entry = KNOWN.get(spec.name());
    if (entry == null) {
      throw Names.unknown("view", spec.name(), names());
    }
    SpecOptions options = spec.options();
    ViewFactory parsed = entry.factory.apply(options);
    options.done();
    return parsed;
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
    boolean diffusion = given.equals(List.of("schedule", "steps"));
    if ((given.size() > 1 && !diffusion) || given.equals(List.of("steps"))) {
      throw new InputException(
          "noise: expected level, or scale, or schedule and steps, got "
              + String.join(" and ", given));
    }
    if (given.contains("scale")) {
      return new Noise(options.number("scale", 0, 0, Double.MAX_VALUE));
    }
    if (!given.contains("schedule")) {
      return new Diffusion(NoiseSchedule.level(options.number("level", USUAL_LEVEL, 0, 1)));
    }
    int steps = options.integer("steps", USUAL_STEPS, 1, NoiseSchedule.MOST_STEPS);
    return new Diffusion(
        options.choice("schedule", NoiseKind.LINEAR) == NoiseKind.LINEAR
            ? NoiseSchedule.linear(steps)
            : NoiseSchedule.cosine(steps));
  }
}
