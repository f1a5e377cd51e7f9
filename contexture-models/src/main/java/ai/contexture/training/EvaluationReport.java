package ai.contexture.training;

import ai.contexture.pretraining.Pretraining;

/**
 * Measures of a training under way, see {@link Pretraining#evaluate}.
 *
 * @param step how many steps are finished
 * @param seconds how long it took to measure
 * @param cca R²_CCA with the exact functions on the pretraining rows, from 0 to 1, and 0 where the
 *     outputs are constant; null where the context has none or they cannot be computed
 * @param ratioTrace Σ_{i≤d} λ_i, how much of the context the features hold, estimated from samples
 *     where its operator is not known; null where the outputs are constant
 * @param effectiveRank how many dimensions the encoder's outputs use; 0 where they are constant
 * @param probe the root mean squared error or the accuracy of a linear model on the features,
 *     fitted on two thirds of the labelled rows and scored on the others; null without a target
 *     that differs among them, where the outputs are constant, and where the features of a row
 *     would take samples of its context
 */
public record EvaluationReport(
    int step, double seconds, Double cca, Double ratioTrace, double effectiveRank, Double probe) {}
