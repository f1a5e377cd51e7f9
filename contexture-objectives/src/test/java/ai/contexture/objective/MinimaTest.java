package ai.contexture.objective;

import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.step;
import static ai.contexture.objective.Cases.value;
import static ai.contexture.objective.Cases.weighted;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.context.MarkovContext;
import ai.contexture.context.Points;
import ai.contexture.measure.Alignment;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.Numeric;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the losses are at their minima, and which functions reach them, on small contexts. */
class MinimaTest {

  private static final Whitening EXACT = new Whitening(1e-9, 1e-9);
  private static final Projector DIRECT = Projector.none();

  /** Where a descent by L-BFGS is given up. */
  private static final int MOST = 300;

  private static final double TOLERANCE = 2e-4;
  private static final double AT_KINK = 1e-2;

  /**
   * Each orthonormality, with weights by which no function gets lost and VICReg holds all variances
   * at 1.
   */
  private static final List<Orthonormality> EVERY_WAY =
      List.of(
          EXACT,
          new Whitening(1e-9, 1e-9, Whitening.Form.ZCA, 0),
          new Frobenius(2),
          new Correlation(2),
          new VicRegPenalty(4, 2));

  /** Those of objectives with a readout that is trained, which can have any outputs. */
  private static final List<Orthonormality> WITH_READOUT =
      List.of(Orthonormality.none(), new Frobenius(0.7), new Correlation(0.7));

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private static double sum(double[] values, double power) {
    return DoubleStream.of(values).map(v -> Math.pow(v, power)).sum();
  }

  private NDArray diagonal(double... values) {
    return Numeric.identity(manager, values.length).mul(manager.create(values));
  }

  private double total(
      Objective<? super MarkovContext> objective, MarkovContext of, NDArray phi, NDArray psi) {
    return value(objective.loss(step(of, phi.concat(psi, 0), random("drawn"), 0)).total());
  }

  /** The loss is as said at some functions, and nowhere less. */
  private void assertLeast(
      Objective<? super MarkovContext> objective,
      MarkovContext context,
      NDArray phi,
      NDArray psi,
      double least,
      double tolerance) {
    assertClose(
        objective + " at its minimum", total(objective, context, phi, psi), least, tolerance);
    for (int i = 0; i < 50; i++) {
      double strength = Math.pow(10, 1 - 4 * random("strength " + i).nextDouble());
      double there =
          total(objective, context, moved("phi", i, phi, strength), moved("psi", i, psi, strength));
      assertThat(there)
          .as(objective + " elsewhere, " + reproduce())
          .isGreaterThan(least - tolerance);
    }
  }

  private NDArray moved(String what, int i, NDArray from, double strength) {
    int n = (int) from.getShape().get(0);
    int d = (int) from.getShape().get(1);
    return from.add(normal(manager, what + " " + i, n, d).mul(strength));
  }

  /** A context whose inputs are not equally probable, and its first exact functions. */
  private final class Exact {

    private final MarkovContext context;
    private final double[] squares;
    private final NDArray mu;

    /** (s_i ν_i). */
    private final NDArray psi;

    private final NDArray nu;

    Exact(int d) {
      this(weighted(manager, 12, 9), d);
    }

    Exact(MarkovContext context, int d) {
      this.context = context;
      Spectrum spectrum = Spectra.of(context, d, manager);
      squares = spectrum.eigenvalues(d);
      mu = spectrum.functions();
      psi = context.operator().adjoint(mu);
      nu = psi.div(manager.create(squares).sqrt());
    }

    /** Functions times s_i to a power. */
    NDArray scaled(NDArray functions, double power) {
      return functions.mul(manager.create(squares).pow(power / 2));
    }

    void assertLeast(
        Objective<? super MarkovContext> objective, NDArray phi, NDArray psi, double least) {
      MinimaTest.this.assertLeast(objective, context, phi, psi, least, 1e-7);
    }

    private double[] lost() {
      return DoubleStream.of(squares).map(v -> 1 - v).toArray();
    }

    /** The least of Σ (1 − s_i²) M_i and penalties, of functions of X. */
    double onInputs(Orthonormality way) {
      return least(way, lost(), unbiased(Weights.all(context)));
    }

    /** The least of 2Σ (1 − s_i²) M_i and penalties, of functions of A. */
    double onContexts(Orthonormality way) {
      double[] twice = DoubleStream.of(lost()).map(v -> 2 * v).toArray();
      return least(way, twice, unbiased(Weights.of(context.operator().contextWeights())));
    }

    private double unbiased(Weights weights) {
      return value(weights.unbiased(mu));
    }

    /** ‖R − I‖² of shares c_i of variance: see {@link BarlowTwins}. */
    double ofBarlowTwins() {
      double[] inverse = DoubleStream.of(squares).map(v -> 1 / v).toArray();
      return Math.pow(sum(inverse, 1) - squares.length, 2) / sum(inverse, 2);
    }

    /** With all variances held at 1. */
    double ofVicReg(VicReg of) {
      int d = squares.length;
      VicRegPenalty way = new VicRegPenalty(0, of.covariance() / of.invariance());
      Weights contexts = Weights.of(context.operator().contextWeights());
      return 2 * of.invariance() / d * least(way, lost(), unbiased(contexts));
    }

    /** Descent from a random start ends at the minimum, and spans these functions on inputs. */
    void assertReaches(
        Objective<? super MarkovContext> objective,
        int d,
        Variable encoder,
        NDArray functions,
        double least) {
      Descent.End end = assertLowest(objective, context, d, least);
      NDArray average = context.operator().apply(end.psi());
      assertSpans(objective, encoder == Variable.INPUT ? end.phi() : average, functions);
      if (objective instanceof Svme || objective instanceof LowRank) {
        assertSpans(objective, average, functions);
      }
    }

    /** The same of Ψ itself. */
    void assertPsiReaches(
        Objective<? super MarkovContext> objective, NDArray functions, double least) {
      int d = (int) functions.getShape().get(1);
      Descent.End end = assertLowest(objective, context, d, least);
      assertSpans(objective, end.psi(), functions);
    }

    /** The top d eigenvalues of AᵀA and functions diag(p)^(−½)u of A = diag(p)^½ m, descending. */
    Found found(NDArray centredMeans, NDArray p, int d) {
      NDArray roots = p.sqrt().reshape(-1, 1);
      LinearAlgebra.Svd svd = LinearAlgebra.svd(centredMeans.mul(roots));
      NDArray functions = svd.left().get(":, :" + d).div(roots);
      return new Found(Arrays.copyOf(doubles(svd.values().square()), d), functions);
    }
  }

  private record Found(double[] eigenvalues, NDArray functions) {}

  @Test
  void minimaAreThoseOfTheory() {
    int d = 3;
    Exact exact = new Exact(d);
    double[] squares = exact.squares;
    NDArray mu = exact.mu;
    exact.assertLeast(new Kise(EXACT), mu, exact.nu, d - sum(squares, 1));
    exact.assertLeast(new Svme(EXACT), mu, exact.psi, d - sum(squares, 1));
    exact.assertLeast(new NonContrastive(EXACT), mu, exact.nu, 2 * (d - sum(squares, 1)));
    exact.assertLeast(new SpectralContrastive(), mu, exact.psi, -sum(squares, 2) / 2);
    exact.assertLeast(new Distillation(), exact.scaled(mu, 1), exact.nu, -sum(squares, 2));
    NDArray root = exact.scaled(mu, 0.5);
    exact.assertLeast(new LowRank(), root, exact.scaled(exact.nu, 0.5), -sum(squares, 1));
    exact.assertLeast(
        new BalancedClassification(Readout.best(), EXACT), mu, exact.nu, 8 - sum(squares, 1));
  }

  /** Where the constraint is exact, objectives know their minimum. */
  @Test
  void theLeastLossIsKnown() {
    Exact exact = new Exact(3);
    double least = new Kise(EXACT).least(exact.squares).orElseThrow();
    exact.assertLeast(new Kise(EXACT), exact.mu, exact.psi, least);
    least = new Svme(EXACT).least(exact.squares).orElseThrow();
    exact.assertLeast(new Svme(EXACT), exact.mu, exact.psi, least);
    least = new NonContrastive(EXACT).least(exact.squares).orElseThrow();
    exact.assertLeast(new NonContrastive(EXACT), exact.mu, exact.nu, least);
    assertThat(new Kise(new VicRegPenalty()).least(exact.squares)).isEmpty();
    assertThat(
            new Kise(new Whitening(1e-3, 1e-3, Whitening.Form.CHOLESKY, 0.5)).least(exact.squares))
        .isEmpty();
  }

  static List<String> names() {
    return Objectives.registry().names();
  }

  /** Every objective goes down from random functions to its minimum, and spans what it says. */
  @ParameterizedTest
  @MethodSource("names")
  void descentReachesTheMinimum(String name) {
    int d = 3;
    Exact exact = new Exact(d);
    double[] squares = exact.squares;
    NDArray mu = exact.mu;
    switch (name) {
      case "kise" -> {
        for (Orthonormality way : EVERY_WAY) {
          exact.assertReaches(new Kise(way), d, Variable.INPUT, mu, exact.onInputs(way));
        }
      }
      case "svme" -> {
        for (Orthonormality way : EVERY_WAY) {
          exact.assertReaches(new Svme(way), d, Variable.INPUT, mu, exact.onInputs(way));
        }
      }
      case "non-contrastive" -> {
        for (Orthonormality way : EVERY_WAY) {
          double least = exact.onContexts(way);
          exact.assertReaches(new NonContrastive(way), d, Variable.CONTEXT, mu, least);
        }
      }
      case "spectral-contrastive" -> {
        double least = -sum(squares, 2) / 2;
        exact.assertReaches(new SpectralContrastive(), d, Variable.CONTEXT, mu, least);
        // with unit variances, −Σs² + d/2; with Frobenius's penalty −½Σ(s² + 2w)²/(1 + 2w) + wd
        least = d / 2.0 - sum(squares, 1);
        exact.assertReaches(new SpectralContrastive(EXACT), d, Variable.CONTEXT, mu, least);
        double w = 0.7;
        double shares = DoubleStream.of(squares).map(v -> (v + 2 * w) * (v + 2 * w)).sum();
        least = w * d - shares / (2 * (1 + 2 * w));
        var penalised = new SpectralContrastive(new Frobenius(w));
        exact.assertReaches(penalised, d, Variable.CONTEXT, mu, least);
      }
      case "low-rank" -> {
        double least = -sum(squares, 1);
        exact.assertReaches(new LowRank(), d, Variable.INPUT, mu, least);
      }
      case "distillation" ->
          exact.assertReaches(new Distillation(), d, Variable.INPUT, mu, -sum(squares, 2));
      case "balanced" -> {
        double least = 8 - sum(squares, 1);
        var closed = new BalancedClassification(Readout.best(), EXACT);
        exact.assertReaches(closed, d, Variable.INPUT, mu, least);
        for (Orthonormality way : WITH_READOUT) {
          var trained = new BalancedClassification(Readout.linear(), way);
          exact.assertReaches(trained, d, Variable.INPUT, mu, least);
        }
      }
      case "laplacian", "supervised", "denoising" -> {
        // other functions than μ: see their own tests
      }
      case "barlow-twins" -> {
        Exact two = new Exact(2);
        BarlowTwins barlow = new BarlowTwins(1, 0, DIRECT);
        two.assertReaches(barlow, 2, Variable.CONTEXT, two.mu, two.ofBarlowTwins());
      }
      case "vicreg" -> {
        var strong = new VicReg(1, 8, 2, 0, DIRECT);
        exact.assertReaches(strong, d, Variable.CONTEXT, mu, exact.ofVicReg(strong));
      }
      case "infonce", "nt-xent", "dcl", "clip" -> assertSimplex(name);
      case "supervised-contrastive" -> assertClassesAtASimplex();
      case "byol", "simsiam" -> {
        // no loss that goes down: see DescentTest
      }
      case "diffusion", "mix", "minmax" -> {
        // on noise: see NoisePredictionTest; of other objectives: see MixtureTest
      }
      default -> throw new AssertionError("no minimum of " + name + " is known");
    }
  }

  /** VICReg's hinge has a kink at its minimum, which is only approached. */
  private static boolean hasKink(Objective<?> objective) {
    return objective.orthonormality() instanceof VicRegPenalty || objective instanceof VicReg;
  }

  private Descent.End assertLowest(
      Objective<? super MarkovContext> objective, MarkovContext context, int d, double least) {
    double tolerance = hasKink(objective) ? AT_KINK : TOLERANCE;
    Descent.End end = new Descent(context, d, manager).lowest(objective, MOST);
    if (end.loss() > least + tolerance) { // a minimum of the neighbourhood only
      end = new Descent(context, d, manager, "another start").lowest(objective, MOST);
    }
    assertClose(objective + " with " + objective.orthonormality(), end.loss(), least, tolerance);
    return end;
  }

  private static void assertSpans(Objective<?> objective, NDArray found, NDArray wanted) {
    String what = objective + " with " + objective.orthonormality();
    assertSpans(what, found, wanted, 1 - (hasKink(objective) ? 10 * AT_KINK : TOLERANCE));
  }

  private static void assertSpans(String what, NDArray found, NDArray wanted, double least) {
    assertThat(Alignment.canonicalCorrelation(found, wanted))
        .as(what + ", " + reproduce())
        .isGreaterThan(least)
        .isLessThanOrEqualTo(1 + 1e-9);
  }

  /** How a total is shared by Σ a_i M_i + λ Σ M_i², M_i ≥ 0: M_i = max(0, θ − a_i)/(2λ). */
  private static double[] shares(double[] a, double lambda, double total) {
    double[] sorted = DoubleStream.of(a).sorted().toArray();
    double theta = Double.POSITIVE_INFINITY;
    for (int k = sorted.length; k >= 1 && !(theta > sorted[k - 1] && k < sorted.length); k--) {
      theta = (2 * lambda * total + sum(Arrays.copyOf(sorted, k), 1)) / k;
      if (theta > sorted[k - 1]) {
        break;
      }
    }
    double found = theta;
    return DoubleStream.of(a).map(v -> Math.max(0, found - v) / (2 * lambda)).toArray();
  }

  /** The least Σ a_i M_i + penalties, M_i the variance of the i-th function in all outputs. */
  private static double least(Orthonormality way, double[] a, double unbiased) {
    int d = a.length;
    if (way instanceof Frobenius frobenius) {
      double w = frobenius.weight();
      return DoubleStream.of(a).map(v -> v < 2 * w ? v - v * v / (4 * w) : w).sum();
    } else if (way instanceof Correlation correlation) {
      return penalised(a, shares(a, correlation.weight(), d), correlation.weight(), d);
    } else if (way instanceof VicRegPenalty vicReg) {
      double lambda = vicReg.covariance() * unbiased * unbiased;
      double variance = (1 - 1e-4) / unbiased;
      return penalised(a, shares(a, lambda, d * variance), lambda, d * variance * variance);
    }
    return sum(a, 1);
  }

  private static double penalised(double[] a, double[] m, double lambda, double diagonal) {
    double value = -lambda * diagonal;
    for (int i = 0; i < a.length; i++) {
      value += a[i] * m[i] + lambda * m[i] * m[i];
    }
    return value;
  }

  private void assertSimplex(String name) {
    MarkovContext context = Cases.knn(manager, 4, 1);
    double t = 0.5;
    double own = Math.exp(1 / t);
    double other = 3 * Math.exp(-1 / (3 * t));
    var negatives =
        name.equals("infonce") ? InfoNce.Negatives.OTHER_VIEW : InfoNce.Negatives.ALL_VIEWS;
    boolean decoupled = name.equals("dcl");
    boolean clip = name.equals("clip");
    Objective<? super MarkovContext> objective =
        clip ? new Clip(t, false) : new InfoNce(negatives, t, decoupled, 2, DIRECT);
    int samples = name.equals("infonce") || clip ? 1 : 2;
    double least = Math.log((decoupled ? 0 : own) + samples * other) - 1 / t;
    Descent.End end = new Descent(context, 3, manager).lowest(objective, MOST);
    assertClose(name, end.loss(), least, 1e-8);
    for (NDArray outputs : clip ? List.of(end.phi(), end.psi()) : List.of(end.psi())) {
      NDArray z = Similarity.normalised(outputs);
      double[] cosines = doubles(z.matMul(z.transpose()));
      double[] corners = doubles(simplex(4).mul(4.0 / 3));
      assertClose(name + ", cosines", cosines, corners, 1e-3);
    }
  }

  private void assertClassesAtASimplex() {
    MarkovContext context = classes();
    double t = 0.5;
    Descent.End end =
        new Descent(context, 2, manager).lowest(new SupervisedContrastive(t, DIRECT), MOST);
    double least = Math.log(Math.exp(1 / t) + 4 * Math.exp(-0.5 / t)) - 1 / t;
    assertClose("supervised-contrastive", end.loss(), least, 1e-8);
    NDArray mu = Spectra.of(context, 2, manager).functions();
    assertSpans("supervised-contrastive", Similarity.normalised(end.phi()), mu, 1 - 1e-6);
  }

  /**
   * Corners of a cube whose coordinates flip on their own, with correlation ρ: the density of (x,
   * a) is Π(1 + ρ x_i a_i), whose logarithm is atanh(ρ)·⟨x, a⟩ plus a constant. So at the
   * temperature 1/(d·atanh ρ) the cosines can be all that is wanted, and the coordinates are μ_1 …
   * μ_d.
   */
  private MarkovContext cube(double rho) {
    double[] x = new double[24];
    double[] law = new double[64];
    for (int i = 0; i < 8; i++) {
      for (int k = 0; k < 3; k++) {
        x[3 * i + k] = 2 * (i >> k & 1) - 1 + 0.01 * i; // told apart by the first
      }
      for (int j = 0; j < 8; j++) {
        int flipped = Integer.bitCount(i ^ j);
        law[8 * i + j] = Math.pow((1 - rho) / 2, flipped) * Math.pow((1 + rho) / 2, 3 - flipped);
      }
    }
    Points points = Points.all(manager.create(x, new Shape(8, 3)).duplicate());
    NDArray p = manager.ones(new Shape(8), DataType.FLOAT64).div(8);
    return Cases.context(points, points, manager.create(law, new Shape(8, 8)).duplicate(), p);
  }

  private static double temperature(double rho) {
    return 2 / (3 * Math.log((1 + rho) / (1 - rho)));
  }

  /** Outputs are scaled to length 1, as the loss sees them; a random span has 3/7. */
  @Test
  void cosinesSpanWhereTheLogarithmOfTheDensityIsOfRankD() {
    double rho = 0.6;
    MarkovContext context = cube(rho);
    NDArray mu = Spectra.of(context, 3, manager).functions();
    Descent descent = new Descent(context, 3, manager);
    Clip clip = new Clip(temperature(rho), false);
    Descent.End end = descent.trained(clip, 400, 0.1);
    Descent.End other = new Descent(context, 3, manager, "another start").trained(clip, 400, 0.1);
    NDArray phi = (other.loss() < end.loss() ? other : end).phi();
    assertSpans("clip", Similarity.normalised(phi), mu, 0.9);
    for (InfoNce.Negatives negatives : InfoNce.Negatives.values()) {
      for (boolean decoupled : new boolean[] {false, true}) {
        // two samples of one x have the correlation ρ²
        var loss = new InfoNce(negatives, temperature(rho * rho), decoupled, 24, DIRECT);
        NDArray psi = Similarity.normalised(descent.lowest(loss, 40).psi());
        assertSpans(loss.toString(), context.operator().apply(psi), mu, 0.9);
      }
    }
  }

  /** Φ → ΦR, Ψ → ΨR⁻ᵀ leaves the low-rank loss as it is. */
  @Test
  void lowRankDoesNotSeeHowFunctionsAreMixed() {
    Exact exact = new Exact(3);
    NDArray mixing = normal(manager, "mixing", 3, 3);
    NDArray inverse = LinearAlgebra.solve(mixing, Numeric.identity(manager, 3)).transpose();
    NDArray phi = exact.scaled(exact.mu, 0.5).matMul(mixing);
    NDArray psi = exact.scaled(exact.nu, 0.5).matMul(inverse);
    double there = total(new LowRank(), exact.context, phi, psi);
    assertClose("mixed", there, -sum(exact.squares, 1), 1e-9);
  }

  /** The constant function takes one of the outputs. */
  @Test
  void uncentredContrastiveLearnsTheConstant() {
    Exact exact = new Exact(3);
    SpectralContrastive original =
        new SpectralContrastive(Orthonormality.none(), 0, false, Nesting.NONE);
    NDArray constant = exact.psi.get(":, :1").onesLike();
    NDArray psi = constant.concat(exact.psi.get(":, :2"), 1);
    double least = -(1 + sum(Arrays.copyOf(exact.squares, 2), 2)) / 2;
    exact.assertLeast(original, exact.mu, psi, least);
    assertThat(total(original, exact.context, exact.mu, exact.psi)).isGreaterThan(least + 0.1);
  }

  /** Of the mean of the losses of the first k functions. */
  @Test
  void minimaWithJointNesting() {
    int d = 3;
    Exact exact = new Exact(d);
    double ofSquares = 0;
    double ofFourths = 0;
    for (int k = 1; k <= d; k++) {
      ofSquares += sum(Arrays.copyOf(exact.squares, k), 1) / d;
      ofFourths += sum(Arrays.copyOf(exact.squares, k), 2) / d;
    }
    NDArray root = exact.scaled(exact.mu, 0.5);
    NDArray rootNu = exact.scaled(exact.nu, 0.5);
    LowRank lowRank = new LowRank(Nesting.JOINT, 0);
    exact.assertLeast(lowRank, root, rootNu, -ofSquares);
    NDArray mu = exact.scaled(exact.mu, 1);
    exact.assertLeast(new Distillation(Nesting.JOINT), mu, exact.nu, -ofFourths);
    SpectralContrastive contrastive =
        new SpectralContrastive(Orthonormality.none(), 0, true, Nesting.JOINT);
    exact.assertLeast(contrastive, exact.mu, exact.psi, -ofFourths / 2);
    NDArray swapped = manager.create(new long[] {1, 0, 2});
    double other = total(lowRank, exact.context, columns(root, swapped), columns(rootNu, swapped));
    double gap = (exact.squares[0] - exact.squares[1]) / d;
    assertClose("two functions in the wrong order", other, -ofSquares + gap, 1e-9);
  }

  private static NDArray columns(NDArray matrix, NDArray order) {
    return matrix.transpose().get(order).transpose();
  }

  /** Objectives whose functions can be told apart, by their nesting. */
  private static List<Function<Nesting, Objective<? super MarkovContext>>> nested() {
    return List.of(
        nesting -> new LowRank(nesting, 0),
        nesting -> new LowRank(nesting, 2),
        Distillation::new,
        nesting -> new SpectralContrastive(Orthonormality.none(), 0, true, nesting),
        nesting -> new SpectralContrastive(Orthonormality.none(), 3, true, nesting));
  }

  /** The gradient of the i-th function is that of the loss of the first i, others held fixed. */
  @Test
  void sequentialNestingHasTheGradientOfEachPrefix() {
    int d = 3;
    MarkovContext context = weighted(manager, 6, 5);
    NDArray table = normal(manager, "table", 11, d);
    for (var objective : nested()) {
      Objective<? super MarkovContext> sequential = objective.apply(Nesting.SEQUENTIAL);
      Objective<? super MarkovContext> plain = objective.apply(Nesting.NONE);
      double[] gradient =
          gradient(at -> sequential.loss(step(context, at, random("drawn"), 0)).total(), table);
      for (int i = 0; i < d; i++) {
        NDArray first = table.get(":, :" + (i + 1)).duplicate();
        double[] ofPrefix =
            gradient(at -> plain.loss(step(context, at, random("drawn"), 0)).total(), first);
        for (int row = 0; row < 11; row++) {
          double expected = ofPrefix[row * (i + 1) + i];
          String what = sequential + ", function " + i;
          assertClose(what, gradient[row * d + i], expected, 1e-12 * (1 + Math.abs(expected)));
        }
      }
      var reported = sequential.loss(step(context, table, random("drawn"), 0)).terms();
      var expected = plain.loss(step(context, table, random("drawn"), 0)).terms();
      assertThat(reported.keySet()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, term) -> assertClose(name, value(reported.get(name)), value(term), 1e-12));
    }
  }

  /** The walk on eight points in a row that stays where it is every other time. */
  private MarkovContext path() {
    double[] law = new double[64];
    double[] p = new double[8];
    for (int i = 0; i < 8; i++) {
      int neighbours = i == 0 || i == 7 ? 1 : 2;
      p[i] = neighbours / 14.0;
      law[9 * i] = 0.5;
      if (i > 0) {
        law[9 * i - 1] = 0.5 / neighbours;
      }
      if (i < 7) {
        law[9 * i + 1] = 0.5 / neighbours;
      }
    }
    KnnContext points = Cases.knn(manager, 8, 2);
    NDArray laws = manager.create(law, new Shape(8, 8)).duplicate();
    return Cases.context(points.points(), points.points(), laws, manager.create(p).duplicate());
  }

  /** The i-th output is the i-th function, and not just in the span. */
  @ParameterizedTest
  @EnumSource(
      value = Nesting.class,
      names = {"JOINT", "SEQUENTIAL"})
  void nestedFunctionsComeInOrder(Nesting nesting) {
    Exact exact = new Exact(path(), 3);
    assertThat(exact.squares[0] - exact.squares[1]).isGreaterThan(0.2);
    assertThat(exact.squares[1] - exact.squares[2]).isGreaterThan(0.2);
    Descent descent = new Descent(exact.context, 3, manager);
    assertOrdered(down(descent, new LowRank(nesting, 0)).phi(), exact);
    assertOrdered(down(descent, new Distillation(nesting)).phi(), exact);
    var contrastive = new SpectralContrastive(Orthonormality.none(), 0, true, nesting);
    assertOrdered(exact.context.operator().apply(down(descent, contrastive).psi()), exact);
  }

  /** Sequential nesting has no loss of which it is the gradient. */
  private static Descent.End down(Descent from, Objective<? super MarkovContext> objective) {
    return objective.toString().contains("sequential")
        ? from.trained(objective, 600, 0.1)
        : from.lowest(objective, MOST);
  }

  private static void assertOrdered(NDArray functions, Exact exact) {
    Weights weights = Weights.all(exact.context);
    NDArray z = weights.centred(functions);
    double[] covariances = doubles(Correlation.diagonal(weights.moment(z, exact.mu)));
    double[] variances = doubles(Correlation.diagonal(weights.moment(z, z)));
    for (int i = 0; i < 3; i++) {
      double correlation = Math.abs(covariances[i]) / Math.sqrt(variances[i]);
      assertThat(correlation).as("function " + i + ", " + reproduce()).isGreaterThan(0.98);
    }
  }

  /** TΛT* with the linear kernel of rows of three numbers, of which two are learned. */
  @Test
  void supervisedLearnsWhatTheTargetsAreLike() {
    Exact exact = new Exact(2);
    var operator = exact.context.operator();
    Weights p = Weights.all(exact.context);
    Weights q = Weights.of(operator.contextWeights());
    NDArray a = exact.context.contexts().rows();
    NDArray means = p.centred(operator.apply(a));
    Found found = exact.found(means, operator.inputWeights(), 2);
    double variance = value(q.product(q.centred(a), q.centred(a)));
    Supervised supervised = new Supervised(Readout.best(), EXACT, 0);
    double least = variance - sum(found.eigenvalues, 1);
    exact.assertLeast(supervised, found.functions, exact.psi, least);
    assertThat(total(supervised, exact.context, exact.mu, exact.psi)).isGreaterThan(least + 1e-3);
    for (Orthonormality way : WITH_READOUT) {
      Supervised trained = new Supervised(Readout.linear(), way, 0);
      exact.assertReaches(trained, 2, Variable.INPUT, found.functions, least);
    }
    exact.assertReaches(supervised, 2, Variable.INPUT, found.functions, least);
  }

  /** T*ΛT with the linear kernel of rows of two numbers, of which one is learned. */
  @Test
  void denoisingLearnsWhatTheInputsAreLike() {
    Exact exact = new Exact(1);
    var operator = exact.context.operator();
    Weights p = Weights.all(exact.context);
    Weights q = Weights.of(operator.contextWeights());
    NDArray x = exact.context.points().rows();
    Found found = exact.found(q.centred(operator.adjoint(x)), operator.contextWeights(), 1);
    double variance = value(p.product(p.centred(x), p.centred(x)));
    Denoising denoising = new Denoising(Readout.best(), EXACT, 0);
    double least = variance - sum(found.eigenvalues, 1);
    exact.assertLeast(denoising, exact.mu, found.functions, least);
    assertThat(total(denoising, exact.context, exact.mu, exact.nu)).isGreaterThan(least + 1e-4);
    for (Orthonormality way : WITH_READOUT) {
      Denoising trained = new Denoising(Readout.linear(), way, 0);
      exact.assertPsiReaches(trained, found.functions, least);
    }
    exact.assertPsiReaches(denoising, found.functions, least);
  }

  /**
   * Plain regression of the classes' indicators prefers frequent ones; the balanced one does not.
   */
  @Test
  void balancingTakesTheKernelOfTheClassesOut() {
    MarkovContext context = weighted(manager, 12, 4);
    Spectrum spectrum = Spectra.of(context, 1, manager);
    var operator = context.operator();
    double[] q = doubles(operator.contextWeights());
    NDArray law = context.law(context.points()).dense(manager);
    Weights p = Weights.all(context);
    NDArray roots = operator.inputWeights().sqrt().reshape(-1, 1);
    NDArray scaled = p.centred(law.div(manager.create(q).sqrt()));
    NDArray top = LinearAlgebra.svd(scaled.mul(roots)).left().get(":, :1").div(roots);
    double correlation = Math.abs(value(p.product(top, spectrum.functions())));
    assertClose("of the balanced one with μ_1", correlation, 1, 1e-10);
    NDArray plain = LinearAlgebra.svd(p.centred(law).mul(roots)).left().get(":, :1").div(roots);
    assertThat(Math.abs(value(p.product(plain, spectrum.functions()))))
        .as("of the plain one, " + reproduce())
        .isLessThan(0.9999);
  }

  /** A reversible walk on a graph with random weights. */
  private MarkovContext walk(int n) {
    NDArray half = normal(manager, "edges", n, n).exp();
    NDArray edges = half.add(half.transpose());
    NDArray degrees = edges.sum(new int[] {1}, true);
    KnnContext points = Cases.knn(manager, n, 2);
    return Cases.context(
        points.points(), points.points(), edges.div(degrees), degrees.div(degrees.sum()));
  }

  /** Eigenfunctions of T itself, of which some eigenvalues are negative. */
  @Test
  void laplacianLearnsTheSmoothestFunctions() {
    MarkovContext walk = walk(10);
    NDArray p = walk.operator().inputWeights();
    NDArray roots = p.sqrt().reshape(-1, 1);
    NDArray law = walk.law(walk.points()).dense(manager);
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(law.mul(roots).div(roots.transpose()));
    double[] values = doubles(eigen.values());
    assertThat(values[0]).isNegative();
    int d = 2;
    NDArray functions = eigen.vectors().get(":, 7:9").div(roots);
    double least = d - values[7] - values[8];
    assertLeast(new Laplacian(EXACT, 0), walk, functions, functions, least, 1e-7);
    double[] lost = {1 - values[8], 1 - values[7]};
    double unbiased = value(Weights.all(walk).unbiased(functions));
    for (Orthonormality way : EVERY_WAY) {
      Laplacian laplacian = new Laplacian(way, 0);
      Descent.End end = assertLowest(laplacian, walk, d, least(way, lost, unbiased));
      assertSpans(laplacian, end.phi(), functions);
    }
  }

  /** Two outputs share ν_1 and ν_2 so that both have variance 1: c_1 + c_2 = 2. */
  @Test
  void barlowTwinsSharesFunctions() {
    Exact exact = new Exact(2);
    double[] inverse = DoubleStream.of(exact.squares).map(v -> 1 / v).toArray();
    double theta = (sum(inverse, 1) - 2) / sum(inverse, 2);
    double[] shares =
        DoubleStream.of(exact.squares).map(v -> Math.sqrt((1 - theta / v) / v)).toArray();
    BarlowTwins barlow = new BarlowTwins(1, 0, DIRECT);
    assertThat(theta).as("a condition, " + reproduce()).isLessThan(exact.squares[1]);
    NDArray turn = manager.create(new double[] {1, 1, 1, -1}, new Shape(2, 2)).div(Math.sqrt(2));
    NDArray psi = exact.nu.matMul(diagonal(shares)).matMul(turn);
    assertLeast(barlow, exact.context, exact.mu, psi, exact.ofBarlowTwins(), 1e-4);
  }

  /** Corners of a regular simplex around 0, [b, b]; they span b − 1 dimensions. */
  private NDArray simplex(int b) {
    return Numeric.identity(manager, b).sub(1.0 / b);
  }

  /** Points that share no contexts are best at the corners of a regular simplex. */
  @Test
  void cosinesOfPointsThatShareNothing() {
    int b = 4;
    MarkovContext context = Cases.knn(manager, b, 1);
    NDArray corners = simplex(b);
    double apart = -1.0 / (b - 1);
    for (double t : new double[] {0.2, 1}) {
      double own = Math.exp(1 / t);
      double other = (b - 1) * Math.exp(apart / t);
      var nce = new InfoNce(InfoNce.Negatives.OTHER_VIEW, t, false, 2, DIRECT);
      double least = Math.log(own + other) - 1 / t;
      assertLeast(nce, context, corners, corners, least, 1e-9);
      var all = new InfoNce(InfoNce.Negatives.ALL_VIEWS, t, false, 2, DIRECT);
      assertLeast(all, context, corners, corners, Math.log(own + 2 * other) - 1 / t, 1e-9);
      var decoupled = new InfoNce(InfoNce.Negatives.ALL_VIEWS, t, true, 2, DIRECT);
      assertLeast(decoupled, context, corners, corners, Math.log(2 * other) - 1 / t, 1e-9);
      assertLeast(new Clip(t, false), context, corners, corners, least, 1e-9);
    }
  }

  private static final long[] CLASSES = {0, 0, 1, 1, 2, 2};

  private MarkovContext classes() {
    NDArray law = Numeric.identity(manager, 3).get(manager.create(CLASSES));
    KnnContext points = Cases.knn(manager, 6, 2);
    KnnContext labels = Cases.knn(manager, 3, 1);
    NDArray p = manager.ones(new Shape(6), DataType.FLOAT64).div(6);
    return Cases.context(points.points(), labels.points(), law, p);
  }

  /** Three classes of two points: each class at one corner [Graf et al. 2021, thm 2]. */
  @Test
  void cosinesOfClasses() {
    NDArray corners = simplex(3).get(manager.create(CLASSES));
    MarkovContext context = classes();
    for (double t : new double[] {0.2, 1}) {
      double least = Math.log(Math.exp(1 / t) + 4 * Math.exp(-0.5 / t)) - 1 / t;
      var contrastive = new SupervisedContrastive(t, DIRECT);
      assertLeast(contrastive, context, corners, simplex(3), least, 1e-9);
    }
  }

  /** Without a positive in the batch there is nothing to pull: such a point is left out. */
  @Test
  void pointsWithoutPositivesAreLeftOut() {
    MarkovContext context = Cases.knn(manager, 4, 1);
    NDArray table = normal(manager, "table", 8, 2);
    var contrastive = new SupervisedContrastive(0.5, DIRECT);
    UnaryLoss loss = at -> contrastive.loss(step(context, at, random("unused"), 0)).total();
    assertClose("nothing", value(loss.of(table)), 0, 0);
    assertClose("gradient", gradient(loss::of, table), new double[16], 0);
  }

  private interface UnaryLoss {
    NDArray of(NDArray at);
  }

  /** At 0 the cosine has no gradient; it must be a number all the same. */
  @Test
  void outputsOfZeroHaveGradients() {
    MarkovContext context = Cases.knn(manager, 4, 2);
    NDArray table = manager.zeros(new Shape(8, 2), DataType.FLOAT64);
    for (Objective<? super MarkovContext> objective :
        List.<Objective<? super MarkovContext>>of(
            new InfoNce(), new SupervisedContrastive(), new Clip(0.5, false))) {
      double[] gradient =
          gradient(at -> objective.loss(step(context, at, random("drawn"), 0)).total(), table);
      assertThat(IntStream.range(0, 16).allMatch(i -> Double.isFinite(gradient[i])))
          .as(objective.toString())
          .isTrue();
    }
  }
}
