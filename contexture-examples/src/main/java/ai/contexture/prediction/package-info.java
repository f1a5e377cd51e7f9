/**
 * Predicting the target of rows from a few labels and a context, see {@link
 * ai.contexture.prediction.Prediction}.
 */
package ai.contexture.prediction;
