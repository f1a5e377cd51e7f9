package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.random.Seed;
import ai.djl.Device;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MixingFoldTest {

  private static final double ROUNDING = 1e-9;

  private static final Dataset DATA = Dataset.digits().select(IntStream.range(0, 200).toArray());

  private static final CrossValidation.Fold FOLD =
      CrossValidation.folds(DATA.target().orElseThrow(), 4, Seed.of(0)).get(1);

  private static MixingFold fold(Dataset data) {
    return new MixingFold(data, FOLD, 6, 6, 3, Device.cpu());
  }

  /** The digits with other classes of some rows. */
  private static Dataset relabelled(int[] rows, UnaryOperator<Integer> change) {
    Target.Classes target = (Target.Classes) DATA.target().orElseThrow();
    int[] codes = target.codes();
    for (int row : rows) {
      codes[row] = change.apply(codes[row]);
    }
    return new Dataset(
        DATA.name(),
        DATA.features(),
        Optional.of(Target.Classes.of(target.name(), target.classes(), codes)));
  }

  /**
   * If the labels of the test rows are moved to the next class, a prediction that never saw them
   * stays, so that none that was right still is; one that saw them would follow.
   */
  @Test
  void labelsOfTestRowsLeakNowhere() {
    Dataset moved = relabelled(FOLD.test(), code -> (code + 1) % 10);
    Dataset again = relabelled(FOLD.test(), code -> (code + 2) % 10);
    List<List<String>> methods =
        List.of(List.of("label"), List.of("minmax(scarf(rate=0.6), label)", "trees"));
    try (MixingFold first = fold(DATA);
        MixingFold second = fold(moved);
        MixingFold third = fold(again)) {
      for (List<String> contexts : methods) {
        double right = 1 - first.features(contexts).error();
        double next = 1 - second.features(contexts).error();
        double other = 1 - third.features(contexts).error();
        assertThat(right).as(contexts.toString()).isGreaterThan(0.2);
        // the same predictions are right for at most one of the three
        assertThat(right + next + other).as(contexts.toString()).isLessThanOrEqualTo(1 + ROUNDING);
        assertThat(next).as(contexts.toString()).isLessThan(right);
        assertThat(second.features(contexts).functions())
            .isEqualTo(first.features(contexts).functions());
      }
      assertThat(first.columns()).isLessThan(0.4);
      assertThat(second.columns()).isGreaterThan(0.6);
      assertThat(second.boosting().rounds()).isEqualTo(first.boosting().rounds());
    }
  }

  @Test
  void whatWasFoundIsKept() {
    try (MixingFold fold = fold(DATA)) {
      MixingFold.Score alone = fold.features(List.of("label"));
      int arrays = fold.arrays();
      MixingFold.Score again = fold.features(List.of("label"));

      assertThat(again).isEqualTo(alone);
      assertThat(fold.arrays()).isEqualTo(arrays);
      // nine functions tell ten classes
      assertThat(alone.functions()).isLessThanOrEqualTo(9);
      assertThat(fold.features(List.of("label", "trees")).functions()).isGreaterThan(4);
    }
  }

  @Test
  void numbersBecomeClassesOfLikeSize() {
    double[] y = IntStream.range(0, 200).mapToDouble(i -> i * i).toArray();
    Dataset numbers = new Dataset("y", DATA.features(), Optional.of(Target.Values.of("y", y)));

    Target.Classes classes =
        (Target.Classes)
            MixingFold.withClasses(numbers, IntStream.range(0, 100).toArray())
                .target()
                .orElseThrow();

    assertThat(classes.classes()).hasSize(10);
    // tenths of the first hundred rows; all that is larger is in the last
    for (int row = 0; row < 200; row++) {
      assertThat(classes.code(row)).as("row " + row).isEqualTo(Math.min(9, row / 10));
    }
  }

  /** Half of the numbers are the same, so that some tenths are. */
  @Test
  void equalNumbersShareAClass() {
    double[] y = IntStream.range(0, 200).mapToDouble(i -> i < 100 ? 7 : i).toArray();
    Dataset numbers = new Dataset("y", DATA.features(), Optional.of(Target.Values.of("y", y)));

    Target.Classes classes =
        (Target.Classes)
            MixingFold.withClasses(numbers, IntStream.range(0, 200).toArray())
                .target()
                .orElseThrow();

    assertThat(classes.classes()).hasSize(6);
    assertThat(IntStream.range(0, 100).map(classes::code)).containsOnly(0);
    assertThat(IntStream.range(100, 120).map(classes::code)).containsOnly(1);
  }

  @Test
  void classesStayAsTheyAre() {
    assertThat(MixingFold.withClasses(DATA, new int[] {0})).isSameAs(DATA);
  }
}
