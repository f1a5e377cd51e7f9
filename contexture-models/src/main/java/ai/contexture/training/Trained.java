package ai.contexture.training;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of the networks that are trained together. */
final class Trained {

  private final List<Optimiser.Weight> weights = new ArrayList<>();
  private final Map<String, NDArray> all = new LinkedHashMap<>();

  /** Adds the parameters of an initialised network, and has gradients kept for those with any. */
  void add(String network, Block block) {
    boolean first = true;
    for (Pair<String, Parameter> pair : block.getParameters()) {
      String name = network + "/" + pair.getKey();
      Parameter parameter = pair.getValue();
      NDArray array = parameter.getArray();
      all.put(name, array);
      if (!parameter.requiresGradient()) {
        continue;
      }
      array.setRequiresGradient(true);
      boolean matrix =
          parameter.getType() == Parameter.Type.WEIGHT && array.getShape().dimension() >= 2;
      weights.add(new Optimiser.Weight(name, array, matrix && !first));
      first = first && !matrix;
    }
  }

  /** Those that follow gradients. */
  List<Optimiser.Weight> weights() {
    return weights;
  }

  /** All arrays by name, those without gradients included. */
  Map<String, NDArray> all() {
    return all;
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
