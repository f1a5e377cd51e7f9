package ai.contexture.encoder;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.Layers;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;

/**
 * One layer of a transformer, which mixes the vectors [b, t, w] of each row: h + A(N(h)) and then h
 * + F(N(h)), with attention A in some heads, F a hidden layer of twice the width with GELU, and N a
 * normalisation of each vector.
 */
final class TransformerLayer {

  private final int width;
  private final int heads;
  private final double dropout;
  private final Network.Norm beforeAttention;
  private final Network.Linear attention;
  private final Network.Linear mix;
  private final Network.Norm beforeHidden;
  private final Network.Linear hidden;
  private final Network.Linear back;

  /**
   * Adds the parameters of a layer to a network.
   *
   * @param name what the names of its parameters begin with
   */
  TransformerLayer(Network network, String name, int width, int heads, double dropout) {
    this.width = width;
    this.heads = heads;
    this.dropout = dropout;
    beforeAttention = network.new Norm(name + "_attention_norm", Normalisation.LAYER);
    attention = network.new Linear(name + "_attention");
    mix = network.new Linear(name + "_mix");
    beforeHidden = network.new Norm(name + "_hidden_norm", Normalisation.LAYER);
    hidden = network.new Linear(name + "_hidden");
    back = network.new Linear(name + "_back");
  }

  /** Requires positive sizes, heads that divide the width, and a share. */
  static void require(String encoder, int width, int depth, int heads, double dropout) {
    if (width < 1 || depth < 1 || heads < 1 || width % heads != 0) {
      throw new InputException(
          Text.format(
              "%s: expected a width, depth and number of heads of at least 1, and a width that the"
                  + " heads divide, got width=%d, depth=%d, heads=%d",
              encoder, width, depth, heads));
    }
    Mlp.Options.requireShare(encoder, dropout);
  }

  /** Gives the parameters their shapes. */
  void shape() {
    beforeAttention.shape(width);
    attention.shape(3L * width, width);
    mix.shape(width, width);
    beforeHidden.shape(width);
    hidden.shape(2L * width, width);
    back.shape(width, 2L * width);
  }

  /** Mixes vectors [b, t, w]. */
  NDArray apply(NDArray h, Network.Pass pass) {
    NDArray seen = normalised(beforeAttention, h, pass);
    NDArray mixed =
        Layers.attention(seen, attention.weight(seen, pass), attention.bias(seen, pass), heads);
    NDArray once = h.add(pass.dropout(mix.apply(mixed, pass), dropout));
    NDArray inner = hidden.apply(normalised(beforeHidden, once, pass), pass);
    NDArray change = back.apply(Activation.gelu(inner), pass);
    return once.add(pass.dropout(change, dropout));
  }

  /** Normalises each vector of [b, t, w]. */
  static NDArray normalised(Network.Norm norm, NDArray h, Network.Pass pass) {
    Shape shape = h.getShape();
    return norm.apply(h.reshape(-1, shape.get(2)), pass).reshape(shape);
  }
}
