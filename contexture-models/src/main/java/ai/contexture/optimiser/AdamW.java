package ai.contexture.optimiser;

import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.FusedAdamW;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW: steps along the mean of the gradients over the root of the mean of their squares, see
 * {@link FusedAdamW}.
 *
 * @param beta1 decay of the mean of the gradients
 * @param beta2 decay of the mean of their squares
 */
public record AdamW(double beta1, double beta2) implements Optimiser {

  static final Component<Optimiser> COMPONENT =
      Component.<Optimiser>of("adamw", "Adam with decoupled weight decay", AdamW::of)
          .option("beta1", "decay of the mean gradient")
          .option("beta2", "decay of the mean squared gradient");

  /** Decays 0.9 and 0.999. */
  public static final AdamW DEFAULT = new AdamW(0.9, 0.999);

  private static final double EPSILON = 1e-8;

  /** Requires decays from 0 to less than 1. */
  public AdamW {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new InputException(
          Text.format(
              "adamw: expected beta1 and beta2 from 0 to less than 1, got beta1=%s, beta2=%s",
              beta1, beta2));
    }
  }

  private static AdamW of(SpecOptions options) {
    return new AdamW(
        options.number("beta1", DEFAULT.beta1, 0, 1), options.number("beta2", DEFAULT.beta2, 0, 1));
  }

  @Override
  public double defaultRate() {
    return 1e-3;
  }

  @Override
  public OptimiserState start(
      List<Weight> weights, double rate, double weightDecay, NDManager owner) {
    return new Moments(weights, rate, new FusedAdamW(beta1, beta2, EPSILON, weightDecay), owner);
  }

  @Override
  public String toString() {
    return equals(DEFAULT) ? "adamw" : Text.format("adamw(beta1=%s,beta2=%s)", beta1, beta2);
  }

  private static final class Moments implements OptimiserState {

    private final double rate;
    private final FusedAdamW rule;
    private final List<NDArray> parameters;
    private final List<NDArray> means = new ArrayList<>();
    private final List<NDArray> squares = new ArrayList<>();
    private final NDArray steps;
    private final Map<String, NDArray> state = new LinkedHashMap<>();

    Moments(List<Weight> weights, double rate, FusedAdamW rule, NDManager owner) {
      this.rate = rate;
      this.rule = rule;
      parameters = weights.stream().map(Weight::array).toList();
      steps = owner.zeros(new Shape(), DataType.FLOAT32);
      state.put("adamw/steps", steps);
      for (Weight weight : weights) {
        NDArray array = weight.array();
        means.add(owner.zeros(array.getShape(), array.getDataType()));
        squares.add(owner.zeros(array.getShape(), array.getDataType()));
        state.put(weight.name() + "/mean", means.get(means.size() - 1));
        state.put(weight.name() + "/square", squares.get(squares.size() - 1));
      }
    }

    @Override
    public void step(List<NDArray> gradients, double factor) {
      rule.step(parameters, gradients, means, squares, steps, rate * factor);
    }

    @Override
    public Map<String, NDArray> state() {
      return state;
    }
  }
}
