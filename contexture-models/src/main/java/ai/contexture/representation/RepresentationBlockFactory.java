package ai.contexture.representation;

import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Gives DJL the network of a saved representation, from preprocessed inputs [b, p] to features
 * float64 [b, d].
 *
 * <p>DJL finds it by {@value Representation#SERVING} in the folder; nobody needs to name it. The
 * model owns its arrays.
 */
public final class RepresentationBlockFactory implements BlockFactory {

  /**
   * The argument of {@code Criteria} that holds the {@link EncoderFactory} of an encoder of your
   * own, an object: {@code optArgument(RepresentationBlockFactory.ENCODER, encoder)}.
   */
  public static final String ENCODER = "encoder";

  private static final long serialVersionUID = 1L;

  /** What {@value Representation#SERVING} says; the block has its parameters already. */
  static final String PROPERTIES =
      String.join(
          "\n",
          "# With this DJL and DJL Serving load the folder as a model.",
          "engine=PyTorch",
          "blockFactory=" + RepresentationBlockFactory.class.getName(),
          "translatorFactory=" + RepresentationTranslatorFactory.class.getName(),
          "option.hasParameter=false",
          "");

  /** Creates the factory. */
  public RepresentationBlockFactory() {}

  @Override
  public Block newBlock(Model model, Path folder, Map<String, ?> arguments) throws IOException {
    Object encoder = arguments == null ? null : arguments.get(ENCODER);
    if (encoder != null && !(encoder instanceof EncoderFactory)) {
      throw new InputException(
          Text.format("argument %s: expected an EncoderFactory, got '%s'", ENCODER, encoder));
    }
    NDManager manager = model.getNDManager().newSubManager();
    return Representation.load(folder, (EncoderFactory) encoder, manager).block();
  }
}
