package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.KernelWalkContext.Kernel;
import ai.contexture.context.KernelWalkContext.Kind;
import ai.contexture.context.KernelWalkContext.Options;
import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KernelWalkContextTest {

  /** The contract, for each kernel. */
  abstract static class Contract
      implements ContextContract.SampledFinite<KernelWalkContext>,
          ContextContract.KernelFinite<KernelWalkContext> {

    abstract Options options();

    @Override
    public KernelWalkContext context(NDManager manager) {
      return KernelWalkContext.of(rows(manager, "points", 40), options());
    }

    @Override
    public NDArray newRows(NDManager manager) {
      return rows(manager, "new rows", 7);
    }

    NDArray rows(NDManager manager, String name, int n) {
      return normal(manager, name, n, 3);
    }
  }

  @Nested
  class RbfTest extends Contract {
    @Override
    Options options() {
      return Options.DEFAULT.withGamma(0.7);
    }
  }

  @Nested
  class LaplaceTest extends Contract {
    @Override
    Options options() {
      return Options.DEFAULT.withKernel(Kind.LAPLACE);
    }
  }

  @Nested
  class PolynomialTest extends Contract {
    @Override
    Options options() {
      return Options.DEFAULT.withKernel(Kind.POLYNOMIAL);
    }
  }

  @Nested
  class CosineTest extends Contract {
    @Override
    Options options() {
      return Options.DEFAULT.withKernel(Kind.COSINE);
    }

    @Override
    NDArray rows(NDManager manager, String name, int n) {
      return super.rows(manager, name, n).abs();
    }
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  /** Rows 0, 1, 3 on a line, and the kernel of their numbers. */
  private static void assertOnALine(Options options, DoubleBinaryOperator kernel) {
    double[] at = {0, 1, 3};
    double[] law = new double[9];
    double[] sums = new double[3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        law[3 * i + j] = kernel.applyAsDouble(at[i], at[j]);
        sums[i] += law[3 * i + j];
      }
    }
    double all = Arrays.stream(sums).sum();
    for (int i = 0; i < 9; i++) {
      law[i] /= sums[i / 3];
    }
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(at, new Shape(3, 1));
      KernelWalkContext context = KernelWalkContext.of(rows, options);
      assertClose(context.law(context.points()).dense(manager).toDoubleArray(), law, 1e-14);
      double[] shares = Arrays.stream(sums).map(sum -> sum / all).toArray();
      assertClose(context.operator().inputWeights().toDoubleArray(), shares, 1e-15);
      assertClose(context.operator().contextWeights().toDoubleArray(), shares, 1e-15);
    }
  }

  @Test
  void lawsOnALine() {
    Options half = Options.DEFAULT.withGamma(0.5);
    assertOnALine(half, (x, a) -> Math.exp(-0.5 * (x - a) * (x - a)));
    assertOnALine(half.withKernel(Kind.LAPLACE), (x, a) -> Math.exp(-0.5 * Math.abs(x - a)));
    assertOnALine(half.withKernel(Kind.POLYNOMIAL), (x, a) -> Math.pow(0.5 * x * a + 1, 2));
    Options cubic =
        (Options) Contexts.parse("kernel-walk(kernel=polynomial, degree=3, offset=2, gamma=0.5)");
    assertOnALine(cubic, (x, a) -> Math.pow(0.5 * x * a + 2, 3));
  }

  @Test
  void chosenGammas() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {0, 1, 3, 1, 1, 2}, new Shape(3, 2));
      assertThat(KernelWalkContext.of(rows, Options.DEFAULT))
          .hasToString("kernel-walk(gamma=0.2, kernel=rbf)"); // ‖x−a‖² = 5, 2, 10
      assertThat(KernelWalkContext.of(rows, Options.DEFAULT.withKernel(Kind.LAPLACE)))
          .hasToString("kernel-walk(gamma=0.4472, kernel=laplace)");
      assertThat(KernelWalkContext.of(rows, Options.DEFAULT.withKernel(Kind.POLYNOMIAL)))
          .hasToString("kernel-walk(degree=2, gamma=0.5, kernel=polynomial, offset=1)");
      assertThat(KernelWalkContext.of(rows, Options.DEFAULT.withKernel(Kind.COSINE)))
          .hasToString("kernel-walk(kernel=cosine)");
    }
  }

  /** The s_i² are the squares of the eigenvalues of D^{-1/2} K D^{-1/2}, and P_A = P_X. */
  @Test
  void theSpectrumIsThatOfTheNormalisedKernel() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 25, 2);
      KernelWalkContext context = KernelWalkContext.of(rows, Options.DEFAULT.withGamma(0.3));
      NDArray k = RbfContext.squaredDistances(rows, rows).mul(-0.3).exp();
      NDArray root = k.sum(new int[] {1}, true).sqrt();
      double[] values =
          LinearAlgebra.eigh(k.div(root).div(root.transpose())).values().toDoubleArray();
      double[] squares =
          Arrays.stream(values).map(v -> -v * v).sorted().map(v -> -v).skip(1).toArray();
      assertClose(Spectra.of(context, 24, manager).eigenvalues(), squares, 1e-12);
    }
  }

  @Test
  void aKernelOfYourOwn() {
    Kernel overlap = (x, a) -> x.matMul(a.transpose());
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {1, 0, 1, 1, 0, 2}, new Shape(3, 2));
      int before = manager.getManagedArrays().size();
      KernelWalkContext context = KernelWalkContext.of(rows, overlap, "overlap");
      assertThat(context).hasToString("overlap");
      assertClose(
          context.law(context.points()).dense(manager).toDoubleArray(),
          new double[] {0.5, 0.5, 0, 1 / 5., 2 / 5., 2 / 5., 0, 1 / 3., 2 / 3.},
          1e-15);
      assertClose(
          context.operator().inputWeights().toDoubleArray(),
          new double[] {2 / 13., 5 / 13., 6 / 13.},
          1e-15);
      Points x = Points.of(manager.create(new double[] {3, 1}, new Shape(1, 2)));
      assertClose(
          context.law(x).dense(manager).toDoubleArray(),
          new double[] {3 / 9., 4 / 9., 2 / 9.},
          1e-15);
      assertThat(manager.getManagedArrays().size() - before).isLessThan(20);
    }
  }

  @Test
  void refusesNegativeKernelsAndSaysForWhichRows() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {1, 0, 3, 4, 0, -1, 2, 0}, new Shape(4, 2));
      Options cosine = Options.DEFAULT.withKernel(Kind.COSINE);
      refuses(
          () -> KernelWalkContext.of(rows, cosine),
          "kernel-walk(kernel=cosine): the kernel of pretraining row 2 and pretraining row 3 is"
              + " -0.8000, expected a finite number of at least 0");
      NDArray positive = rows.abs();
      KernelWalkContext context = KernelWalkContext.of(positive, cosine);
      NDArray unknown = manager.create(new double[] {1, 0, -1, 0}, new Shape(2, 2));
      refuses(
          () -> context.kernel(Points.of(unknown), context.points()),
          "kernel-walk(kernel=cosine): the kernel of new row 2 and pretraining row 1 is -1.000,"
              + " expected a finite number of at least 0");
      for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
        refuses(
            () ->
                KernelWalkContext.of(
                    rows, (x, a) -> x.matMul(a.transpose()).mul(0).add(bad), "own"),
            "own: the kernel of pretraining row 1 and pretraining row 1 is "
                + bad
                + ", expected a finite number of at least 0");
      }
    }
  }

  @Test
  void refusesRowsThatHaveNothingInCommonWithAny() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {1, 0, 0, 0}, new Shape(2, 2));
      refuses(
          () -> KernelWalkContext.of(rows, Options.DEFAULT.withKernel(Kind.COSINE)),
          "kernel-walk(kernel=cosine): the kernel of pretraining row 2 with every row is 0");
    }
  }

  /** exp(−γ‖x−a‖²) is 0 in float64 there, but its shares are not. */
  @Test
  void farAwayRowsBelongToTheNearest() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {0, 1, 3}, new Shape(3, 1));
      for (Kind kind : new Kind[] {Kind.RBF, Kind.LAPLACE}) {
        Options options = Options.DEFAULT.withKernel(kind).withGamma(1000);
        KernelWalkContext context = KernelWalkContext.of(rows, options);
        Points far = Points.of(manager.create(new double[] {50}, new Shape(1, 1)));
        assertClose(context.law(far).dense(manager).toDoubleArray(), new double[] {0, 0, 1}, 0);
      }
    }
  }

  @Test
  void equalRowsHaveEqualLaws() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray some = normal(manager, "rows", 10, 4);
      NDArray twice = some.concat(some, 0);
      KernelWalkContext context =
          KernelWalkContext.of(twice, Options.DEFAULT.withKernel(Kind.LAPLACE));
      NDArray law = context.law(context.points()).dense(manager);
      assertClose(law.get("0:10"), law.get("10:20"), 1e-14);
      assertClose(law.get(":, 0:10"), law.get(":, 10:20"), 1e-14);
    }
  }

  @Test
  void manyRowsInTiles() {
    int n = 3000; // more than one tile of 2²² values
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", n, 1);
      KernelWalkContext context = KernelWalkContext.of(rows, Options.DEFAULT.withGamma(1));
      double[] at = rows.toDoubleArray();
      double[] sums = new double[n];
      for (int i = 0; i < n; i++) {
        for (double other : at) {
          sums[i] += Math.exp(-(at[i] - other) * (at[i] - other));
        }
      }
      double all = Arrays.stream(sums).sum();
      assertClose(
          context.operator().inputWeights().toDoubleArray(),
          Arrays.stream(sums).map(sum -> sum / all).toArray(),
          1e-14);
      Kernel late = (x, a) -> x.sub(a.transpose()).square().neg().exp().sub(1e-300);
      at[n - 1] = 1e9;
      NDArray moved = manager.create(at, new Shape(n, 1));
      assertThatThrownBy(() -> KernelWalkContext.of(moved, late, "late"))
          .hasMessageStartingWith("late: the kernel of pretraining row 1 and pretraining row 3000");
    }
  }

  @Test
  void refusesOptionsThatDoNotSuit() {
    refuses(
        () -> Contexts.parse("kernel-walk(kernel=gauss)"),
        "kernel-walk: unknown kernel 'gauss'; known: rbf, laplace, cosine, polynomial");
    refuses(
        () -> Contexts.parse("kernel-walk(gamma=0)"),
        "kernel-walk: gamma must be a number greater than 0, got '0'");
    refuses(
        () -> Contexts.parse("kernel-walk(degree=2)"),
        "kernel-walk: unknown option 'degree'; known: kernel, gamma");
    refuses(
        () -> Contexts.parse("kernel-walk(kernel=cosine, gamma=2)"),
        "kernel-walk: unknown option 'gamma'; known: kernel");
    refuses(
        () -> Contexts.parse("kernel-walk(kernel=polynomial, degree=0)"),
        "kernel-walk: degree must be a whole number of at least 1, got '0'");
  }

  @Test
  void aWalkOfTwoStepsIsAConvolution() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 20, 2);
      ContextData data = ContextData.of(rows);
      FiniteContext twice =
          (FiniteContext)
              Contexts.parse("conv(kernel-walk(gamma=1), kernel-walk(gamma=1))").fit(data);
      FiniteContext once = (FiniteContext) Contexts.parse("kernel-walk(gamma=1)").fit(data);
      NDArray step = once.law(once.points()).dense(manager);
      assertClose(twice.operator().apply(identity(manager, 20)), step.matMul(step), 1e-14);
    }
  }
}
