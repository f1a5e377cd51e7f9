package ai.contexture.training;

/**
 * A look at the held-out rows, see {@link EarlyStopping}.
 *
 * @param step how many steps are finished
 * @param loss the objective on the held-out rows
 * @param bestStep the step of the least value so far
 * @param bestLoss the least value so far
 * @param stops whether the training ends here, with the weights of the best step
 */
public record ValidationReport(
    int step, double loss, int bestStep, double bestLoss, boolean stops) {}
