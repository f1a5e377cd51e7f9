package ai.contexture.context;

import ai.contexture.data.Dataset;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.contexture.view.GraphView;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The convex combination whose weights make the best d functions of the whole serve the part that
 * they serve worst: min over w of max over Φ of Σ w_i Tr(Φᵀ T_iT_i* Φ) with Cov[Φ] = I [D, ch. 4].
 *
 * <p>Weights follow multiplicative updates w_i ∝ w_i exp(η_t·loss_i), where the losses d − Tr(Φᵀ
 * T_iT_i* Φ) are standardised over the parts, Φ spans the top d functions of the combination and
 * η_t = η/√t; the result has their mean over the second half of the rounds.
 */
final class MinMax {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "minmax",
              "several contexts, weighted so that the worst-served one does best",
              Options::of)
          .example("minmax(knn(k=10), rbf)")
          .option("dim", "how many functions of the mixture serve the parts")
          .option("eta", "how fast the weights move at first")
          .option("rounds", "how many times the weights move");

  /** Beyond it the factors of the weights can be more than a double holds. */
  private static final double MOST_ETA = 100;

  private static final int MOST_ROUNDS = 100_000;

  /** How far the search goes. */
  record Options(List<ContextFactory> parts, int dimension, double eta, int rounds)
      implements ContextFactory {

    static Options of(SpecOptions options) {
      return new Options(
          Mixing.factories(options.parts(2, Integer.MAX_VALUE)),
          options.integer("dim", 32, 1, Integer.MAX_VALUE),
          options.number("eta", 0.5, Double.MIN_VALUE, MOST_ETA),
          options.integer("rounds", 200, 2, MOST_ROUNDS));
    }

    @Override
    public Context fit(ContextData data) {
      List<FiniteContext> fitted = new ArrayList<>();
      for (ContextFactory part : parts) {
        Context context = part.fit(data);
        if (!(context instanceof FiniteContext finite)) {
          throw new InputException(
              "minmax: "
                  + context
                  + " has no finite operator, from which weights could be found; give fixed ones"
                  + " with mix");
        }
        fitted.add(finite);
      }
      int most = data.points().size() - 1;
      if (dimension > most) {
        throw new InputException(
            Text.format(
                "minmax: expected dim from 1 to %d (one less than the pretraining rows), got %d",
                most, dimension));
      }
      return Mixing.combineApart(weights(fitted, dimension, eta, rounds), fitted);
    }

    @Override
    public Set<String> ownColumns() {
      return whole().ownColumns();
    }

    @Override
    public Set<String> keys() {
      return whole().keys();
    }

    @Override
    public int[] rows(Dataset data) {
      return whole().rows(data);
    }

    @Override
    public boolean usesTarget() {
      return whole().usesTarget();
    }

    @Override
    public boolean readsEdges() {
      return whole().readsEdges();
    }

    @Override
    public Optional<GraphView> graphView() {
      return whole().graphView();
    }

    @Override
    public List<Path> files() {
      return whole().files();
    }

    @Override
    public List<Path> tables() {
      return whole().tables();
    }

    private ContextFactory whole() {
      return new Mixing.Factory("minmax", parts, contexts -> contexts.get(0));
    }

    @Override
    public String toString() {
      return Text.format(
          "%s, dim=%d, eta=%s, rounds=%d)",
          Mixing.text("minmax", parts).replaceFirst("\\)$", ""),
          dimension,
          Numbers.text(eta),
          rounds);
    }
  }

  /** Further columns of the block, which make it converge faster. */
  private static final int SPARE = 8;

  private static final int FIRST_ITERATIONS = 30;

  private MinMax() {}

  /** Finds the weights of parts that give the rows the same probabilities. */
  static double[] weights(List<FiniteContext> parts, int d, double eta, int rounds) {
    int k = parts.size();
    NDManager manager = parts.get(0).points().manager();
    double[] w = new double[k];
    Arrays.fill(w, 1.0 / k);
    double[] mean = new double[k];
    int n = parts.get(0).points().size();
    try (NDManager scope = manager.newSubManager()) {
      NDArray root = parts.get(0).operator().inputWeights().reshape(-1, 1);
      root.attach(scope);
      root = root.sqrt();
      RandomGenerator random = Seed.of(0).derive("minmax").generator();
      int width = Math.min(n - 1, d + SPARE);
      NDArray block =
          scope.create(random.doubles((long) n * width, -1, 1).toArray(), new Shape(n, width));
      block = clean(block, root, scope);
      for (int round = 1; round <= rounds; round++) {
        int iterations = round == 1 ? FIRST_ITERATIONS : 1;
        double[] captured = new double[k];
        for (int i = 0; i < iterations; i++) {
          block = iterate(parts, w, block, root, d, captured, scope);
        }
        update(w, captured, eta / Math.sqrt(round));
        if (2 * round > rounds) {
          for (int i = 0; i < k; i++) {
            mean[i] += w[i] / (rounds - rounds / 2);
          }
        }
      }
    }
    double sum = Arrays.stream(mean).sum();
    return Arrays.stream(mean).map(v -> v / sum).toArray();
  }

  private static NDArray clean(NDArray block, NDArray root, NDManager scope) {
    try (NDManager step = scope.newSubManager()) {
      NDArray own = Torch.within(block, step);
      NDArray rest = own.sub(root.matMul(root.transpose().matMul(own)));
      rest.attach(step);
      NDArray result = LinearAlgebra.orthonormalise(rest);
      result.attach(scope);
      return result;
    }
  }

  /**
   * One step of subspace iteration with Rayleigh–Ritz; fills what the top d capture of each part.
   */
  private static NDArray iterate(
      List<FiniteContext> parts,
      double[] w,
      NDArray block,
      NDArray root,
      int d,
      double[] captured,
      NDManager scope) {
    try (NDManager step = scope.newSubManager()) {
      NDArray v = Torch.within(block, step);
      NDArray f = v.div(root);
      NDArray[] images = new NDArray[w.length];
      NDArray image = null;
      for (int i = 0; i < w.length; i++) {
        ExpectationOperator t = parts.get(i).operator();
        images[i] = t.apply(t.adjoint(f)).mul(root);
        NDArray weighted = images[i].mul(w[i]);
        image = image == null ? weighted : image.add(weighted);
      }
      NDArray h = v.transpose().matMul(image);
      NDArray ritz = LinearAlgebra.eigh(h.add(h.transpose()).div(2)).vectors().flip(1);
      NDArray top = v.matMul(ritz.get(":, 0:" + d));
      for (int i = 0; i < w.length; i++) {
        captured[i] = top.mul(images[i].matMul(ritz.get(":, 0:" + d))).sum().toDoubleArray()[0];
      }
      NDArray next = clean(image.matMul(ritz), root, step);
      next.attach(scope);
      block.close();
      return next;
    }
  }

  /** w_i ∝ w_i exp(η·standardised loss_i), where a loss is large that captures little. */
  static void update(double[] w, double[] captured, double eta) {
    double mean = Arrays.stream(captured).average().orElseThrow();
    double deviation =
        Math.sqrt(
            Arrays.stream(captured).map(c -> (c - mean) * (c - mean)).average().orElseThrow());
    if (!(deviation > 0)) {
      return;
    }
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      w[i] *= Math.exp(eta * (mean - captured[i]) / deviation);
      sum += w[i];
    }
    for (int i = 0; i < w.length; i++) {
      w[i] /= sum;
    }
  }
}
