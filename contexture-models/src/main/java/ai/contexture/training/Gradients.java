package ai.contexture.training;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/** The gradients of weights, which add up from one backward pass to the next. */
final class Gradients {

  private final List<Optimiser.Weight> weights;

  /** Has gradients kept from here on. */
  Gradients(List<Optimiser.Weight> weights) {
    this.weights = weights;
    weights.forEach(weight -> weight.array().setRequiresGradient(true));
  }

  /**
   * Makes a step along the gradients and sets these to zero.
   *
   * @param largestNorm gradients of a larger norm are scaled down to it; 0 for any
   * @return the norm of the gradients before, a scalar that belongs to the owner
   */
  NDArray step(Optimiser.Descent descent, double factor, double largestNorm, NDManager owner) {
    List<NDArray> gradients = new ArrayList<>();
    try {
      for (Optimiser.Weight weight : weights) {
        // NDArray.getGradient would make up zeros
        NDArray gradient = JniUtils.getGradient((PtNDArray) weight.array());
        if (gradient == null) {
          throw new IllegalStateException(
              Text.format(
                  "parameter %s takes no part in the objective: it has no gradient",
                  weight.name()));
        }
        gradients.add(gradient);
      }
      NDArray norm = Torch.clip(gradients, largestNorm);
      norm.attach(owner);
      descent.step(gradients, factor);
      Torch.zero(gradients);
      return norm;
    } finally {
      gradients.forEach(NDArray::close);
    }
  }
}
