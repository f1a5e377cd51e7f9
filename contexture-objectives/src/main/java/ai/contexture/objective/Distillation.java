package ai.contexture.objective;

import ai.contexture.context.KernelContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Similarity-preserving distillation: E(⟨Φ̃(X), Φ̃(X′)⟩ − k̃(X, X′))² over independent X, X′, less
 * a constant [D, §2.5; Tung and Mori 2019].
 *
 * <p>One encoder on inputs, whose products learn the dual kernel: that of a teacher's features, or
 * of any other context. As −2⟨Φ̃, TT*Φ̃⟩ + ‖Cov Φ‖²_F its minimum is −Σ_{i≤d} s_i⁴, at Φ = (s_i
 * μ_i) up to a rotation: Φ spans μ_1 … μ_d. With nesting the functions come out ordered. The
 * association is exact on the full batch of a finite context, else from the Gram matrix of the
 * batch as in {@link Kise}. To learn the teacher's outputs themselves by a linear layer, take
 * {@link Supervised}. Terms: {@code association} and {@code contrast}.
 *
 * @param nesting whether and how functions are ordered
 */
public record Distillation(Nesting nesting) implements Objective<KernelContext> {

  private static final String NAME = "distillation";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME,
              "fits inner products of outputs to a kernel, such as a teacher's",
              Distillation::of)
          .option("nesting", ObjectiveOptions.NESTING);

  /** Creates the objective without nesting. */
  public Distillation() {
    this(Nesting.NONE);
  }

  private static ObjectiveFactory of(SpecOptions options) {
    Distillation made = new Distillation(ObjectiveOptions.nesting(options));
    return given -> made;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Need<KernelContext> needs() {
    return Need.KERNEL;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.INPUT);
  }

  @Override
  public Loss loss(Step<? extends KernelContext> step) {
    NDArray phi = step.weights().centred(step.phi());
    NDArray association = nesting.sum(Kise.association(phi, step));
    return Loss.of("association", Torch.times(association, -2))
        .plus("contrast", step.weights().contrast(phi, nesting));
  }

  @Override
  public String toString() {
    return OptionText.of(NAME).with("nesting", nesting, Nesting.NONE).toString();
  }
}
