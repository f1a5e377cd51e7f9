/**
 * Encoders as DJL blocks, from rows [b, p] to outputs [b, d₁].
 *
 * <p>Start with {@link ai.contexture.encoder.Mlp}; any other DJL block with one input and one
 * output of that shape can take its place.
 */
package ai.contexture.encoder;
