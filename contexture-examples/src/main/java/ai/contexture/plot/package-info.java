/**
 * Figures of numbers, as PNG or SVG. Start at {@link ai.contexture.plot.Figure}: it is made of
 * {@link ai.contexture.plot.Panel}s, those of {@link ai.contexture.plot.Series}.
 */
package ai.contexture.plot;
