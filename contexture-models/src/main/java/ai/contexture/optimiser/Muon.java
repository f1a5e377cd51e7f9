package ai.contexture.optimiser;

import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.OrthogonalMomentum;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Muon: orthogonalised momentum on the matrices between layers and to the outputs, AdamW on the
 * rest, see {@link OrthogonalMomentum}.
 *
 * <p>The learning rate of the training is AdamW's; the matrices have a rate of their own, and both
 * follow the schedule.
 *
 * @param rate the peak learning rate of the matrices
 * @param momentum the share of the last step's velocity that goes on
 * @param bfloat16 whether momentum is made orthogonal in bfloat16, faster where the hardware
 *     multiplies it (CPUs with AMX, GPUs) and slower elsewhere
 */
public record Muon(double rate, double momentum, boolean bfloat16) implements Optimiser {

  static final Component<Optimiser> COMPONENT =
      Component.<Optimiser>of(
              "muon", "orthogonalised updates for weight matrices, AdamW for the rest", Muon::of)
          .option("rate", "the learning rate of weight matrices")
          .option("momentum", "how much of the previous direction each step keeps")
          .option(
              "bfloat16", "whether to compute directions in bfloat16, faster on some processors");

  /** Rate 0.02 and momentum 0.95. */
  public static final Muon DEFAULT = new Muon(0.02, 0.95);

  /** Creates the optimiser in the precision of the matrices. */
  public Muon(double rate, double momentum) {
    this(rate, momentum, false);
  }

  /** Requires a positive rate and a momentum from 0 to less than 1. */
  public Muon {
    if (!(rate > 0 && rate <= 1e3)) {
      throw new InputException("muon: expected a rate above 0, got rate=" + rate);
    }
    requireMomentum("muon", momentum);
  }

  static void requireMomentum(String name, double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new InputException(
          Text.format(
              "%s: expected a momentum from 0 to less than 1, got momentum=%s", name, momentum));
    }
  }

  private static Muon of(SpecOptions options) {
    return new Muon(
        options.number("rate", DEFAULT.rate, Double.MIN_VALUE, 1e3),
        options.number("momentum", DEFAULT.momentum, 0, 1),
        options.flag("bfloat16", DEFAULT.bfloat16));
  }

  @Override
  public double defaultRate() {
    return 3e-3;
  }

  @Override
  public OptimiserState start(
      List<Weight> weights, double rate, double weightDecay, NDManager owner) {
    return new Split(this, weights, rate, weightDecay, owner);
  }

  @Override
  public String toString() {
    return Text.format(
        "muon(rate=%s,momentum=%s%s)", rate, momentum, bfloat16 ? ",bfloat16=true" : "");
  }

  /** Positions of matrices of one shape, and their velocities. */
  private record Group(List<Integer> positions, List<NDArray> arrays, List<NDArray> velocities) {}

  /** Matrices by their shape, and AdamW for the rest. */
  private static final class Split implements OptimiserState {

    private final double rate;
    private final OrthogonalMomentum rule;
    private final Map<Shape, Group> groups = new LinkedHashMap<>();
    private final List<Integer> others = new ArrayList<>();
    private final OptimiserState rest;
    private final Map<String, NDArray> state = new LinkedHashMap<>();

    Split(Muon options, List<Weight> weights, double rate, double weightDecay, NDManager owner) {
      this.rate = options.rate;
      rule = new OrthogonalMomentum(options.momentum, weightDecay, options.bfloat16);
      for (int i = 0; i < weights.size(); i++) {
        Weight weight = weights.get(i);
        if (!weight.matrix()) {
          others.add(i);
          continue;
        }
        NDArray array = weight.array();
        NDArray velocity = owner.zeros(array.getShape(), array.getDataType());
        Group group =
            groups.computeIfAbsent(
                array.getShape(),
                shape -> new Group(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
        group.positions.add(i);
        group.arrays.add(array);
        group.velocities.add(velocity);
        state.put(weight.name() + "/velocity", velocity);
      }
      rest = AdamW.DEFAULT.start(select(weights, others), rate, weightDecay, owner);
      state.putAll(rest.state());
    }

    private static <E> List<E> select(List<E> all, List<Integer> positions) {
      return positions.stream().map(all::get).toList();
    }

    @Override
    public void step(List<NDArray> gradients, double factor) {
      for (Group group : groups.values()) {
        rule.step(
            group.arrays, select(gradients, group.positions), group.velocities, rate * factor);
      }
      if (!others.isEmpty()) {
        rest.step(select(gradients, others), factor);
      }
    }

    @Override
    public Map<String, NDArray> state() {
      return state;
    }
  }
}
