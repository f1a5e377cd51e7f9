package ai.contexture.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says what takes long, and nothing of what does not. */
final class Waiting {

  /** So long nobody wonders what is going on. */
  static final long PATIENCE = 3000;

  private Waiting() {}

  /**
   * Computes something, and says what if it is not done soon.
   *
   * @param say says it, in another thread
   * @param milliseconds after which it is said
   */
  static <T> T on(Runnable say, long milliseconds, Supplier<T> something) {
    CountDownLatch done = new CountDownLatch(1);
    Thread clock =
        new Thread(
            () -> {
              try {
                if (!done.await(milliseconds, TimeUnit.MILLISECONDS)) {
                  say.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "waiting");
    clock.setDaemon(true);
    clock.start();
    try {
      return something.get();
    } finally {
      done.countDown();
    }
  }
}
