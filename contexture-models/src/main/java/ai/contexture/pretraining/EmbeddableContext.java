package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Variable;
import ai.contexture.representation.Representation;
import ai.djl.ndarray.NDManager;

/**
 * Fits contexts so that what is learned of them can embed new rows.
 *
 * <p>Where the features are averages over the context, a saved representation fits it again to the
 * rows alone, so that it must need no more than these.
 */
final class EmbeddableContext {

  private EmbeddableContext() {}

  /**
   * Fits a context to the rows.
   *
   * @param manager owns its arrays
   * @throws InputException if the data do not allow it, or new rows could not be embedded
   */
  static Context fit(
      ContextFactory factory,
      Objective<?> objective,
      PreparedData data,
      Placement placement,
      NDManager manager) {
    ContextData all = data.contextData(placement, manager);
    if (objective.learned() == Variable.INPUT) {
      return factory.fit(all);
    }
    Context fitted;
    try {
      fitted =
          factory.fit(
              Representation.data(all.points(), data.preprocessing(), all.seed(), all.nodes()));
    } catch (InputException e) {
      Context complete = factory.fit(all);
      if (complete.inductive()) {
        throw new InputException(
            Message.of(
                "objective '%s' embeds a row by averaging over its context, which is made of the"
                    + " encoder's inputs again when the encoder is loaded, and context %s needs"
                    + " more; use kise or svme (%s)",
                objective, complete, e.said()),
            e);
      }
      fitted = complete;
    }
    if (!fitted.inductive()) {
      throw new InputException(
          Text.format(
              "objective '%s' embeds a row by averaging over its context, and context %s only"
                  + " knows its pretraining rows; use kise or svme, whose encoder needs no context"
                  + " to embed",
              objective, fitted));
    }
    return fitted;
  }
}
