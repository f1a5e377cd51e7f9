package ai.contexture.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Graph;
import ai.contexture.data.ImageShape;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Table;
import ai.contexture.data.Target;
import ai.contexture.input.ComponentContract;
import ai.contexture.input.InputException;
import ai.contexture.input.Spec;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of every context by name is true. */
class ContextsTest {

  private static final int ROWS = 60;

  static Collection<ContextProvider> providers() {
    return Contexts.registry().components();
  }

  @Test
  void everyOptionThatIsReadIsExplained() {
    ComponentContract.check(Contexts.registry());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void contextsGiveWhatIsSaid(ContextProvider provider) {
    try (NDManager manager = NDManager.newBaseManager()) {
      RandomGenerator random = Seed.of(5).generator();
      float[] values = new float[ROWS * 24];
      IntStream.range(0, values.length).forEach(i -> values[i] = (float) random.nextGaussian());
      int[] codes = IntStream.range(0, ROWS).map(i -> i % 3).toArray();
      ContextData data =
          ContextData.of(manager.create(values, new Shape(ROWS, 24)))
              .withShape(new ImageShape(3, 1, 8))
              .withTarget(Target.Classes.of("class", List.of("a", "b", "c"), codes))
              .withGraph(
                  Graph.of(
                      ROWS,
                      IntStream.range(0, ROWS).toArray(),
                      IntStream.range(0, ROWS).map(i -> (i + 1) % ROWS).toArray(),
                      random.doubles(ROWS).toArray()))
              .withTable(
                  Table.of(
                      "table",
                      NumericColumn.of("a", random.doubles(ROWS).toArray()),
                      NumericColumn.of("b", random.doubles(ROWS).toArray())));

      ContextFactory factory = Contexts.parse(provider.example());
      Context context =
          factory.fit(
              factory.graphView().isPresent()
                  ? ContextData.of(Nodes.rows(ROWS, manager)).withNodes()
                  : data);

      provider.gives().ifPresent(said -> assertThat(Capability.of(context)).isEqualTo(said));
      assertThat(provider.gives().isPresent())
          .as("mixtures depend on their parts")
          .isEqualTo(Spec.parse(provider.example()).parts().isEmpty());
    }
  }

  @Test
  void namesAreSorted() {
    assertThat(Contexts.registry().names()).isSorted().contains("knn", "rbf", "mix");
    assertThatThrownBy(() -> Contexts.parse("knm(k=3)"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("did you mean knn?");
  }

  /** Comparisons count the labels of those that say so. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "label; true",
        "trees; true",
        "mix(0.5: knn(k=3), 0.5: label(values=row)); true",
        "conv(knn(k=3), label); true",
        "concat(knn(k=3), conv(knn(k=3), trees)); true",
        "minmax(knn(k=3), label); true",
        "mix(0.5: knn(k=3), 0.5: rbf); false",
        "minmax(knn(k=3), rbf); false",
        "scarf; false"
      })
  void whatIsMadeOfLabels(String text, boolean labels) {
    assertThat(Contexts.parse(text).usesTarget()).isEqualTo(labels);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "walk | true",
        "walk(window=3) | true",
        "ppr | true",
        "mix(0.5: knn, 0.5: conv(ppr, walk)) | true",
        "concat(rbf, walk) | true",
        "minmax(walk, label) | true",
        "augment(edge-drop(rate=0.4), feature-mask(rate=0.1)) | true",
        "knn(k=3) | false",
        "mix(knn, rbf) | false",
        "scarf | false"
      })
  void readsEdges(String text, boolean edges) {
    assertThat(Contexts.parse(text).readsEdges()).isEqualTo(edges);
  }
}
