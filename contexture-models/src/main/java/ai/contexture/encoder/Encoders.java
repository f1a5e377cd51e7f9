package ai.contexture.encoder;

import ai.contexture.input.Component;
import ai.contexture.input.Registry;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The encoders by name, as they are written on the command line. */
public final class Encoders {

  private static final Registry<EncoderFactory, Component<EncoderFactory>> REGISTRY =
      Registry.of(
          "encoder",
          List.of(
              EmbeddingTable.COMPONENT,
              FtTransformer.COMPONENT,
              Gcn.COMPONENT,
              LeNet.COMPONENT,
              LinearEncoder.COMPONENT,
              Mlp.COMPONENT,
              ResNet.COMPONENT,
              Sgc.COMPONENT,
              Vit.COMPONENT));

  private Encoders() {}

  /** Returns the encoders that are known. */
  public static Registry<EncoderFactory, Component<EncoderFactory>> registry() {
    return REGISTRY;
  }

  /**
   * Returns whether a text names an encoder of this class that reads a graph, so that its rows are
   * {@link ai.contexture.context.Nodes}.
   */
  public static boolean readsGraph(String text) {
    return knows(text) && REGISTRY.parse(text).readsGraph();
  }

  /** Returns whether a text is of the form of an encoder here, and not that of somebody's own. */
  public static boolean knows(String text) {
    return REGISTRY.knows(text.replaceFirst("[^\\w-].*", ""));
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
