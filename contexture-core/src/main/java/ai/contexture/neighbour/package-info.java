/**
 * The nearest points of each point, exact and approximate. Start at {@link
 * ai.contexture.neighbour.Neighbours}.
 */
package ai.contexture.neighbour;
