package ai.contexture.cli;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "waiting");
              thread.setDaemon(true);
              return thread;
            });
    try {
      clock.schedule(say, milliseconds, TimeUnit.MILLISECONDS);
      return something.get();
    } finally {
      clock.shutdownNow();
    }
  }
}
