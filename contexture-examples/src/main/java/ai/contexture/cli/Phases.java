package ai.contexture.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** How long the phases of a command took. */
final class Phases {

  /** A phase. */
  @FunctionalInterface
  interface Phase<T> {
    T run() throws IOException;
  }

  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /** Runs a phase and takes its time. */
  <T> T time(String name, Phase<T> phase) throws IOException {
    long start = System.nanoTime();
    T result = phase.run();
    add(name, (System.nanoTime() - start) / 1e9);
    return result;
  }

  /** Adds the time of a phase. */
  void add(String name, double taken) {
    seconds.merge(name, taken, Double::sum);
  }

  /** Returns all in a line, such as {@code Time: reading 0.3 s, training 28 s}. */
  @Override
  public String toString() {
    return seconds.entrySet().stream()
        .map(phase -> phase.getKey() + " " + Progress.duration(phase.getValue()))
        .collect(Collectors.joining(", ", "Time: ", ""));
  }
}
