package ai.contexture.optimiser;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The optimisers by name, as they are written on the command line. */
public final class Optimisers {

  private static final Map<String, Function<SpecOptions, Optimiser>> KNOWN =
      new TreeMap<>(Map.of("adamw", AdamW::of, "sgd", Sgd::of, "muon", Muon::of));

  private Optimisers() {}

  /** Returns the names that are known, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(KNOWN.keySet());
  }

  /**
   * Returns the optimiser that a text such as {@code muon(rate=0.02)} stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static Optimiser parse(String text) {
    Spec spec = Spec.parse(text);
    Function<SpecOptions, Optimiser> factory = KNOWN.get(spec.name());
    if (factory == null) {
      throw Names.unknown("optimiser", spec.name(), names());
    }
    SpecOptions options = spec.options();
    Optimiser parsed = factory.apply(options);
    options.done();
    return parsed;
  }
}
