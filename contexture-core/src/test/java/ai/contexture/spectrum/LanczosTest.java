package ai.contexture.spectrum;

import static ai.contexture.torch.Numeric.assertClose;
import static ai.contexture.torch.Numeric.normal;
import static ai.contexture.torch.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.KnnContext;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LanczosTest {

  /** The start from a spectrum of rows that have moved a little. */
  @Test
  void theSpectrumOfASimilarContextSavesProducts() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 1500, 2);
      KnnContext before = KnnContext.of(rows, 10);
      KnnContext after = KnnContext.of(rows.add(normal(manager, "moves", 1500, 2).mul(1e-4)), 10);
      int top = 24;
      AtomicLong products = new AtomicLong();
      Eigenpairs earlier = Lanczos.solve(form(before, products, manager), top, null, manager);
      products.set(0);
      Symmetric k = form(after, products, manager);
      Eigenpairs cold = Lanczos.solve(k, top, null, manager);
      long coldProducts = products.getAndSet(0);
      Eigenpairs warm = Lanczos.solve(k, top, earlier.vectors(), manager);
      assertClose(warm.values(), cold.values(), 1e-10);
      assertThat(products.get()).as(reproduce()).isLessThan(coldProducts);
    }
  }

  private static Symmetric form(KnnContext context, AtomicLong products, NDManager manager) {
    ExpectationOperator operator = context.operator();
    return new Symmetric(
        operator.inputWeights(),
        f -> {
          products.addAndGet(f.getShape().get(1));
          return operator.apply(operator.adjoint(f));
        },
        manager);
  }
}
