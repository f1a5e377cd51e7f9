package ai.contexture.objective;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Laplacian eigenmaps: ½E‖Φ(U) − Φ(V)‖² over the edges (U, V) of a graph, subject to Cov[Φ] = I [C,
 * §3.4; Belkin and Niyogi 2003].
 *
 * <p>One encoder on inputs, for contexts whose variable is another input: V ~ P⁺(·|u). Both ends
 * count for the covariance. Where the walk is reversible, as on an undirected graph, Φ spans the
 * eigenfunctions of T itself with the largest eigenvalues λ_i, and the minimum is Σ_{i≤d} (1 −
 * λ_i); they are μ_1 … μ_d, with s_i = λ_i, unless T has eigenvalues near −1, as on a graph that is
 * almost bipartite. Else T is made symmetric first. The mean is exact on the full batch of a finite
 * context whose contexts are its points, unless a number of samples is given. Terms: {@code norm}
 * E‖Φ̃‖², {@code association} −E⟨Φ̃(U), Φ̃(V)⟩ and those of the orthonormality.
 *
 * @param orthonormality how Cov[Φ] = I is imposed
 * @param samples the samples of each u; 0 for exact means where possible, else 1
 */
public record Laplacian(Orthonormality orthonormality, int samples) implements SampledObjective {

  private static final String NAME = "laplacian";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "Laplacian eigenmaps: similar outputs at both ends of an edge", Laplacian::of)
          .option("samples", ObjectiveOptions.SAMPLES);

  private static final int LEAST = 1;

  /** Requires a number of samples that is not negative. */
  public Laplacian {
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective with exact orthonormality. */
  public Laplacian() {
    this(new Whitening(), 0);
  }

  private static ObjectiveFactory of(SpecOptions options) {
    int samples = ObjectiveOptions.samples(options, 1);
    return given -> new Laplacian(given.orElseGet(Whitening::new), samples);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.INPUT);
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    if (samples == 0
        && step.isFull()
        && step.context() instanceof FiniteContext finite
        && finite.contexts().isSameAs(finite.points())) {
      return exact(step, finite.operator());
    }
    int r = Math.max(samples, LEAST);
    Points drawn = step.context().sample(step.batch(), r, step.random());
    if (drawn.width() != step.batch().width()) {
      throw new InputException(
          Text.format(
              "objective 'laplacian' needs contexts that are inputs, rows of %d numbers, but those"
                  + " of %s have %d",
              step.batch().width(), step.context(), drawn.width()));
    }
    NDArray u = step.phi();
    NDArray v = step.networks().phi(drawn.rows());
    Weights one = step.weights();
    // each edge is a pair of rows: u with each of its r samples
    long b = one.points();
    long d = u.getShape().get(1);
    NDArray us = u.reshape(b, 1, 1, d).broadcast(b, r, 1, d);
    NDArray edges = us.concat(v.reshape(b, r, 1, d), 2).reshape(b, 2L * r, d);
    Weights rows = one.withSamples(2 * r);
    NDArray z = rows.centred(edges.reshape(b * 2 * r, d));
    var constrained = step.constrain(orthonormality, z, rows);
    NDArray pairs = constrained.phi().reshape(b, r, 2, d);
    NDArray products = pairs.get(":, :, 0").mul(pairs.get(":, :, 1")).sum(new int[] {2});
    NDArray association = one.times(products.mean(new int[] {1}, true)).sum();
    return loss(constrained, association);
  }

  private Loss exact(Step<? extends SampledContext> step, ExpectationOperator operator) {
    NDArray z = step.phi();
    Weights contexts = Weights.of(operator.contextWeights());
    Weights both = Weights.mean(step.weights(), contexts, z);
    var constrained = step.constrain(orthonormality, both.centred(z), both);
    NDArray phi = constrained.phi();
    return loss(
        constrained, Association.between(phi, step.weights(), phi, contexts, operator).sum());
  }

  private static Loss loss(Orthonormality.Constrained constrained, NDArray association) {
    return Loss.of("norm", constrained.squaredNorm())
        .plus("association", association.neg())
        .plus(constrained.penalties());
  }

  @Override
  public String toString() {
    return OptionText.of(NAME).with("samples", samples, 0).toString();
  }
}
