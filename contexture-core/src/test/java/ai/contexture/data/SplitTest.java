package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {

  private static final String[] WORDS = {
    "train", "rest", "val", "test", "", "Train", "validation", "unlabelled", "none", "valid"
  };

  private static NominalColumn column(String... words) {
    return NominalColumn.of("part", words);
  }

  @Test
  void aColumnSaysWhichRowsServeWhat() {
    Split split = Split.of(column(WORDS), true, "nodes.csv");
    assertThat(split.pretrain()).containsExactly(IntStream.range(0, 10).toArray());
    assertThat(split.labelled()).containsExactly(0, 5);
    assertThat(split.validation()).containsExactly(2, 6, 9);
    assertThat(split.test()).containsExactly(3);
    assertThat(split.transductive()).isTrue();
    assertThat(split).hasToString("10 rows to pretrain, 2 labelled, 3 to validate, 1 to test");
  }

  @Test
  void rowsToScoreOnAreNotPretrainedOnWithoutAGraph() {
    Split split = Split.of(column(WORDS), false, "rows.csv");
    assertThat(split.pretrain()).containsExactly(0, 1, 4, 5, 7, 8);
    assertThat(split.transductive()).isFalse();
  }

  @Test
  void selectedRowsAreCountedAnew() {
    Split split = Split.of(column(WORDS), true, "x").select(new int[] {9, 3, 0});
    assertThat(split.pretrain()).containsExactly(2, 1, 0);
    assertThat(split.labelled()).containsExactly(2);
    assertThat(split.validation()).containsExactly(0);
    assertThat(split.test()).containsExactly(1);
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> Split.of(column("train", "tset"), true, "nodes.csv"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "nodes.csv: column 'part', row 2: expected train, val, test or rest, got 'tset'");
    assertThatThrownBy(() -> Split.of(column("train", "val"), true, "nodes.csv"))
        .hasMessage("nodes.csv: column 'part': expected rows that say test, got none");
    assertThatThrownBy(() -> Split.of(column("rest", "test"), true, "nodes.csv"))
        .hasMessage("nodes.csv: column 'part': expected rows that say train, got none");
    assertThatThrownBy(() -> Split.random(10, 1, 0.01, 0.5, Seed.of(0)))
        .hasMessageContaining("too few to label and to test on");
  }

  @Test
  void atOneAllRowsArePretrainedOn() {
    Split split = Split.random(40, 1, 0.25, 0.5, Seed.of(3));
    assertThat(split.pretrain()).containsExactly(IntStream.range(0, 40).toArray());
    assertThat(split.labelled()).hasSize(10);
    assertThat(split.test()).hasSize(20).doesNotContain(split.labelled());
    assertThat(split.transductive()).isTrue();
    assertThat(split).isEqualTo(Split.random(40, 1, 0.25, 0.5, Seed.of(3)));
    assertThat(Split.random(40, 0.5, 0.25, 0.25, Seed.of(3)).transductive()).isFalse();
  }

  @Test
  void aDatasetIsSplitByAColumnThatIsNoFeatureThen() {
    Table table =
        Table.of(
            "nodes.csv",
            NumericColumn.of("x", 1, 2, 3),
            NominalColumn.of("part", "train", "rest", "test"));
    Dataset data = new Dataset("nodes", table, Optional.empty()).splitBy("part");
    assertThat(data.features().names()).containsExactly("x");
    assertThat(data.split().orElseThrow().pretrain()).containsExactly(0, 1);
    assertThat(data.select(new int[] {2, 0}).split().orElseThrow().test()).containsExactly(0);
    assertThatThrownBy(() -> new Dataset("nodes", table, Optional.empty()).splitBy("prt"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("unknown column 'prt'")
        .hasMessageContaining("did you mean part?");
    Graph graph = Graph.of(3, new int[] {0, 1}, new int[] {1, 2}, new double[] {1, 1});
    Table only = table.without(Arrays.asList("x"));
    Dataset nodes = new Dataset("nodes", only, Optional.empty(), Optional.of(graph));
    assertThat(nodes.splitBy("part").features().names()).containsExactly("degree");
    assertThat(nodes.splitBy("part").split().orElseThrow().transductive()).isTrue();
  }
}
