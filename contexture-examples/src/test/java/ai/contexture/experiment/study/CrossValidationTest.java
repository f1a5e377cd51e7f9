package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Target;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CrossValidationTest {

  private static final Target NUMBERS =
      Target.Values.of("y", IntStream.range(0, 23).mapToDouble(i -> i).toArray());

  @Test
  void eachRowIsTestedOnOnce() {
    List<CrossValidation.Fold> folds = CrossValidation.folds(NUMBERS, 5, Seed.of(1));

    assertThat(folds).hasSize(5);
    assertThat(folds.stream().flatMapToInt(fold -> Arrays.stream(fold.test())).sorted().toArray())
        .isEqualTo(IntStream.range(0, 23).toArray());
    for (CrossValidation.Fold fold : folds) {
      assertThat(fold.test().length).isBetween(4, 5);
      assertThat(IntStream.concat(Arrays.stream(fold.train()), Arrays.stream(fold.test())).sorted())
          .containsExactly(IntStream.range(0, 23).boxed().toArray(Integer[]::new));
    }
  }

  @Test
  void classesAreDealtEvenly() {
    int[] codes = IntStream.range(0, 100).map(i -> i < 10 ? 1 : 0).toArray();
    Target classes = Target.Classes.of("y", List.of("often", "rare"), codes);

    for (CrossValidation.Fold fold : CrossValidation.folds(classes, 5, Seed.of(2))) {
      assertThat(Arrays.stream(fold.test()).filter(row -> codes[row] == 1).count()).isEqualTo(2);
    }
  }

  @Test
  void anotherSeedDealsOtherwise() {
    int[] first = CrossValidation.folds(NUMBERS, 5, Seed.of(1)).get(0).test();

    assertThat(CrossValidation.folds(NUMBERS, 5, Seed.of(1)).get(0).test()).isEqualTo(first);
    assertThat(CrossValidation.folds(NUMBERS, 5, Seed.of(3)).get(0).test()).isNotEqualTo(first);
  }

  @Test
  void numbersOfFoldsThatCannotBe() {
    assertThatThrownBy(() -> CrossValidation.folds(NUMBERS, 1, Seed.of(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("folds: expected from 2 to 23 (the rows), got 1");
    assertThatThrownBy(() -> CrossValidation.folds(NUMBERS, 24, Seed.of(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void equalErrorsShareTheirRanks() {
    assertThat(CrossValidation.ranks(0.3, 0.1, 0.2)).containsExactly(3, 1, 2);
    assertThat(CrossValidation.ranks(0.1, 0.2, 0.1, 0.4)).containsExactly(1.5, 3, 1.5, 4);
    assertThat(CrossValidation.ranks(1, 1, 1)).containsExactly(2, 2, 2);
    assertThat(CrossValidation.ranks(0.1 + 0.2, 0.3, 0)).containsExactly(2.5, 2.5, 1);
  }
}
