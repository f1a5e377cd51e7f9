package ai.contexture.encoder;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Layers;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A transformer over the columns of a table, FT-Transformer [Gorishniy et al. 2021].
 *
 * <p>Each column is a vector: a number times a learned direction, or, of a nominal column, the
 * embedding of its name (the one-hot inputs of the column times a matrix), plus a learned shift.
 * One learned vector more stands in front. {@code depth} layers of {@link TransformerLayer} follow.
 * The first vector, normalised, goes through max(0, ·) and one linear layer. Rows [b, p] go to
 * outputs [b, d₁]. Parameters start uniformly in ±1/√inputs of their layer.
 */
public final class FtTransformer extends Network {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of(
              "fttransformer", "a transformer over the columns of a table", Options::of)
          .option("width", "the length of each column's vector, a multiple of heads")
          .option("depth", "how many layers")
          .option("heads", "how many attention heads")
          .option("dropout", Mlp.DROPOUT);

  /**
   * The shape of the network.
   *
   * @param width of the vector of a column
   * @param depth how often vectors are mixed
   * @param heads of the attention, a divisor of the width
   * @param dropout the share of numbers that training drops from what is added to the vectors
   * @param groups the group of each input, counted from 0; null for a group of its own for each
   */
  public record Options(int width, int depth, int heads, double dropout, List<Integer> groups)
      implements EncoderFactory {

    /** Requires positive sizes, and that the heads divide the width. */
    public Options {
      TransformerLayer.require("fttransformer", width, depth, heads, dropout);
    }

    static Options of(SpecOptions options) {
      return new Options(
          options.integer("width", 64, 1, 65_536),
          options.integer("depth", 2, 1, 1_000),
          options.integer("heads", 4, 1, 1_024),
          options.number("dropout", 0, 0, 1),
          null);
    }

    @Override
    public FtTransformer build(int outputs, Seed seed) {
      return new FtTransformer(this, outputs, seed);
    }

    @Override
    public Options forGroups(int... groups) {
      return new Options(width, depth, heads, dropout, Arrays.stream(groups).boxed().toList());
    }

    @Override
    public String toString() {
      return Text.format(
          "fttransformer(width=%d,depth=%d,heads=%d%s)",
          width, depth, heads, Mlp.Options.text(dropout, Normalisation.LAYER, Normalisation.LAYER));
    }
  }

  private final Options options;
  private final Parameter embedding;
  private final Parameter shift;
  private final Parameter first;
  private final Parameter groups;
  private final List<TransformerLayer> layers = new ArrayList<>();
  private final Norm lastNorm;
  private final Linear output;

  private FtTransformer(Options options, int outputs, Seed seed) {
    super(outputs, seed);
    this.options = options;
    embedding = add("embedding", Parameter.Type.WEIGHT, true);
    shift = add("shift", Parameter.Type.BIAS, true);
    first = add("first", Parameter.Type.BIAS, true);
    groups = add("groups", Parameter.Type.OTHER, false);
    for (int i = 1; i <= options.depth; i++) {
      layers.add(
          new TransformerLayer(this, "layer" + i, options.width, options.heads, options.dropout));
    }
    lastNorm = new Norm("last_norm", Normalisation.LAYER);
    output = new Linear("output");
  }

  @Override
  NDArray forward(NDArray rows, Pass pass) {
    NDArray h =
        Layers.tokens(
            rows,
            pass.value(embedding, rows),
            pass.value(shift, rows),
            pass.value(groups, rows),
            pass.value(first, rows));
    for (TransformerLayer layer : layers) {
      h = layer.apply(h, pass);
    }
    NDArray last = lastNorm.apply(h.get(":, 0"), pass);
    return output.apply(Activation.relu(last), pass);
  }

  @Override
  void shape(long n, long p) {
    int[] of =
        options.groups == null
            ? IntStream.range(0, Math.toIntExact(p)).toArray()
            : options.groups.stream().mapToInt(Integer::intValue).toArray();
    if (of.length != p) {
      throw new IllegalArgumentException(
          "groups: expected one for each of " + p + " inputs, got " + of.length);
    }
    long w = options.width;
    long columns = 1L + Arrays.stream(of).max().orElseThrow();
    uniform(embedding, 1, p, w);
    uniform(shift, w, columns, w);
    uniform(first, w, w);
    groups.setShape(new Shape(p));
    groups.setInitializer(
        (manager, shape, type) ->
            manager.create(Arrays.stream(of).asLongStream().toArray()).duplicate());
    layers.forEach(TransformerLayer::shape);
    lastNorm.shape(w);
    output.shape(outputs(), w);
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
