package ai.contexture.benchmark;

import ai.contexture.data.Csv;
import ai.contexture.data.Table;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Reading a CSV file of normal numbers with all their digits, written before to a passing file. */
public final class ReadBenchmark implements Benchmark {

  private static final double MEGABYTE = 1e6;

  private final Path file;
  private final double megabytes;
  private final Map<String, Object> parameters = new LinkedHashMap<>();

  /**
   * Writes the file.
   *
   * @param n how many rows
   * @param features how many columns
   */
  public ReadBenchmark(int n, int features) throws IOException {
    file = Files.createTempFile("contexture-benchmark", ".csv");
    boolean prepared = false;
    try {
      write(n, features);
      megabytes = Files.size(file) / MEGABYTE;
      prepared = true;
    } finally {
      if (!prepared) {
        Files.delete(file);
      }
    }
    parameters.put("n", n);
    parameters.put("features", features);
    parameters.put("megabytes", megabytes);
  }

  private void write(int n, int features) throws IOException {
    RandomGenerator random = RandomRows.generator("csv");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int j = 0; j < features; j++) {
        out.write((j == 0 ? "x" : ",x") + j);
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < features; j++) {
          out.write(j == 0 ? '\n' : ',');
          out.write(Double.toString(random.nextGaussian()));
        }
      }
    }
  }

  @Override
  public Map<String, Object> parameters() {
    return parameters;
  }

  @Override
  public double run() {
    long start = System.nanoTime();
    Table table = Csv.read(file);
    double seconds = Timing.secondsSince(start);
    if (table.columns().size() != (int) parameters.get("features")) {
      throw new IllegalStateException(table + ": not the table that was written");
    }
    return seconds;
  }

  @Override
  public double amount() {
    return megabytes;
  }

  @Override
  public String unit() {
    return "MB";
  }

  @Override
  public void close() {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
