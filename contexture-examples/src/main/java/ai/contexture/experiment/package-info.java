/**
 * Studies: questions that grids of runs answer, cell by cell, in a folder that can be gone on with.
 * Start at {@link ai.contexture.experiment.Study}.
 */
package ai.contexture.experiment;
