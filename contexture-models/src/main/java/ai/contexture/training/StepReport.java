package ai.contexture.training;

import java.util.Map;

/**
 * What happened in one training step.
 *
 * @param step the number of the step, from 1
 * @param loss the sum of the terms
 * @param terms the terms of the objective, by name
 * @param gradientNorm the norm of the gradient over all parameters, before clipping
 * @param learningRate the learning rate of the step
 */
public record StepReport(
    int step, double loss, Map<String, Double> terms, double gradientNorm, double learningRate) {}
