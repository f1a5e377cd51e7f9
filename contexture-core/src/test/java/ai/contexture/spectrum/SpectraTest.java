package ai.contexture.spectrum;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.ConditionalLaw;
import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.KnnContext;
import ai.contexture.context.MarkovLaw;
import ai.contexture.context.Points;
import ai.contexture.context.RbfContext;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.testing.Held;
import ai.contexture.torch.Forecast;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpectraTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private interface Solver {
    Spectrum solve(FiniteContext context, int top, NDManager manager);
  }

  private static final Solver[] SOLVERS = {SpectraTest::dense, SpectraTest::krylov};

  /** Large enough that the dense solver does not take its place. */
  private static Spectrum krylov(FiniteContext context, int top, NDManager manager) {
    Spectrum spectrum = Spectra.of(context, top, new SpectralMethod.Krylov(), manager);
    assertThat(spectrum.method()).startsWith("block Lanczos");
    return spectrum;
  }

  private static Spectrum dense(FiniteContext context, int top, NDManager manager) {
    return Spectra.of(context, top, new SpectralMethod.Dense(), manager);
  }

  @Test
  void longSpectraAreForetoldAndThoseThatCannotFitRefused() {
    KnnContext context = KnnContext.of(normal(manager, "points", 400, 3), 8);
    RbfContext rbf = RbfContext.of(normal(manager, "points", 400, 3), 1);
    List<String> heard = new ArrayList<>();
    Forecast.Listener listener =
        (what, seconds, bytes) -> {
          assertThat(seconds).isPositive();
          heard.add(Text.format("%s: %.0f bytes", what, bytes));
        };
    long[] now = new long[1];
    Spectra.Foresight foresight =
        new Spectra.Foresight(
            0,
            1e6,
            listener,
            (what, bytes) -> new Forecast(what, bytes, () -> 1_000_000_000L * now[0]++, listener));
    SpectralMethod sample = SpectralMethod.parse("subsample(rows=100)");

    Spectra.of(context, 8, new SpectralMethod.Krylov(), manager, foresight);
    Spectra.of(rbf, 8, sample, manager, foresight);
    Spectra.of(context, 8, new SpectralMethod.Dense(), manager, foresight);

    // a basis of 8 + 32 + 64 vectors, √p and a block of 8; 8 functions
    assertThat(heard)
        .containsExactly(
            "The first 8 functions of knn(k=8) on 400 rows: " + 113 * 400 * 8 + " bytes",
            "The first 8 functions of " + rbf + " on 400 rows: " + 8 * 400 * 8 + " bytes",
            "The first 8 functions of knn(k=8) on 400 rows: " + 8 * 400 * 8 + " bytes");
    assertThatThrownBy(
            () -> Spectra.of(context, 399, new SpectralMethod.Auto(), manager, foresight))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("The first 399 functions of knn(k=8) on 400 rows: expected at most")
        .hasMessageEndingWith("ask for fewer functions, or take fewer rows");
  }

  @Test
  void bothSolversAgreeWithTheSingularValues() {
    KnnContext context = KnnContext.of(normal(manager, "points", 400, 3), 8);
    ExpectationOperator t = context.operator();
    // S = D_p^{1/2} P D_q^{-1/2}; its first singular value is the constant's
    NDArray s =
        t.apply(identity(manager, t.contexts()))
            .mul(t.inputWeights().sqrt().reshape(-1, 1))
            .div(t.contextWeights().sqrt().reshape(1, -1));
    LinearAlgebra.Svd svd = LinearAlgebra.svd(s);
    double[] values = svd.values().square().toDoubleArray();
    assertClose(Arrays.copyOf(values, 1), new double[] {1}, 1e-12);
    for (Solver solver : SOLVERS) {
      Spectrum spectrum = solver.solve(context, 10, manager);
      assertClose(spectrum.eigenvalues(10), Arrays.copyOfRange(values, 1, 11), 1e-10);
      checkFunctions(spectrum, 10);
      NDArray exact = svd.left().get(":, 1:11").mul(Math.sqrt(400));
      NDArray overlap = spectrum.functions().transpose().matMul(exact).div(400).abs();
      assertClose(overlap, identity(manager, 10), 1e-6);
    }
    assertThat(dense(context, 10, manager).eigenvalues()).hasSize(399);
    assertClose(
        dense(context, 10, manager).eigenvalues(), Arrays.copyOfRange(values, 1, 400), 1e-10);
  }

  @Test
  void pointsOnACircleHaveTheSpectrumOfACycle() {
    int n = 400;
    double[] circle = new double[2 * n];
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      circle[2 * i] = Math.cos(2 * Math.PI * i / n);
      circle[2 * i + 1] = Math.sin(2 * Math.PI * i / n);
      expected[i] = Math.pow((1 + 2 * Math.cos(2 * Math.PI * i / n)) / 3, 2);
    }
    double[] descending = Arrays.stream(expected).map(v -> -v).sorted().map(v -> -v).toArray();
    KnnContext context = KnnContext.of(manager.create(circle, new Shape(n, 2)), 3);
    double[] found = dense(context, 12, manager).eigenvalues();
    assertClose(found, Arrays.copyOfRange(descending, 1, n), 1e-12);
    Spectrum krylov = krylov(context, 12, manager);
    assertClose(krylov.eigenvalues(), Arrays.copyOfRange(descending, 1, 13), 1e-12);
    checkFunctions(krylov, 12);
  }

  @Test
  void clustersRepeatTheEigenvalueOne() {
    KnnContext context = KnnContext.of(clusters(4, 75), 6);
    Spectrum dense = dense(context, 8, manager);
    assertThat(dense.eigenvalues()[2]).isEqualTo(1, within(1e-12));
    for (Solver solver : SOLVERS) {
      Spectrum spectrum = solver.solve(context, 8, manager);
      assertClose(spectrum.eigenvalues(8), dense.eigenvalues(8), 1e-10);
      checkFunctions(spectrum, 8);
    }
  }

  /** More copies of an eigenvalue than a block has columns, within a spectrum that goes on. */
  @Test
  void moreCopiesThanABlockHolds() {
    KnnContext context = KnnContext.of(clusters(45, 30), 12);
    Spectrum dense = dense(context, 60, manager);
    assertThat(dense.eigenvalues()[43]).isEqualTo(1, within(1e-12));
    assertThat(dense.eigenvalues()[59]).isLessThan(0.999);
    for (int top : new int[] {33, 34, 37, 40, 60}) {
      Spectrum krylov = krylov(context, top, manager);
      assertClose(krylov.eigenvalues(), dense.eigenvalues(top), 1e-10);
      checkFunctions(krylov, top);
    }
  }

  /** All that is wanted converges before rounding brings the missing copies in. */
  @Test
  void copiesThatAStartBlockMisses() {
    int n = 600;
    double[] expected = new double[n - 1];
    Arrays.fill(expected, 0, 40, 0.9);
    expected[40] = 0.8;
    for (int i = 41; i < n - 1; i++) {
      expected[i] = 0.3 * (n - i) / n;
    }
    FiniteContext context = symmetric(expected);
    for (int top : new int[] {20, 32, 33, 41}) {
      Spectrum spectrum = krylov(context, top, manager);
      assertClose(spectrum.eigenvalues(), Arrays.copyOf(expected, top), 1e-10);
      checkFunctions(spectrum, top);
    }
  }

  @Test
  void bothSolversGiveBackASpectrum() {
    double[] expected = new double[399];
    for (int i = 0; i < 399; i++) {
      expected[i] = Math.exp(-0.1 * Math.floor(i / 2.));
    }
    for (Solver solver : SOLVERS) {
      Spectrum spectrum = solver.solve(symmetric(expected), 30, manager);
      assertClose(spectrum.eigenvalues(30), Arrays.copyOf(expected, 30), 1e-10);
      checkFunctions(spectrum, 30);
    }
  }

  /** Every cluster is complete, so that a start block is exhausted at once. */
  @Test
  void manyClusters() {
    KnnContext context = KnnContext.of(clusters(60, 7), 7);
    for (Solver solver : SOLVERS) {
      Spectrum spectrum = solver.solve(context, 50, manager);
      double[] ones = new double[50];
      Arrays.fill(ones, 1);
      assertClose(spectrum.eigenvalues(50), ones, 1e-10);
      checkFunctions(spectrum, 50);
    }
  }

  /** Every cluster is complete, so that TT* is a projection of rank 4: zeros follow. */
  @Test
  void anOperatorOfLowRank() {
    KnnContext context = KnnContext.of(clusters(5, 80), 80);
    for (Solver solver : SOLVERS) {
      Spectrum spectrum = solver.solve(context, 6, manager);
      assertClose(spectrum.eigenvalues(6), new double[] {1, 1, 1, 1, 0, 0}, 1e-10);
      checkFunctions(spectrum, 6);
      assertThatThrownBy(() -> spectrum.extend(context.points(), 5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("d: expected 1 to 4 functions with non-zero eigenvalues, got 5");
      assertClose(spectrum.extend(context.points(), 4), spectrum.functions().get(":, 0:4"), 1e-8);
    }
  }

  @Test
  void functionsExtendToPointsSeenAndNew() {
    NDArray rows = normal(manager, "points", 300, 2);
    KnnContext context = KnnContext.of(rows, 10);
    Spectrum spectrum = Spectra.of(context, 5, manager);
    assertClose(spectrum.extend(context.points(), 5), spectrum.functions(), 1e-8);
    Points same = Points.of(rows.get("0:20"));
    assertClose(spectrum.extend(same, 5), spectrum.functions().get("0:20"), 1e-8);
    Points fresh = Points.of(normal(manager, "new", 7, 2).toType(DataType.FLOAT32, false));
    NDArray extended = spectrum.extend(fresh, 3);
    assertThat(extended.getShape()).isEqualTo(new Shape(7, 3));
    assertThat(extended.getDataType()).isEqualTo(DataType.FLOAT64);
    assertThat(extended.getManager()).isSameAs(manager);
    assertThatThrownBy(() -> spectrum.extend(fresh, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 1 to 5 functions");
  }

  @Test
  void onlyTheSpectrumIsLeft() {
    KnnContext context = KnnContext.of(normal(manager, "points", 300, 2), 10);
    Points fresh = Points.of(normal(manager, "new", 7, 2).toType(DataType.FLOAT32, false));
    for (Solver solver : SOLVERS) {
      Held held = Held.by(manager);
      Spectrum spectrum = solver.solve(context, 5, manager);
      held.assertMore(1);
      spectrum.extend(fresh, 5).close();
      spectrum.extend(context.points(), 5).close();
      held.assertMore(1);
    }
  }

  @Test
  void resultsAreTheSameEveryTime() {
    KnnContext context = KnnContext.of(normal(manager, "points", 300, 2), 10);
    for (Solver solver : SOLVERS) {
      assertClose(
          solver.solve(context, 5, manager).functions(),
          solver.solve(context, 5, manager).functions(),
          1e-9);
    }
  }

  @Test
  void fewPointsAreDecomposedDensely() {
    KnnContext context = KnnContext.of(normal(manager, "points", 90, 2), 5);
    Spectrum spectrum = Spectra.of(context, 40, new SpectralMethod.Krylov(), manager);
    assertThat(spectrum.method()).isEqualTo("dense eigensolver");
    assertThat(spectrum.eigenvalues()).hasSize(89);
    checkFunctions(spectrum, 40);
  }

  @Test
  void refusesOtherNumbersOfFunctions() {
    KnnContext context = KnnContext.of(normal(manager, "points", 10, 2), 3);
    for (int top : new int[] {0, 10}) {
      assertThatThrownBy(() -> Spectra.of(context, top, manager))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("top: expected 1 to 9 (one less than the points), got " + top);
    }
    Spectrum all = Spectra.of(context, 9, manager);
    assertThat(all.dimension()).isEqualTo(9);
    checkFunctions(all, 9);
    assertThat(all.toString()).startsWith("Spectrum[knn(k=3), 9 eigenvalues from");
  }

  /** Mean 0, orthonormal, TT*μ = s²μ, eigenvalues descending. */
  private void checkFunctions(Spectrum spectrum, int d) {
    assertThat(spectrum.dimension()).isEqualTo(d);
    NDArray mu = spectrum.functions();
    ExpectationOperator t = ((FiniteContext) spectrum.context()).operator();
    assertThat(mu.getShape()).isEqualTo(new Shape(t.inputs(), d));
    NDArray p = t.inputWeights().reshape(-1, 1);
    assertClose(mu.mul(p).sum(new int[] {0}), manager.zeros(new Shape(d), DataType.FLOAT64), 1e-9);
    assertClose(mu.transpose().matMul(mu.mul(p)), identity(manager, d), 1e-9);
    double[] s = spectrum.eigenvalues(d);
    NDArray image = t.apply(t.adjoint(mu));
    NDArray residual = image.sub(mu.mul(manager.create(s))).square().mul(p).sum(new int[] {0});
    assertClose(residual.sqrt().toDoubleArray(), new double[d], 1e-8);
    assertThat(spectrum.residuals()).hasSize(d);
    for (int i = 0; i < d; i++) {
      assertThat(spectrum.residuals()[i]).as(reproduce()).isBetween(0., 1e-8);
      assertThat(s[i]).isBetween(0., i == 0 ? 1. : s[i - 1]);
    }
  }

  /** A context with T = T* on n equally probable points that has these n − 1 eigenvalues of TT*. */
  private FiniteContext symmetric(double[] eigenvalues) {
    int n = eigenvalues.length + 1;
    NDArray ones = manager.ones(new Shape(n, 1), DataType.FLOAT64);
    NDArray basis =
        LinearAlgebra.orthonormalise(ones.concat(normal(manager, "basis", n, n - 1), 1));
    double[] s = new double[n];
    s[0] = 1;
    for (int i = 1; i < n; i++) {
      s[i] = Math.sqrt(eigenvalues[i - 1]);
    }
    NDArray t = basis.mul(manager.create(s)).matMul(basis.transpose());
    NDArray weights = ones.flatten().div(n);
    Points points = Points.all(ones);
    MarkovLaw law = MarkovLaw.dense(t);
    ExpectationOperator operator = law.operator(weights);
    return new FiniteContext() {
      @Override
      public Points points() {
        return points;
      }

      @Override
      public Points contexts() {
        return points;
      }

      @Override
      public ExpectationOperator operator() {
        return operator;
      }

      @Override
      public ConditionalLaw law(Points x) {
        return law;
      }
    };
  }

  /** Groups of points on a line that are far apart. */
  private NDArray clusters(int count, int size) {
    RandomGenerator random = random("clusters");
    double[] values = new double[count * size];
    Arrays.setAll(values, i -> 100. * Math.floorDiv(i, size) + random.nextDouble());
    return manager.create(values).reshape(-1, 1);
  }

  /** The eigenspace that begins within the wanted functions is there to its end. */
  @Test
  void anEigenspaceIsComplete() {
    KnnContext context = KnnContext.of(clusters(20, 20), 12);
    Spectrum spectrum = Spectra.leading(context, 4, manager);
    checkFunctions(spectrum, 20);
    Leading leading = spectrum.leading(4);
    assertThat(leading.existing()).isEqualTo(4);
    assertThat(leading.above()).isZero();
    assertThat(leading.through()).isEqualTo(19);
    assertThat(leading.components()).isEqualTo(20);
    assertThat(leading.resolution()).isBetween(1e-12, 1e-6);
    assertThat(spectrum.leading(19).determined()).isTrue();
    assertThat(leading.toString())
        .isEqualTo("4 of 4 functions, the last 4 of them any of an eigenspace of 19 dimensions");
    assertThatThrownBy(() -> Spectra.leading(context, 4, 10, manager))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("10 functions or more have the same s² = 1.000, too many to compare with");
    // as many functions as were asked for, and one to tell that there is a gap
    KnnContext defaults = KnnContext.of(normal(manager, "points", 200, 2), 9);
    assertThat(Spectra.leading(defaults, 4, manager).dimension()).isEqualTo(5);
    assertThat(Spectra.leading(defaults, 4, manager).leading(4).components()).isEqualTo(1);
  }

  /** Eigenvalues that differ by less than rounding tells are one, those that differ by more not. */
  @Test
  void whatResidualsTellApart() {
    double[] values = {1, 0.9, 0.5 + 1e-7, 0.5 + 5e-8, 0.5, 0.4, 1e-9, 0};
    assertThat(Leading.of(values, 8, 4, 2, 1e-12).determined()).isTrue();
    Leading one = Leading.of(values, 8, 4, 2, 1e-7);
    assertThat(one.above()).isEqualTo(2);
    assertThat(one.through()).isEqualTo(5);
    assertThat(one.existing()).isEqualTo(4);
    assertThat(Leading.of(values, 8, 7, 2, 1e-12).existing()).isEqualTo(7);
    assertThat(Leading.of(values, 8, 7, 2, 1e-7).existing()).isEqualTo(6);
    assertThat(Leading.of(values, 8, 7, 2, 1e-7).complete()).isFalse();
  }

  /** What is applied to few rows at a time stays exact, however small the limit for all rows. */
  @Test
  void theQuickMethodSubSamplesKernelsOnManyRows() {
    NDArray rows = normal(manager, "many rows", 400, 2);
    KernelContext rbf = RbfContext.of(rows, 1);
    KernelContext knn = KnnContext.of(rows, 5);

    double limit = 1e7; // T takes 160,000 multiplications of rbf, and 2,000 of knn
    assertThat(Spectra.quick(rbf, 8, limit)).isInstanceOf(SpectralMethod.SubSample.class);
    assertThat(Spectra.quick(knn, 8, limit)).isInstanceOf(SpectralMethod.Auto.class);
    assertThat(Spectra.quick(rbf, 8)).isInstanceOf(SpectralMethod.Auto.class);
    assertThat(Spectra.quick(rbf, 100, limit))
        .as("a sub-sample of nearly all rows saves nothing")
        .isInstanceOf(SpectralMethod.Auto.class);
    SpectralMethod sample = Spectra.quick(rbf, 8, limit);
    assertThat(Spectra.multiplications(rbf, 8, sample))
        .isLessThan(Spectra.multiplications(rbf, 8, new SpectralMethod.Auto()) / 10);
  }
}
