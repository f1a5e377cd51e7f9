package ai.contexture.cli;

import ai.contexture.benchmark.Benchmark;
import ai.contexture.benchmark.PeakMemory;
import ai.contexture.benchmark.Threads;
import ai.contexture.benchmark.Timing;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.Device;
import com.google.gson.Gson;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to measure, whatever is measured. */
final class BenchOptions {

  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads to use. Default: libtorch's choice")
  private Integer threads;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How many runs to take the median of. Default: ${DEFAULT-VALUE}",
      defaultValue = "5")
  private int runs;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "How many runs to make before timing. Default: ${DEFAULT-VALUE}",
      defaultValue = "2")
  private int warmUp;

  @Mixin private CommonOptions common;

  /** Sets up what is measured. */
  @FunctionalInterface
  interface Setup {

    /**
     * Sets it up.
     *
     * @param runs how often it will be run
     */
    Benchmark at(int runs, Device device) throws IOException;
  }

  /** Checks what can be checked without the engine. */
  void check() {
    common.check();
    if (threads != null) {
      requireWithin("--threads", threads, 1, MOST_THREADS);
    }
    requireWithin("--runs", runs, 1, Integer.MAX_VALUE / 2);
    requireWithin("--warm-up", warmUp, 0, Integer.MAX_VALUE / 2);
  }

  /** Measures, prints and writes. */
  int measure(String work, Setup setup, Terminal terminal) throws IOException {
    int used = threads == null ? Threads.defaults() : threads;
    Device device = common.device();
    Threads.with(
        used,
        () -> {
          try (Benchmark benchmark = setup.at(warmUp + runs, device)) {
            Timing timing = Timing.of(benchmark, warmUp, runs);
            terminal.accepted(); // only now: each run would warn again
            OptionalDouble memory = PeakMemory.mebibytes();
            if (!common.toStandardOutput()) {
              print(work, benchmark, timing, used, memory, new Report(terminal, true));
            }
            common.write(json(work, benchmark, timing, used, memory), terminal);
          }
          return null;
        });
    return 0;
  }

  private static void print(
      String work,
      Benchmark benchmark,
      Timing timing,
      int threads,
      OptionalDouble memory,
      Report report) {
    String parameters =
        benchmark.parameters().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(", "));
    report.title(work + ": " + parameters);
    report.line("");
    report.entry(
        "time",
        Text.format(
            "%s, from %s to %s in half of %d %s",
            seconds(timing.median()),
            seconds(timing.q1()),
            seconds(timing.q3()),
            timing.runs(),
            timing.runs() == 1 ? "run" : "runs"));
    report.entry(
        "speed",
        Text.format("%.4g %s a second", benchmark.amount() / timing.median(), benchmark.unit()));
    report.entry("threads", Integer.toString(threads));
    if (memory.isPresent()) {
      report.entry("peak memory", Text.format("%.0f MiB", memory.getAsDouble()));
    }
  }

  private static String seconds(double seconds) {
    return seconds < 1 ? Text.format("%.4g ms", seconds * 1e3) : Text.format("%.4g s", seconds);
  }

  private static JsonObject json(
      String work, Benchmark benchmark, Timing timing, int threads, OptionalDouble memory) {
    JsonObject parameters = new JsonObject();
    for (Map.Entry<String, Object> entry : benchmark.parameters().entrySet()) {
      parameters.add(entry.getKey(), new Gson().toJsonTree(entry.getValue()));
    }
    JsonObject result = new JsonObject();
    result.addProperty("work", work);
    result.add("parameters", parameters);
    result.add("medianSeconds", Results.number(timing.median()));
    result.add("q1", Results.number(timing.q1()));
    result.add("q3", Results.number(timing.q3()));
    result.addProperty("runs", timing.runs());
    result.addProperty("threads", threads);
    result.add(
        "peakRssMiB",
        memory.isPresent() ? Results.number(memory.getAsDouble()) : JsonNull.INSTANCE);
    return result;
  }

  /** Requires a number between two others. */
  static void requireWithin(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InputException(
          Text.format("%s: expected %d to %d, got %d", option, least, most, value));
    }
  }

  /** Requires that so many rows of so many numbers fit into an array. */
  static void requireRoom(int n, String option, int each) {
    int most = Integer.MAX_VALUE / 2 / each;
    if (n > most) {
      throw new InputException(
          Text.format("--n: expected at most %d with %s %d, got %d", most, option, each, n));
    }
  }
}
