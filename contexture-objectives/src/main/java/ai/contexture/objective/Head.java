package ai.contexture.objective;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A small network that a loss needs beside the encoders, such as a projector, predictor or decoder.
 *
 * <p>The trainer makes its parameters and trains them with the encoders'; the representation does
 * without it. Layers are linear, with ReLU between them. Without inputs, widths (0, k), it is k
 * free numbers.
 *
 * @param name of the head, and of its parameters
 * @param widths the number of inputs, of each hidden layer's outputs, and of outputs
 * @param standardised whether hidden layers are standardised over the batch before their ReLU
 *     (batch normalisation without a learned scale)
 * @param start where free numbers start; other parameters start uniformly in ±1/√inputs of their
 *     layer
 */
public record Head(String name, List<Integer> widths, boolean standardised, double start) {

  /** Keeps a hidden output that does not vary from being divided by zero, as in PyTorch. */
  private static final double EPSILON = 1e-5;

  /** Requires at least an input and an output width. */
  public Head {
    widths = List.copyOf(widths);
    boolean numbers = widths.size() == 2 && widths.get(0) == 0;
    int least = widths.stream().skip(numbers ? 1 : 0).mapToInt(w -> w).min().orElse(0);
    if (widths.size() < 2 || least < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "head '%s': expected widths of at least 1 for inputs and outputs, got %s",
              name, widths));
    }
  }

  /** Returns a linear layer. */
  public static Head linear(String name, int inputs, int outputs) {
    return new Head(name, List.of(inputs, outputs), false, 0);
  }

  /** Returns a number that is learned, given its first value. */
  public static Head number(String name, double start) {
    return new Head(name, List.of(0, 1), false, start);
  }

  /**
   * Returns fresh parameters by name, weights [outputs, inputs] and biases [outputs] of each layer.
   *
   * @param type float32 or float64
   * @param owner the manager of the parameters
   */
  public Map<String, NDArray> parameters(DataType type, Seed seed, NDManager owner) {
    Map<String, NDArray> made = new LinkedHashMap<>();
    for (int layer = 1; layer < widths.size(); layer++) {
      int inputs = widths.get(layer - 1);
      int outputs = widths.get(layer);
      if (inputs > 0) {
        String name = "weight" + layer;
        made.put(name, uniform(new Shape(outputs, inputs), inputs, type, seed.derive(name), owner));
      }
      String name = "bias" + layer;
      made.put(name, uniform(new Shape(outputs), inputs, type, seed.derive(name), owner));
    }
    return made;
  }

  private NDArray uniform(Shape shape, int inputs, DataType type, Seed seed, NDManager owner) {
    double[] values = new double[Math.toIntExact(shape.size())];
    if (inputs == 0) {
      Arrays.fill(values, start);
    } else {
      RandomGenerator random = seed.generator();
      double bound = 1 / Math.sqrt(inputs);
      Arrays.setAll(values, i -> random.nextDouble(-bound, bound));
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray made = Torch.cast(scope.create(values, shape), type).duplicate();
      made.attach(owner);
      return made;
    }
  }

  /**
   * Returns the outputs [b, outputs], or the free numbers [outputs].
   *
   * @param inputs [b, inputs], whose manager owns the result; null for free numbers
   * @param parameters those that {@link #parameters} made, by name
   * @param owner the manager of the result
   */
  public NDArray apply(NDArray inputs, Map<String, NDArray> parameters, NDManager owner) {
    if (widths.get(0) == 0) {
      NDArray bias = parameters.get("bias1");
      NDArray numbers = Torch.within(bias, owner);
      return numbers;
    }
    NDArray h = Torch.within(inputs, owner);
    for (int layer = 1; layer < widths.size(); layer++) {
      NDArray weight = parameters.get("weight" + layer);
      h = Linear.linear(h, weight, parameters.get("bias" + layer)).singletonOrThrow();
      if (layer < widths.size() - 1) {
        h = Activation.relu(standardised ? standardise(h) : h);
      }
    }
    return h;
  }

  private static NDArray standardise(NDArray h) {
    NDArray centred = h.sub(Torch.columnMeans(h));
    return centred.div(Torch.plus(Torch.columnMeans(centred.square()), EPSILON).sqrt());
  }

  /** Returns this head under another name. */
  Head named(String name) {
    return new Head(name, widths, standardised, start);
  }
}
