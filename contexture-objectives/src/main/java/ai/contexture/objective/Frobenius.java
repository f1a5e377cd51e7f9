package ai.contexture.objective;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * A penalty on the distance of the covariance C of the outputs from the identity, weight·‖C − I‖²_F
 * [E, §4].
 *
 * <p>Exact on all points. On a batch ‖C‖²_F is estimated as E⟨z, z′⟩² over two independent points,
 * which is the mean of the two-half estimate Tr((C₁ − I)(C₂ − I)) over all ways to halve the batch:
 * it is unbiased for given outputs of mean 0, may be negative, and its noise does not favour small
 * outputs. At the minimum of E‖Φ‖² − ⟨Φ, KΦ⟩ with this penalty μ_i has the variance max(0, 1 − (1 −
 * s_i²)/(2·weight)), so that above ½ no weight loses functions.
 *
 * @param weight of the squared distance
 */
public record Frobenius(double weight) implements Orthonormality {

  static final Component<Orthonormality> COMPONENT =
      Component.<Orthonormality>of(
              "frobenius",
              "a penalty on the distance between the covariance and the identity",
              Frobenius::of)
          .option("weight", "the weight of the penalty");

  /** Requires a weight that is finite and not negative. */
  public Frobenius {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          Text.format("frobenius: expected a finite weight ≥ 0, got weight=%s", weight));
    }
  }

  /** Creates the penalty with weight 1. */
  public Frobenius() {
    this(1);
  }

  private static Frobenius of(SpecOptions options) {
    return new Frobenius(ObjectiveOptions.weight(options, "weight", 1));
  }

  @Override
  public Constrained apply(NDArray z, Weights weights, State state, double progress) {
    NDArray norm = weights.product(z, z);
    NDArray squares = weights.squaredProducts(z);
    double d = z.getShape().get(1);
    NDArray distance = Torch.plus(squares.sub(Torch.times(norm, 2)), d);
    return new Constrained(z, norm, Map.of("frobenius", Torch.times(distance, weight)));
  }

  @Override
  public String toString() {
    return Text.format("frobenius(weight=%s)", weight);
  }
}
