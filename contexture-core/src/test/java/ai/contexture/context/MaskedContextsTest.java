package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MaskedContextsTest {

  /** What a context does that averages another over three masks. */
  private interface Masked
      extends ContextContract.SampledFinite<MarkovContext>,
          ContextContract.KernelFinite<MarkovContext> {

    /** The context, with drop=0.4 and masks=3. */
    String text();

    /** The context without masks. */
    String plain();

    @Override
    default MarkovContext context(NDManager manager) {
      return fit(normal(manager, "points", 40, 5));
    }

    private MarkovContext fit(NDArray rows) {
      return (MarkovContext)
          Contexts.parse(text()).fit(ContextData.of(rows).withGroups(0, 1, 1, 2, 3));
    }

    @Override
    default NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, 5);
    }

    /** Two of the four columns are left out by each mask; one of them has two inputs. */
    @Test
    default void itIsTheMeanOfTheMaskedContexts() {
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray rows = normal(manager, "points", 40, 5);
        ContextData data = ContextData.of(rows).withGroups(0, 1, 1, 2, 3);
        NDArray masks = new Masks(0.4, 3).choose(data, manager);
        NDArray mean = null;
        for (int i = 0; i < 3; i++) {
          NDArray mask = masks.get(i);
          assertThat(mask.getDouble(1)).isEqualTo(mask.getDouble(2));
          assertThat(mask.sum().getDouble() - mask.getDouble(1)).isEqualTo(2);
          MarkovContext part =
              (MarkovContext) Contexts.parse(plain()).fit(ContextData.of(rows.mul(mask)));
          NDArray law = part.law(part.points()).dense(manager).div(3);
          mean = mean == null ? law : mean.add(law);
        }
        MarkovContext context = fit(rows);
        assertClose(context.law(context.points()).dense(manager), mean, 1e-15);
      }
    }
  }

  @Nested
  class MaskedKnnContextTest implements Masked {
    @Override
    public String text() {
      return "masked-knn(k=4, drop=0.4, masks=3)";
    }

    @Override
    public String plain() {
      return "knn(k=4)";
    }
  }

  @Nested
  class MaskedRbfContextTest implements Masked {
    @Override
    public String text() {
      return "masked-rbf(gamma=0.7, drop=0.4, masks=3)";
    }

    @Override
    public String plain() {
      return "rbf(gamma=0.7)";
    }
  }

  @Test
  void anotherSeedMasksOtherColumns() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "points", 40, 8));
      NDArray first = new Masks(0.3, 10).choose(data, manager);
      NDArray other = new Masks(0.3, 10).choose(data.withSeed(Seed.of(1)), manager);
      assertThat(first.sub(other).abs().sum().getDouble()).isPositive();
    }
  }
}
