package ai.contexture.cli;

import ai.contexture.data.AtomicFile;
import ai.contexture.data.FileErrors;
import ai.contexture.input.Numbers;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import ai.contexture.training.ValidationReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The file with a row for each step, which is written while the training runs.
 *
 * <p>Columns: step, seconds of training so far, loss, the terms of the loss, gradient_norm,
 * learning_rate, validation (the objective on held-out rows), cca, ratio_trace, effective_rank,
 * probe. The last five are empty where they were not measured.
 */
final class Metrics implements AutoCloseable {

  private static final String NAMES =
      ",gradient_norm,learning_rate,validation,cca,ratio_trace,effective_rank,probe";
  private static final String UNKNOWN = ",,,";

  private final Path file;
  private final BufferedWriter writer;
  private final double secondsBefore;
  private boolean headed;
  private String waiting;
  private String validation = "";
  private String evaluation = UNKNOWN;

  private Metrics(Path file, boolean headed, double secondsBefore) throws IOException {
    this.file = file;
    this.writer =
        Files.newBufferedWriter(
            file,
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND);
    this.headed = headed;
    this.secondsBefore = secondsBefore;
  }

  /**
   * Opens the file, cut back to the steps that are finished.
   *
   * @param finished the step of the checkpoint, 0 for a new file
   */
  static Metrics open(Path file, int finished) throws IOException {
    List<String> kept = new ArrayList<>();
    if (finished > 0 && Files.isRegularFile(file)) {
      lines(file).stream().filter(line -> step(line) <= finished).forEach(kept::add);
    }
    AtomicFile.write(file, kept.isEmpty() ? "" : String.join("\n", kept) + "\n");
    double seconds = kept.size() > 1 ? number(kept.get(kept.size() - 1).split(",", -1)[1]) : 0;
    return new Metrics(file, !kept.isEmpty(), seconds);
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
  }

  /** The step of a row; 0 for the header. */
  private static int step(String line) {
    try {
      return Integer.parseInt(line.substring(0, Math.max(0, line.indexOf(','))));
    } catch (NumberFormatException e) {
      return line.startsWith("step,") ? 0 : Integer.MAX_VALUE;
    }
  }

  private static double number(String text) {
    double value = Numbers.parse(text);
    return Double.isNaN(value) ? 0 : value;
  }

  /** Returns the loss of the last step in a file, NaN if there is none. */
  static double lastLoss(Path file) throws IOException {
    List<String> lines = lines(file);
    String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    String[] cells = last.split(",", -1);
    return cells.length > 2 && step(last) > 0 ? Numbers.parse(cells[2]) : Double.NaN;
  }

  /** Returns the seconds that were trained before this file was opened. */
  double secondsBefore() {
    return secondsBefore;
  }

  /** Adds a step, the last of which waits for what is measured after it. */
  void add(StepReport report, double seconds) {
    try {
      if (!headed) {
        String terms = String.join(",", report.terms().keySet());
        write("step,seconds,loss," + terms + NAMES);
        headed = true;
      }
      finish();
      StringBuilder row = new StringBuilder();
      row.append(report.step()).append(',').append(Math.rint(seconds * 1e3) / 1e3);
      row.append(',').append(report.loss());
      report.terms().values().forEach(term -> row.append(',').append(term));
      row.append(',').append(report.gradientNorm()).append(',').append(report.learningRate());
      waiting = row.append(',').toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says what the objective on held-out rows is after the last step. */
  void validated(ValidationReport report) {
    validation = Double.toString(report.loss());
  }

  /** Says what was measured after the last step. */
  void evaluated(EvaluationReport report) {
    evaluation =
        Stream.of(report.cca(), report.ratioTrace(), report.effectiveRank(), report.probe())
            .map(value -> value == null ? "" : Double.toString(value))
            .collect(Collectors.joining(","));
  }

  /** Writes the row that waits. */
  void finish() throws IOException {
    if (waiting != null) {
      write(waiting + validation + "," + evaluation);
      waiting = null;
      validation = "";
      evaluation = UNKNOWN;
    }
  }

  private void write(String line) throws IOException {
    try {
      writer.write(line);
      writer.write('\n');
      writer.flush();
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
  }

  @Override
  public void close() throws IOException {
    finish();
    writer.close();
  }
}
