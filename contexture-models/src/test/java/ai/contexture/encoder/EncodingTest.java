package ai.contexture.encoder;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Points;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncodingTest {

  @Test
  void rowsGoThroughTheEncoderSomeAtATime() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 1200, 3000);
      Block encoder =
          EncoderFactory.parse("linear").create(Points.all(rows), 5, Seed.of(1), manager);
      ParameterStore store = new ParameterStore(manager, false);
      List<Long> sizes = new ArrayList<>();
      Block counting =
          new LambdaBlock(
              inputs -> {
                sizes.add(inputs.head().getShape().get(0));
                return encoder.forward(store, inputs, false);
              },
              "counting");
      int before = manager.getManagedArrays().size();
      NDArray some = Torch.withoutGradient(() -> Encoding.of(counting, store, rows, false));
      assertThat(manager.getManagedArrays()).hasSize(before + 1);
      assertThat(sizes).containsExactly(349L, 349L, 349L, 153L);
      NDArray whole = encoder.forward(store, new NDList(rows), false).head();
      assertClose(some, whole, 1e-12);
      NDArray scaled = Encoding.of(counting, store, rows, true);
      assertClose(
          scaled.square().sum(new int[] {1}), manager.ones(scaled.getShape()).get(":, 0"), 1e-12);
      NDArray none = Encoding.of(counting, store, rows.get("0:0"), false);
      assertThat(none.getShape().get(0)).isZero();
    }
  }

  @Test
  void narrowRowsGoInLargeBlocks() {
    assertThat(Encoding.rowsAtOnce(1)).isEqualTo(16_384);
    assertThat(Encoding.rowsAtOnce(64)).isEqualTo(16_384);
    assertThat(Encoding.rowsAtOnce(784)).isEqualTo(1_337);
    assertThat(Encoding.rowsAtOnce(1_000_000)).isEqualTo(256);
  }
}
