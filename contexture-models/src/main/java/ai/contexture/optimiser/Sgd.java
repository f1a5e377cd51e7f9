package ai.contexture.optimiser;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.FusedSgd;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gradient descent with momentum, see {@link FusedSgd}.
 *
 * @param momentum the share of the last step's velocity that goes on
 */
public record Sgd(double momentum) implements Optimiser {

  static final Component<Optimiser> COMPONENT =
      Component.<Optimiser>of("sgd", "stochastic gradient descent", Sgd::of)
          .option("momentum", "how much of the previous direction each step keeps");

  /** Momentum 0.9. */
  public static final Sgd DEFAULT = new Sgd(0.9);

  /** Requires a momentum from 0 to less than 1. */
  public Sgd {
    Muon.requireMomentum("sgd", momentum);
  }

  private static Sgd of(SpecOptions options) {
    return new Sgd(options.number("momentum", DEFAULT.momentum, 0, 1));
  }

  @Override
  public double defaultRate() {
    return 0.01;
  }

  @Override
  public OptimiserState start(
      List<Weight> weights, double rate, double weightDecay, NDManager owner) {
    List<NDArray> parameters = weights.stream().map(Weight::array).toList();
    List<NDArray> velocities = new ArrayList<>();
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (Weight weight : weights) {
      velocities.add(owner.zeros(weight.array().getShape(), weight.array().getDataType()));
      state.put(weight.name() + "/velocity", velocities.get(velocities.size() - 1));
    }
    FusedSgd rule = new FusedSgd(momentum, weightDecay);
    return new OptimiserState() {
      @Override
      public void step(List<NDArray> gradients, double factor) {
        rule.step(parameters, gradients, velocities, rate * factor);
      }

      @Override
      public Map<String, NDArray> state() {
        return state;
      }
    };
  }

  @Override
  public String toString() {
    return Text.format("sgd(momentum=%s)", momentum);
  }
}
