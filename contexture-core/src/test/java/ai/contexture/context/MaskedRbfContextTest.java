package ai.contexture.context;

import static ai.contexture.torch.Numeric.assertClose;
import static ai.contexture.torch.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;

class MaskedRbfContextTest
    implements ContextContract.SampledFinite<MaskedRbfContext>,
        ContextContract.KernelFinite<MaskedRbfContext> {

  private static final String TEXT = "masked-rbf(gamma=0.7, drop=0.4, masks=3)";

  @Override
  public MaskedRbfContext context(NDManager manager) {
    return fit(normal(manager, "points", 40, 5));
  }

  private static MaskedRbfContext fit(NDArray rows) {
    return (MaskedRbfContext)
        Contexts.parse(TEXT).fit(ContextData.of(rows).withGroups(0, 1, 1, 2, 3));
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 5);
  }

  /** Two of the four columns are left out by each mask; one of them has two inputs. */
  @Test
  void itIsTheMeanOfTheMaskedContexts() {
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
            (MarkovContext) Contexts.parse("rbf(gamma=0.7)").fit(ContextData.of(rows.mul(mask)));
        NDArray law = part.law(part.points()).dense(manager).div(3);
        mean = mean == null ? law : mean.add(law);
      }
      assertClose(law(rows, manager), mean, 1e-15);
    }
  }

  private static NDArray law(NDArray rows, NDManager manager) {
    MarkovContext context = fit(rows);
    return context.law(context.points()).dense(manager);
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
