package ai.contexture.encoder;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;

/**
 * One linear layer W x + b, from rows [b, p] to outputs [b, d₁]. Parameters start uniformly in
 * ±1/√p.
 */
public final class LinearEncoder extends Network {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of("linear", "one linear layer", Options::of);

  /** A linear encoder has no options. */
  public record Options() implements EncoderFactory {

    static Options of(SpecOptions options) {
      return new Options();
    }

    @Override
    public LinearEncoder build(int outputs, Seed seed) {
      return new LinearEncoder(outputs, seed);
    }

    @Override
    public String toString() {
      return "linear";
    }
  }

  private final Linear output = new Linear("output");

  private LinearEncoder(int outputs, Seed seed) {
    super(outputs, seed);
  }

  @Override
  NDArray forward(NDArray rows, Pass pass) {
    return output.apply(rows, pass);
  }

  @Override
  void shape(long n, long p) {
    output.shape(outputs(), p);
  }

  @Override
  public String toString() {
    return "linear";
  }
}
