package ai.contexture.torch;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Foretells by a part of a computation how long all of it takes. What is long is logged, as
 * information.
 */
public final class Forecast {

  /** Fewer seconds are not worth a word. */
  private static final double LONG = 10;

  /** A part that took fewer seconds says little of the others. */
  private static final double SEEN = 1;

  private static final double GIB = 1L << 30;

  private static final Logger logger = LoggerFactory.getLogger(Forecast.class);

  private final String what;
  private final double bytes;
  private final LongSupplier clock;
  private final Listener listener;
  private final long start;
  private boolean told;

  /** Who hears of it. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Hears how long a computation takes.
     *
     * @param what the computation, the first word of a sentence
     * @param seconds how long all of it takes
     * @param bytes the memory that it takes at least
     */
    void hear(String what, double seconds, double bytes);
  }

  /** How a computation begins to be timed. */
  @FunctionalInterface
  public interface Starter {
    /** Starts the clock of a computation that takes so much memory at least. */
    Forecast start(String what, double bytes);
  }

  /**
   * Starts the clock of a computation.
   *
   * @param clock nanoseconds
   */
  public Forecast(String what, double bytes, LongSupplier clock, Listener listener) {
    this.what = what;
    this.bytes = bytes;
    this.clock = clock;
    this.listener = listener;
    this.start = clock.getAsLong();
  }

  /** Starts the clock of a computation, which is logged if it is long. */
  public static Forecast start(String what, double bytes) {
    return new Forecast(what, bytes, System::nanoTime, Forecast::log);
  }

  /** Hears that a share of the computation, up to 1, is done. */
  public void done(double share) {
    if (due()) {
      tell(seconds() / share);
    }
  }

  /** Returns whether it is time to say how long all of it takes. */
  public boolean due() {
    return !told && seconds() >= SEEN;
  }

  /** Says once how long all of it takes. */
  public void tell(double all) {
    told = true;
    listener.hear(what, all, bytes);
  }

  private double seconds() {
    return (clock.getAsLong() - start) / 1e9;
  }

  /** Logs how long a computation takes, if it is long. */
  public static void log(String what, double seconds, double bytes) {
    if (seconds >= LONG) {
      logger.info(text(what, seconds, bytes));
    }
  }

  static String text(String what, double seconds, double bytes) {
    String time =
        seconds < 120
            ? Text.format("%.0f s", seconds)
            : seconds < 7200
                ? Text.format("%.0f min", seconds / 60)
                : Text.format("%.1f h", seconds / 3600);
    return Text.format("%s: about %s, in at least %.1f GiB of memory", what, time, bytes / GIB);
  }

  /** Returns the memory of this machine or container in bytes, where it is known. */
  public static OptionalLong memory() {
    try {
      ObjectName system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
      Object total =
          ManagementFactory.getPlatformMBeanServer().getAttribute(system, "TotalMemorySize");
      return OptionalLong.of((Long) total);
    } catch (JMException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Requires that a result alone fits into memory.
   *
   * @param what the computation, the first word of a sentence
   * @param bytes the memory that its result takes
   * @param memory what there is
   * @param advice what takes less
   * @throws InputException if it cannot fit
   */
  public static void requireRoom(String what, double bytes, double memory, String advice) {
    if (bytes > memory) {
      throw new InputException(
          Text.format(
              "%s: expected at most the %.1f GiB of memory of this machine, got %.1f GiB for the"
                  + " result alone; %s",
              what, memory / GIB, bytes / GIB, advice));
    }
  }
}
