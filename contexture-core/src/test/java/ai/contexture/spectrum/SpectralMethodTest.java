package ai.contexture.spectrum;

import static ai.contexture.testing.FiniteCases.eigenvalues;
import static ai.contexture.testing.FiniteCases.laws;
import static ai.contexture.testing.FiniteCases.points;
import static ai.contexture.testing.FiniteCases.weights;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.context.RbfContext;
import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import ai.contexture.testing.FiniteCases;
import ai.contexture.testing.Narrow;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every method against a dense decomposition of small joint laws. */
class SpectralMethodTest {

  private static final SpectralMethod DENSE = new SpectralMethod.Dense();
  private static final SpectralMethod KRYLOV = new SpectralMethod.Krylov();

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private FiniteContext context(NDArray laws, NDArray p) {
    int n = Math.toIntExact(laws.getShape().get(0));
    int m = Math.toIntExact(laws.getShape().get(1));
    return FiniteCases.of(points(manager, "x", n), points(manager, "a", m), laws, p);
  }

  private static double[] top(double[] squares, int d) {
    return Arrays.copyOf(squares, d);
  }

  @Test
  void denseIsTheSingularValuesOfTheJointLawOnEitherSide() {
    for (int[] shape : new int[][] {{40, 30}, {30, 40}, {35, 35}}) {
      NDArray laws = laws(manager, "laws", shape[0], shape[1]);
      NDArray p = weights(manager, "p", shape[0]);
      Spectrum spectrum = Spectra.of(context(laws, p), 20, DENSE, manager);
      double[] expected = eigenvalues(laws.mul(p.reshape(-1, 1)));
      assertClose(spectrum.eigenvalues(20), top(expected, 20), 1e-10);
      assertThat(spectrum.method())
          .isEqualTo("dense eigensolver" + (shape[1] < shape[0] ? " on the contexts" : ""));
      assertThat(spectrum.eigenvalues()).hasSize(shape[0] - 1);
      check(spectrum, 20, 1e-10);
    }
  }

  @Test
  void contextsThatNeverOccurAndLowRankGiveZeros() {
    NDArray laws = laws(manager, "laws", 40, 6);
    NDArray never = manager.zeros(new Shape(40, 3), DataType.FLOAT64);
    NDArray p = weights(manager, "p", 40);
    FiniteContext few = context(laws.concat(never, 1), p);
    double[] expected = eigenvalues(laws.mul(p.reshape(-1, 1)));
    Spectrum spectrum = Spectra.of(few, 12, manager);
    assertThat(spectrum.eigenvalues()).hasSize(39);
    assertClose(spectrum.eigenvalues(12), top(expected, 12), 1e-10);
    check(spectrum, 12, 1e-9);
    Points known = few.points().select(manager.create(new long[] {3, 0, 39}));
    assertClose(
        spectrum.extend(known, 5),
        spectrum.functions().get(known.positions().orElseThrow()).get(":, 0:5"),
        1e-8);
  }

  @Test
  void repeatedEigenvaluesOfEqualBlocks() {
    // three copies of one joint law: s_i² = 1 twice, then each eigenvalue three times
    NDArray part = laws(manager, "laws", 12, 8);
    NDArray zeros = part.zerosLike();
    NDArray laws =
        part.concat(zeros, 1)
            .concat(zeros, 1)
            .concat(zeros.concat(part, 1).concat(zeros, 1), 0)
            .concat(zeros.concat(zeros, 1).concat(part, 1), 0);
    NDArray p = manager.ones(new Shape(36), DataType.FLOAT64).div(36);
    double[] one = eigenvalues(part.div(12));
    double[] expected = new double[14];
    expected[0] = 1;
    expected[1] = 1;
    for (int i = 2; i < 14; i++) {
      expected[i] = one[(i - 2) / 3];
    }
    Spectrum spectrum = Spectra.of(context(laws, p), 14, manager);
    assertClose(spectrum.eigenvalues(14), expected, 1e-10);
    check(spectrum, 14, 1e-10);
  }

  @Test
  void krylovOnEitherSide() {
    for (int[] shape : new int[][] {{260, 140}, {140, 260}}) {
      NDArray laws = laws(manager, "laws", shape[0], shape[1]);
      NDArray p = weights(manager, "p", shape[0]);
      FiniteContext context = context(laws, p);
      Spectrum spectrum = Spectra.of(context, 5, KRYLOV, manager);
      assertThat(spectrum.method()).startsWith("block Lanczos");
      assertThat(spectrum.method().endsWith(" on the contexts")).isEqualTo(shape[1] < shape[0]);
      assertClose(spectrum.eigenvalues(), top(eigenvalues(laws.mul(p.reshape(-1, 1))), 5), 1e-10);
      check(spectrum, 5, 1e-8);
      Spectrum again =
          Spectra.of(context, 5, new SpectralMethod.Krylov(Optional.of(spectrum)), manager);
      assertClose(again.eigenvalues(), spectrum.eigenvalues(), 1e-10);
    }
  }

  @Test
  void aSketchOfEnoughFunctionsIsExactAndOneOfFewIsBelow() {
    NDArray laws = laws(manager, "laws", 40, 30);
    NDArray p = weights(manager, "p", 40);
    FiniteContext context = context(laws, p);
    double[] expected = eigenvalues(laws.mul(p.reshape(-1, 1)));
    Spectrum wide = Spectra.of(context, 10, new SpectralMethod.Sketch(1, 30, Seed.of(1)), manager);
    assertClose(wide.eigenvalues(), top(expected, 10), 1e-10);
    check(wide, 10, 1e-9);
    Spectrum narrow = Spectra.of(context, 10, new SpectralMethod.Sketch(1, 2, Seed.of(1)), manager);
    assertThat(Arrays.stream(narrow.residuals()).max().orElseThrow()).isGreaterThan(1e-4);
    for (int i = 0; i < 10; i++) {
      assertThat(narrow.eigenvalues()[i]).as(reproduce()).isLessThan(expected[i] + 1e-12);
    }
    checkResiduals(narrow, 10);
  }

  @Test
  void anEncoderWhoseOutputsSpanEverythingIsExact() {
    KnnContext context = KnnContext.of(normal(manager, "points", 90, 2), 7);
    NDArray functions = Spectra.of(context, 8, DENSE, manager).functions();
    NDArray mixed = functions.matMul(normal(manager, "mixing", 8, 8)).add(3);
    Spectrum spectrum =
        Spectra.of(
            context,
            6,
            new SpectralMethod.Encoder(
                x -> {
                  NDArray outputs = mixed.duplicate();
                  outputs.attach(x.getManager());
                  return outputs;
                }),
            manager);
    assertClose(
        spectrum.eigenvalues(6), Spectra.of(context, 6, DENSE, manager).eigenvalues(6), 1e-9);
    check(spectrum, 6, 1e-7);
    assertClose(spectrum.extend(context.points(), 4), spectrum.functions().get(":, 0:4"), 1e-10);
  }

  @Test
  void aKernelAloneHasTheSpectrumOfItsContext() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 120, 2), 7);
    KernelContext kernel = Narrow.kernel(knn);
    Spectrum expected = Spectra.of(knn, 6, manager);
    for (SpectralMethod method : new SpectralMethod[] {DENSE, KRYLOV}) {
      Spectrum spectrum = Spectra.of(kernel, 6, method, manager);
      assertClose(spectrum.eigenvalues(6), expected.eigenvalues(6), 1e-10);
      assertClose(spectrum.functions(), expected.functions(), 1e-6);
      assertThat(Arrays.stream(spectrum.residuals()).max().orElseThrow()).isLessThan(1e-8);
      Points fresh = Points.of(normal(manager, "new", 9, 2));
      assertClose(spectrum.extend(fresh, 6), expected.extend(fresh, 6), 1e-6);
    }
  }

  @Test
  void aSubSampleEstimatesWithErrorsAndExtends() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 500, 2), 25);
    double[] exact = Spectra.of(knn, 10, DENSE, manager).eigenvalues(10);
    SpectralMethod some = new SpectralMethod.SubSample(200, Seed.of(1));
    for (KernelContext context : new KernelContext[] {knn, Narrow.kernel(knn)}) {
      Spectrum spectrum = Spectra.of(context, 10, some, manager);
      assertThat(spectrum.method()).isEqualTo("sub-sample of 200 rows");
      assertThat(spectrum.eigenvalues()).hasSize(199);
      assertClose(spectrum.eigenvalues(10), exact, 0.08);
      for (int i = 0; i < 10; i++) {
        assertThat(spectrum.errors()[i]).isBetween(0., 0.2);
        assertThat(spectrum.residuals()[i]).isBetween(0., 0.5);
      }
      NDArray f = spectrum.functions();
      assertClose(f.mean(new int[] {0}).toDoubleArray(), new double[10], 1e-10);
      double[] ones = new double[10];
      Arrays.fill(ones, 1);
      assertClose(f.square().mean(new int[] {0}).toDoubleArray(), ones, 1e-10);
      assertClose(spectrum.extend(knn.points(), 10), f, 1e-8);
      Spectrum again = Spectra.of(context, 10, some, manager);
      assertClose(again.functions(), f, 0);
    }
    Spectrum all = Spectra.of(knn, 10, new SpectralMethod.SubSample(500, Seed.of(1)), manager);
    assertClose(all.eigenvalues(10), exact, 1e-12);
    assertThatThrownBy(
            () -> Spectra.of(knn, 10, new SpectralMethod.SubSample(10, Seed.of(1)), manager))
        .isInstanceOf(InputException.class)
        .hasMessage("subsample: expected more rows than the 10 functions, got rows=10");
  }

  /**
   * Forty rows far from all others are a function each, of s² near 1, and most of them are not in a
   * sub-sample: what is said of the error takes them into account. The oracle is the whole
   * spectrum.
   */
  @Test
  void errorsCountFunctionsThatASubSampleMisses() {
    int n = 600;
    double[] x = normal(manager, "points", n, 2).toDoubleArray();
    for (int i = 0; i < 40; i++) {
      x[30 * i] += 20 * (i + 1);
    }
    NDArray points = manager.create(x, new Shape(n, 2));
    for (KernelContext context : List.of(RbfContext.of(points, 1), KnnContext.of(points, 20))) {
      double[] exact = Spectra.of(context, 100, DENSE, manager).eigenvalues(100);
      int held = 0;
      int far = 0;
      for (int seed = 0; seed < 5; seed++) {
        SpectralMethod some = new SpectralMethod.SubSample(150, Seed.of(seed));
        Spectrum spectrum = Spectra.of(context, 40, some, manager);
        for (int i = 0; i < 40; i++) {
          double off = Math.abs(spectrum.eigenvalues()[i] - exact[i]);
          held += off <= 2 * spectrum.errors()[i] ? 1 : 0;
          far += off > 0.3 ? 1 : 0;
        }
      }
      assertThat(held).as("%s, %s", context, reproduce()).isGreaterThanOrEqualTo(190);
      if (context instanceof RbfContext) {
        assertThat(far).isGreaterThan(50);
      }
    }
  }

  @Test
  void everyMethodLeavesOnlyTheSpectrum() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 150, 2), 9);
    KernelContext kernel = Narrow.kernel(knn);
    for (String text : new String[] {"auto", "krylov", "sketch", "subsample(rows=80)"}) {
      for (KernelContext context : new KernelContext[] {knn, kernel}) {
        SpectralMethod method = SpectralMethod.parse(text);
        Spectra.of(context, 5, method, manager);
        int before = manager.getManagedArrays().size();
        Spectrum spectrum = Spectra.of(context, 5, method, manager);
        // functions and weights, and what a sub-sample is extended with
        assertThat(manager.getManagedArrays().size() - before).as(text).isBetween(1, 6);
        int kept = manager.getManagedArrays().size();
        spectrum.extend(knn.points(), 5).close();
        assertThat(manager.getManagedArrays()).as(text).hasSize(kept);
      }
    }
  }

  @Test
  void namesOfMethods() {
    for (String text :
        new String[] {
          "auto",
          "dense",
          "krylov",
          "sketch(oversampling=10, power=2, seed=3)",
          "subsample(rows=600, seed=1)",
          "subsample(seed=0)"
        }) {
      assertThat(SpectralMethod.parse(text)).hasToString(text);
      assertThat(SpectralMethod.parse(text)).isEqualTo(SpectralMethod.parse(text));
    }
    assertThatThrownBy(() -> SpectralMethod.parse("lanczos"))
        .isInstanceOf(InputException.class)
        .hasMessage("unknown method 'lanczos'; known: auto, dense, krylov, sketch, subsample");
    assertThatThrownBy(() -> SpectralMethod.parse("subsample(rows=1)"))
        .isInstanceOf(InputException.class)
        .hasMessage("subsample: rows must be a whole number of at least 2, got '1'");
    assertThatThrownBy(() -> SpectralMethod.parse("dense(rows=10)"))
        .isInstanceOf(InputException.class);
  }

  /** Mean 0, orthonormal in L²(P_X), with true residuals that are small. */
  private void check(Spectrum spectrum, int d, double tolerance) {
    NDArray mu = spectrum.functions();
    NDArray p = spectrum.inputWeights().reshape(-1, 1);
    assertThat(spectrum.dimension()).isEqualTo(d);
    assertClose(mu.mul(p).sum(new int[] {0}).toDoubleArray(), new double[d], tolerance);
    assertClose(mu.transpose().matMul(mu.mul(p)), identity(manager, d), tolerance);
    checkResiduals(spectrum, d);
    assertThat(Arrays.stream(spectrum.residuals()).max().orElseThrow()).isLessThan(tolerance);
  }

  private void checkResiduals(Spectrum spectrum, int d) {
    ExpectationOperator t = ((FiniteContext) spectrum.context()).operator();
    NDArray mu = spectrum.functions();
    NDArray p = spectrum.inputWeights().reshape(-1, 1);
    NDArray scaled = mu.mul(manager.create(spectrum.eigenvalues(d)));
    NDArray difference = t.apply(t.adjoint(mu)).sub(scaled);
    assertClose(
        spectrum.residuals(),
        difference.square().mul(p).sum(new int[] {0}).sqrt().toDoubleArray(),
        1e-12);
  }
}
