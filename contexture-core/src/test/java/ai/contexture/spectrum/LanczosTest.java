package ai.contexture.spectrum;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.KnnContext;
import ai.contexture.torch.Forecast;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanczosTest {

  private static final Forecast FORECAST = Forecast.start("a spectrum", 0);

  /** The start from a spectrum of rows that have moved a little. */
  @Test
  void theSpectrumOfASimilarContextSavesProducts() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 1500, 2);
      KnnContext before = KnnContext.of(rows, 10);
      KnnContext after = KnnContext.of(rows.add(normal(manager, "moves", 1500, 2).mul(1e-4)), 10);
      int top = 24;
      AtomicLong products = new AtomicLong();
      Eigenpairs earlier =
          Lanczos.solve(form(before, products, manager), top, null, FORECAST, manager);
      products.set(0);
      SymmetricOperator k = form(after, products, manager);
      Eigenpairs cold = Lanczos.solve(k, top, null, FORECAST, manager);
      long coldProducts = products.getAndSet(0);
      Eigenpairs warm = Lanczos.solve(k, top, earlier.vectors(), FORECAST, manager);
      assertClose(warm.values(), cold.values(), 1e-10);
      assertThat(products.get()).as(reproduce()).isLessThan(coldProducts);
    }
  }

  /**
   * Rows of which few are distinct: their eigenvalues are repeated many times over, and the Krylov
   * space is used up long before it holds the wanted functions.
   */
  @ParameterizedTest
  @CsvSource({
    "700, 16, 2, 10, 24", // the neighbours are copies of the row: 1 for each distinct row, else 0
    "700, 16, 2, 10, 60",
    "700, 16, 2, 30, 24", // more neighbours than copies
    "700, 16, 2, 30, 60",
    "700, 10, 3, 25, 40",
    "600, 7, 1, 100, 24",
    "900, 5, 5, 40, 30",
    "800, 150, 1, 6, 24",
    "500, 1, 1, 9, 10", // all rows are the same
  })
  void fewDistinctRows(int n, int width, int height, int neighbours, int top) {
    try (NDManager manager = NDManager.newBaseManager()) {
      RandomGenerator random = random("grid");
      double[] cells = new double[2 * n];
      Arrays.setAll(cells, i -> random.nextInt(i % 2 == 0 ? width : height));
      KnnContext context = KnnContext.of(manager.create(cells, new Shape(n, 2)), neighbours);
      SymmetricOperator k = form(context, new AtomicLong(), manager);
      Eigenpairs found = Lanczos.solve(k, top, null, FORECAST, manager);
      Eigenpairs exact = DenseSolver.solve(k, top, manager);
      assertThat(found.method()).startsWith("block Lanczos");
      assertClose(found.values(), Arrays.copyOf(exact.values(), top), 1e-12);
      NDArray images = k.apply(found.vectors());
      NDArray scaled = found.vectors().mul(manager.create(found.values()));
      assertClose(images, scaled, 1e-9);
      NDArray gram = found.vectors().transpose().matMul(found.vectors());
      assertClose(gram, identity(manager, top), 1e-11);
    }
  }

  /** Blocks of equal rows are components of their own, whatever else there is. */
  @Test
  void everyComponentIsFound() {
    int n = 900;
    int components = 45;
    try (NDManager manager = NDManager.newBaseManager()) {
      // within a component a grid of 5 distinct rows
      double[] cells = new double[n];
      Arrays.setAll(cells, i -> 1000.0 * (i % components) + (i / components) % 5);
      KnnContext context = KnnContext.of(manager.create(cells, new Shape(n, 1)), 7);
      SymmetricOperator k = form(context, new AtomicLong(), manager);
      Eigenpairs found = Lanczos.solve(k, 60, null, FORECAST, manager);
      assertThat(found.method()).startsWith("block Lanczos");
      assertThat(Arrays.stream(found.values()).filter(v -> v > 1 - 1e-10).count())
          .isGreaterThanOrEqualTo(components - 1);
      Eigenpairs exact = DenseSolver.solve(k, 60, manager);
      assertClose(found.values(), Arrays.copyOf(exact.values(), 60), 1e-11);
    }
  }

  private static SymmetricOperator form(
      KnnContext context, AtomicLong products, NDManager manager) {
    ExpectationOperator operator = context.operator();
    return new SymmetricOperator(
        operator.inputWeights(),
        f -> {
          products.addAndGet(f.getShape().get(1));
          return operator.apply(operator.adjoint(f));
        },
        manager);
  }
}
