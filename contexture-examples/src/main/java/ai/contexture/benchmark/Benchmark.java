package ai.contexture.benchmark;

import java.util.Map;

/** A piece of work, set up once and done again and again to see how long it takes. */
public interface Benchmark extends AutoCloseable {

  /** Returns what determines the work, by name. */
  Map<String, Object> parameters();

  /** Does the work once and returns the seconds that the timed part of it took. */
  double run();

  /** Returns how many of its {@link #unit} come out of the time that {@link #run} returns. */
  double amount();

  /** Returns what the work makes, such as {@code rows}. */
  String unit();

  @Override
  default void close() {}
}
