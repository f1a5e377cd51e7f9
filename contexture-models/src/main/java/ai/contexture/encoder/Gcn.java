package ai.contexture.encoder;

import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph convolutional network [Kipf and Welling 2017]: H_1 = ReLU(S X W_1 + b_1), …, output S
 * H_{layers−1} W + b, with the normalised weights of edges S and the features X of the nodes.
 *
 * <p>Rows that are nodes [b, 2] go to outputs [b, d₁]. The outputs of a node depend on those around
 * it, as many steps away as there are layers. Weights start as Glorot and Bengio say, offsets at 0.
 */
public final class Gcn extends GraphNetwork {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of(
              "gcn",
              "a graph convolutional network, which mixes each node with its neighbours",
              Options::of)
          .option("width", "units in each hidden layer")
          .option("layers", "how many layers, which is how many steps along edges")
          .option("normalise", "how edge weights are normalised: sym by both degrees, walk by one")
          .option("dropout", "the share of hidden outputs dropped in training");

  /**
   * The shape of the network.
   *
   * @param width outputs of each hidden layer
   * @param layers how many layers, the last one included
   * @param normalise how the weights of edges are divided
   * @param dropout the share of each hidden layer's outputs that training drops
   * @param graph what it reads; null until {@link #forGraph} says
   */
  public record Options(
      int width, int layers, GraphInputs.Normalise normalise, double dropout, GraphInputs graph)
      implements EncoderFactory {

    /** Two layers, the hidden one of width 512. */
    public static final Options DEFAULT = new Options(512, 2, GraphInputs.Normalise.SYM, 0, null);

    /** Requires a width and a layer of at least 1. */
    public Options {
      if (width < 1 || layers < 1) {
        throw new InputException(
            Text.format(
                "gcn: expected width and layers of at least 1, got width=%d, layers=%d",
                width, layers));
      }
      Mlp.Options.requireShare("gcn", dropout);
    }

    static Options of(SpecOptions options) {
      return new Options(
          options.integer("width", DEFAULT.width, 1, 65_536),
          options.integer("layers", DEFAULT.layers, 1, 100),
          options.choice("normalise", DEFAULT.normalise),
          options.number("dropout", DEFAULT.dropout, 0, 1),
          null);
    }

    @Override
    public boolean readsGraph() {
      return true;
    }

    @Override
    public Options forGraph(GraphInputs inputs) {
      return new Options(width, layers, normalise, dropout, inputs);
    }

    @Override
    public Gcn build(int outputs, Seed seed) {
      return new Gcn(this, outputs, seed);
    }

    @Override
    public String toString() {
      return "gcn(width="
          + width
          + ",layers="
          + layers
          + ",normalise="
          + Constants.text(normalise)
          + (dropout == 0 ? "" : ",dropout=" + dropout)
          + ")";
    }
  }

  private final Options options;
  private final List<Parameter> weights = new ArrayList<>();
  private final List<Parameter> biases = new ArrayList<>();

  private Gcn(Options options, int outputs, Seed seed) {
    super(outputs, seed, options.normalise, options.graph);
    this.options = options;
    for (int i = 1; i <= options.layers; i++) {
      weights.add(add("layer" + i + "_weight", Parameter.Type.WEIGHT, true));
      biases.add(add("layer" + i + "_bias", Parameter.Type.BIAS, true));
    }
  }

  @Override
  void shape(long p) {
    long inputs = p;
    for (int i = 0; i < options.layers; i++) {
      long outputs = i + 1 == options.layers ? outputs() : options.width;
      glorot(weights.get(i), inputs, outputs);
      constant(biases.get(i), 0, outputs);
      inputs = outputs;
    }
  }

  @Override
  NDArray forward(GraphInputs.Seen seen, NDArray like, Pass pass) {
    NDArray h = null;
    for (int i = 0; i < options.layers; i++) {
      NDArray weight = lent(weights.get(i), like, pass);
      NDArray mapped = h == null ? seen.features().times(weight) : h.matMul(weight);
      h = seen.propagation().times(mapped).add(lent(biases.get(i), like, pass));
      if (i + 1 < options.layers) {
        h = pass.dropout(Activation.RELU.apply(h), options.dropout);
      }
    }
    return h;
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
