package ai.contexture.objective;

import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.testing.Numeric.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What DJL 0.36.0 does against expectation, and what this project calls instead.
 *
 * <p>A test named "trap…" fails when DJL has mended it: then the way around can go.
 */
class EngineTrapsTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray array(double... values) {
    return manager.create(values).duplicate();
  }

  @Test
  void castsKeepTheGradient() {
    NDArray x = array(1, 2, 3);
    for (DataType type : new DataType[] {DataType.FLOAT32, DataType.FLOAT64}) {
      double[] there =
          gradient(at -> Torch.cast(at.square(), type).sum().add(at.sum()), x.duplicate());
      assertClose("to " + type, there, new double[] {3, 5, 7}, 1e-6);
    }
    NDArray x32 = x.toType(DataType.FLOAT32, true);
    double[] back = gradient(at -> Torch.cast(at.square(), DataType.FLOAT64).sum(), x32);
    assertClose("from float32", back, new double[] {2, 4, 6}, 1e-6);
  }

  /** d/dx of x² + x is 2x + 1, of which the cast loses 2x. */
  @Test
  void trapToTypeCutsTheGradient() {
    double[] cut =
        gradient(
            at -> at.square().toType(DataType.FLOAT32, false).sum().add(at.sum()), array(1, 2));
    assertClose("gradient", cut, new double[] {1, 1}, 0);
  }

  /** Between forward and backward pass the collector runs, and others take the memory it frees. */
  @Test
  void numbersLiveUntilTheBackwardPass() {
    for (int round = 0; round < 5; round++) {
      double[] there =
          gradient(
              at -> {
                NDArray loss = Torch.times(Torch.times(at.square(), 3).sum(), 0.5);
                collectAndReuse();
                return loss;
              },
              array(1, 2));
      assertClose("gradient", there, new double[] {3, 6}, 0);
    }
  }

  /** Takes small pieces of memory outside of the heap while the collector gives such back. */
  private static void collectAndReuse() {
    List<ByteBuffer> taken = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      System.gc();
      for (int i = 0; i < 20_000; i++) {
        taken.add(ByteBuffer.allocateDirect(Double.BYTES).putDouble(0, 1e300));
      }
    }
    assertThat(taken).hasSize(60_000);
  }

  @Test
  void castsRefuseOtherTypes() {
    assertThatThrownBy(() -> Torch.cast(array(1), DataType.INT64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type: expected FLOAT32, FLOAT64 or BFLOAT16, got int64");
  }

  @Test
  void copiesKeepTheirOwnMemory() {
    NDArray target = array(0, 0);
    try (NDArray source = array(1, 2)) {
      Torch.copy(source, target);
      assertClose("copied", doubles(target), new double[] {1, 2}, 0);
      source.addi(10);
    }
    assertClose("after the source changed", doubles(target), new double[] {1, 2}, 0);
    assertThatThrownBy(() -> Torch.copy(array(1), target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("target: expected shape (1), got (2)");
  }

  /** A copy while gradients are recorded must not become part of a graph. */
  @Test
  void copiesAreNotRecorded() {
    NDArray source = array(1, 2);
    source.setRequiresGradient(true);
    NDArray target = array(0, 0);
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
    try {
      Torch.copy(source, target);
      assertThat(JniUtils.isGradMode()).isTrue();
    } finally {
      JniUtils.setGradMode(before);
    }
    assertThat(target.hasGradient()).isFalse();
    assertClose("copied", doubles(target), new double[] {1, 2}, 0);
  }

  /** A view shows whether an array still has the memory that it had. */
  @Test
  void copiesKeepTheMemoryOfTheTarget() {
    NDArray target = array(0, 0);
    target.setRequiresGradient(true);
    NDArray view = target.stopGradient();
    Torch.copy(array(1, 2), target);
    assertClose("view", doubles(view), new double[] {1, 2}, 0);
    assertThat(target.hasGradient()).isTrue();
  }

  /**
   * The target gets the memory of a Java buffer, which lives as long as that one object: samples
   * from before keep the old numbers, samples from after dangle once the target is closed.
   */
  @Test
  void trapCopyToReplacesTheMemoryOfTheTarget() throws ReflectiveOperationException {
    NDArray target = array(0, 0);
    NDArray view = target.reshape(2);
    // by reflection, since the build forbids the call
    NDArray.class.getMethod("copyTo", NDArray.class).invoke(array(1, 2), target);
    assertClose("target", doubles(target), new double[] {1, 2}, 0);
    assertClose("view", doubles(view), new double[] {0, 0}, 0);
  }

  /** So an array that was made from Java values, and such a copy of it, end with their buffer. */
  @Test
  void trapToTheSameTypeSharesMemoryEvenAsACopy() {
    double[] values = {1, 2};
    NDArray made = manager.create(values, new Shape(2));
    NDArray copy = made.toType(DataType.FLOAT64, true);
    made.addi(10);
    double[] shared = doubles(copy);
    NDArray duplicate = made.duplicate();
    made.addi(10);
    assertClose("a duplicate is one", doubles(duplicate), new double[] {11, 12}, 0);
    assertClose("the copy follows its source", shared, new double[] {11, 12}, 0);
  }

  @Test
  void workWithoutGradientLeavesTheModeAsItWas() {
    boolean before = JniUtils.isGradMode();
    try {
      for (boolean mode : new boolean[] {true, false}) {
        JniUtils.setGradMode(mode);
        assertThat(Torch.<Boolean>withoutGradient(JniUtils::isGradMode)).isFalse();
        assertThat(JniUtils.isGradMode()).isEqualTo(mode);
        assertThatThrownBy(
                () ->
                    Torch.withoutGradient(
                        () -> {
                          throw new IllegalStateException("within");
                        }))
            .hasMessage("within");
        assertThat(JniUtils.isGradMode()).isEqualTo(mode);
      }
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  /** So work in another thread is recorded unless it is told not to be. */
  @Test
  void trapGradientModeIsOnInOtherThreads() throws InterruptedException {
    boolean[] mode = new boolean[1];
    Thread thread = new Thread(() -> mode[0] = JniUtils.isGradMode());
    thread.start();
    thread.join();
    assertThat(mode[0]).isTrue();
  }
}
