package ai.contexture.encoder;

import ai.contexture.context.Points;
import ai.contexture.data.ImageShape;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;

/** The options of an encoder before its number of outputs is known. */
@FunctionalInterface
public interface EncoderFactory {

  /**
   * The name of the parameter of a forward pass in training that holds the {@link Seed} of what the
   * encoder draws, such as what dropout drops.
   */
  String SEED = "seed";

  /**
   * The name of the parameter of a forward pass that holds the {@link DataType} in which the
   * encoder multiplies matrices; without it, in that of its parameters.
   */
  String PRODUCTS = "products";

  /**
   * Returns the encoder that a text such as {@code mlp(width=512,depth=3)} stands for.
   *
   * @throws ai.contexture.input.InputException if the name or an option is not known
   */
  static EncoderFactory parse(String text) {
    return Encoders.registry().parse(text);
  }

  /**
   * Builds a new encoder that has no parameters yet.
   *
   * @param outputs the number of outputs d₁
   * @param seed where its initial parameters come from
   */
  Block build(int outputs, Seed seed);

  /**
   * Builds a new encoder with its initial parameters.
   *
   * @param points all that it is going to be trained on, [n, p]
   * @param outputs the number of outputs d₁
   * @param seed where its initial parameters come from
   * @param owner the manager of the parameters
   */
  default Block create(Points points, int outputs, Seed seed, NDManager owner) {
    Block block = build(outputs, seed);
    block.initialize(owner, points.dataType(), points.shape());
    return block;
  }

  /**
   * Returns these options for inputs that belong together, such as those of one nominal column.
   *
   * @param groups [p], the group of each input, counted from 0 in the order of the inputs
   */
  default EncoderFactory forGroups(int... groups) {
    return this;
  }

  /**
   * Returns whether the encoder's rows are {@link ai.contexture.context.Nodes} of a graph, which it
   * reads by itself.
   */
  default boolean readsGraph() {
    return false;
  }

  /** Returns these options for a graph; they stay as they are where the encoder reads none. */
  default EncoderFactory forGraph(GraphInputs inputs) {
    return this;
  }

  /**
   * Returns these options for rows that are images, whose shape encoders of images then know.
   *
   * @param shape of the images, which an option of the encoder overrules
   */
  default EncoderFactory forImages(ImageShape shape) {
    return this;
  }
}
