package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A loss on batches of a context, whose minimiser learns the contexture or a stated variant of it.
 *
 * @param <C> what the objective needs of a context: samples, the dual kernel, or the operator
 */
public interface Objective<C extends Context> {

  /**
   * Returns the objective that a text such as {@code kise} or {@code mix(0.7: kise, 0.3: svme)}
   * stands for, with its usual way to orthonormality.
   *
   * @throws ai.contexture.input.InputException if a name or an option is not known
   */
  static Objective<?> parse(String text) {
    return Objectives.parse(text, Optional.empty());
  }

  /**
   * Returns the objective that a text stands for.
   *
   * @param orthonormality how Cov[Φ] = I is imposed
   * @throws ai.contexture.input.InputException if a name or an option is not known, or the
   *     objective has no place for it
   */
  static Objective<?> parse(String text, Orthonormality orthonormality) {
    return Objectives.parse(text, Optional.of(orthonormality));
  }

  /** Returns the name on the command line, such as {@code kise}; the text is that with options. */
  String name();

  /** Returns what a context must give for this objective. */
  Need<C> needs();

  /**
   * Requires that a context gives what this objective needs.
   *
   * @throws InputException naming both and what is missing
   */
  default void requireSupported(Context context) {
    if (!needs().isMetBy(context)) {
      throw new InputException(
          Text.format(
              "objective '%s' needs %s, which context %s cannot give",
              this, needs().words(), context));
    }
  }

  /** Returns the encoders that the loss calls: Φ on inputs, Ψ on contexts, or both. */
  Set<Variable> encoders();

  /**
   * Returns the encoder that becomes the representation: Φ itself, or the average encoder TΨ when
   * only Ψ is trained.
   */
  default Variable learned() {
    return encoders().contains(Variable.INPUT) ? Variable.INPUT : Variable.CONTEXT;
  }

  /**
   * Returns whether the loss sees only the directions of the outputs, z/‖z‖, and leaves their
   * lengths free; the representation is then made of the outputs scaled to length 1, which are what
   * was learned.
   */
  default boolean normalises() {
    return false;
  }

  /** Returns how Cov[Φ] = I, or Cov[Ψ] = I, is imposed; not at all unless the objective says. */
  default Orthonormality orthonormality() {
    return Orthonormality.none();
  }

  /**
   * Returns the least loss that any functions have on the full batch of a finite context, where
   * that is known.
   *
   * @param eigenvalues s_1² ≥ … ≥ s_d² of the context, as many as there are outputs
   */
  default OptionalDouble least(double... eigenvalues) {
    return OptionalDouble.empty();
  }

  /**
   * Returns the networks that the loss calls beside the encoders, to be trained with them.
   *
   * @param outputs the number of the encoders' outputs d
   */
  default List<Head> heads(C context, int outputs) {
    return List.of();
  }

  /**
   * Returns what is kept of the moving averages of all networks at a step, θ̄ ← m·θ̄ + (1 − m)·θ,
   * for a loss that calls {@link Networks#targets}.
   *
   * @param progress how much of the training is done, from 0 to 1
   */
  default OptionalDouble momentum(double progress) {
    return OptionalDouble.empty();
  }

  /**
   * Returns what the loss keeps from step to step, by name, as it is before the first one.
   *
   * @param outputs the number of the encoders' outputs d
   * @param owner the manager of the arrays
   */
  default Map<String, NDArray> state(C context, int outputs, NDManager owner) {
    return orthonormality().state(outputs, owner);
  }

  /**
   * Returns the loss of one step with its gradient, where that is written out; else nothing, and
   * nothing was drawn. It is what {@link #loss} and the engine's gradients compute, in fewer calls.
   */
  default Optional<LossWithGradient> lossWithGradient(Step<? extends C> step) {
    return Optional.empty();
  }

  /**
   * Returns the loss of one step, differentiable in the outputs of the encoders.
   *
   * @throws ArithmeticException if the step has no finite loss, naming the term
   */
  Loss loss(Step<? extends C> step);
}
