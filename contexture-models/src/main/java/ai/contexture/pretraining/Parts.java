package ai.contexture.pretraining;

import ai.contexture.context.ContextFactory;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.objective.Objective;

/**
 * The parts of a pretraining that may be of your own: what a {@link Recipe} names, see {@link
 * Recipe#parts}, or anything in its place.
 *
 * @param context what belongs together
 * @param objective what is minimised
 * @param encoder what is trained
 */
public record Parts(ContextFactory context, Objective<?> objective, EncoderFactory encoder) {

  /** Returns these parts with another context. */
  public Parts withContext(ContextFactory context) {
    return new Parts(context, objective, encoder);
  }

  /** Returns these parts with another objective. */
  public Parts withObjective(Objective<?> objective) {
    return new Parts(context, objective, encoder);
  }

  /** Returns these parts with another encoder. */
  public Parts withEncoder(EncoderFactory encoder) {
    return new Parts(context, objective, encoder);
  }
}
