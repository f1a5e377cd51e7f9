/**
 * The whole job, from a dataset and a recipe to a representation. Start at {@link
 * ai.contexture.pretraining.Pretraining}.
 */
package ai.contexture.pretraining;
