/**
 * Tables read from CSV files, their targets, splits, and the fitted preprocessing that turns them
 * into numbers. Start at {@link ai.contexture.data.Dataset}; everything here is plain Java and
 * immutable.
 */
package ai.contexture.data;
