/**
 * How parameters follow gradients, and how the step changes over a run. Start at {@link
 * ai.contexture.optimiser.Optimiser}.
 */
package ai.contexture.optimiser;
