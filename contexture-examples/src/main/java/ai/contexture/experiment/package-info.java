/**
 * Studies: questions that grids of runs answer. Start at {@link ai.contexture.experiment.Study};
 * {@link ai.contexture.experiment.ContextMeasures} is what a context is worth without training.
 */
package ai.contexture.experiment;
