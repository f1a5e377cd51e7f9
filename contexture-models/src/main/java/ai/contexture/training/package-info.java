/**
 * The training loop, for contexts, objectives and encoders of your own. Start at {@link
 * ai.contexture.training.Trainer}; {@link ai.contexture.training.TrainingListener} hears what
 * happens in it.
 */
package ai.contexture.training;
