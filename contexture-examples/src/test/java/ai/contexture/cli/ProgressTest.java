package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private Terminal terminal(int columns) {
    PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
    return new Terminal(err, err, columns, "contexture");
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  private static StepReport step(int step, double loss) {
    return new StepReport(step, loss, Map.of("norm", loss), 1, 0.1);
  }

  @Test
  void lossIsTheDistanceFromTheBestWhereThatIsKnown() {
    try (Progress progress =
        new Progress(terminal(0), false, 0, 10, OptionalDouble.of(97.5), "validation accuracy")) {
      progress.step(step(5, 97.75));
      progress.evaluated(new EvaluationReport(5, 1, 0.9876, 3.0, 4, 0.875));
      progress.pause();
    }
    assertThat(text())
        .isEqualTo(
            "step 5 of 10: excess loss 0.250, correlation² 0.988, validation accuracy 0.8750\n");
  }

  @Test
  void theFirstStepDoesNotCountInTheTimeThatIsLeft() {
    try (Progress progress =
        new Progress(terminal(0), false, 0, 100, OptionalDouble.empty(), "validation RMSE")) {
      progress.reached(0, 0, true);
      progress.reached(1, 30, false);
      for (int i = 1; i <= 10; i++) {
        progress.step(step(i, 1));
      }
      progress.pause();
      progress.reached(10, 31.8, true); // less than 2 s and 10 steps
      progress.pause();
      assertThat(text()).isEqualTo("step 10 of 100: loss 1.000\n");
      for (int i = 11; i <= 20; i++) {
        progress.step(step(i, 1));
      }
      progress.reached(15, 99, false); // ordered from a device, perhaps not done
      progress.reached(20, 33.8, true);
      progress.pause();
    }
    assertThat(text())
        .isEqualTo("step 10 of 100: loss 1.000\nstep 20 of 100: loss 1.000, 16 s left\n");
  }

  @Test
  void aLongTrainingIsForetoldOnceByTheStepsAfterTheFirst() {
    try (Progress progress =
        new Progress(terminal(0), false, 0, 300, OptionalDouble.empty(), "validation RMSE")) {
      progress.reached(1, 20, false);
      progress.reached(6, 21, true);
      assertThat(text()).isEmpty();
      progress.reached(7, 23, true);
      progress.reached(20, 100, true);
    }
    // 3 s for 6 steps
    assertThat(text()).startsWith("About 2 min 30 s for 300 steps").hasLineCount(1);
  }

  @Test
  void aTrainingThatGoesOnBeginsWithItsOwnFirstStep() {
    try (Progress progress =
        new Progress(terminal(0), false, 50, 100, OptionalDouble.empty(), "validation RMSE")) {
      progress.reached(50, 400, true);
      progress.reached(51, 420, false);
      progress.step(step(60, 1));
      progress.reached(60, 429, true);
      progress.pause();
    }
    assertThat(text()).isEqualTo("step 60 of 100: loss 1.000, 40 s left\n");
  }

  @Test
  void lossIsANumberWhereTheBestIsNotKnown() {
    try (Progress progress =
        new Progress(terminal(0), false, 0, 10, OptionalDouble.empty(), "validation RMSE")) {
      progress.step(step(10, 97.75));
      progress.pause();
    }
    assertThat(text()).isEqualTo("step 10 of 10: loss 97.75\n");
  }

  @Test
  void nothingIsCutOffBesideABar() throws InterruptedException {
    try (Progress progress =
        new Progress(
            terminal(80), false, 0, 1000, OptionalDouble.of(97.5), "validation accuracy")) {
      progress.reached(1, 1, false);
      progress.reached(500, 21, true);
      progress.step(step(500, 97.75));
      progress.evaluated(new EvaluationReport(499, 1, 0.9876, 3.0, 4, 0.875));
      Thread.sleep(500);
    }
    String[] shown = text().split("[\r\n]", -1);
    assertThat(shown).allMatch(line -> line.strip().length() <= 80);
    assertThat(shown)
        .anyMatch(line -> line.strip().matches("Step.*500/1000.* left  excess loss 0\\.250"));
  }

  @Test
  void linesOfALongTrainingAreWithin80Columns() {
    try (Progress progress =
        new Progress(
            terminal(0), false, 0, 90000, OptionalDouble.of(97.5), "validation accuracy")) {
      progress.reached(1, 1, false);
      progress.reached(45000, 4501, true);
      progress.step(step(45000, 97.75));
      progress.evaluated(new EvaluationReport(44880, 1, 0.9876, 3.0, 4, 0.875));
      progress.pause();
    }
    assertThat(text())
        .endsWith(
            """
            step 45000 of 90000: excess loss 0.250, correlation² 0.988 (step 44880),
              validation accuracy 0.8750 (step 44880), 1 h 15 min left
            """);
    assertThat(text().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void numbersUnderWayAreExplained() {
    assertThat(Progress.meaning(true, true, "validation RMSE"))
        .contains("excess loss, above the least", "correlation²", "1 = ", "validation RMSE, of a");
    assertThat(Progress.meaning(false, false, null)).isEmpty();
  }

  @Test
  void messagesToATerminalEndBetweenWords() {
    terminal(20).say("a message of words that are longer than the terminal");

    assertThat(text()).isEqualTo("a message of words\n  that are longer\n  than the terminal\n");
  }

  @Test
  void messagesThatGoElsewhereAreNotBrokenWithinOptionsAndNames() {
    terminal(0)
        .say(
            "warning: t.csv: almost every row has a name of its own in columns 'street and house"
                + " number', b; nothing can be learned from it, give --drop '\"a, b\",c' or"
                + " --context 'walk(steps=2)', or else leave it");

    assertThat(text())
        .isEqualTo(
            """
            warning: t.csv: almost every row has a name of its own in columns
              'street and house number', b; nothing can be learned from it, give
              --drop '"a, b",c' or --context 'walk(steps=2)', or else leave it
            """);
  }

  @Test
  void phasesAreTimed() throws IOException {
    Phases phases = new Phases();
    phases.add("training", 90);
    phases.add("training", 10);

    assertThat(phases.time("report", () -> "made")).isEqualTo("made");
    assertThat(phases.toString()).isEqualTo("Time: training 1 min 40 s, report 0.0 s");
  }
}
