/**
 * The studies there are, each beside its report. Start at {@link
 * ai.contexture.experiment.study.Studies}.
 */
package ai.contexture.experiment.study;
