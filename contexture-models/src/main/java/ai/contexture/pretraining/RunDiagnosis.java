package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.data.Target;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.ContextComplexity;
import ai.contexture.measure.Diagnosis;
import ai.contexture.random.Seed;

/** What is wrong with the context of a run, and with its target as a task of it. */
final class RunDiagnosis {

  private RunDiagnosis() {}

  static Diagnosis of(Context context, PreparedData data, ExactAnswer answer) {
    if (!(context instanceof KernelContext kernel)) {
      return Diagnosis.HEALTHY;
    }
    Seed seed = Seed.of(data.recipe().training().seed());
    ContextComplexity complexity = ContextComplexity.of(kernel, seed);
    return Diagnosis.association(complexity).and(task(context, data, answer, complexity));
  }

  /** What is wrong with the target, where it is known for all pretraining rows. */
  private static Diagnosis task(
      Context context, PreparedData data, ExactAnswer answer, ContextComplexity complexity) {
    Target target = data.data().target().map(all -> all.select(data.rows())).orElse(null);
    if (target == null
        || !(context instanceof FiniteContext finite)
        || !target.complete()
        || !target.varies()) {
      return Diagnosis.HEALTHY;
    }
    double squared = Compatibility.exact(finite, target).squared();
    return answer
        .known()
        .map(exact -> Diagnosis.task(squared, exact.eigenvalues()[0], complexity))
        .orElse(Diagnosis.HEALTHY);
  }
}
