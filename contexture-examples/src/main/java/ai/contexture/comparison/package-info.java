/**
 * What contexts are worth before anything is trained. Start at {@link
 * ai.contexture.comparison.Comparison}; {@link ai.contexture.comparison.ContextMeasures} are the
 * measures of one.
 */
package ai.contexture.comparison;
