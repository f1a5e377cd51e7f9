/**
 * A trained encoder that embeds rows, is saved and loaded.
 *
 * <p>Start with {@link ai.contexture.representation.Representation}.
 */
package ai.contexture.representation;
