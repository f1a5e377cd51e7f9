package ai.contexture.encoder;

import ai.contexture.random.Seed;
import ai.djl.nn.Block;

/** The options of an encoder before its number of outputs is known. */
@FunctionalInterface
public interface EncoderFactory {

  /**
   * Builds a new encoder that has no parameters yet.
   *
   * @param outputs the number of outputs d₁
   * @param seed where its initial parameters come from
   */
  Block build(int outputs, Seed seed);
}
