package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.FiniteCases;
import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpectralRegressionTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private FiniteContext lawOf(int n, int m, NDArray weights) {
    return FiniteCases.of(
        FiniteCases.points(manager, "points", n),
        FiniteCases.points(manager, "contexts", m),
        FiniteCases.laws(manager, "laws", n, m),
        weights);
  }

  private Matrix targets(int m, int c) {
    return Matrix.of(m, c, normal(manager, "targets", m, c).add(3).toDoubleArray());
  }

  /** The minimiser from dense matrices: K_s by an eigendecomposition, α and b by one solve. */
  private double[] dense(
      FiniteContext context, SpectralTransform s, double beta, int[] labelled, Matrix targets) {
    int n = context.points().size();
    int m = labelled.length;
    NDArray p = context.operator().inputWeights().reshape(n, 1);
    NDArray kernel = context.kernel(context.points(), context.points());
    NDArray root = p.sqrt();
    NDArray symmetric = kernel.sub(1).mul(root).mul(root.transpose());
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(symmetric);
    double[] transformed =
        Arrays.stream(eigen.values().toDoubleArray()).map(v -> s.of(Math.max(0, v))).toArray();
    double[] inverse = Arrays.stream(root.toDoubleArray()).map(v -> v > 0 ? 1 / v : 0).toArray();
    NDArray functions = eigen.vectors().mul(manager.create(inverse, new Shape(n, 1)));
    NDArray ks = functions.mul(manager.create(transformed)).matMul(functions.transpose());
    NDArray index = manager.create(Arrays.stream(labelled).asLongStream().toArray());
    NDArray toLabelled = ks.transpose().get(index).transpose();
    NDArray gram = toLabelled.get(index).add(identity(manager, m).mul(m * beta));
    NDArray ones = manager.ones(new Shape(m, 1), DataType.FLOAT64);
    NDArray zero = manager.zeros(new Shape(1, 1), DataType.FLOAT64);
    NDArray bordered = gram.concat(ones, 1).concat(ones.transpose().concat(zero, 1), 0);
    NDArray y = manager.create(targets.values(), new Shape(m, targets.columns()));
    NDArray right = y.concat(manager.zeros(new Shape(1, y.getShape().get(1)), DataType.FLOAT64), 0);
    NDArray solved = LinearAlgebra.solve(bordered, right);
    return toLabelled.matMul(solved.get("0:" + m)).add(solved.get(m + ":")).toDoubleArray();
  }

  private void assertAllAgree(FiniteContext context, int[] labelled) {
    SpectralTransform power = SpectralTransform.USUAL.get(1);
    SpectralTransform inverse = SpectralTransform.USUAL.get(5);
    assertAllAgree(context, labelled, List.of(power, inverse), 1e-2);
  }

  private void assertAllAgree(
      FiniteContext context, int[] labelled, List<SpectralTransform> transforms, double... betas) {
    int n = context.points().size();
    Matrix y = targets(labelled.length, 2);
    Spectrum spectrum = Spectra.of(context, n - 1, manager);
    for (SpectralTransform s : transforms) {
      for (double beta : betas) {
        double[] expected = dense(context, s, beta, labelled, y);
        String what = s + ", β = " + beta;
        Held held = Held.by(manager);
        double[] byFunctions;
        double[] byOperator;
        try (NDManager owner = manager.newSubManager()) {
          byFunctions =
              SpectralRegression.byFunctions(spectrum, s, beta, labelled, y, owner)
                  .values()
                  .toDoubleArray();
          byOperator =
              SpectralRegression.byOperator(context, s, beta, labelled, y, owner)
                  .values()
                  .toDoubleArray();
        }
        held.assertNoMore();
        assertClose(what + ", functions", byFunctions, expected, 1e-8);
        // a residual of 1e-13 of targets of size 3, times the condition of s(TT*) + mβ
        double error = 3e-13 * (1 + s.of(1) / (labelled.length * beta));
        assertClose(what + ", operator", byOperator, expected, Math.max(1e-8, error));
      }
    }
  }

  @Test
  void functionsAndOperatorAgreeWithDenseMatrices() {
    int[] labelled = {12, 0, 5, 7, 3, 9};
    FiniteContext small = lawOf(14, 9, FiniteCases.weights(manager, "p", 14));
    assertAllAgree(small, labelled, SpectralTransform.USUAL, 1e-4, 1);
    assertAllAgree(lawOf(14, 20, FiniteCases.weights(manager, "p", 14)), labelled);
    assertAllAgree(KnnContext.of(normal(manager, "rows", 60, 3), 5), labelled);
  }

  /** A point without probability, where the functions are 0, gets the intercept. */
  @Test
  void pointsWithoutProbability() {
    double[] p = new double[12];
    Arrays.fill(p, 1 / 11.);
    p[5] = 0;
    FiniteContext context = lawOf(12, 8, manager.create(p));
    assertAllAgree(context, new int[] {0, 5, 9, 3});
  }

  /** Nyström's extension is the same of both, and the values themselves at the points. */
  @Test
  void newPoints() {
    KnnContext context = KnnContext.of(normal(manager, "rows", 80, 2), 6);
    Spectrum spectrum = Spectra.of(context, 79, manager);
    int[] labelled = {1, 40, 7, 66, 30};
    Matrix y = targets(5, 2);
    Points fresh = Points.of(normal(manager, "new", 9, 2));
    for (SpectralTransform s :
        List.of(SpectralTransform.USUAL.get(1), SpectralTransform.USUAL.get(5))) {
      var byFunctions = SpectralRegression.byFunctions(spectrum, s, 0.01, labelled, y, manager);
      var byOperator = SpectralRegression.byOperator(context, s, 0.01, labelled, y, manager);
      Held held = Held.by(manager);
      NDArray extended = byFunctions.at(fresh);
      NDArray same = byOperator.at(fresh);
      held.assertMore(2);
      assertClose(same, extended, 1e-7);
      assertClose(byFunctions.at(context.points()), byFunctions.values(), 1e-7);
      assertClose(byOperator.at(context.points()), byOperator.values(), 1e-7);
    }
  }

  /** All functions: by them; some of them: by the operator, which knows the others. */
  @Test
  void theWayIsChosenByWhatIsKnown() {
    KnnContext context = KnnContext.of(normal(manager, "rows", 50, 2), 6);
    int[] labelled = {1, 40, 7, 12};
    Matrix y = targets(4, 1);
    SpectralTransform s = SpectralTransform.USUAL.get(0);
    double[] expected = dense(context, s, 0.1, labelled, y);
    for (int top : new int[] {3, 49}) {
      Spectrum spectrum = Spectra.of(context, top, manager);
      Target target = Target.Values.of("y", y.values());
      NDArray found = SpectralRegression.of(spectrum, s, 0.1, labelled, target, manager).values();
      assertClose("with " + top, found.toDoubleArray(), expected, 1e-8);
    }
    Spectrum few = Spectra.of(context, 3, manager);
    double[] leading =
        SpectralRegression.byFunctions(few, s, 0.1, labelled, y, manager).values().toDoubleArray();
    assertThat(leading).isNotEqualTo(expected);
  }

  /** One label in each of two rings is enough, since the other points show where they are. */
  @Test
  void unlabelledPointsHelp() {
    int n = 200;
    double[] rows = new double[2 * n];
    double[] ring = new double[n];
    for (int i = 0; i < n; i++) {
      ring[i] = i < n / 2 ? -1 : 1;
      double radius = i < n / 2 ? 1 : 2;
      rows[2 * i] = radius * Math.cos(2 * Math.PI * i / (n / 2.));
      rows[2 * i + 1] = radius * Math.sin(2 * Math.PI * i / (n / 2.));
    }
    KnnContext context = KnnContext.of(manager.create(rows, new Shape(n, 2)), 5);
    double[] found =
        SpectralRegression.byOperator(
                context,
                new SpectralTransform.InverseLaplacian(0.999),
                1e-3,
                new int[] {3, 150},
                Matrix.of(2, 1, new double[] {-1, 1}),
                manager)
            .values()
            .toDoubleArray();
    assertThat(IntStream.range(0, n)).allMatch(i -> found[i] * ring[i] > 0);
  }

  /** What is said of a label that is left out is what a fit without it says. */
  @Test
  void leftOutLabelsAreThoseOfFitsWithoutThem() {
    KnnContext context = KnnContext.of(normal(manager, "rows", 40, 2), 6);
    Spectrum spectrum = Spectra.of(context, 39, manager);
    int[] labelled = {3, 11, 25, 30, 8, 17, 21};
    int m = labelled.length;
    int[] codes = {0, 1, 2, 0, 1, 2, 0};
    Target target = Target.Classes.of("class", List.of("a", "b", "c"), codes);
    SpectralChoice choice =
        SpectralChoice.byLeaveOneOut(spectrum, labelled, target, SpectralTransform.USUAL);
    Matrix y = Targets.of(target);
    double error = 0;
    for (int left = 0; left < m; left++) {
      int without = left;
      int[] kept = IntStream.range(0, m).filter(i -> i != without).toArray();
      NDArray values =
          SpectralRegression.byFunctions(
                  spectrum,
                  choice.transform(),
                  choice.penalty() * m / (m - 1),
                  Arrays.stream(kept).map(i -> labelled[i]).toArray(),
                  y.select(kept),
                  manager)
              .values();
      double[] found = values.get(labelled[left]).toDoubleArray();
      assertClose("label " + left, choice.checked().row(left), found, 1e-9);
      for (int c = 0; c < 3; c++) {
        error += Math.pow(found[c] - y.get(left, c), 2) / m;
      }
    }
    assertClose("error", choice.error(), error, 1e-9);
  }

  @Test
  void choosesOnOtherLabels() {
    KnnContext context = KnnContext.of(normal(manager, "rows", 60, 2), 8);
    Spectrum spectrum = Spectra.of(context, 59, manager);
    double[] first = spectrum.functions().get(":, 0").toDoubleArray();
    var random = random("noise");
    int[] labelled = IntStream.range(0, 30).toArray();
    int[] validation = IntStream.range(30, 60).toArray();
    Target noisy =
        Target.Values.of(
            "y",
            IntStream.range(0, 60)
                .mapToDouble(i -> first[i] + random.nextGaussian() / 3)
                .toArray());
    Function<List<SpectralTransform>, SpectralChoice> chosen =
        among ->
            SpectralChoice.onValidation(
                spectrum,
                labelled,
                noisy.select(labelled),
                validation,
                Target.Values.of("y", first).select(validation),
                among);
    SpectralChoice choice = chosen.apply(SpectralTransform.USUAL);
    SpectralRegression fit =
        SpectralRegression.byFunctions(
            spectrum,
            choice.transform(),
            choice.penalty(),
            labelled,
            Targets.of(noisy.select(labelled)),
            manager);
    double[] found = fit.values().toDoubleArray();
    double error = 0;
    for (int i : validation) {
      assertClose("at " + i, choice.checked().get(i - 30, 0), found[i], 1e-9);
      error += Math.pow(found[i] - first[i], 2) / 30;
    }
    assertClose("error", choice.error(), error, 1e-9);
    assertThat(error).isLessThan(0.25);
    assertThat(SpectralTransform.USUAL)
        .allMatch(s -> chosen.apply(List.of(s)).error() >= choice.error());
  }

  @Test
  void badArguments() {
    KnnContext context = KnnContext.of(normal(manager, "rows", 10, 2), 3);
    SpectralTransform s = new SpectralTransform.Polynomial(1);
    Matrix y = targets(2, 1);
    assertThatThrownBy(
            () -> SpectralRegression.byOperator(context, s, 0, new int[] {1, 2}, y, manager))
        .hasMessageContaining("penalty");
    assertThatThrownBy(
            () -> SpectralRegression.byOperator(context, s, 1, new int[] {1, 1}, y, manager))
        .hasMessageContaining("different positions below 10");
    assertThatThrownBy(
            () -> SpectralRegression.byOperator(context, s, 1, new int[] {1, 2, 3}, y, manager))
        .hasMessageContaining("expected (3, c)");
    Matrix nan = Matrix.of(2, 1, new double[] {1, Double.NaN});
    assertThatThrownBy(
            () -> SpectralRegression.byOperator(context, s, 1, new int[] {1, 2}, nan, manager))
        .hasMessageContaining("finite");
    assertThatThrownBy(() -> new SpectralTransform.Polynomial(0)).hasMessageContaining("power");
    assertThatThrownBy(() -> new SpectralTransform.InverseLaplacian(1)).hasMessageContaining("eta");
  }
}
