package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.context.DiffusionContext;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.SampledContext;

/**
 * What an objective needs of a context.
 *
 * @param type of the contexts that give it
 * @param words what they give, as it follows "the objective needs"
 * @param <C> the type
 */
public record Need<C extends Context>(Class<C> type, String words) {

  /** Any context will do. */
  public static final Need<Context> ANY = new Need<>(Context.class, "any context");

  /** Samples of P⁺(·|x). */
  public static final Need<SampledContext> SAMPLES =
      new Need<>(SampledContext.class, "samples of the context variable");

  /** The kernel of TT*. */
  public static final Need<KernelContext> KERNEL =
      new Need<>(KernelContext.class, "the dual kernel");

  /** T itself, on all points. */
  public static final Need<FiniteContext> OPERATOR =
      new Need<>(FiniteContext.class, "the whole expectation operator");

  /** Samples that are noisy inputs, with their levels. */
  public static final Need<DiffusionContext> NOISE =
      new Need<>(
          DiffusionContext.class, "noisy inputs with their levels, such as noise(level=0.5)");

  /** Returns whether a context gives it. */
  public boolean isMetBy(Context context) {
    return type.isInstance(context);
  }
}
