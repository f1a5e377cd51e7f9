package ai.contexture.training;

import ai.contexture.input.Text;
import ai.contexture.torch.FusedAdamW;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The state of AdamW for a set of named parameters. */
final class AdamW {

  private final FusedAdamW rule;
  private final List<String> names = new ArrayList<>();
  private final List<NDArray> parameters = new ArrayList<>();
  private final List<NDArray> means = new ArrayList<>();
  private final List<NDArray> squares = new ArrayList<>();
  private final List<NDArray> steps = new ArrayList<>();

  /** Starts with zero moments, which belong to the manager. */
  AdamW(NDManager manager, List<Pair<String, Parameter>> named, FusedAdamW rule) {
    this.rule = rule;
    for (Pair<String, Parameter> pair : named) {
      NDArray array = pair.getValue().getArray();
      array.setRequiresGradient(true);
      names.add(pair.getKey());
      parameters.add(array);
      means.add(zeros(manager, array));
      squares.add(zeros(manager, array));
      steps.add(manager.zeros(new Shape(), DataType.FLOAT32));
    }
  }

  private static NDArray zeros(NDManager manager, NDArray like) {
    return manager.zeros(like.getShape(), like.getDataType());
  }

  /** Makes a step; returns the norm of the gradients, which belongs to the manager. */
  NDArray step(double rate, NDManager manager) {
    List<NDArray> gradients = new ArrayList<>();
    try {
      for (int i = 0; i < parameters.size(); i++) {
        // NDArray.getGradient would make up zeros
        NDArray gradient = JniUtils.getGradient((PtNDArray) parameters.get(i));
        if (gradient == null) {
          throw new IllegalStateException(
              Text.format(
                  "parameter %s takes no part in the objective: it has no gradient", names.get(i)));
        }
        gradients.add(gradient);
      }
      NDArray norm =
          Torch.withoutGradient(
              () -> rule.step(parameters, gradients, means, squares, steps, rate));
      norm.attach(manager);
      return norm;
    } finally {
      gradients.forEach(NDArray::close);
    }
  }

  /** Returns all state by name; the arrays are the optimiser's own. */
  Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      state.put(names.get(i) + "/mean", means.get(i));
      state.put(names.get(i) + "/square", squares.get(i));
      state.put(names.get(i) + "/steps", steps.get(i));
    }
    return state;
  }
}
