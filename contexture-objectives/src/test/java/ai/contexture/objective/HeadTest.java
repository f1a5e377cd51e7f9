package ai.contexture.objective;

import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.value;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.matrix;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeadTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** max(0, x·1 + 1) and max(0, −x) for x = 2, −3: (3, 0) and (0, 3); then 2h₁ − h₂ + 5. */
  @Test
  void twoLayersByHand() {
    Head head = new Head("h", List.of(1, 2, 1), false, 0);
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    parameters.put("weight1", matrix(manager, 2, 1, -1));
    parameters.put("bias1", manager.create(new double[] {1, 0}));
    parameters.put("weight2", matrix(manager, 1, 2, -1));
    parameters.put("bias2", manager.create(new double[] {5}));
    NDArray outputs = head.apply(matrix(manager, 2, 2, -3), parameters, manager);
    assertClose("outputs", doubles(outputs), new double[] {11, 2}, 0);
  }

  /** Hidden outputs ±1, 3 of x = ±1, 0 … standardised over the batch before ReLU. */
  @Test
  void hiddenLayersAreStandardisedOverTheBatch() {
    Head head = new Head("h", List.of(1, 1, 1), true, 0);
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    parameters.put("weight1", matrix(manager, 1, 4));
    parameters.put("bias1", manager.create(new double[] {100}));
    parameters.put("weight2", matrix(manager, 1, 1));
    parameters.put("bias2", manager.create(new double[] {0}));
    NDArray outputs = head.apply(matrix(manager, 2, 1, -1), parameters, manager);
    double one = 4 / Math.sqrt(16 + 1e-5);
    assertClose("outputs", doubles(outputs), new double[] {one, 0}, 1e-14);
  }

  @Test
  void numbersStartWhereTheyAreTold() {
    Head head = Head.number("scale", 2.5);
    Map<String, NDArray> parameters = head.parameters(DataType.FLOAT64, Seed.of(1), manager);
    assertThat(parameters.keySet()).containsExactly("bias1");
    NDArray numbers = head.apply(null, parameters, manager);
    assertClose("numbers", doubles(numbers), new double[] {2.5}, 0);
  }

  @Test
  void parametersFollowFromTheSeed() {
    Head head = new Head("h", List.of(16, 3, 2), false, 0);
    for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT64)) {
      Map<String, NDArray> made = head.parameters(type, Seed.of(1), manager);
      Map<String, NDArray> again = head.parameters(type, Seed.of(1), manager);
      Map<String, NDArray> other = head.parameters(type, Seed.of(2), manager);
      assertThat(made.keySet()).containsExactly("weight1", "bias1", "weight2", "bias2");
      assertThat(made.get("weight1").getShape()).isEqualTo(new Shape(3, 16));
      assertThat(made.get("bias2").getShape()).isEqualTo(new Shape(2));
      made.forEach(
          (name, array) -> {
            assertThat(array.getDataType()).isEqualTo(type);
            assertThat(doubles(array)).containsExactly(doubles(again.get(name)));
            assertThat(doubles(array)).isNotEqualTo(doubles(other.get(name)));
          });
      assertThat(made.get("weight1").abs().max().toType(DataType.FLOAT64, true).getDouble())
          .isBetween(0.1, 0.25);
    }
  }

  /** What a step makes must not pile up with the parameters. */
  @Test
  void resultsBelongToTheOwner() {
    Head head = new Head("h", List.of(3, 4, 2), true, 0);
    try (NDManager parameters = manager.newSubManager();
        NDManager inputs = manager.newSubManager();
        NDManager scope = manager.newSubManager()) {
      var made = head.parameters(DataType.FLOAT64, Seed.of(1), parameters);
      NDArray rows = normal(inputs, "rows", 5, 3);
      int before = parameters.getManagedArrays().size();
      int held = inputs.getManagedArrays().size();
      NDArray outputs = head.apply(rows, made, scope);
      assertThat(outputs.getManager()).isSameAs(scope);
      Head.number("n", 1)
          .apply(null, Head.number("n", 1).parameters(DataType.FLOAT64, Seed.of(1), scope), scope);
      assertThat(parameters.getManagedArrays()).hasSize(before);
      assertThat(inputs.getManagedArrays()).hasSize(held);
    }
  }

  @Test
  void gradientIsTheSlope() {
    Head head = new Head("h", List.of(3, 4, 2), true, 0);
    var parameters = head.parameters(DataType.FLOAT64, Seed.of(1), manager);
    NDArray rows = normal(manager, "rows", 5, 3);
    NDArray mixing = normal(manager, "mixing", 5, 2);
    double[] analytic = gradient(at -> head.apply(at, parameters, manager).mul(mixing).sum(), rows);
    double[] at = doubles(rows);
    for (int i = 0; i < at.length; i++) {
      double[] up = at.clone();
      double[] down = at.clone();
      up[i] += 1e-6;
      down[i] -= 1e-6;
      double higher =
          value(head.apply(matrix(manager, 5, up), parameters, manager).mul(mixing).sum());
      double lower =
          value(head.apply(matrix(manager, 5, down), parameters, manager).mul(mixing).sum());
      double slope = (higher - lower) / 2e-6;
      assertClose("gradient at " + i + ", " + reproduce(), analytic[i], slope, 1e-6);
    }
  }

  @Test
  void impossibleWidthsAreRefused() {
    for (List<Integer> widths : List.of(List.of(3), List.of(3, 0), List.of(0, 2, 1))) {
      assertThatThrownBy(() -> new Head("h", widths, false, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "head 'h': expected widths of at least 1 for inputs and outputs, got " + widths);
    }
  }
}
