package ai.contexture.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.concurrent.ForkJoinTask;
import org.junit.jupiter.api.Test;

class TimingTest {

  /** Says that its runs take 1, 2, 3, … seconds. */
  private static final class Slower implements Benchmark {

    private int made;

    @Override
    public Map<String, Object> parameters() {
      return Map.of();
    }

    @Override
    public double run() {
      return ++made;
    }

    @Override
    public double amount() {
      return 1;
    }

    @Override
    public String unit() {
      return "things";
    }
  }

  @Test
  void quartilesOfFewRuns() {
    assertThat(Timing.of(7)).isEqualTo(new Timing(7, 7, 7, 1));
    assertThat(Timing.of(3, 1)).isEqualTo(new Timing(2, 1.5, 2.5, 2));
    assertThat(Timing.of(5, 1, 4, 2, 3)).isEqualTo(new Timing(3, 2, 4, 5));
  }

  @Test
  void runsToWarmUpDoNotCount() {
    Slower work = new Slower();
    assertThat(Timing.of(work, 10, 3)).isEqualTo(new Timing(12, 11.5, 12.5, 3));
    assertThat(work.made).isEqualTo(13);
    assertThatThrownBy(() -> Timing.of(work, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("runs ≥ 1");
  }

  @Test
  void threadsAreSetForTheWorkAndNotAfterIt() {
    int before = Threads.defaults();
    assertThat(Threads.<Integer>with(3, JniUtils::getNumThreads)).isEqualTo(3);
    assertThat(Threads.<Integer>with(2, () -> ForkJoinTask.getPool().getParallelism()))
        .isEqualTo(2);
    assertThatThrownBy(
            () ->
                Threads.with(
                    1,
                    () -> {
                      throw new IllegalStateException("stop");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Threads.defaults()).isEqualTo(before);
  }

  @Test
  void thePeakOfMemoryIsThatOfAProcessWithAJavaHeap() {
    PeakMemory.mebibytes().ifPresent(peak -> assertThat(peak).isBetween(10.0, 1e6));
  }
}
