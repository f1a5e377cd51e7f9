package ai.contexture.encoder;

import ai.contexture.context.Points;
import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.SpecOptions;
import ai.contexture.random.Seed;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.SparseMatrix;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.function.UnaryOperator;

/**
 * One linear layer on propagated features [Wu et al. 2019]: S^hops X W + b, with the normalised
 * weights of edges S and the features X of the nodes.
 *
 * <p>With a restart α each hop is H ← (1 − α) S H + α X, so that far nodes count less [Gasteiger et
 * al. 2019]. Rows that are nodes [b, 2] go to outputs [b, d₁].
 */
public final class Sgc extends GraphNetwork {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of(
              "sgc", "one linear layer on features propagated along edges", Options::of)
          .option("hops", "how many steps along edges")
          .option("restart", "the share of a node's own features mixed in at each step")
          .option("normalise", "how edge weights are normalised: sym by both degrees, walk by one")
          .option("start", "the initial weights: random, or pca for the principal directions");

  /** What W starts from. */
  public enum Start {
    /** Random numbers. */
    RANDOM,
    /**
     * The principal directions of the propagated features. The outputs then span nearly what all
     * linear functions span, of which the best ones are found without training.
     */
    PCA
  }

  /**
   * How features are propagated.
   *
   * @param hops how often
   * @param restart α
   * @param normalise how the weights of edges are divided
   * @param start what W starts from
   * @param graph what it reads; null until {@link #forGraph} says
   */
  public record Options(
      int hops, double restart, GraphInputs.Normalise normalise, Start start, GraphInputs graph)
      implements EncoderFactory {

    /** Two hops without a restart, from random weights. */
    public static final Options DEFAULT =
        new Options(2, 0, GraphInputs.Normalise.SYM, Start.RANDOM, null);

    static Options of(SpecOptions options) {
      return new Options(
          options.integer("hops", DEFAULT.hops, 1, 1_000),
          options.number("restart", DEFAULT.restart, 0, 1),
          options.choice("normalise", DEFAULT.normalise),
          options.choice("start", DEFAULT.start),
          null);
    }

    @Override
    public boolean readsGraph() {
      return true;
    }

    @Override
    public Options forGraph(GraphInputs inputs) {
      return new Options(hops, restart, normalise, start, inputs);
    }

    @Override
    public Sgc build(int outputs, Seed seed) {
      return new Sgc(this, outputs, seed);
    }

    @Override
    public Sgc create(Points points, int outputs, Seed seed, NDManager owner) {
      Sgc block = build(outputs, seed);
      block.initialize(owner, points.dataType(), points.shape());
      if (start == Start.PCA) {
        block.startFromPrincipalDirections(seed);
      }
      return block;
    }

    @Override
    public String toString() {
      return "sgc(hops="
          + hops
          + (restart == 0 ? "" : ",restart=" + restart)
          + ",normalise="
          + Constants.text(normalise)
          + (start == Start.RANDOM ? "" : ",start=" + Constants.text(start))
          + ")";
    }
  }

  private static final int OVERSAMPLING = 16;
  private static final int ITERATIONS = 4;

  private final Options options;
  private final Parameter weight;
  private final Parameter bias;

  private Sgc(Options options, int outputs, Seed seed) {
    super(outputs, seed, options.normalise, options.graph);
    this.options = options;
    weight = add("output_weight", Parameter.Type.WEIGHT, true);
    bias = add("output_bias", Parameter.Type.BIAS, true);
  }

  @Override
  void shape(long p) {
    glorot(weight, p, outputs());
    constant(bias, 0, outputs());
  }

  @Override
  NDArray forward(GraphInputs.Seen seen, NDArray like, Pass pass) {
    NDArray mapped = seen.features().times(lent(weight, like, pass));
    return propagated(seen.propagation(), mapped).add(lent(bias, like, pass));
  }

  private NDArray propagated(SparseMatrix propagation, NDArray from) {
    NDArray h = from;
    for (int hop = 0; hop < options.hops; hop++) {
      h = propagation.times(h);
      if (options.restart > 0) {
        h = Torch.times(h, 1 - options.restart).add(Torch.times(from, options.restart));
      }
    }
    return h;
  }

  /**
   * Sets W to the leading right singular vectors of the centred, propagated features of the graph
   * as it is, by subspace iteration from random directions [Halko et al. 2011, alg. 4.4]. Where
   * there are fewer features than outputs, the other outputs stay as they are.
   */
  private void startFromPrincipalDirections(Seed seed) {
    NDArray trained = weight.getArray();
    int p = Math.toIntExact(trained.getShape().get(0));
    int kept = Math.min(outputs(), p);
    int width = Math.min(p, kept + OVERSAMPLING);
    Torch.withoutGradient(
        () -> {
          try (NDManager scope = trained.getManager().newSubManager()) {
            GraphInputs.Seen seen = graph().seen(0, options.normalise, scope);
            SparseMatrix back = seen.propagation().transpose();
            SparseMatrix featuresBack = seen.features().transpose();
            double[] random =
                seed.derive("pca").generator().doubles((long) p * width, -1, 1).toArray();
            NDArray basis = scope.create(random, new Shape(p, width));
            for (int i = 0; i < ITERATIONS; i++) {
              basis = within(basis, scope, q -> iterated(q, seen, back, featuresBack));
            }
            NDArray found = within(basis, scope, q -> turned(q, seen, kept));
            NDArray start = trained.duplicate();
            start.attach(scope);
            start.set(
                new NDIndex(":, 0:{}", found.getShape().get(1)),
                found.toType(trained.getDataType(), false));
            Torch.copy(start, trained);
          }
          return null;
        });
  }

  /** Computes in a scope of its own, so that nothing but the result is kept. */
  private static NDArray within(NDArray basis, NDManager scope, UnaryOperator<NDArray> change) {
    try (NDManager step = scope.newSubManager()) {
      NDArray result = change.apply(Torch.within(basis, step)).duplicate();
      result.attach(scope);
      return result;
    }
  }

  private NDArray iterated(
      NDArray basis, GraphInputs.Seen seen, SparseMatrix back, SparseMatrix featuresBack) {
    NDArray image = centred(propagated(seen.propagation(), seen.features().times(basis)));
    image = centred(LinearAlgebra.orthonormalise(image));
    return LinearAlgebra.orthonormalise(featuresBack.times(propagated(back, image)));
  }

  /** The directions in the span of a basis that vary most, in their order. */
  private NDArray turned(NDArray basis, GraphInputs.Seen seen, int kept) {
    NDArray image = centred(propagated(seen.propagation(), seen.features().times(basis)));
    NDArray turn = LinearAlgebra.eigh(image.transpose().matMul(image)).vectors().flip(1);
    return basis.matMul(turn).get(":, 0:" + Math.min(kept, turn.getShape().get(1)));
  }

  private static NDArray centred(NDArray rows) {
    return rows.sub(rows.mean(new int[] {0}, true));
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
