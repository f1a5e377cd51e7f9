package ai.contexture.encoder;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
              "table", EmbeddingTable.Options::of,
              "gcn", Gcn.Options::of,
              "sgc", Sgc.Options::of));

  private static final Set<String> OF_IMAGES = Set.of("lenet", "resnet");

  private static final Set<String> OF_GRAPHS = Set.of("gcn", "sgc");

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
    return parse(spec, Optional.empty());
  }

  /**
   * Returns the same for rows that may be images, whose shape encoders of images then know.
   *
   * @param shape of the images, if the rows are images
   */
  public static EncoderFactory parse(Spec spec, Optional<ImageShape> shape) {
    Function<SpecOptions, EncoderFactory> factory = KNOWN.get(spec.name());
    if (factory == null) {
      throw Names.unknown("encoder", spec.name(), names());
    }
    boolean told = shape.isPresent() && OF_IMAGES.contains(spec.name());
    SpecOptions options =
        (told ? spec.withUsual(Images.SHAPE, shape.get().toString()) : spec).options();
    EncoderFactory parsed = factory.apply(options);
    options.done();
    return parsed;
  }

  /**
   * Returns whether a text names an encoder of this class that reads a graph, so that its rows are
   * {@link ai.contexture.context.Nodes}.
   */
  public static boolean readsGraph(String text) {
    return OF_GRAPHS.stream().anyMatch(name -> text.equals(name) || text.startsWith(name + "("));
  }

  /** Returns whether an encoder is one of those that this class reads. */
  public static boolean knows(Block encoder) {
    return encoder instanceof Network;
  }

  /**
   * Returns the shapes of an encoder's parameters by their names, before there are any.
   *
   * @param encoder without parameters, one of those that this class reads
   * @param rows n, the rows that it was trained on, of which only a table of vectors makes use
   * @param inputs p
   */
  public static Map<String, Shape> shapes(Block encoder, long rows, long inputs) {
    if (!(encoder instanceof Network network)) {
      throw new IllegalArgumentException("expected an encoder of this package, got " + encoder);
    }
    network.shape(rows, inputs);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Parameter parameter : network.getDirectParameters().values()) {
      shapes.put(parameter.getName(), parameter.getShape());
    }
    return shapes;
  }
}
