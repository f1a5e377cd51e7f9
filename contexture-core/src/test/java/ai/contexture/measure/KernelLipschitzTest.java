package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static ai.contexture.testing.Numeric.seed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KernelContext;
import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KernelLipschitzTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** 1 + ⟨z, x⟩ along a line changes fastest in x where |z| is largest. */
  @Test
  void aLinearKernel() {
    NDArray rows = manager.create(new double[] {-1, 0.25, 0.5, 2, 2}, new Shape(5, 1));
    NDArray kernel = rows.matMul(rows.transpose()).add(1);
    KernelLipschitz constant = KernelLipschitz.of(kernel, rows);
    assertThat(constant.value()).isEqualTo(2, within(1e-14));
    assertThat(constant)
        .hasToString(
            "kernel Lipschitz constant: 2.00 over 5 of 5 points (the larger, the faster the contexts"
                + " of inputs differ with their distance: a stronger association)");
  }

  @Test
  void againstBruteForce() {
    int n = 25;
    NDArray rows = normal(manager, "points", n, 3);
    KnnContext knn = KnnContext.of(rows, 4);
    double[] k = knn.kernel(knn.points(), knn.points()).toDoubleArray();
    double[] x = rows.toDoubleArray();
    double largest = 0;
    for (int z = 0; z < n; z++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double distance =
              Math.hypot(
                  x[3 * i] - x[3 * j],
                  Math.hypot(x[3 * i + 1] - x[3 * j + 1], x[3 * i + 2] - x[3 * j + 2]));
          if (i != j) {
            largest = Math.max(largest, Math.abs(k[z * n + i] - k[z * n + j]) / distance);
          }
        }
      }
    }
    Held held = Held.by(manager);
    KernelLipschitz constant = KernelLipschitz.of(knn, seed());
    held.assertNoMore();
    assertThat(constant.value()).as(reproduce()).isEqualTo(largest, within(1e-10 * largest));
    assertThat(constant.sampled()).isEqualTo(n);
  }

  @Test
  void aSampleOfManyPoints() {
    NDArray rows = normal(manager, "many points", 1100, 1);
    KernelContext linear =
        new KernelContext() {
          @Override
          public Points points() {
            return Points.all(rows);
          }

          @Override
          public NDArray kernel(Points x, Points y) {
            assertThat(x.size()).isEqualTo(1000);
            return x.rows().matMul(y.rows().transpose()).add(1);
          }
        };
    KernelLipschitz constant = KernelLipschitz.of(linear, seed());
    assertThat(constant.sampled()).isEqualTo(1000);
    assertThat(constant.points()).isEqualTo(1100);
    double largest = rows.abs().max().toDoubleArray()[0];
    assertThat(constant.value()).as(reproduce()).isBetween(largest / 2, largest * (1 + 1e-7));
  }

  @Test
  void refusesWhatHasNoConstant() {
    NDArray same = manager.ones(new Shape(4, 2), DataType.FLOAT64);
    NDArray kernel = manager.ones(new Shape(4, 4), DataType.FLOAT64);
    assertThatThrownBy(() -> KernelLipschitz.of(kernel, same))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows: expected at least two different rows");
    assertThatThrownBy(() -> KernelLipschitz.of(kernel, same.get("0:3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel: expected (n, n) with rows (n, p), got (4, 4) and (3, 2)");
    assertThatThrownBy(() -> KernelLipschitz.of(kernel.mul(Double.NaN), same))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the kernel or the rows are not finite");
  }
}
