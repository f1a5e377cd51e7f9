/**
 * Losses whose minimiser learns the contexture, and the ways to keep its functions orthonormal.
 *
 * <p>Start with {@link ai.contexture.objective.Objective}; {@link ai.contexture.objective.Kise} is
 * the shortest example and {@link ai.contexture.objective.Orthonormality} the part they share.
 */
package ai.contexture.objective;
