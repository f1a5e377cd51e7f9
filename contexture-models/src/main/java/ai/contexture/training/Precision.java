package ai.contexture.training;

import ai.contexture.encoder.EncoderFactory;
import ai.djl.ndarray.types.DataType;
import ai.djl.util.PairList;

/**
 * How precisely the networks of a training multiply matrices; parameters, what lies between the
 * products, losses and optimisers keep their type.
 */
public enum Precision {
  /** In the type of the parameters, which is float32. */
  FLOAT32(null),
  /**
   * With 8 bits of precision at the range of float32, so that losses need no scaling: what goes
   * into a product is rounded, in the forward and in the backward pass.
   */
  BFLOAT16(DataType.BFLOAT16);

  private final DataType products;

  Precision(DataType products) {
    this.products = products;
  }

  /** Tells a forward pass. */
  void tell(PairList<String, Object> parameters) {
    if (products != null) {
      parameters.add(EncoderFactory.PRODUCTS, products);
    }
  }
}
