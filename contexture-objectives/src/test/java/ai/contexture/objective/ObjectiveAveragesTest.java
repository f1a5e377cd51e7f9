package ai.contexture.objective;

import static ai.contexture.objective.Cases.knn;
import static ai.contexture.objective.Cases.some;
import static ai.contexture.objective.Cases.step;
import static ai.contexture.objective.Cases.value;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.MarkovContext;
import ai.contexture.context.Points;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.Numeric;
import ai.contexture.torch.CounterRandom;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the losses are on average: over all batches, and over all that a context can draw.
 *
 * <p>Averages are over every outcome, and so exact.
 */
class ObjectiveAveragesTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Hands the objective the outputs of Φ or Ψ as they are, not centred on the batch. */
  private final class Raw implements Orthonormality, Networks {

    private final Variable constrained;
    private final Networks networks;
    private NDArray outputs;

    Raw(Variable constrained, MarkovContext context, NDArray table) {
      this.constrained = constrained;
      int d = (int) table.getShape().get(1);
      networks = new Cases.Free(context, List.of(), d, manager).at(table.reshape(-1));
    }

    private NDArray keep(Variable variable, NDArray made) {
      outputs = variable == constrained ? made : outputs;
      return made;
    }

    @Override
    public NDArray phi(NDArray rows) {
      return keep(Variable.INPUT, networks.phi(rows));
    }

    @Override
    public NDArray psi(NDArray rows) {
      return keep(Variable.CONTEXT, networks.psi(rows));
    }

    @Override
    public NDArray head(String name, NDArray inputs) {
      throw new AssertionError("not called");
    }

    @Override
    public Constrained apply(NDArray z, Weights weights, State state, double progress) {
      return new Constrained(outputs, weights.product(outputs, outputs), Map.of());
    }
  }

  /** A generator for one draw, which gives the seed of it. */
  private static final class OneSeed implements RandomGenerator {

    private final long seed;
    private boolean drawn;

    OneSeed(long seed) {
      this.seed = seed;
    }

    @Override
    public long nextLong() {
      if (drawn) {
        throw new AssertionError("only one draw was expected");
      }
      drawn = true;
      return seed;
    }
  }

  /**
   * Seeds of which each draws another sequence of digits, so that together they draw all of them.
   *
   * @param digits how many numbers a draw takes, each of them 0 or 1 with equal probability
   */
  private long[] seeds(int digits) {
    long[] seeds = new long[1 << digits];
    boolean[] found = new boolean[seeds.length];
    int left = seeds.length;
    for (long seed = 0; left > 0; seed++) {
      try (NDArray drawn = CounterRandom.uniform(manager, seed, digits)) {
        int outcome = 0;
        for (double value : drawn.toDoubleArray()) {
          outcome = CHOICES * outcome + (int) (CHOICES * value);
        }
        if (!found[outcome]) {
          found[outcome] = true;
          seeds[outcome] = seed;
          left--;
        }
      }
    }
    return seeds;
  }

  /** A batch and how often it is drawn. */
  private record Batch(Points points, Weights weights, double probability) {}

  /** All subsets of b of the points. */
  private List<Batch> subsets(MarkovContext context, int b) {
    int n = context.points().size();
    List<long[]> subsets =
        IntStream.range(0, 1 << n)
            .filter(set -> Integer.bitCount(set) == b)
            .mapToObj(set -> IntStream.range(0, n).filter(i -> (set >> i & 1) == 1))
            .map(set -> set.asLongStream().toArray())
            .toList();
    return subsets.stream()
        .map(at -> new Batch(some(context, manager, at), Weights.drawn(b, n), 1.0 / subsets.size()))
        .toList();
  }

  /** All pairs of points that P_X draws independently. */
  private List<Batch> independentPairs(MarkovContext context) {
    double[] p = Plain.inputs(context);
    return IntStream.range(0, p.length * p.length)
        .mapToObj(
            k -> {
              int i = k / p.length;
              int j = k % p.length;
              return new Batch(some(context, manager, i, j), Weights.independent(2), p[i] * p[j]);
            })
        .toList();
  }

  private static List<Batch> all(MarkovContext context) {
    return List.of(new Batch(context.points(), Weights.all(context), 1));
  }

  /** The mean of each term over batches and over all outcomes of drawing contexts in them. */
  private Map<String, Double> mean(
      Objective<? super MarkovContext> objective,
      MarkovContext context,
      List<Batch> batches,
      Raw networks,
      int draws) {
    Map<String, Double> mean = new LinkedHashMap<>();
    for (Batch batch : batches) {
      long[] outcomes = seeds(batch.points.size() * draws);
      for (long seed : outcomes) {
        double share = batch.probability / outcomes.length;
        OneSeed random = new OneSeed(seed);
        objective
            .loss(
                new Step<>(
                    context, batch.points, batch.weights, networks, State.empty(), random, 0))
            .terms()
            .forEach((name, term) -> mean.merge(name, share * value(term), Double::sum));
      }
    }
    return mean;
  }

  /** Each point has so many contexts, all equally probable, where all draws are enumerated. */
  private static final int CHOICES = 2;

  /** Laws with {@link #CHOICES} equally probable contexts, and a P_X that is not uniform. */
  private MarkovContext unequal(int n) {
    double[] weights = IntStream.range(0, n).mapToDouble(i -> 1 + i).toArray();
    NDArray p = manager.create(weights);
    return Cases.reweighted(knn(manager, n, CHOICES), p.div(p.sum()));
  }

  private static void assertSame(Map<String, Double> actual, Map<String, Double> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, term) -> assertClose(name, actual.get(name), term, 1e-12));
  }

  /** Whatever is drawn, the estimates are right on average for a given encoder. */
  @Test
  void lossesAreUnbiased() {
    MarkovContext even = knn(manager, 4, CHOICES);
    MarkovContext uneven = unequal(4);
    for (MarkovContext context : List.of(even, uneven)) {
      NDArray table = normal(manager, "table", 8, 2);
      Raw phi = new Raw(Variable.INPUT, context, table);
      Raw psi = new Raw(Variable.CONTEXT, context, table);
      List<Batch> parts = context == even ? subsets(context, 3) : independentPairs(context);
      Kise kise = new Kise(phi);
      assertSame(mean(kise, context, parts, phi, 0), mean(kise, context, all(context), phi, 0));
      Map<String, Double> pull = mean(new NonContrastive(psi), context, all(context), psi, 0);
      Map<String, Double> push = mean(new SpectralContrastive(psi), context, all(context), psi, 0);
      NonContrastive pulling = new NonContrastive(psi, 2);
      SpectralContrastive pushing = new SpectralContrastive(psi, 2, true, Nesting.NONE);
      for (List<Batch> batches : List.of(parts, all(context))) {
        assertSame(mean(pulling, context, batches, psi, 2), pull);
        assertSame(mean(pushing, context, batches, psi, 2), push);
      }
    }
  }

  /** Three samples use all pairs of them. */
  @Test
  void moreViewsHaveTheSameMean() {
    MarkovContext context = unequal(3);
    Raw psi = new Raw(Variable.CONTEXT, context, normal(manager, "table", 6, 2));
    SpectralContrastive exact = new SpectralContrastive(psi);
    SpectralContrastive drawn = new SpectralContrastive(psi, 3, true, Nesting.NONE);
    assertSame(
        mean(drawn, context, all(context), psi, 3), mean(exact, context, all(context), psi, 0));
  }

  /** The squared distance of the covariance from I, by batches and by pairs of samples. */
  @Test
  void frobeniusIsUnbiased() {
    MarkovContext context = unequal(4);
    NDArray table = normal(manager, "table", 8, 2);
    Networks networks = new Cases.Free(context, List.of(), 2, manager).at(table.reshape(-1));
    for (Weights weights : List.of(Weights.all(context), Weights.drawn(4, 4))) {
      NDArray z = networks.phi(context.points().rows());
      double expected = frobenius(z, weights);
      List<Batch> batches = weights.vary() ? independentPairs(context) : subsets(context, 3);
      double mean = 0;
      for (Batch batch : batches) {
        NDArray part = networks.phi(batch.points.rows());
        mean += batch.probability * frobenius(part, batch.weights);
      }
      assertClose("frobenius", mean, expected, 1e-12);
      NDArray c = weights.moment(z, z).sub(Numeric.identity(manager, 2));
      assertClose("‖C − I‖²", expected, value(c.square().sum()), 1e-12);
    }
  }

  private static double frobenius(NDArray z, Weights weights) {
    var constrained = new Frobenius(1).apply(z, weights, State.empty(), 0);
    return value(constrained.penalties().get("frobenius"));
  }

  /** The mean of the contexts that were drawn is taken out, so that some of the norm is lost. */
  @Test
  void svmeIsUnbiasedButForTheMeanOfWhatWasDrawn() {
    int n = 6;
    MarkovContext context = knn(manager, n, CHOICES);
    Spectrum spectrum = Spectra.of(context, 2, manager);
    double[] squares = spectrum.eigenvalues(2);
    NDArray mu = spectrum.functions();
    NDArray table = mu.concat(context.operator().adjoint(mu), 0);
    Raw phi = new Raw(Variable.INPUT, context, table);
    Map<String, Double> mean = mean(new Svme(phi, 1), context, all(context), phi, 1);
    double batchMean = (sum(squares, 1) - sum(squares, 2)) / n;
    assertClose("norm", mean.get("norm"), 2, 1e-12);
    assertClose("association", mean.get("association"), -2 * sum(squares, 1), 1e-12);
    assertClose("prediction", mean.get("prediction"), sum(squares, 1) - batchMean, 1e-12);
  }

  private static double sum(double[] values, int power) {
    return IntStream.range(0, values.length).mapToDouble(i -> Math.pow(values[i], power)).sum();
  }

  @Test
  void kiseOfTheExactFunctionsIsItsMinimumHoweverTheyAreMixed() {
    int d = 4;
    MarkovContext context = knn(manager, 60, 5);
    Spectrum spectrum = Spectra.of(context, d, manager);
    double least = d - sum(spectrum.eigenvalues(d), 1);
    Kise kise = new Kise(new Whitening(1e-9, 1e-9));
    NDArray mu = spectrum.functions();
    assertClose("exact", total(kise, context, mu), least, 1e-7);
    for (int i = 0; i < 5; i++) {
      NDArray mixing = normal(manager, "mixing " + i, d, d);
      NDArray offset = normal(manager, "offset " + i, 1, d);
      NDArray mixed = mu.matMul(mixing).add(offset);
      assertClose("mixed", total(kise, context, mixed), least, 1e-5);
    }
    for (int i = 0; i < 100; i++) {
      NDArray other = normal(manager, "other " + i, 60, d);
      assertThat(total(kise, context, other)).as("random vectors").isGreaterThan(least + 1e-3);
      double strength = Math.pow(10, -4 * random("strength " + i).nextDouble());
      NDArray near = mu.add(other.mul(strength));
      assertThat(total(kise, context, near)).as("near").isGreaterThan(least);
    }
  }

  @Test
  void whitenedKiseDoesNotSeeHowOutputsAreMixed() {
    MarkovContext context = knn(manager, 60, 5);
    NDArray outputs = normal(manager, "outputs", 120, 4);
    Kise kise = new Kise(new Whitening(1e-12, 1e-12));
    double expected = total(kise, context, outputs);
    NDArray mixing = normal(manager, "mixing", 4, 4);
    assertClose("mixed", total(kise, context, outputs.matMul(mixing).mul(50)), expected, 1e-9);
  }

  private static double total(Kise kise, MarkovContext context, NDArray phi) {
    NDArray table = phi.getShape().get(0) == 60 ? phi.concat(phi, 0) : phi;
    return value(kise.loss(step(context, table, random("unused"), 0)).total());
  }

  @Test
  void kiseOfABatchOfAllPointsIsThatOfTheOperator() {
    MarkovContext context = knn(manager, 20, 5);
    NDArray table = normal(manager, "table", 40, 4);
    Points all = some(context, manager, IntStream.range(0, 20).asLongStream().toArray());
    var byOperator = step(context, table, random("unused"), 0.5);
    var byKernel =
        new Step<>(
            context,
            all,
            Weights.drawn(20, 20),
            byOperator.networks(),
            State.empty(),
            random("unused"),
            0.5);
    assertThat(byOperator.isFull()).isTrue();
    assertThat(byKernel.isFull()).isFalse();
    for (Orthonormality way : List.of(new Whitening(), new VicRegPenalty(), new Frobenius())) {
      Map<String, NDArray> expected = new Kise(way).loss(byOperator).terms();
      Map<String, NDArray> actual = new Kise(way).loss(byKernel).terms();
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, term) -> assertClose(name, value(actual.get(name)), value(term), 1e-12));
    }
  }

  /** Of the objectives on covariances. */
  @Test
  void aConstantIsCentredAway() {
    for (Cases.Case of : Cases.all()) {
      boolean centres = !Cases.OTHERS.contains(of.objective()) || isCentred(of.objective());
      if (!centres || (of.objective() instanceof SpectralContrastive other && !other.centred())) {
        continue;
      }
      MarkovContext context = of.batch().context(manager);
      List<Head> heads = of.objective().heads(context, 3);
      Cases.Free free = new Cases.Free(context, heads, 3, manager);
      int vectors = 3 * (context.points().size() + context.contexts().size());
      NDArray numbers = normal(manager, "numbers", 1, free.size()).reshape(-1);
      NDArray constant = numbers.onesLike().mul(7);
      constant.set(new NDIndex(vectors + ":"), 0);
      double before = total(of, context, free.at(numbers));
      double after = total(of, context, free.at(numbers.add(constant)));
      assertClose(of.toString(), after, before, 1e-11 * (1 + Math.abs(before)));
    }
  }

  private static boolean isCentred(Objective<?> objective) {
    return objective instanceof LowRank || objective instanceof Distillation;
  }

  private double total(Cases.Case of, MarkovContext context, Networks networks) {
    Points batch = of.batch().points(context, manager);
    Weights weights = of.batch().weights(context);
    State state = State.of(of.objective().state(context, 3, manager));
    return value(
        of.objective()
            .loss(new Step<>(context, batch, weights, networks, state, random("samples"), 0))
            .total());
  }
}
