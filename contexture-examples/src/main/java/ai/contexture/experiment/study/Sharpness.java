package ai.contexture.experiment.study;

import ai.contexture.context.FiniteContext;
import ai.contexture.objective.Networks;
import ai.contexture.objective.Objective;
import ai.contexture.objective.State;
import ai.contexture.objective.Step;
import ai.contexture.objective.Weights;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The sharpness of a loss at an encoder's parameters θ: the eigenvalue of its Hessian H of largest
 * size, by power iteration with Hv ≈ (∇L(θ + εv) − ∇L(θ − εv))/2ε.
 *
 * <p>Gradient descent with a step η is stable where it is below 2/η.
 */
final class Sharpness {

  /** Times that the Hessian is applied. */
  private static final int ITERATIONS = 30;

  /** The length of εv as a part of that of θ, between rounding and curvature. */
  private static final double STEP = 1e-3;

  private final FiniteContext context;
  private final Objective<? super FiniteContext> objective;
  private final Block encoder;
  private final List<NDArray> parameters = new ArrayList<>();
  private final int outputs;

  private Sharpness(
      FiniteContext context,
      Objective<? super FiniteContext> objective,
      Block encoder,
      int outputs) {
    this.context = context;
    this.objective = objective;
    this.encoder = encoder;
    this.outputs = outputs;
    for (Parameter parameter : encoder.getParameters().values()) {
      if (parameter.requiresGradient()) {
        parameters.add(parameter.getArray());
      }
    }
  }

  /**
   * Returns the sharpness on all points at once.
   *
   * @param objective of one encoder on inputs without heads, in its state after training
   * @param encoder whose parameters require gradients; they are moved a little and put back
   * @param seed of the first direction
   */
  static double of(
      FiniteContext context,
      Objective<? super FiniteContext> objective,
      Block encoder,
      int outputs,
      Seed seed) {
    Sharpness sharpness = new Sharpness(context, objective, encoder, outputs);
    try (NDManager scope = context.points().manager().newSubManager()) {
      return sharpness.largest(seed.generator(), scope);
    }
  }

  private double largest(RandomGenerator random, NDManager scope) {
    List<NDArray> centre = parameters.stream().map(array -> copy(array, scope)).toList();
    double epsilon = STEP * Math.sqrt(dot(centre, centre));
    List<NDArray> direction = new ArrayList<>();
    for (NDArray array : centre) {
      double[] values = random.doubles(array.size(), -1, 1).toArray();
      direction.add(scope.create(values, array.getShape()));
    }
    double eigenvalue = 0;
    try {
      for (int i = 0; i < ITERATIONS; i++) {
        double norm = Math.sqrt(dot(direction, direction));
        if (!(norm > 0)) {
          return 0; // the loss is flat
        }
        List<NDArray> unit = direction.stream().map(array -> array.div(norm)).toList();
        List<NDArray> up = gradient(centre, unit, epsilon, scope);
        List<NDArray> down = gradient(centre, unit, -epsilon, scope);
        List<NDArray> image = new ArrayList<>();
        for (int j = 0; j < up.size(); j++) {
          image.add(up.get(j).sub(down.get(j)).div(2 * epsilon));
        }
        eigenvalue = dot(unit, image);
        for (List<NDArray> used : List.of(direction, unit, up, down)) {
          used.forEach(NDArray::close);
        }
        direction = image;
      }
      return eigenvalue;
    } finally {
      for (int i = 0; i < centre.size(); i++) {
        move(parameters.get(i), centre.get(i));
      }
    }
  }

  /** A copy in float64. */
  private static NDArray copy(NDArray array, NDManager scope) {
    NDArray plain = array.stopGradient();
    plain.attach(scope);
    return plain.toType(DataType.FLOAT64, true);
  }

  private static double dot(List<NDArray> a, List<NDArray> b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      try (NDArray product = a.get(i).mul(b.get(i));
          NDArray total = product.sum()) {
        sum += total.toDoubleArray()[0];
      }
    }
    return sum;
  }

  /** Sets a parameter to values in float64. */
  private static void move(NDArray parameter, NDArray values) {
    try (NDArray cast = values.toType(parameter.getDataType(), true)) {
      Torch.copy(cast, parameter);
    }
  }

  /** ∇L(θ + εv) in float64, which belongs to the owner. */
  private List<NDArray> gradient(
      List<NDArray> centre, List<NDArray> v, double epsilon, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      for (int i = 0; i < centre.size(); i++) {
        NDArray moved = v.get(i).mul(epsilon);
        moved.attach(scope);
        move(parameters.get(i), moved.addi(centre.get(i)));
      }
      List<NDArray> found =
          Torch.withGradient(
              () ->
                  Torch.gradients(objective.loss(step(scope)).terms().values(), parameters, 1)
                      .gradients());
      List<NDArray> kept = found.stream().map(array -> copy(array, scope)).toList();
      kept.forEach(array -> array.attach(owner));
      return kept;
    }
  }

  private Step<FiniteContext> step(NDManager scope) {
    ParameterStore store = new ParameterStore(scope, false);
    Networks networks =
        new Networks() {

          @Override
          public NDArray phi(NDArray rows) {
            NDArray lent = Torch.within(rows, scope);
            return encoder.forward(store, new NDList(lent), false).singletonOrThrow();
          }

          @Override
          public NDArray psi(NDArray rows) {
            throw new IllegalStateException("expected an objective of one encoder on inputs");
          }

          @Override
          public NDArray head(String name, NDArray inputs) {
            throw new IllegalStateException("expected an objective without heads");
          }
        };
    return new Step<>(
        context,
        context.points(),
        Weights.all(context),
        networks,
        State.of(objective.state(context, outputs, scope)),
        Seed.of(0).generator(),
        1);
  }
}
