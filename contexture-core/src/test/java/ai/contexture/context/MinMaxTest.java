package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.testing.FiniteCases;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class MinMaxTest {

  /** Points (u, v) of a 3×5 grid; A is u, or v. TT* has 2, or 4, eigenvalues of 1. */
  private static List<FiniteContext> grid(NDManager manager) {
    NDArray u = manager.zeros(new Shape(15, 3), DataType.FLOAT64);
    NDArray v = manager.zeros(new Shape(15, 5), DataType.FLOAT64);
    for (int i = 0; i < 15; i++) {
      u.setScalar(new NDIndex(i, i / 5), 1);
      v.setScalar(new NDIndex(i, i % 5), 1);
    }
    Points points = FiniteCases.points(manager, "grid", 15);
    NDArray p = MarkovContext.uniform(points);
    return List.of(
        FiniteCases.of(points, FiniteCases.points(manager, "u", 3), u, p),
        FiniteCases.of(points, FiniteCases.points(manager, "v", 5), v, p));
  }

  /** The sum of the top 3 eigenvalues is 1 + w₁ where w₁ ≥ ½ and 3(1 − w₁) elsewhere. */
  @Test
  void equalWeightsWhereNoPartIsServedBetter() {
    try (NDManager manager = NDManager.newBaseManager()) {
      double[] w = MinMax.weights(grid(manager), 3, 0.5, 400);
      assertClose(w, new double[] {0.5, 0.5}, 0.03);
    }
  }

  /**
   * With 6 functions all of both is captured, 2w₁ + 4w₂, so that the first part is served worse.
   */
  @Test
  void allWeightOnThePartThatIsAlwaysServedWorse() {
    try (NDManager manager = NDManager.newBaseManager()) {
      double[] w = MinMax.weights(grid(manager), 6, 0.5, 200);
      assertClose(w, new double[] {1, 0}, 1e-3);
    }
  }

  @Test
  void updatesAreMultiplicative() {
    double[] w = {0.5, 0.5};
    MinMax.update(w, new double[] {1, 3}, 0.1);
    // standardised losses are 1 and −1
    double up = Math.exp(0.1);
    double down = Math.exp(-0.1);
    assertClose(w, new double[] {up / (up + down), down / (up + down)}, 1e-15);
  }

  @Test
  void theContextIsTheCombinationWithTheWeightsFound() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "points", 30, 3));
      String text = "minmax(knn(k=3), rbf(gamma=0.1), dim=4, eta=0.5, rounds=50)";
      ContextFactory factory = Contexts.parse(text);
      assertThat(factory).hasToString(text);
      Context context = factory.fit(data);
      assertThat(context).isInstanceOf(FiniteContext.class).isInstanceOf(SampledContext.class);
      assertThat(context.toString()).startsWith("mix(").contains(": knn(k=3), ");
      FiniteContext again = (FiniteContext) Contexts.parse(context.toString()).fit(data);
      NDArray f = normal(manager, "f", 30, 2);
      assertClose(
          again.operator().adjoint(f), ((FiniteContext) context).operator().adjoint(f), 1e-9);
    }
  }

  @Test
  void refusesMoreFunctionsThanThereAre() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "points", 10, 3));
      assertThatThrownBy(() -> Contexts.parse("minmax(knn(k=3), rbf)").fit(data))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "minmax: expected dim from 1 to 9 (one less than the pretraining rows), got 32");
    }
  }
}
