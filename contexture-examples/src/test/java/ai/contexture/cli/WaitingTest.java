package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingTest {

  @Test
  void whatTakesLongIsSaidOnce() {
    CountDownLatch said = new CountDownLatch(1);

    boolean heard = Waiting.on(said::countDown, 1, () -> await(said));

    assertThat(heard).isTrue();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsQuickIsNot() throws InterruptedException {
    AtomicInteger said = new AtomicInteger();

    assertThat(Waiting.on(said::incrementAndGet, 50, () -> "done")).isEqualTo("done");

    Thread.sleep(100);
    assertThat(said).hasValue(0);
  }
}
