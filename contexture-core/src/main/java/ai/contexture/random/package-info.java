/**
 * Randomness as an argument, one stream for every consumer. Start at {@link
 * ai.contexture.random.Seed}.
 */
package ai.contexture.random;
