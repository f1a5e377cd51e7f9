package ai.contexture.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An encoder whose gradient is written out, so that a pass in training need not be recorded.
 *
 * <p>It is what {@link Block#forward} and the engine's gradients compute, in fewer calls.
 */
public interface ExplicitGradient extends Block {

  /**
   * Passes rows through the encoder in training.
   *
   * @param rows [b, p], to whose manager what is made belongs
   * @return nothing where the gradient is not written out for these options
   */
  Optional<Unrecorded> unrecorded(ParameterStore store, NDArray rows);

  /**
   * A pass that was not recorded.
   *
   * @param parameters the arrays that the outputs depend on, each once
   * @param outputs [b, d₁]
   * @param pullback from a gradient by the outputs [b, d₁] to those by the parameters, in their
   *     order, which belong to the manager of the first
   */
  record Unrecorded(
      List<NDArray> parameters, NDArray outputs, Function<NDArray, List<NDArray>> pullback) {}
}
