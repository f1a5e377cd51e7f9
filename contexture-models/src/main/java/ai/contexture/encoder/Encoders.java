package ai.contexture.encoder;

import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The encoders by name, as they are written on the command line. */
public final class Encoders {

  private static final Map<String, Function<SpecOptions, EncoderFactory>> KNOWN =
      new TreeMap<>(
          Map.of(
              "mlp", Mlp.Options::of,
              "linear", LinearEncoder.Options::of,
              "lenet", LeNet.Options::of,
              "resnet", ResNet.Options::of,
              "fttransformer", FtTransformer.Options::of,
              "table", FreeVectors.Options::of));

  private Encoders() {}

  /** Returns the names that are known, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(KNOWN.keySet());
  }

  /**
   * Returns the encoder that a text such as {@code mlp(width=512,depth=3)} stands for.
   *
   * @throws ai.contexture.input.InputException if the name or an option is not known
   */
  public static EncoderFactory parse(Spec spec) {
    Function<SpecOptions, EncoderFactory> factory = KNOWN.get(spec.name());
    if (factory == null) {
      throw Names.unknown("encoder", spec.name(), names());
    }
    SpecOptions options = spec.options();
    EncoderFactory parsed = factory.apply(options);
    options.done();
    return parsed;
  }
}
