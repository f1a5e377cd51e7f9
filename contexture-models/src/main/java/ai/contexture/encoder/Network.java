package ai.contexture.encoder;

import ai.contexture.random.Seed;
import ai.contexture.torch.Layers;
import ai.contexture.torch.Torch;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.IOException;

/**
 * What the encoders of this package share: rows [b, p] go to outputs [b, d₁], and parameters start
 * from a seed by their names.
 *
 * <p>Dropout takes its seed from the parameter {@link EncoderFactory#SEED} of a forward pass.
 */
abstract class Network extends AbstractBlock {

  private static final byte VERSION = 1;

  private final int outputs;
  private final Seed seed;

  Network(int outputs, Seed seed) {
    super(VERSION);
    this.outputs = outputs;
    this.seed = seed;
  }

  /** The number of outputs d₁. */
  final int outputs() {
    return outputs;
  }

  /** Computes the outputs [b, d₁] of rows [b, p]. */
  abstract NDArray forward(NDArray rows, Pass pass);

  /** Gives the parameters their shapes, for training rows [n, p]. */
  abstract void shape(long n, long p);

  @Override
  protected final NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    Seed drawn = params == null ? null : (Seed) params.get(EncoderFactory.SEED);
    DataType products = params == null ? null : (DataType) params.get(EncoderFactory.PRODUCTS);
    Pass pass = new Pass(store, training, drawn, products);
    return new NDList(forward(inputs.singletonOrThrow(), pass));
  }

  @Override
  protected final void prepare(Shape[] inputShapes) {
    shape(inputShapes[0].get(0), inputShapes[0].get(1));
  }

  @Override
  public final Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(inputShapes[0].get(0), outputs)};
  }

  /**
   * Loads parameters into memory of libtorch's own, as new ones have: in that of Java, which begins
   * at other addresses, some products are rounded in another way.
   */
  @Override
  public final void loadParameters(NDManager manager, DataInputStream stream)
      throws IOException, MalformedModelException {
    super.loadParameters(manager, stream);
    for (Parameter parameter : getDirectParameters().values()) {
      NDArray own = parameter.getArray().duplicate();
      parameter.close();
      parameter.setInitializer((owner, shape, type) -> own);
      parameter.initialize(manager, own.getDataType());
    }
  }

  /** Adds a parameter. */
  final Parameter add(String name, Parameter.Type type, boolean trained) {
    return addParameter(
        Parameter.builder().setName(name).setType(type).optRequiresGrad(trained).build());
  }

  /** Gives a parameter its shape, and values in ±1/√inputs to start from. */
  final void uniform(Parameter parameter, long inputs, long... shape) {
    parameter.setShape(new Shape(shape));
    parameter.setInitializer(new FanInUniform(inputs, seed.derive(parameter.getName())));
  }

  /** Gives a parameter its shape, and one value to start from. */
  static void constant(Parameter parameter, float value, long... shape) {
    parameter.setShape(new Shape(shape));
    parameter.setInitializer((manager, of, type) -> manager.full(of, value, type));
  }

  /** One pass through a network. */
  static final class Pass {

    private final ParameterStore store;
    private final boolean training;
    private final Seed seed;

    /** In what matrices are multiplied; null for the type of the parameters. */
    private final DataType products;

    private int dropouts;

    Pass(ParameterStore store, boolean training, Seed seed, DataType products) {
      this.store = store;
      this.training = training;
      this.seed = seed;
      this.products = products;
    }

    NDArray value(Parameter parameter, NDArray like) {
      return store.getValue(parameter, like.getDevice(), training);
    }

    /** Says whether products are in another type than the parameters. */
    boolean rounds() {
      return products != null;
    }

    /** Applies a product of x and parameters in the type for products; the result is as x. */
    NDArray product(NDArray x, Parameter weight, Parameter bias, Product product) {
      NDArray w = value(weight, x);
      NDArray b = value(bias, x);
      if (products == null) {
        return product.of(x, w, b);
      }
      NDArray lowered = Torch.cast(x, products);
      return Torch.like(product.of(lowered, Torch.like(w, lowered), Torch.like(b, lowered)), x);
    }

    /** Drops a share of the numbers in training. */
    NDArray dropout(NDArray x, double share) {
      if (!training || share == 0) {
        return x;
      }
      if (seed == null) {
        throw new IllegalStateException(
            "dropout in training needs the parameter '" + EncoderFactory.SEED + "', got none");
      }
      return Layers.dropout(x, share, seed.derive(dropouts++).value());
    }
  }

  /** A linear map of x with a weight, and a bias. */
  @FunctionalInterface
  interface Product {

    NDArray of(NDArray x, NDArray weight, NDArray bias);
  }

  /** W x + b. */
  final class Linear {

    private final Parameter weight;
    private final Parameter bias;

    Linear(String name) {
      weight = add(name + "_weight", Parameter.Type.WEIGHT, true);
      bias = add(name + "_bias", Parameter.Type.BIAS, true);
    }

    void shape(long rows, long inputs) {
      uniform(weight, inputs, rows, inputs);
      uniform(bias, inputs, rows);
    }

    /** Maps the last axis of [b, …, inputs]. */
    NDArray apply(NDArray x, Pass pass) {
      return pass.product(
          x, weight, bias, (in, w, b) -> ai.djl.nn.core.Linear.linear(in, w, b).singletonOrThrow());
    }

    /** The weight [rows, inputs]. */
    NDArray weight(NDArray like, Pass pass) {
      return pass.value(weight, like);
    }

    /** The bias [rows]. */
    NDArray bias(NDArray like, Pass pass) {
      return pass.value(bias, like);
    }
  }

  /**
   * A convolution with a square kernel of odd size, padded so that a stride of 1 keeps the size.
   */
  final class Convolution {

    private final Parameter weight;
    private final Parameter bias;
    private final int size;
    private final int stride;

    Convolution(String name, int size, int stride) {
      this.size = size;
      this.stride = stride;
      weight = add(name + "_weight", Parameter.Type.WEIGHT, true);
      bias = add(name + "_bias", Parameter.Type.BIAS, true);
    }

    void shape(long channels, long inputs) {
      long fanIn = inputs * size * size;
      uniform(weight, fanIn, channels, inputs, size, size);
      uniform(bias, fanIn, channels);
    }

    /** From [b, inputs, h, w] to [b, channels, ⌈h/stride⌉, ⌈w/stride⌉]. */
    NDArray apply(NDArray x, Pass pass) {
      Shape strides = new Shape(stride, stride);
      Shape padding = new Shape(size / 2, size / 2);
      return pass.product(
          x,
          weight,
          bias,
          (in, w, b) -> Conv2d.conv2d(in, w, b, strides, padding).singletonOrThrow());
    }
  }

  /** A normalisation of channels, which may be none. */
  final class Norm {

    private final Normalisation kind;
    private final Parameter gamma;
    private final Parameter beta;
    private final Parameter mean;
    private final Parameter variance;

    Norm(String name, Normalisation kind) {
      this.kind = kind;
      boolean any = kind != Normalisation.NONE;
      boolean batch = kind == Normalisation.BATCH;
      gamma = any ? add(name + "_gamma", Parameter.Type.GAMMA, true) : null;
      beta = any ? add(name + "_beta", Parameter.Type.BETA, true) : null;
      mean = batch ? add(name + "_mean", Parameter.Type.RUNNING_MEAN, false) : null;
      variance = batch ? add(name + "_variance", Parameter.Type.RUNNING_VAR, false) : null;
    }

    void shape(long channels) {
      if (gamma != null) {
        constant(gamma, 1, channels);
        constant(beta, 0, channels);
      }
      if (mean != null) {
        constant(mean, 0, channels);
        constant(variance, 1, channels);
      }
    }

    /** Normalises [b, channels, …]. */
    NDArray apply(NDArray x, Pass pass) {
      return switch (kind) {
        case NONE -> x;
        case LAYER -> Layers.layerNorm(x, pass.value(gamma, x), pass.value(beta, x));
        case BATCH ->
            Layers.batchNorm(
                x,
                pass.value(gamma, x),
                pass.value(beta, x),
                pass.value(mean, x),
                pass.value(variance, x),
                pass.training);
      };
    }
  }
}
