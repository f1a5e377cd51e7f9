package ai.contexture.comparison;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.torch.Handover;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.Set;

/**
 * A context that was fitted to some rows of a dataset.
 *
 * @param prepared these rows and what made their inputs
 * @param inputs what is known of these rows
 * @param manager the owner of all arrays, closed with this
 */
record ContextFit(
    ContextFactory factory,
    Context context,
    PreparedData prepared,
    ContextData inputs,
    NDManager manager)
    implements AutoCloseable {

  /**
   * Fits a context.
   *
   * @param target what the context may know of the target of all rows, or null if there is none
   * @param leftOut columns that are no inputs, besides the context's own
   * @throws ai.contexture.input.InputException if the data do not allow it
   */
  static ContextFit of(
      ContextFactory factory,
      Dataset data,
      int[] rows,
      Target target,
      Set<String> leftOut,
      Recipe recipe,
      Device device) {
    return Handover.of(
        NDManager.newBaseManager(device),
        manager -> {
          PreparedData prepared = PreparedData.of(data, rows, recipe, factory, leftOut);
          ContextData known = prepared.contextData(manager);
          ContextData inputs = target == null ? known : known.withTarget(target.select(rows));
          Context context = factory.fit(inputs);
          return new ContextFit(factory, context, prepared, inputs, manager);
        });
  }

  @Override
  public void close() {
    manager.close();
  }
}
