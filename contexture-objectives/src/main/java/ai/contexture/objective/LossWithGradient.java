package ai.contexture.objective;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * The value of an objective whose gradient by the networks' outputs is written out, so that it need
 * not be recorded.
 *
 * @param names of the terms, in the order in which they are shown
 * @param terms their values [terms]
 * @param outputs what the terms depend on, [b, d]
 * @param gradient of the sum of the terms by the outputs, [b, d]
 */
public record LossWithGradient(
    List<String> names, NDArray terms, NDArray outputs, NDArray gradient) {

  /** Keeps the names. */
  public LossWithGradient {
    names = List.copyOf(names);
  }
}
