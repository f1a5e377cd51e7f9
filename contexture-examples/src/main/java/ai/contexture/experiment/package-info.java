/**
 * Studies of contexts. Start at {@link ai.contexture.experiment.ContextMeasures}: what a context is
 * worth on a dataset, without training.
 */
package ai.contexture.experiment;
