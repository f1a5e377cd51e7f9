package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;

/** Two views A, A⁺ of each point of a batch through the encoder Ψ. */
final class Views {

  private Views() {}

  /** Returns the centred outputs [2b, d], the two views of a point in neighbouring rows. */
  static NDArray encodePairs(Step<? extends SampledContext> step) {
    NDArray rows = step.context().sample(step.batch(), 2, step.random()).rows();
    NDArray outputs = step.psi().apply(rows);
    return outputs.sub(Torch.columnMeans(outputs));
  }

  /** Returns the first (0) or second (1) view [b, d] of pairs [2b, d]. */
  static NDArray view(NDArray pairs, int which) {
    long d = pairs.getShape().get(1);
    return pairs.reshape(-1, 2, d).get(":, " + which);
  }
}
