package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.input.InputException;
import ai.contexture.objective.Objective;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDManager;
import java.util.Optional;
import java.util.OptionalDouble;

/** The best functions that a context allows, where they are known, computed at the first call. */
final class ExactAnswer {

  /** Values of functions that are computed only to know the least loss. */
  private static final long MOST_VALUES = 1 << 23;

  private final Context context;
  private final Objective<?> objective;
  private final Recipe recipe;
  private final int outputs;
  private final NDManager manager;
  private Spectrum spectrum;
  private ArithmeticException noSpectrum;

  /**
   * Creates an answer that is not computed yet.
   *
   * @param outputs d₁ of the encoder
   * @param manager owns the functions
   */
  ExactAnswer(
      Context context, Objective<?> objective, Recipe recipe, int outputs, NDManager manager) {
    this.context = context;
    this.objective = objective;
    this.recipe = recipe;
    this.outputs = outputs;
    this.manager = manager;
  }

  /** Returns whether the best functions are known. */
  boolean exists() {
    return context instanceof FiniteContext;
  }

  /**
   * Returns the context with its operator.
   *
   * @throws InputException if there is none
   */
  FiniteContext context() {
    if (context instanceof FiniteContext finite) {
      return finite;
    }
    throw new InputException("not known: context " + context + " has no exact functions");
  }

  /** Returns the spectrum, see {@link Pretraining#spectrum}. */
  Spectrum spectrum() {
    if (noSpectrum != null) {
      throw noSpectrum;
    }
    if (spectrum == null) {
      try {
        spectrum = leading();
      } catch (ArithmeticException e) {
        noSpectrum = e; // which would take as long again
        throw e;
      }
    }
    return spectrum;
  }

  /** Returns the spectrum unless there is none or it cannot be computed. */
  Optional<Spectrum> known() {
    try {
      return exists() ? Optional.of(spectrum()) : Optional.empty();
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** With a function for each output where the least loss follows from so many. */
  private Spectrum leading() {
    int all = Math.min(outputs, context.points().size() - 1);
    if (knowsLeast() && (long) all * context.points().size() <= MOST_VALUES) {
      try {
        return Spectra.leading(context(), all, manager);
      } catch (ArithmeticException e) {
        // the first functions may still be determined
      }
    }
    return Spectra.leading(context(), recipe.dimension(), manager);
  }

  private boolean knowsLeast() {
    return recipe.training().fullBatch() && objective.least(new double[outputs]).isPresent();
  }

  /** Returns the least loss, see {@link Pretraining#leastLoss}. */
  OptionalDouble leastLoss() {
    Optional<Spectrum> known = knowsLeast() ? known() : Optional.empty();
    if (known.isEmpty() || known.get().eigenvalues().length < outputs) {
      return OptionalDouble.empty();
    }
    return objective.least(known.get().eigenvalues(outputs));
  }
}
