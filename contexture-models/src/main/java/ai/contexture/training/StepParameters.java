package ai.contexture.training;

import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives a network its parameters on the device of the rows that it is about to see, so that
 * gradients find their way back to the parameters themselves.
 */
final class StepParameters extends ParameterStore {

  private final NDArray rows;

  /** What the pass changes: a copy of each running moment, by the parameter that holds it. */
  private final Map<Parameter, NDArray> moments = new LinkedHashMap<>();

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
    if (!array.getDataType().isFloating()) { // a table of positions, not trained
      return Torch.onDevice(array, rows.getDevice(), rows.getManager());
    }
    return parameter.requiresGradient()
        ? Torch.like(array, rows)
        : moments.computeIfAbsent(parameter, this::copy);
  }

  private NDArray copy(Parameter parameter) {
    NDArray copy = Torch.withoutGradient(parameter.getArray()::duplicate);
    copy.attach(rows.getManager());
    return Torch.onDevice(copy, rows.getDevice(), rows.getManager());
  }

  /** Gives each running moment the mean of what the passes of one step's shares made of it. */
  static void settle(List<StepParameters> shares) {
    for (Parameter parameter : shares.get(0).moments.keySet()) {
      NDArray array = parameter.getArray();
      List<NDArray> made =
          shares.stream()
              .map(
                  share ->
                      Torch.onDevice(
                          share.moments.get(parameter), array.getDevice(), share.rows.getManager()))
              .toList();
      NDArray mean = Torch.withoutGradient(made.get(0)::duplicate); // the graph holds that one
      for (int i = 1; i < made.size(); i++) {
        Torch.average(List.of(mean), List.of(made.get(i)), 1.0 / (i + 1));
      }
      Torch.copy(mean, array);
    }
  }
}
