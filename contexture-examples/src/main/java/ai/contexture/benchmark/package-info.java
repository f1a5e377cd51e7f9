/**
 * How long the parts of the work take, and the whole. Start at {@link
 * ai.contexture.benchmark.Timing}: one benchmark, run several times.
 */
package ai.contexture.benchmark;
