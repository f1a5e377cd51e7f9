package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Dataset;
import ai.contexture.experiment.Measures;
import ai.contexture.input.InputException;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExactSplitTest {

  private static final double ROUNDING = 1e-6;

  private static final Dataset DATA = Dataset.digits().select(IntStream.range(0, 300).toArray());

  private static Recipe recipe(String objective) {
    return Recipe.DEFAULT
        .withContext("knn(k=9)")
        .withObjective(objective)
        .withEncoder("mlp(width=16,depth=1)")
        .withDimension(5)
        .withSteps(8)
        .withSeed(3);
  }

  private static double number(Measures measures, String name) {
    return Double.parseDouble(measures.values().get(name));
  }

  /** An encoder of rows, and one that averages over contexts. */
  @Test
  void theSharedAnswerJudgesAsThatOfEachTraining() {
    try (ExactSplit split = ExactSplit.of(DATA, recipe("kise"), Device.cpu())) {
      for (String objective : List.of("kise", "non-contrastive", "infonce")) {
        Measures measures = split.pretrain(recipe(objective));

        try (Pretraining job = Pretraining.prepare(DATA, recipe(objective), Device.cpu())) {
          job.train();
          Alignment seen = job.alignment();
          Alignment unseen = job.alignment(job.split().test());
          ProbeScore probe = job.probe().orElseThrow();
          assertThat(number(measures, "cca")).isCloseTo(seen.cca(), within(ROUNDING));
          assertThat(number(measures, "knn")).isCloseTo(seen.mutualKnn(), within(ROUNDING));
          assertThat(number(measures, "jaccard")).isCloseTo(seen.jaccardKnn(), within(ROUNDING));
          assertThat(number(measures, "ratio_trace"))
              .isCloseTo(seen.ratioTrace(), within(ROUNDING));
          assertThat(number(measures, "ratio_trace_most"))
              .isCloseTo(seen.ratioTraceMax(), within(ROUNDING));
          assertThat(number(measures, "cca_new")).isCloseTo(unseen.cca(), within(ROUNDING));
          assertThat(number(measures, "knn_new")).isCloseTo(unseen.mutualKnn(), within(ROUNDING));
          assertThat(number(measures, "probe")).isCloseTo(probe.value(), within(ROUNDING));
          assertThat(number(measures, "probe_columns"))
              .isCloseTo(probe.rawFeatures(), within(ROUNDING));
        }
        assertThat(measures.values().keySet())
            .containsExactlyInAnyOrderElementsOf(ExactSplit.MEASURES);
      }
    }
  }

  @Test
  void trainingsLeaveNothingBehind() {
    try (ExactSplit split = ExactSplit.of(DATA, recipe("kise"), Device.cpu())) {
      split.pretrain(recipe("kise"));
      int arrays = split.arrays();
      split.pretrain(recipe("kise"));

      assertThat(split.arrays()).isPositive().isEqualTo(arrays);
    }
  }

  @Test
  void otherSplitsAreRefused() {
    try (ExactSplit split = ExactSplit.of(DATA, recipe("kise"), Device.cpu())) {
      assertThatThrownBy(() -> split.pretrain(recipe("kise").withSeed(4)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> split.pretrain(recipe("kise").withContext("knn(k=8)")))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> ExactSplit.of(DATA, recipe("kise").withContext("label"), Device.cpu()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("context label has no exact functions that are known on new rows");
  }
}
