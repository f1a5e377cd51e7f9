package ai.contexture.representation;

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
    NDManager manager = model.getNDManager().newSubManager();
    return Representation.load(folder, manager).block();
  }
}
