package ai.contexture.encoder;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A small residual network for images, as those for 32×32 pixels [He et al. 2016, §4.2].
 *
 * <p>A convolution 3×3 that keeps the size, then {@code stages} of {@code depth} residual blocks
 * with width, 2 · width, 4 · width and so on channels; each stage but the first halves the image.
 * Of width 64 and four stages, ResNet-10 has depth 1 and ResNet-18 depth 2. A block is h + N(W₂ *
 * r(N(W₁ * h))) behind r = max(0, ·), N a normalisation; where the size changes, h goes through a
 * convolution 1×1. The mean over the pixels goes through one linear layer. Rows [b, c·h·w] are
 * images, channel after channel and line after line, and go to outputs [b, d₁]. Parameters start
 * uniformly in ±1/√inputs of their layer.
 */
public final class ResNet extends Network {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of(
              "resnet", "a residual convolutional network, for images", Options::of)
          .option("shape", Images.MEANING)
          .option("width", "channels in the first stage")
          .option("depth", "residual blocks in each stage")
          .option(
              "stages",
              "stages, each but the first with twice the channels and half the size;"
                  + " resnet(width=64,depth=2,stages=4) is ResNet-18, depth=1 ResNet-10")
          .option("dropout", "the share of the last layer's inputs dropped in training")
          .option("norm", "normalisation within blocks: none, over the batch, or over each row");

  private static final int STAGES = 3;

  private static final int MOST_STAGES = 6;

  /**
   * What the network needs to know.
   *
   * @param shape of the images, at least 4×4; empty where the data tell it, see {@link #forImages}
   * @param width channels of the first stage
   * @param depth blocks of each stage
   * @param stages how many stages
   * @param dropout the share of the mean over the pixels that training drops
   * @param norm what is normalised before each rectifier
   */
  public record Options(
      Optional<ImageShape> shape,
      int width,
      int depth,
      int stages,
      double dropout,
      Normalisation norm)
      implements EncoderFactory {

    /** Requires images of at least 4×4, and a width, depth and number of stages of at least 1. */
    public Options {
      Images.requireAtLeast("resnet", 4, shape);
      if (width < 1 || depth < 1 || stages < 1 || stages > MOST_STAGES) {
        throw new InputException(
            Text.format(
                "resnet: expected width and depth of at least 1 and 1 to %d stages, got width=%d,"
                    + " depth=%d, stages=%d",
                MOST_STAGES, width, depth, stages));
      }
      Mlp.Options.requireShare("resnet", dropout);
    }

    static Options of(SpecOptions options) {
      return new Options(
          Images.shape(options),
          options.integer("width", 16, 1, 4096),
          options.integer("depth", 1, 1, 1_000),
          options.integer("stages", STAGES, 1, MOST_STAGES),
          options.number("dropout", 0, 0, 1),
          options.choice("norm", Normalisation.BATCH));
    }

    @Override
    public Options forImages(ImageShape images) {
      return shape.isPresent()
          ? this
          : new Options(Optional.of(images), width, depth, stages, dropout, norm);
    }

    @Override
    public ResNet build(int outputs, Seed seed) {
      return new ResNet(this, outputs, seed);
    }

    @Override
    public String toString() {
      return Text.format(
          "resnet(%swidth=%d,depth=%d%s%s)",
          Images.text(shape),
          width,
          depth,
          stages == STAGES ? "" : ",stages=" + stages,
          Mlp.Options.text(dropout, norm, Normalisation.BATCH));
    }
  }

  /** Two convolutions and what leads around them. */
  private final class Residual {

    private final long inputs;
    private final long channels;
    private final Convolution first;
    private final Norm firstNorm;
    private final Convolution second;
    private final Norm secondNorm;
    private final Convolution around;

    Residual(String name, long inputs, long channels, int stride) {
      this.inputs = inputs;
      this.channels = channels;
      first = new Convolution(name + "_first", 3, stride);
      firstNorm = new Norm(name + "_first_norm", options.norm);
      second = new Convolution(name + "_second", 3, 1);
      secondNorm = new Norm(name + "_second_norm", options.norm);
      around = inputs == channels ? null : new Convolution(name + "_around", 1, stride);
    }

    void shape() {
      first.shape(channels, inputs);
      firstNorm.shape(channels);
      second.shape(channels, channels);
      secondNorm.shape(channels);
      if (around != null) {
        around.shape(channels, inputs);
      }
    }

    NDArray apply(NDArray h, Pass pass) {
      NDArray inner = Activation.relu(firstNorm.apply(first.apply(h, pass), pass));
      NDArray change = secondNorm.apply(second.apply(inner, pass), pass);
      NDArray kept = around == null ? h : around.apply(h, pass);
      return Activation.relu(kept.add(change));
    }
  }

  private final Options options;
  private final ImageShape shape;
  private final Convolution stem;
  private final Norm stemNorm;
  private final List<Residual> blocks = new ArrayList<>();
  private final Linear output;

  private ResNet(Options options, int outputs, Seed seed) {
    super(outputs, seed);
    this.options = options;
    shape = Images.require("resnet", options.shape);
    stem = new Convolution("stem", 3, 1);
    stemNorm = new Norm("stem_norm", options.norm);
    long inputs = options.width;
    for (int stage = 0; stage < options.stages; stage++) {
      long channels = (long) options.width << stage;
      for (int block = 0; block < options.depth; block++) {
        String name = "stage" + (stage + 1) + "_block" + (block + 1);
        blocks.add(new Residual(name, inputs, channels, stage > 0 && block == 0 ? 2 : 1));
        inputs = channels;
      }
    }
    output = new Linear("output");
  }

  @Override
  NDArray forward(NDArray rows, Pass pass) {
    NDArray images = Images.of(rows, shape);
    NDArray h = Activation.relu(stemNorm.apply(stem.apply(images, pass), pass));
    for (Residual block : blocks) {
      h = block.apply(h, pass);
    }
    Shape last = h.getShape();
    NDArray mean = h.reshape(last.get(0), last.get(1), -1).mean(new int[] {2});
    return output.apply(pass.dropout(mean, options.dropout), pass);
  }

  @Override
  void shape(long n, long p) {
    shape.requireInputs(p);
    stem.shape(options.width, shape.channels());
    stemNorm.shape(options.width);
    blocks.forEach(Residual::shape);
    output.shape(outputs(), (long) options.width << (options.stages - 1));
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
