package ai.contexture.torch;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules by which parameters follow their gradients, and what goes with them. */
class UpdateRulesTest {

  private static final double[][] GRADIENTS = {{0.5, -1, 2}, {1, 0.25, -0.5}, {-2, 1, 0}};

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray vector(double... values) {
    return manager.create(values).duplicate();
  }

  private NDArray matrix(int rows, int columns, double... values) {
    return manager.create(values, new Shape(rows, columns)).duplicate();
  }

  private NDArray zeros(NDArray like) {
    return manager.zeros(like.getShape(), like.getDataType());
  }

  /** torch.optim.SGD(lr=0.1, momentum=0.9) of PyTorch 2.13.0 after each step. */
  @Test
  void momentumAsInPyTorch() {
    double[][] expected = {{0.95, -1.9, 0.3}, {0.805, -1.835, 0.17}, {0.8745, -1.8765, 0.053}};
    NDArray theta = vector(1, -2, 0.5);
    NDArray velocity = zeros(theta);
    for (int step = 0; step < 3; step++) {
      new FusedSgd(0.9, 0)
          .step(List.of(theta), List.of(vector(GRADIENTS[step])), List.of(velocity), 0.1);
      assertClose(theta.toDoubleArray(), expected[step], 1e-15);
    }
  }

  /** torch.optim.AdamW(lr=0.1, weight_decay=0.3) of PyTorch 2.13.0 after three steps. */
  @Test
  void adamAsInPyTorch() {
    NDArray theta = vector(1, -2, 0.5);
    NDArray mean = zeros(theta);
    NDArray square = zeros(theta);
    NDArray steps = manager.zeros(new Shape(), DataType.FLOAT32);
    for (double[] gradient : GRADIENTS) {
      new FusedAdamW(0.9, 0.999, 1e-8, 0.3)
          .step(
              List.of(theta),
              List.of(vector(gradient)),
              List.of(mean),
              List.of(square),
              steps,
              0.1);
    }
    assertClose(
        theta.toDoubleArray(),
        new double[] {0.7443397919153801, -1.704186547925719, 0.2804180627799023},
        1e-14);
  }

  /** θ = 2: decay 1 − 0.1·0.5 = 0.95 and no momentum: 1.9 − 0.3 = 1.6, then 1.52 − 0.3. */
  @Test
  void decayDoesNotPassThroughTheMomentum() {
    NDArray theta = vector(2);
    NDArray velocity = zeros(theta);
    FusedSgd rule = new FusedSgd(0, 0.5);
    rule.step(List.of(theta), List.of(vector(3)), List.of(velocity), 0.1);
    assertClose(theta.toDoubleArray(), new double[] {1.6}, 1e-15);
    rule.step(List.of(theta), List.of(vector(3)), List.of(velocity), 0.1);
    assertClose(theta.toDoubleArray(), new double[] {1.22}, 1e-15);
  }

  /** Two steps of Muon written out in PyTorch, float64: lr=0.02, momentum=0.95. */
  @Test
  void orthogonalMomentumAsInPyTorch() {
    double[] start = {1, -2, 0.5, 3, 0, -1};
    double[] first = {0.5, -1, 2, 1, 0.25, -0.5};
    double[] second = {-2, 1, 0, 0.5, 0.75, 1};
    double[] tall = {
      1.0106180640480975,
      -1.991911780668862,
      0.47293155306607654,
      2.978472193196719,
      -0.012723582479134675,
      -1.0016352563567088
    };
    double[] wide = {
      1.0134297845984368,
      -1.9997411743049063,
      0.47888381644971617,
      2.968628406491065,
      -0.010415884366208276,
      -1.0020807462024455
    };
    for (int rows : new int[] {3, 2}) {
      NDArray theta = matrix(rows, 6 / rows, start);
      NDArray velocity = zeros(theta);
      for (double[] gradient : List.of(first, second)) {
        new OrthogonalMomentum(0.95, 0)
            .step(
                List.of(theta), List.of(matrix(rows, 6 / rows, gradient)), List.of(velocity), 0.02);
      }
      assertClose(theta.toDoubleArray(), rows == 3 ? tall : wide, 1e-13);
    }
  }

  /** The step is U diag(s) Vᵀ of the gradient with s near 1, times the rate and √max(1, r/c). */
  @ParameterizedTest
  @CsvSource({"7, 7", "12, 5", "5, 12", "1, 6", "6, 1"})
  void directionsAreNearlyOrthogonal(int rows, int columns) {
    NDArray gradient = normal(manager, "gradient " + rows, rows, columns);
    NDArray theta = zeros(gradient);
    new OrthogonalMomentum(0.9, 0)
        .step(List.of(theta), List.of(gradient), List.of(zeros(gradient)), 0.5);
    double scale = -0.5 * Math.sqrt(Math.max(1, (double) rows / columns));
    LinearAlgebra.Svd of = LinearAlgebra.svd(gradient);
    NDArray turned =
        of.left().transpose().matMul(theta).matMul(of.rightTransposed().transpose()).div(scale);
    int rank = Math.min(rows, columns);
    double[] values = turned.toDoubleArray();
    double[] singular = of.values().toDoubleArray();
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < rank; j++) {
        if (i != j) {
          assertThat(values[i * rank + j]).as(reproduce()).isBetween(-1e-10, 1e-10);
        } else if (singular[i] > 0.05 * singular[0]) {
          assertThat(values[i * rank + j]).as(reproduce()).isBetween(0.6, 1.3);
        }
      }
    }
  }

  /** The same direction but for the rounding of eight bits. */
  @ParameterizedTest
  @CsvSource({"7, 7", "12, 5", "5, 12"})
  void directionsInBfloat16AreNearThose(int rows, int columns) {
    NDArray gradient =
        normal(manager, "gradient " + rows, rows, columns).toType(DataType.FLOAT32, true);
    NDArray[] thetas = {zeros(gradient), zeros(gradient)};
    for (int i = 0; i < 2; i++) {
      new OrthogonalMomentum(0.9, 0, i == 1)
          .step(List.of(thetas[i]), List.of(gradient), List.of(zeros(gradient)), 1);
      assertThat(thetas[i].getDataType()).isEqualTo(DataType.FLOAT32);
    }
    double error = thetas[1].sub(thetas[0]).norm().toFloatArray()[0];
    double size = thetas[0].norm().toFloatArray()[0];
    assertThat(error / size).as(reproduce()).isBetween(1e-5, 0.05);
  }

  @Test
  void matricesOfABatchDoNotMix() {
    for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
      double tolerance = type == DataType.FLOAT64 ? 1e-13 : 1e-5;
      NDArray[] together = new NDArray[3];
      NDArray[] alone = new NDArray[3];
      NDArray[] gradients = new NDArray[3];
      for (int i = 0; i < 3; i++) {
        gradients[i] =
            normal(manager, "gradient " + i, 4, 6).toType(type, true).reshape(4, 3, 2, 1);
        together[i] = normal(manager, "theta " + i, 4, 6).toType(type, true).reshape(4, 3, 2, 1);
        alone[i] = together[i].duplicate().reshape(4, 6);
      }
      NDArray[] velocities = {zeros(together[0]), zeros(together[1]), zeros(together[2])};
      OrthogonalMomentum rule = new OrthogonalMomentum(0.8, 0.1);
      for (int step = 0; step < 2; step++) {
        rule.step(List.of(together), List.of(gradients), List.of(velocities), 0.03);
      }
      for (int i = 0; i < 3; i++) {
        NDArray velocity = zeros(alone[i]);
        for (int step = 0; step < 2; step++) {
          rule.step(
              List.of(alone[i]), List.of(gradients[i].reshape(4, 6)), List.of(velocity), 0.03);
        }
        assertClose(together[i].reshape(4, 6), alone[i], tolerance);
        assertClose(velocities[i].reshape(4, 6), velocity, tolerance);
      }
    }
  }

  /** Θ ← (1 − ηλ)Θ where the gradient is zero. */
  @Test
  void aZeroGradientOnlyDecays() {
    NDArray theta = matrix(2, 2, 1, 2, 3, 4);
    new OrthogonalMomentum(0.95, 0.5)
        .step(List.of(theta), List.of(zeros(theta)), List.of(zeros(theta)), 0.2);
    assertClose(theta.toDoubleArray(), new double[] {0.9, 1.8, 2.7, 3.6}, 1e-15);
  }

  /** ‖(3, 4), 12‖ = 13. */
  @Test
  void clippingScalesAllArraysByTheirCommonNorm() {
    NDArray first = vector(3, -4);
    NDArray second = matrix(1, 1, 12);
    List<NDArray> both = List.of(first, second);
    for (double largest : new double[] {0, 14}) {
      NDArray numbers = Torch.clip(vector(7), both, largest);
      assertClose(numbers.toDoubleArray(), new double[] {7, 13}, 1e-14);
      assertClose(first.toDoubleArray(), new double[] {3, -4}, 0);
    }
    assertClose(Torch.clip(vector(7), both, 6.5).toDoubleArray(), new double[] {7, 13}, 1e-14);
    assertClose(first.toDoubleArray(), new double[] {1.5, -2}, 1e-11);
    assertClose(second.toDoubleArray(), new double[] {6}, 1e-11);
  }

  @Test
  void averagesMoveTowardsValues() {
    NDArray average = vector(1, 2);
    NDArray other = matrix(1, 1, -1);
    Torch.average(List.of(average, other), List.of(vector(3, 0), matrix(1, 1, 1)), 0.25);
    assertClose(average.toDoubleArray(), new double[] {1.5, 1.5}, 0);
    assertClose(other.toDoubleArray(), new double[] {-0.5}, 0);
  }

  @Test
  void nothingIsLeft() {
    NDArray theta = matrix(2, 2, 1, 2, 3, 4);
    NDArray gradient = matrix(2, 2, 1, 0, 0, 1);
    NDArray velocity = zeros(theta);
    NDArray count = vector(1);
    Held held = Held.by(manager);
    for (int i = 0; i < 5; i++) {
      new OrthogonalMomentum(0.95, 0)
          .step(List.of(theta), List.of(gradient), List.of(velocity), 0.1);
      new FusedSgd(0.9, 0).step(List.of(theta), List.of(gradient), List.of(velocity), 0.1);
      Torch.clip(count, List.of(gradient), 1).close();
      Torch.average(List.of(theta), List.of(gradient), 0.1);
    }
    held.assertNoMore();
  }
}
