package ai.contexture.encoder;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;
import java.util.Optional;

/**
 * LeNet-5 for images [LeCun et al. 1998]: two convolutions 5×5 with 6 and 16 channels, each
 * followed by σ and the largest of 2×2, then hidden layers of 120 and 84 and one linear layer.
 *
 * <p>Rows [b, c·h·w] are images, channel after channel and line after line, and go to outputs [b,
 * d₁]. Against the original, both convolutions keep the size, so that small images do, and pooling
 * takes the largest. Parameters start uniformly in ±1/√inputs of their layer.
 */
public final class LeNet extends Network {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of(
              "lenet", "a small convolutional network, for images", Options::of)
          .option("shape", Images.MEANING)
          .option("activation", Mlp.ACTIVATION)
          .option("dropout", "the share of hidden outputs dropped in training")
          .option("norm", Mlp.NORM);

  private static final int[] CHANNELS = {6, 16};
  private static final int[] WIDTHS = {120, 84};

  /**
   * What the network needs to know.
   *
   * @param shape of the images, at least 4×4; empty where the data tell it, see {@link #forImages}
   * @param activation σ
   * @param dropout the share of the two hidden layers' outputs that training drops
   * @param norm what is normalised before σ
   */
  public record Options(
      Optional<ImageShape> shape, Activation activation, double dropout, Normalisation norm)
      implements EncoderFactory {

    /** Requires images of at least 4×4. */
    public Options {
      Images.requireAtLeast("lenet", 4, shape);
      Mlp.Options.requireShare("lenet", dropout);
    }

    static Options of(SpecOptions options) {
      return new Options(
          Images.shape(options),
          options.choice("activation", Activation.TANH),
          options.number("dropout", 0, 0, 1),
          options.choice("norm", Normalisation.NONE));
    }

    @Override
    public Options forImages(ImageShape images) {
      return shape.isPresent() ? this : new Options(Optional.of(images), activation, dropout, norm);
    }

    @Override
    public LeNet build(int outputs, Seed seed) {
      return new LeNet(this, outputs, seed);
    }

    @Override
    public String toString() {
      return Text.format(
          "lenet(%sactivation=%s%s)",
          Images.text(shape),
          Constants.text(activation),
          Mlp.Options.text(dropout, norm, Normalisation.NONE));
    }
  }

  private final Options options;
  private final ImageShape shape;
  private final Convolution[] convolutions = new Convolution[CHANNELS.length];
  private final Linear[] hidden = new Linear[WIDTHS.length];
  private final Norm[] norms = new Norm[CHANNELS.length + WIDTHS.length];
  private final Linear output;

  private LeNet(Options options, int outputs, Seed seed) {
    super(outputs, seed);
    this.options = options;
    shape = Images.require("lenet", options.shape);
    for (int i = 0; i < CHANNELS.length; i++) {
      convolutions[i] = new Convolution("convolution" + (i + 1), 5, 1);
      norms[i] = new Norm("norm" + (i + 1), options.norm);
    }
    for (int i = 0; i < WIDTHS.length; i++) {
      hidden[i] = new Linear("hidden" + (i + 1));
      norms[CHANNELS.length + i] = new Norm("norm" + (CHANNELS.length + i + 1), options.norm);
    }
    output = new Linear("output");
  }

  @Override
  NDArray forward(NDArray rows, Pass pass) {
    NDArray h = Images.of(rows, shape);
    Shape two = new Shape(2, 2);
    for (int i = 0; i < CHANNELS.length; i++) {
      NDArray z = norms[i].apply(convolutions[i].apply(h, pass), pass);
      h = Pool.maxPool2d(options.activation.apply(z), two, two, new Shape(0, 0), false);
    }
    h = h.reshape(h.getShape().get(0), -1);
    for (int i = 0; i < WIDTHS.length; i++) {
      NDArray z = norms[CHANNELS.length + i].apply(hidden[i].apply(h, pass), pass);
      h = pass.dropout(options.activation.apply(z), options.dropout);
    }
    return output.apply(h, pass);
  }

  @Override
  void shape(long n, long p) {
    shape.requireInputs(p);
    long before = shape.channels();
    for (int i = 0; i < CHANNELS.length; i++) {
      convolutions[i].shape(CHANNELS[i], before);
      norms[i].shape(CHANNELS[i]);
      before = CHANNELS[i];
    }
    before *= (long) (shape.height() / 4) * (shape.width() / 4);
    for (int i = 0; i < WIDTHS.length; i++) {
      hidden[i].shape(WIDTHS[i], before);
      norms[CHANNELS.length + i].shape(WIDTHS[i]);
      before = WIDTHS[i];
    }
    output.shape(outputs(), before);
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
