package ai.contexture.cli;

import ai.contexture.input.Text;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import ai.contexture.training.ValidationReport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a training is: a bar on a terminal, else a line for every tenth of the steps. */
final class Progress implements AutoCloseable {

  private static final int LINES = 10;
  private static final int MOST_COLUMNS = 120;

  private final Terminal terminal;
  private final boolean quiet;
  private final int steps;
  private final int first;
  private final long start = System.nanoTime();
  private final ProgressBar bar;
  private int shown;
  private StepReport last;
  private EvaluationReport measured;
  private ValidationReport validated;

  /**
   * Starts to show.
   *
   * @param first the steps that were finished before
   * @param steps all steps
   */
  Progress(Terminal terminal, boolean quiet, int first, int steps) {
    this.terminal = terminal;
    this.quiet = quiet;
    this.first = first;
    this.steps = steps;
    this.shown = tenth(first);
    this.bar = quiet || terminal.columns() == 0 ? null : bar();
  }

  private ProgressBar bar() {
    int width = Math.min(MOST_COLUMNS, terminal.columns()) - 1;
    return new ProgressBarBuilder()
        .setTaskName("Step")
        .setInitialMax(steps)
        .startsFrom(first, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .hideEta()
        .setUpdateIntervalMillis(200)
        .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), width))
        .clearDisplayOnFinish()
        .build();
  }

  private int tenth(int step) {
    return (int) ((long) step * LINES / steps);
  }

  /** Hears of a finished step. */
  void step(StepReport report) {
    last = report;
    if (bar != null) {
      show();
      bar.stepTo(report.step());
    }
  }

  /** Hears what was measured. */
  void evaluated(EvaluationReport report) {
    measured = report;
    show();
  }

  /** Hears of the objective on held-out rows. */
  void validated(ValidationReport report) {
    validated = report;
    show();
  }

  private void show() {
    if (bar != null) {
      bar.setExtraMessage((last == null ? "" : left()) + measures());
    }
  }

  /** Prints a line where another tenth is finished. */
  void pause() {
    if (last == null || bar != null || quiet || tenth(last.step()) <= shown) {
      return;
    }
    shown = tenth(last.step());
    terminal
        .err()
        .println(Text.format("step %d of %d%s%s", last.step(), steps, measures(), left()));
  }

  /** The time that is left, in words. */
  private String left() {
    if (last.step() == steps) {
      return "";
    }
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    return "  " + duration(seconds / (last.step() - first) * (steps - last.step())) + " left";
  }

  private String measures() {
    StringBuilder text = new StringBuilder();
    if (last != null) {
      text.append(Text.format("  loss %.4g", last.loss()));
    }
    if (validated != null) {
      text.append(Text.format("  held out %.4g", validated.loss()));
    }
    if (measured != null) {
      String when = last == null || last.step() == measured.step() ? "" : " at " + measured.step();
      if (measured.cca() != null) {
        text.append(Text.format("  alignment %.3f%s", measured.cca(), when));
      }
      if (measured.probe() != null) {
        text.append(Text.format("  probe %.4g%s", measured.probe(), when));
      }
    }
    return text.toString();
  }

  /** Returns a time in words, such as {@code 12 s} or {@code 3 min 20 s}. */
  static String duration(double seconds) {
    if (seconds < 10) {
      return Text.format("%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    long minutes = whole / 60;
    return minutes < 60
        ? minutes + " min " + whole % 60 + " s"
        : minutes / 60 + " h " + minutes % 60 + " min";
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
