package ai.contexture.encoder;

import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A fully connected network: {@code depth} hidden layers of equal width, then one linear layer.
 *
 * <p>h_1 = σ(W_1 x + b_1), h_i = h_{i−1} + σ(W_i h_{i−1} + b_i) with skip connections (without:
 * σ(W_i h_{i−1} + b_i)), output W h_depth + b. Rows [b, p] go to outputs [b, d₁]. Parameters start
 * uniformly in ±1/√inputs of their layer.
 */
public final class Mlp extends AbstractBlock {

  private static final byte VERSION = 1;

  /**
   * The shape of the network.
   *
   * @param width outputs of each hidden layer
   * @param depth number of hidden layers
   * @param activation σ
   * @param skip whether hidden layers after the first add to their input
   */
  public record Options(int width, int depth, Activation activation, boolean skip)
      implements EncoderFactory {

    /** Three hidden layers of width 512, tanh, with skip connections. */
    public static final Options DEFAULT = new Options(512, 3, Activation.TANH, true);

    /** Requires a width and a depth of at least 1. */
    public Options {
      if (width < 1 || depth < 1) {
        throw new InputException(
            Text.format(
                "mlp: expected width and depth of at least 1, got width=%d, depth=%d",
                width, depth));
      }
    }

    static Options of(SpecOptions options) {
      return new Options(
          options.integer("width", DEFAULT.width, 1, 65_536),
          options.integer("depth", DEFAULT.depth, 1, 1_000),
          options.choice("activation", DEFAULT.activation),
          options.flag("skip", DEFAULT.skip));
    }

    @Override
    public Mlp build(int outputs, Seed seed) {
      return new Mlp(this, outputs, seed);
    }

    @Override
    public String toString() {
      return Text.format(
          "mlp(width=%d,depth=%d,activation=%s,skip=%s)",
          width, depth, activation.name().toLowerCase(Locale.ROOT), skip);
    }
  }

  private final Options options;
  private final int outputs;
  private final Seed seed;
  private final List<Parameter> weights = new ArrayList<>();
  private final List<Parameter> biases = new ArrayList<>();

  private Mlp(Options options, int outputs, Seed seed) {
    super(VERSION);
    this.options = options;
    this.outputs = outputs;
    this.seed = seed;
    for (int layer = 0; layer <= options.depth; layer++) {
      String name = layer == options.depth ? "output" : "hidden" + (layer + 1);
      weights.add(addParameter(parameter(name + "_weight", Parameter.Type.WEIGHT)));
      biases.add(addParameter(parameter(name + "_bias", Parameter.Type.BIAS)));
    }
  }

  private static Parameter parameter(String name, Parameter.Type type) {
    return Parameter.builder().setName(name).setType(type).build();
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray h = inputs.singletonOrThrow();
    for (int layer = 0; layer <= options.depth; layer++) {
      NDArray weight = store.getValue(weights.get(layer), h.getDevice(), training);
      NDArray bias = store.getValue(biases.get(layer), h.getDevice(), training);
      NDArray linear = Linear.linear(h, weight, bias).singletonOrThrow();
      if (layer == options.depth) {
        return new NDList(linear);
      }
      NDArray activated = options.activation.apply(linear);
      h = layer > 0 && options.skip ? h.add(activated) : activated;
    }
    throw new AssertionError();
  }

  @Override
  protected void prepare(Shape[] inputShapes) {
    long inputs = inputShapes[0].get(inputShapes[0].dimension() - 1);
    for (int layer = 0; layer <= options.depth; layer++) {
      long rows = layer == options.depth ? outputs : options.width;
      shape(weights.get(layer), new Shape(rows, inputs), inputs);
      shape(biases.get(layer), new Shape(rows), inputs);
      inputs = rows;
    }
  }

  private void shape(Parameter parameter, Shape shape, long inputs) {
    parameter.setShape(shape);
    parameter.setInitializer(new FanInUniform(inputs, seed.derive(parameter.getName())));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(inputShapes[0].get(0), outputs)};
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
