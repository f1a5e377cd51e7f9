package ai.contexture.objective;

import ai.contexture.context.SampledContext;

/** An objective that is estimated from samples of the context variable. */
public interface SampledObjective extends Objective<SampledContext> {

  @Override
  default Need<SampledContext> needs() {
    return Need.SAMPLES;
  }
}
