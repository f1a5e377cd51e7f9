package ai.contexture.cli;

import ai.contexture.benchmark.PeakMemory;
import ai.contexture.input.Text;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import ai.contexture.training.ValidationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a training is: a bar on a terminal, else a line for every tenth of the steps. */
final class Progress implements AutoCloseable {

  private static final int LINES = 10;
  private static final int MOST_COLUMNS = 120;

  /** Seconds that are worth a word before they pass. */
  private static final double LONG = 60;

  /** Columns of a bar without its message and the two numbers of steps. */
  private static final int BAR = 36;

  private final Terminal terminal;
  private final boolean quiet;
  private final int steps;
  private final int first;
  private final Pace pace = new Pace();
  private final OptionalDouble least;
  private final String probe;
  private final int room;
  private final ProgressBar bar;
  private int shown;
  private boolean foreseen;
  private StepReport last;
  private EvaluationReport measured;
  private ValidationReport validated;

  /**
   * Starts to show.
   *
   * @param first the steps that were finished before
   * @param steps all steps
   * @param least the least loss that there can be, where that is known
   * @param probe what the probe under way measures
   */
  Progress(
      Terminal terminal, boolean quiet, int first, int steps, OptionalDouble least, String probe) {
    this.least = least;
    this.probe = probe;
    this.terminal = terminal;
    this.quiet = quiet;
    this.first = first;
    this.steps = steps;
    this.shown = tenth(first);
    this.room = width(terminal) - BAR - 2 * Integer.toString(steps).length();
    this.bar = quiet || terminal.columns() == 0 ? null : bar();
  }

  private ProgressBar bar() {
    return new ProgressBarBuilder()
        .setTaskName("Step")
        .setInitialMax(steps)
        .startsFrom(first, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .hideEta()
        .setUpdateIntervalMillis(200)
        .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), width(terminal)))
        .clearDisplayOnFinish()
        .build();
  }

  private static int width(Terminal terminal) {
    return Math.min(MOST_COLUMNS, terminal.columns()) - 1;
  }

  private int tenth(int step) {
    return (int) ((long) step * LINES / Math.max(1, steps));
  }

  /** Hears of a finished step. */
  void step(StepReport report) {
    last = report;
    if (bar != null) {
      show();
      bar.stepTo(report.step());
    }
  }

  /**
   * Hears how long the training took until a step.
   *
   * @param complete whether the step is really over, not only ordered from a device
   */
  void reached(int step, double seconds, boolean complete) {
    if (step > first && (complete || !pace.begun())) {
      pace.reached(step, seconds);
      if (bar == null && !quiet && !foreseen && pace.known()) {
        foresee();
      }
    }
  }

  /** Says once how long it will take, where that is long. */
  private void foresee() {
    foreseen = true;
    double all = pace.seconds(steps - first);
    if (all > LONG) {
      OptionalDouble memory = PeakMemory.mebibytes();
      terminal.say(
          Text.format("About %s for %d steps", duration(all), steps - first)
              + (memory.isPresent()
                  ? Text.format(", in %.1f GiB of memory", memory.getAsDouble() / 1024)
                  : ""));
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
      bar.setExtraMessage(message());
    }
  }

  /** Prints a line where another tenth is finished. */
  void pause() {
    if (last == null || bar != null || quiet || tenth(last.step()) <= shown) {
      return;
    }
    shown = tenth(last.step());
    List<String> known = measures();
    if (!left().isEmpty()) {
      known.add(left());
    }
    terminal.say(Text.format("step %d of %d: %s", last.step(), steps, String.join(", ", known)));
  }

  /** As much as fits beside the bar, nothing cut off. */
  private String message() {
    StringBuilder message =
        new StringBuilder(last == null || left().isEmpty() ? "" : "  " + left());
    for (String measure : measures()) {
      if (message.length() + 2 + measure.length() <= room) {
        message.append("  ").append(measure);
      }
    }
    return message.toString();
  }

  /** The time that is left, in words, where it is known. */
  private String left() {
    return last.step() == steps || !pace.known()
        ? ""
        : duration(pace.seconds(steps - last.step())) + " left";
  }

  /**
   * Says what the numbers mean that will be shown.
   *
   * @param least whether the least loss is known
   * @param exact whether the best features are
   * @param probe what the probe under way measures, or null where there is none
   */
  static String meaning(boolean least, boolean exact, String probe) {
    List<String> meanings = new ArrayList<>();
    if (least) {
      meanings.add("excess loss, above the least possible");
    }
    if (exact) {
      meanings.add("correlation² with the best features, 1 = exact");
    }
    if (probe != null) {
      meanings.add(probe + ", of a linear model");
    }
    return meanings.isEmpty() ? "" : "Shown: " + String.join("; ", meanings);
  }

  /** What is known, the most telling first. */
  private List<String> measures() {
    List<String> measures = new ArrayList<>();
    if (last != null) {
      measures.add(
          least.isPresent()
              ? Text.format("excess loss %.3g", Math.max(0, last.loss() - least.getAsDouble()))
              : Text.format("loss %.4g", last.loss()));
    }
    if (validated != null) {
      measures.add(Text.format("held out %.4g", validated.loss()));
    }
    if (measured != null) {
      String when =
          last == null || last.step() == measured.step() ? "" : " (step " + measured.step() + ")";
      if (measured.cca() != null) {
        measures.add(Text.format("correlation² %.3f%s", measured.cca(), when));
      }
      if (measured.probe() != null) {
        measures.add(Text.format("%s %.4g%s", probe, measured.probe(), when));
      }
    }
    return measures;
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
