package ai.contexture.encoder;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A vision transformer for images [Dosovitskiy et al. 2021].
 *
 * <p>An image is cut into patches of {@code patch} × {@code patch} pixels; each becomes a vector of
 * {@code width} numbers by one linear layer, to which a learned vector of its place is added.
 * {@code depth} layers of {@link TransformerLayer} follow. The mean of the normalised vectors goes
 * through one linear layer [Zhai et al. 2022, who found a mean no worse than a vector of its own].
 * Rows [b, c·h·w] are images, channel after channel and line after line, and go to outputs [b, d₁].
 * Parameters start uniformly in ±1/√inputs of their layer.
 */
public final class Vit extends Network {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of("vit", "a transformer over the patches of images", Options::of)
          .option("shape", Images.MEANING)
          .option("patch", "the pixels of a patch each way, which divide height and width")
          .option("width", "the length of each patch's vector, a multiple of heads")
          .option("depth", "how many layers")
          .option("heads", "how many attention heads")
          .option("dropout", Mlp.DROPOUT);

  /**
   * What the network needs to know.
   *
   * @param shape of the images; empty where the data tell it, see {@link #forImages}
   * @param patch pixels of a patch each way, a divisor of height and width
   * @param width of the vector of a patch
   * @param depth how often vectors are mixed
   * @param heads of the attention, a divisor of the width
   * @param dropout the share of numbers that training drops from what is added to the vectors
   */
  public record Options(
      Optional<ImageShape> shape, int patch, int width, int depth, int heads, double dropout)
      implements EncoderFactory {

    /** Requires positive sizes, heads that divide the width, and patches that fill the images. */
    public Options {
      TransformerLayer.require("vit", width, depth, heads, dropout);
      if (patch < 1 || !shape.map(known -> isFilled(known, patch)).orElse(true)) {
        throw new InputException(
            Text.format(
                "vit: expected patches that fill the images%s, got patch=%d",
                shape.map(known -> " of " + known).orElse(""), patch));
      }
    }

    private static boolean isFilled(ImageShape shape, int patch) {
      return shape.height() % patch == 0 && shape.width() % patch == 0;
    }

    static Options of(SpecOptions options) {
      return new Options(
          Images.shape(options),
          options.integer("patch", 4, 1, 4096),
          options.integer("width", 64, 1, 65_536),
          options.integer("depth", 4, 1, 1_000),
          options.integer("heads", 4, 1, 1_024),
          options.number("dropout", 0, 0, 1));
    }

    @Override
    public Options forImages(ImageShape images) {
      return shape.isPresent()
          ? this
          : new Options(Optional.of(images), patch, width, depth, heads, dropout);
    }

    @Override
    public Vit build(int outputs, Seed seed) {
      return new Vit(this, outputs, seed);
    }

    @Override
    public String toString() {
      return Text.format(
          "vit(%spatch=%d,width=%d,depth=%d,heads=%d%s)",
          Images.text(shape),
          patch,
          width,
          depth,
          heads,
          Mlp.Options.text(dropout, Normalisation.LAYER, Normalisation.LAYER));
    }
  }

  private final Options options;
  private final ImageShape shape;
  private final Linear embedding;
  private final Parameter places;
  private final List<TransformerLayer> layers = new ArrayList<>();
  private final Norm lastNorm;
  private final Linear output;

  private Vit(Options options, int outputs, Seed seed) {
    super(outputs, seed);
    this.options = options;
    shape = Images.require("vit", options.shape);
    embedding = new Linear("embedding");
    places = add("places", Parameter.Type.BIAS, true);
    for (int i = 1; i <= options.depth; i++) {
      layers.add(
          new TransformerLayer(this, "layer" + i, options.width, options.heads, options.dropout));
    }
    lastNorm = new Norm("last_norm", Normalisation.LAYER);
    output = new Linear("output");
  }

  private int down() {
    return shape.height() / options.patch;
  }

  private int across() {
    return shape.width() / options.patch;
  }

  /** The patches of images, [b, patches, c·patch·patch]. */
  private NDArray patches(NDArray rows) {
    long b = rows.getShape().get(0);
    int k = options.patch;
    return rows.reshape(b, shape.channels(), down(), k, across(), k)
        .transpose(0, 2, 4, 1, 3, 5)
        .reshape(b, (long) down() * across(), (long) shape.channels() * k * k);
  }

  @Override
  NDArray forward(NDArray rows, Pass pass) {
    NDArray h = embedding.apply(patches(rows), pass).add(pass.value(places, rows));
    for (TransformerLayer layer : layers) {
      h = layer.apply(h, pass);
    }
    NDArray mean = TransformerLayer.normalised(lastNorm, h, pass).mean(new int[] {1});
    return output.apply(mean, pass);
  }

  @Override
  void shape(long n, long p) {
    shape.requireInputs(p);
    long w = options.width;
    embedding.shape(w, (long) shape.channels() * options.patch * options.patch);
    uniform(places, w, 1, (long) down() * across(), w);
    layers.forEach(TransformerLayer::shape);
    lastNorm.shape(w);
    output.shape(outputs(), w);
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
