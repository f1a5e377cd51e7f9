package ai.contexture.context;

import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import ai.contexture.view.GraphView;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GraphViewContextTest {

  private static final String TEXT = "augment(edge-drop(rate=0.4), feature-mask(rate=0.1))";

  private final NDManager manager = NDManager.newBaseManager();
  private final ContextData data = ContextData.of(Nodes.rows(5, manager)).withNodes();

  @AfterEach
  void close() {
    manager.close();
  }

  private static int[] sample(SampledContext context, int views) {
    return Nodes.read(context.sample(context.points(), views, Seed.of(1).generator()).rows());
  }

  @Test
  void viewsAreOfTheWholeGraph() {
    SampledContext context = (SampledContext) Contexts.parse(TEXT).fit(data);
    assertThat(context).hasToString(TEXT);
    int[] rows = sample(context, 3);
    assertThat(rows).hasSize(5 * 3 * 2);
    for (int i = 0; i < 15; i++) {
      assertThat(rows[2 * i]).isEqualTo(i / 3);
      assertThat(rows[2 * i + 1]).isEqualTo(rows[2 * (i % 3) + 1]).isPositive();
    }
    assertThat(Arrays.stream(new int[] {rows[1], rows[3], rows[5]}).distinct().count())
        .isEqualTo(3);
    assertThat(sample(context, 3)).isEqualTo(rows);
  }

  /** So that two samples of one point, drawn as one each of two rows, differ. */
  @Test
  void singleViewsAlternate() {
    int[] rows = sample((SampledContext) Contexts.parse(TEXT).fit(data), 1);
    assertThat(rows[1]).isEqualTo(rows[5]).isNotEqualTo(rows[3]);
  }

  @Test
  void chainsMultiplyWhatTheyKeep() {
    GraphView view =
        Contexts.parse("augment(edge-drop(rate=0.5), edge-drop(rate=0.2), feature-mask(rate=0.1))")
            .graphView()
            .orElseThrow();
    assertThat(view.edges()).isEqualTo(0.4);
    assertThat(view.features()).isEqualTo(0.9);
    assertThat(Contexts.parse("augment(edge-drop, masking)").graphView()).isEmpty();
    assertThat(Contexts.parse("mix(0.5: walk, 0.5: edge-drop)").graphView()).isPresent();
  }

  @Test
  void refusals() {
    ContextData rows = ContextData.of(normal(manager, "rows", 5, 2));
    for (String text : new String[] {TEXT, "edge-drop", "monte-carlo(edge-drop)"}) {
      assertThatThrownBy(() -> Contexts.parse(text).fit(rows))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("is a view of a graph, expected an encoder that reads one");
    }
    for (String text : new String[] {"masking", "scarf", "monte-carlo(masking)", "noise"}) {
      assertThatThrownBy(() -> Contexts.parse(text).fit(data))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("changes the inputs of a row, but the encoder reads the nodes");
    }
    assertThatThrownBy(() -> Contexts.parse("edge-drop(rate=1)"))
        .hasMessageContaining("edge-drop: expected a rate from 0 to less than 1");
    assertThatThrownBy(
            () -> Contexts.parse("mix(0.5: edge-drop(rate=0.1), 0.5: edge-drop)").graphView())
        .hasMessageContaining("expected the same views of the graph in all parts");
  }
}
