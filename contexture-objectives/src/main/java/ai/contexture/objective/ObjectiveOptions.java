package ai.contexture.objective;

import ai.contexture.input.SpecOptions;
import java.util.Optional;
import java.util.function.BiFunction;

/** The options that several objectives share: what they mean, and how they are read. */
final class ObjectiveOptions {

  static final String SAMPLES =
      "how many samples to draw for each row; default: exact means where known";
  static final String DRAWN_SAMPLES = "how many samples to draw for each row";
  static final String NESTING = "whether outputs are learned in order: none, joint or sequential";
  static final String TEMPERATURE = "what cosines are divided by; lower separates close rows more";
  static final String PROJECTOR = "a network between encoder and loss, such as 512-128, or none";
  static final String READOUT =
      "closed (the default where outputs are whitened), linear, or widths such as" + " 256-256";

  /** Beyond these, exponents of cosines leave what float32 can hold, or are all alike. */
  private static final double COLDEST = 1e-3;

  private static final double HOTTEST = 1e6;

  /** A loss of more weight than this leaves what float32 can hold. */
  private static final double MOST_WEIGHT = 1e9;

  private ObjectiveOptions() {}

  /** Reads how many samples of each x, 0 for exact means. */
  static int samples(SpecOptions options, int least) {
    return options.formerly("views", "samples").integer("samples", 0, least, Integer.MAX_VALUE);
  }

  /** Reads how many samples of each x where there must be some. */
  static int samples(SpecOptions options, int fallback, int least) {
    return options
        .formerly("views", "samples")
        .integer("samples", fallback, least, Integer.MAX_VALUE);
  }

  /** Reads the weight of a term. */
  static double weight(SpecOptions options, String name, double fallback) {
    return options.number(name, fallback, 0, MOST_WEIGHT);
  }

  static Nesting nesting(SpecOptions options) {
    return options.choice("nesting", Nesting.NONE);
  }

  static double temperature(SpecOptions options, double fallback) {
    return options.number("temperature", fallback, COLDEST, HOTTEST);
  }

  static Projector projector(String objective, SpecOptions options) {
    return Projector.parse(objective, options.text("projector", "none"));
  }

  /** Reads the readout, empty where none is given. */
  static Optional<Readout> readout(String objective, SpecOptions options) {
    return Optional.ofNullable(options.text("readout", null))
        .map(text -> Readout.parse(objective, text));
  }

  /**
   * Returns an objective that reads its readout; without one, it follows from how features are kept
   * apart.
   *
   * @param maker takes the readout, and the orthonormality that was given or that the readout needs
   */
  static ObjectiveFactory withReadout(
      String objective,
      SpecOptions options,
      BiFunction<Readout, Orthonormality, Objective<?>> maker) {
    Optional<Readout> asked = readout(objective, options);
    return given -> {
      Readout readout = asked.orElseGet(() -> Readout.suiting(given));
      return maker.apply(readout, readout.orthonormality(given));
    };
  }
}
