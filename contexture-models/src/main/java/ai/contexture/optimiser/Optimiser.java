package ai.contexture.optimiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.annotations.JsonAdapter;
import java.util.List;
import java.util.Map;

/**
 * A rule by which parameters follow their gradients, before it has seen any.
 *
 * <p>The text ({@code toString}) is the form on the command line, such as {@code muon(rate=0.02)}.
 */
@JsonAdapter(OptimiserText.class)
public interface Optimiser {

  /**
   * Returns the optimiser that a text such as {@code adamw} or {@code muon(rate=0.02)} stands for.
   *
   * @throws ai.contexture.input.InputException if the name or an option is not known
   */
  static Optimiser parse(String text) {
    return Optimisers.registry().parse(text);
  }

  /** Returns the peak learning rate where none is asked for. */
  double defaultRate();

  /**
   * Starts to follow, without momentum yet.
   *
   * @param weights what is trained
   * @param rate the peak learning rate
   * @param weightDecay each step also takes so much of every weight, as a multiple of its rate
   * @param owner the manager of the momenta
   */
  OptimiserState start(List<Weight> weights, double rate, double weightDecay, NDManager owner);

  /**
   * An array that is trained.
   *
   * @param name unique among those that are trained together
   * @param array its values, which are changed in place
   * @param matrix whether it maps between layers or to the outputs: a matrix, or a kernel whose
   *     first axis is its outputs; neither a bias nor what first meets the inputs
   */
  record Weight(String name, NDArray array, boolean matrix) {}

  /** The momenta of weights that are being trained. */
  interface OptimiserState {

    /**
     * Changes the weights and the momenta in place.
     *
     * @param gradients one for each weight, in their order
     * @param factor of the peak learning rate
     */
    void step(List<NDArray> gradients, double factor);

    /** Returns the momenta by name, which are the arrays themselves. */
    Map<String, NDArray> state();
  }
}
