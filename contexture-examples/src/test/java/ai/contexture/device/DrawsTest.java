package ai.contexture.device;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.torch.CounterRandom;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What follows from a seed has the same bits on every device, and what is found there the same. */
@OnPretendDevices
class DrawsTest {

  private static double[] on(Device device, Function<NDManager, NDArray> work) {
    try (NDManager manager = NDManager.newBaseManager(device)) {
      return Torch.doubles(work.apply(manager));
    }
  }

  private static long[] wholeOn(Device device, Function<NDManager, NDArray> work) {
    try (NDManager manager = NDManager.newBaseManager(device)) {
      return Torch.longs(work.apply(manager));
    }
  }

  @Test
  void theSameBits() {
    for (long seed : new long[] {0, 1, -7, Long.MIN_VALUE}) {
      double[] uniform = on(Device.cpu(), manager -> CounterRandom.uniform(manager, seed, 50, 3));
      assertThat(uniform)
          .hasSize(150)
          .doesNotHaveDuplicates()
          .satisfies(values -> assertThat(Arrays.stream(values)).allMatch(v -> v >= 0 && v < 1))
          .isEqualTo(on(Device.gpu(), manager -> CounterRandom.uniform(manager, seed, 50, 3)));
      for (int bound : new int[] {1, 6, Integer.MAX_VALUE}) {
        long[] below =
            wholeOn(Device.cpu(), manager -> CounterRandom.below(manager, seed, bound, 200));
        assertThat(below)
            .hasSize(200)
            .satisfies(
                values -> assertThat(Arrays.stream(values)).allMatch(v -> v >= 0 && v < bound))
            .isEqualTo(
                wholeOn(Device.gpu(), manager -> CounterRandom.below(manager, seed, bound, 200)));
      }
    }
    assertThat(Ledger.LEDGER.uploads()).isEmpty();
  }

  /** The least of the raised ridges that is enough, as raising one after another finds it. */
  @Test
  void theLeastRidge() {
    assertThat(leastRidge(1, 0, 0, 1)).isEqualTo(1e-3);
    assertThat(leastRidge(1, 0, 0, -0.5)).isEqualTo(1);
    assertThat(leastRidge(1, 0, 0, -1e9)).isNaN();
    assertThat(leastRidge(Double.NaN, 0, 0, 1)).isNaN();
  }

  private static double leastRidge(double... matrix) {
    return on(
        Device.gpu(),
        manager ->
            LinearAlgebra.leastRidge(
                manager.create(matrix, new Shape(2, 2)),
                manager.ones(new Shape(), DataType.FLOAT64),
                1e-3,
                6))[0];
  }
}
