package ai.contexture.experiment.study;

import ai.contexture.experiment.Study;
import java.util.List;

/** All studies. */
public final class Studies {

  private Studies() {}

  /** Returns the studies in the order in which they are listed. */
  public static List<Study> all() {
    return List.of(
        new AssociationShapeStudy(),
        new CompatibilityStudy(),
        new DimensionCurveStudy(),
        new EdgeOfStabilityStudy(),
        new EigenvalueEstimationStudy(),
        new MetricCorrelationStudy(),
        new MixingStudy(),
        new ObjectivesStudy(),
        ScalingStudy.width(),
        ScalingStudy.depth(),
        new SupervisedBalancedStudy(),
        new TaskSpectrumStudy());
  }
}
