package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {

  @TempDir Path folder;

  private static Target target(Column column, Task task) {
    return Target.of(Table.of("t.csv", column), column.name(), task);
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void namesAreClasses() {
    Target.Classes classes =
        (Target.Classes) target(NominalColumn.of("y", "b", null, "a", "b"), null);
    assertThat(classes.task()).isEqualTo(Task.CLASSIFICATION);
    assertThat(classes.classes()).containsExactly("a", "b");
    assertThat(classes.codes()).containsExactly(1, -1, 0, 1);
    assertThat(classes.known(1)).isFalse();
    assertThat(classes.select(new int[] {2, 0}).codes()).containsExactly(0, 1);
  }

  @Test
  void levelsThatNoRowHasAreNoClasses() {
    NominalColumn some = NominalColumn.of("y", "a", "b", "c").select(new int[] {2, 0, 2});
    Target.Classes classes = (Target.Classes) target(some, null);
    assertThat(classes.classes()).containsExactly("a", "c");
    assertThat(classes.codes()).containsExactly(1, 0, 1);
  }

  @Test
  void fewWholeNumbersAreClassesInTheirOrder() {
    Target.Classes classes =
        (Target.Classes) target(NumericColumn.of("y", 10, 2, Double.NaN, 10, 0, -0.0), null);
    assertThat(classes.classes()).containsExactly("0", "2", "10");
    assertThat(classes.codes()).containsExactly(2, 1, -1, 2, 0, 0);
  }

  @Test
  void otherNumbersAreValues() {
    assertThat(target(NumericColumn.of("y", 1, 2.5), null).task()).isEqualTo(Task.REGRESSION);
    double[] counts = IntStream.range(0, 21).asDoubleStream().toArray();
    assertThat(target(NumericColumn.of("y", counts), null).task()).isEqualTo(Task.REGRESSION);
    assertThat(
            target(NumericColumn.of("y", counts).select(IntStream.range(0, 20).toArray()), null)
                .task())
        .isEqualTo(Task.CLASSIFICATION);
    Target.Values values = (Target.Values) target(NumericColumn.of("y", 1, Double.NaN, 2.5), null);
    assertThat(values.values()).containsExactly(1, Double.NaN, 2.5);
    assertThat(values.known(1)).isFalse();
    assertThat(values.select(new int[] {2}).value(0)).isEqualTo(2.5);
  }

  @Test
  void theTaskCanBeGiven() {
    assertThat(target(NumericColumn.of("y", 1, 2), Task.REGRESSION))
        .isInstanceOf(Target.Values.class);
    Target.Classes classes =
        (Target.Classes) target(NumericColumn.of("y", 1, 2.5), Task.CLASSIFICATION);
    assertThat(classes.classes()).containsExactly("1", "2.5");
  }

  @Test
  void refusesTargetsThatDoNotSuit() {
    refuses(
        () -> target(NominalColumn.of("y", "M", "F"), Task.REGRESSION),
        "t.csv: target 'y' holds names such as 'F', expected numbers for task=regression");
    refuses(
        () -> target(NominalColumn.of("y", "M", null, "M"), null),
        "t.csv: target 'y' is 'M' wherever it is known, expected at least two values");
    refuses(
        () -> target(NumericColumn.of("y", 3, 3), null),
        "t.csv: target 'y' is '3' wherever it is known, expected at least two values");
    refuses(
        () -> target(NumericColumn.of("y", Double.NaN), null),
        "t.csv: target 'y' is missing in every row");
    double[] many = IntStream.range(0, 1001).asDoubleStream().toArray();
    refuses(
        () -> target(NumericColumn.of("y", many), Task.CLASSIFICATION),
        "t.csv: target 'y' holds 1001 different numbers, expected at most 1000 for"
            + " task=classification");
  }

  @Test
  void readsAFileWithItsTarget() throws IOException {
    Path file = Files.writeString(folder.resolve("small.csv"), "x,y\n1,a\n2,b\n");
    Dataset dataset = Dataset.read(file, CsvOptions.DEFAULT, "y", null);
    assertThat(dataset.name()).isEqualTo("small");
    assertThat(dataset.features().names()).containsExactly("x");
    assertThat(dataset.target()).get().isInstanceOf(Target.Classes.class);
    assertThat(dataset.select(new int[] {1}).rows()).isEqualTo(1);
    assertThat(Dataset.read(file, CsvOptions.DEFAULT, null, null).target()).isEmpty();
    refuses(
        () -> Dataset.read(file, CsvOptions.DEFAULT, "z", null),
        file + ": unknown column 'z'; known: x, y (did you mean x?)");
    refuses(
        () -> Dataset.read(file, CsvOptions.DEFAULT, null, Task.REGRESSION),
        "task says what the target is, expected target=COLUMN with it");
    refuses(
        () -> Dataset.read(file, CsvOptions.DEFAULT.withDrop("x"), "y", null),
        file + ": the target 'y' is the only column, expected features too");
  }

  @Test
  void comesWithDigits() {
    Dataset digits = Dataset.digits();
    assertThat(digits.rows()).isEqualTo(1797);
    assertThat(digits.features().columns()).hasSize(64).allMatch(c -> c instanceof NumericColumn);
    Target.Classes target = (Target.Classes) digits.target().orElseThrow();
    assertThat(target.classes()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(target.code(1796)).isEqualTo(8);
    NumericColumn pixel = (NumericColumn) digits.features().column("p0_2");
    assertThat(pixel.value(0)).isEqualTo(5);
  }

  @Test
  void splitIsDisjointCoversAllAndDependsOnTheSeed() {
    Split split = Split.random(4177, Seed.of(0));
    assertThat(split.pretrain()).hasSize(2923);
    assertThat(split.labelled()).hasSize(626);
    assertThat(split.test()).hasSize(628);
    int[] all =
        IntStream.concat(
                IntStream.of(split.pretrain()),
                IntStream.concat(IntStream.of(split.labelled()), IntStream.of(split.test())))
            .sorted()
            .toArray();
    assertThat(all).containsExactly(IntStream.range(0, 4177).toArray());
    assertThat(Split.random(4177, Seed.of(0))).isEqualTo(split);
    assertThat(Split.random(4177, Seed.of(1))).isNotEqualTo(split);
  }

  @Test
  void splitRoundsDownWholeSharesRightly() {
    Split split = Split.random(100, 0.29, 0.57, 0.14, Seed.of(0)); // 0.29·100 = 28.999…
    assertThat(split.pretrain()).hasSize(29);
    assertThat(split.labelled()).hasSize(57);
    assertThat(split.test()).hasSize(14);
  }

  /** Each row is equally likely in each part: counts within 5 σ of the binomial for 2000 seeds. */
  @Test
  void splitIsUniform() {
    int[] counts = new int[20];
    for (int seed = 0; seed < 2000; seed++) {
      for (int row : Split.random(20, Seed.of(seed)).pretrain()) {
        counts[row]++;
      }
    }
    double sigma = Math.sqrt(2000 * 0.7 * 0.3);
    for (int count : counts) {
      assertThat(count - 1400.0).isBetween(-5 * sigma, 5 * sigma);
    }
  }

  @Test
  void splitsCanHoldEverything() {
    Split split = Split.all(3);
    assertThat(split.pretrain()).containsExactly(0, 1, 2);
    assertThat(split.labelled()).isEmpty();
    assertThat(split.test()).isEmpty();
  }

  @Test
  void refusesSplitsWithAnEmptyPart() {
    refuses(
        () -> Split.random(6, Seed.of(0)),
        "split: 6 rows are too few to pretrain on, to label and to test on");
    assertThat(Split.random(7, Seed.of(0)).labelled()).hasSize(1);
    refuses(
        () -> Split.random(100, 0.7, 0.2, 0.2, Seed.of(0)),
        "split: expected three positive shares that add up to 1, got 0.7, 0.2, 0.2");
    refuses(
        () -> Split.random(100, 1, 0, 0, Seed.of(0)),
        "split: expected three positive shares that add up to 1, got 1.0, 0.0, 0.0");
  }
}
