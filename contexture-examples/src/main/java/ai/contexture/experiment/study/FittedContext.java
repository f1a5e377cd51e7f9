package ai.contexture.experiment.study;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.Split;
import ai.contexture.input.InputException;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Handover;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * A context of the pretraining rows of a split, with its exact functions.
 *
 * @param prepared all rows, their split and what was fitted to the pretraining rows
 * @param manager owns the arrays
 * @param spectrum the first functions, as many as were asked for and as the rows allow
 */
record FittedContext(
    PreparedData prepared, NDManager manager, FiniteContext context, Spectrum spectrum)
    implements AutoCloseable {

  /**
   * Fits a context and finds its functions.
   *
   * @param top how many, less where there are not so many rows
   */
  static FittedContext of(Dataset data, Recipe recipe, int top, Device device) {
    return Handover.of(NDManager.newBaseManager(device), manager -> of(data, recipe, top, manager));
  }

  private static FittedContext of(Dataset data, Recipe recipe, int top, NDManager manager) {
    ContextFactory factory = Contexts.parse(recipe.context());
    PreparedData prepared = PreparedData.of(data, recipe, factory);
    var fitted = factory.fit(prepared.contextData(manager));
    if (!(fitted instanceof FiniteContext finite)) {
      throw new InputException("context " + fitted + " has no exact functions");
    }
    Spectrum spectrum = Spectra.of(finite, Math.min(top, prepared.rows().length - 1), manager);
    return new FittedContext(prepared, manager, finite, spectrum);
  }

  /** Returns which rows are for pretraining, labelled and test. */
  Split split() {
    return prepared.split();
  }

  /**
   * Returns the first d functions at any rows of the data, by their extension, float64 [b, d].
   *
   * @param owner the manager of the result
   */
  NDArray functions(int[] rows, int d, NDManager owner) {
    return spectrum.extend(Points.of(prepared.exactInputs(rows, owner)), d);
  }

  /** Returns how well a linear model on the first d functions predicts the target of the data. */
  ProbeScore probe(int d) {
    return Evaluation.probe(spectrum, d, prepared);
  }

  @Override
  public void close() {
    manager.close();
  }
}
