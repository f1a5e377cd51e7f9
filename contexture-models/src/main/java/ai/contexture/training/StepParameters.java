package ai.contexture.training;

import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/**
 * Gives a network its parameters on the device of the rows that it is about to see, so that
 * gradients find their way back to the parameters themselves.
 */
final class StepParameters extends ParameterStore {

  private final NDArray rows;

  /**
   * Creates a store for one pass.
   *
   * @param rows in the type of the parameters; their manager owns what is made of these
   */
  StepParameters(NDArray rows) {
    super(rows.getManager(), false);
    this.rows = rows;
  }

  @Override
  public NDArray getValue(Parameter parameter, Device device, boolean training) {
    NDArray array = parameter.getArray();
    if (array.getDataType().isFloating()) {
      return Torch.like(array, rows);
    }
    NDArray moved = array.toDevice(rows.getDevice(), true); // a table of positions, not trained
    moved.attach(rows.getManager());
    return moved;
  }
}
