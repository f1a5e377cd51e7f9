package ai.contexture.encoder;

import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Perceptron;
import ai.djl.ndarray.NDArray;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fully connected network: {@code depth} hidden layers of equal width, then one linear layer.
 *
 * <p>h_1 = σ(W_1 x + b_1), h_i = h_{i−1} + σ(W_i h_{i−1} + b_i) with skip connections (without:
 * σ(W_i h_{i−1} + b_i)), output W h_depth + b. Rows [b, p] go to outputs [b, d₁]. Parameters start
 * uniformly in ±1/√inputs of their layer. What goes into σ may be normalised, and a share of what
 * comes out dropped in training.
 */
public final class Mlp extends Network implements ExplicitGradient {

  static final String DROPOUT = "the share of a layer's outputs that training drops";
  static final String NORM = "what is normalised before σ: nothing, the batch or each row";
  static final String ACTIVATION = "σ, what each hidden number goes through";

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of("mlp", "a fully connected network, for tables", Options::of)
          .option("width", "units in each hidden layer")
          .option("depth", "how many hidden layers")
          .option("activation", ACTIVATION)
          .option("skip", "whether each hidden layer adds to the one before (skip connections)")
          .option("dropout", DROPOUT)
          .option("norm", NORM);

  /**
   * The shape of the network.
   *
   * @param width outputs of each hidden layer
   * @param depth number of hidden layers
   * @param activation σ
   * @param skip whether hidden layers after the first add to their input
   * @param dropout the share of each hidden layer's outputs that training drops
   * @param norm what is normalised before σ
   */
  public record Options(
      int width, int depth, Activation activation, boolean skip, double dropout, Normalisation norm)
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
      requireShare("mlp", dropout);
    }

    /** Creates options without dropout and normalisation. */
    public Options(int width, int depth, Activation activation, boolean skip) {
      this(width, depth, activation, skip, 0, Normalisation.NONE);
    }

    static Options of(SpecOptions options) {
      return new Options(
          options.integer("width", DEFAULT.width, 1, 65_536),
          options.integer("depth", DEFAULT.depth, 1, 1_000),
          options.choice("activation", DEFAULT.activation),
          options.flag("skip", DEFAULT.skip),
          options.number("dropout", DEFAULT.dropout, 0, 1),
          options.choice("norm", DEFAULT.norm));
    }

    static void requireShare(String name, double dropout) {
      if (!(dropout >= 0 && dropout < 1)) {
        throw new InputException(
            Text.format(
                "%s: expected dropout from 0 to less than 1, got dropout=%s", name, dropout));
      }
    }

    /** The options that are not as usual, behind a comma. */
    static String text(double dropout, Normalisation norm, Normalisation defaults) {
      return (dropout == 0 ? "" : ",dropout=" + dropout)
          + (norm == defaults ? "" : ",norm=" + Constants.text(norm));
    }

    @Override
    public Mlp build(int outputs, Seed seed) {
      return new Mlp(this, outputs, seed);
    }

    @Override
    public String toString() {
      return Text.format(
          "mlp(width=%d,depth=%d,activation=%s,skip=%s%s)",
          width, depth, Constants.text(activation), skip, text(dropout, norm, Normalisation.NONE));
    }
  }

  private final Options options;
  private final List<Linear> hidden = new ArrayList<>();
  private final List<Norm> norms = new ArrayList<>();
  private final Linear output;

  private Mlp(Options options, int outputs, Seed seed) {
    super(outputs, seed);
    this.options = options;
    for (int layer = 1; layer <= options.depth; layer++) {
      hidden.add(new Linear("hidden" + layer));
      norms.add(new Norm("norm" + layer, options.norm));
    }
    output = new Linear("output");
  }

  @Override
  NDArray forward(NDArray rows, Pass pass) {
    if (isPlain() && !pass.rounds()) {
      return perceptron(rows, pass).outputs(rows);
    }
    NDArray h = rows;
    for (int layer = 0; layer < options.depth; layer++) {
      NDArray linear = norms.get(layer).apply(hidden.get(layer).apply(h, pass), pass);
      NDArray activated = pass.dropout(options.activation.apply(linear), options.dropout);
      h = layer > 0 && options.skip ? h.add(activated) : activated;
    }
    return output.apply(h, pass);
  }

  private boolean isPlain() {
    return options.dropout == 0 && options.norm == Normalisation.NONE;
  }

  private Perceptron perceptron(NDArray rows, Pass pass) {
    List<Linear> layers = new ArrayList<>(hidden);
    layers.add(output);
    return new Perceptron(
        layers.stream().map(layer -> layer.weight(rows, pass)).toList(),
        layers.stream().map(layer -> layer.bias(rows, pass)).toList(),
        options.activation.scripted(),
        options.skip);
  }

  @Override
  public Optional<Unrecorded> unrecorded(ParameterStore store, NDArray rows) {
    if (!isPlain()) {
      return Optional.empty();
    }
    Perceptron perceptron = perceptron(rows, new Pass(store, true, null, null));
    List<NDArray> parameters = new ArrayList<>(perceptron.weights());
    parameters.addAll(perceptron.biases());
    Perceptron.Pass made = perceptron.pass(rows);
    return Optional.of(new Unrecorded(parameters, made.outputs(), made::pullback));
  }

  @Override
  void shape(long n, long p) {
    for (int layer = 0; layer < options.depth; layer++) {
      hidden.get(layer).shape(options.width, layer == 0 ? p : options.width);
      norms.get(layer).shape(options.width);
    }
    output.shape(outputs(), options.width);
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
