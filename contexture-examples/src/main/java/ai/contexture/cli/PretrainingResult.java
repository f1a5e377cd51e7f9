package ai.contexture.cli;

import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.pretraining.Pretraining;

/**
 * What a finished training reached.
 *
 * @param seconds how long the steps took
 * @param loss of the last step
 * @param alignment on the rows learned from
 * @param onNewRows alignment on test rows
 * @param probes how well the target is predicted from what
 * @param diagnosed whether the context could be looked at
 * @param diagnosis all that looks wrong
 */
record PretrainingResult(
    Pretraining job,
    RunOptions options,
    RunFolder folder,
    double seconds,
    double loss,
    Measured<Alignment> alignment,
    Measured<Alignment> onNewRows,
    Measured<ProbeComparison> probes,
    Measured<Diagnosis> diagnosed,
    Diagnosis diagnosis) {}
