/**
 * The ordered functions of a context, exact and as found in the span of an encoder's outputs. Start
 * at {@link ai.contexture.spectrum.Spectra}.
 */
package ai.contexture.spectrum;
