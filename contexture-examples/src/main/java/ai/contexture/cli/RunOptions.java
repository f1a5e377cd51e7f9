package ai.contexture.cli;

import ai.contexture.training.Recipe;

/**
 * What repeats a run, as {@code run.json} holds it.
 *
 * @param format the version of this file
 * @param name the name of the data
 * @param data where the data are
 * @param fingerprint of the data, see {@link ai.contexture.data.Dataset#fingerprint}
 * @param recipe what is learned and how
 * @param device where it was asked to compute
 * @param evaluateEvery steps between two measures of the alignment, 0 for none
 * @param checkpointEvery steps between two checkpoints, 0 for none
 */
record RunOptions(
    int format,
    String name,
    DataSource data,
    String fingerprint,
    Recipe recipe,
    String device,
    int evaluateEvery,
    int checkpointEvery) {

  /** The version of the file that this program writes and reads. */
  static final int FORMAT = 1;
}
