package ai.contexture.training;

import ai.contexture.context.Context;
import ai.contexture.objective.Loss;
import ai.contexture.objective.Need;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Step;
import ai.contexture.objective.Variable;
import java.util.EnumSet;
import java.util.Set;

/** A mean over points of what depends on each alone: over two halves it is the mean of the two. */
public record MeanSquare() implements Objective<Context> {

  @Override
  public String name() {
    return "mean-square";
  }

  @Override
  public Need<Context> needs() {
    return Need.ANY;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.INPUT);
  }

  @Override
  public Loss loss(Step<? extends Context> step) {
    return Loss.of("square", step.phi().square().mean());
  }
}
