/**
 * Training: from a dataset and a recipe to a representation.
 *
 * <p>Start with {@link ai.contexture.training.Pretraining}, which does the whole job; {@link
 * ai.contexture.training.Trainer} is the loop itself, for contexts, objectives and encoders of your
 * own.
 */
package ai.contexture.training;
