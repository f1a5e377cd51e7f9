package ai.contexture.notebook;

import ai.contexture.input.Text;
import ai.contexture.measure.Diagnosis;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import ai.contexture.training.TrainingListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What was heard of a training, to be looked at when it is over.
 *
 * <pre>{@code
 * TrainingLog log = new TrainingLog();
 * job.train(log, EvaluationSchedule.every(10));
 * Pictures.of(log)
 * }</pre>
 */
public final class TrainingLog implements TrainingListener {

  private final List<StepReport> steps = new ArrayList<>();
  private final List<EvaluationReport> evaluations = new ArrayList<>();
  private final List<Diagnosis.Finding> warnings = new ArrayList<>();

  @Override
  public void onStep(StepReport report) {
    steps.add(report);
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    evaluations.add(report);
  }

  @Override
  public void onWarning(int step, Diagnosis.Finding finding) {
    warnings.add(finding);
  }

  /** Returns the steps so far. */
  public List<StepReport> steps() {
    return Collections.unmodifiableList(steps);
  }

  /** Returns the measures under way so far. */
  public List<EvaluationReport> evaluations() {
    return Collections.unmodifiableList(evaluations);
  }

  /** Returns what seemed to go wrong. */
  public Diagnosis warnings() {
    return new Diagnosis(warnings);
  }

  @Override
  public String toString() {
    if (steps.isEmpty()) {
      return "no steps yet";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        Text.format(
            "%d steps, loss from %.5g to %.5g",
            steps.size(), steps.get(0).loss(), steps.get(steps.size() - 1).loss()));
    if (!evaluations.isEmpty()) {
      EvaluationReport last = evaluations.get(evaluations.size() - 1);
      if (last.cca() != null) {
        text.append(
            Text.format(
                ", squared canonical correlation %.3f at step %d", last.cca(), last.step()));
      }
    }
    warnings.forEach(finding -> text.append("; ").append(finding));
    return text.toString();
  }
}
