/**
 * Measures of contexts, of encoders against the exact spectrum, and of features by linear probes.
 * Start at {@link ai.contexture.measure.Usefulness} for a context and at {@link
 * ai.contexture.measure.Alignment} for a trained encoder.
 */
package ai.contexture.measure;
