package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Spectral contrastive: −E⟨Ψ̃(A), Ψ̃(A⁺)⟩ + ½E⟨Ψ̃(A), Ψ̃(A⁻)⟩² [H; C, §3.2], on centred outputs.
 *
 * <p>One encoder on contexts; a, a⁺ are two samples of one x and a⁻ is a sample of another. It
 * needs no constraint: at its minimum −½ Σ_{i≤d} s_i⁴ the encoder is (s_i ν_i) up to a rotation,
 * and the average encoder TΨ spans μ_1 … μ_d. Negatives are all pairs of different points across
 * the two views. Against [H] the loss is halved, and centring removes the constant function. Terms:
 * {@code association}, {@code contrast} and those of the orthonormality.
 *
 * @param orthonormality usually {@link Orthonormality#none()}
 */
public record SpectralContrastive(Orthonormality orthonormality)
    implements Objective<SampledContext> {

  /** Creates the objective without a constraint. */
  public SpectralContrastive() {
    this(Orthonormality.none());
  }

  @Override
  public Class<SampledContext> needs() {
    return SampledContext.class;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.CONTEXT);
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    var constrained = orthonormality.apply(Views.encodePairs(step), step.progress());
    NDArray first = Views.view(constrained.phi(), 0);
    NDArray second = Views.view(constrained.phi(), 1);
    double b = first.getShape().get(0);
    NDArray products = first.mul(second).sum(new int[] {1});
    // Σ_ij ⟨v_i, w_j⟩² = Tr(VᵀV WᵀW) needs d×d products only
    NDArray all = gram(first).mul(gram(second)).sum();
    NDArray negatives = Torch.times(all.sub(products.square().sum()), 1 / (b * (b - 1.0)));
    return Loss.of("association", products.mean().neg())
        .plus("contrast", Torch.times(negatives, 0.5))
        .plus(constrained.penalties());
  }

  private static NDArray gram(NDArray z) {
    return z.transpose().matMul(z);
  }

  @Override
  public String toString() {
    return "spectral-contrastive";
  }
}
