package ai.contexture.torch;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.assertGradient;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PerceptronTest {

  private static final int ROWS = 6;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private Perceptron perceptron(String name, boolean skip, int hidden) {
    List<NDArray> weights = new ArrayList<>();
    List<NDArray> biases = new ArrayList<>();
    for (int i = 0; i <= hidden; i++) {
      int outputs = i == hidden ? 2 : 5;
      weights.add(normal(manager, "weight " + i, outputs, i == 0 ? 3 : 5));
      biases.add(normal(manager, "bias " + i, 1, outputs).reshape(outputs));
    }
    return new Perceptron(weights, biases, Perceptron.Nonlinearity.valueOf(name), skip);
  }

  private static NDArray activated(NDArray x, Perceptron.Nonlinearity nonlinearity) {
    return switch (nonlinearity) {
      case TANH -> x.tanh();
      case RELU -> Activation.relu(x);
      case GELU -> Activation.gelu(x);
    };
  }

  /** The layers one by one, by DJL. */
  private static NDArray layerByLayer(Perceptron of, NDArray x) {
    NDArray h = x;
    int last = of.weights().size() - 1;
    for (int i = 0; i < last; i++) {
      NDArray linear = h.matMul(of.weights().get(i).transpose()).add(of.biases().get(i));
      NDArray y = activated(linear, of.nonlinearity());
      h = of.skip() && i > 0 ? h.add(y) : y;
    }
    return h.matMul(of.weights().get(last).transpose()).add(of.biases().get(last));
  }

  @ParameterizedTest
  @CsvSource({
    "TANH, false, 1",
    "TANH, true, 3",
    "RELU, false, 3",
    "RELU, true, 2",
    "GELU, false, 2",
    "GELU, true, 4"
  })
  void bothWaysAreThoseOfTheLayers(String name, boolean skip, int hidden) {
    Perceptron perceptron = perceptron(name, skip, hidden);
    NDArray x = normal(manager, "x", ROWS, 3);
    NDArray expected = layerByLayer(perceptron, x);
    Perceptron.Pass pass = perceptron.pass(x);
    assertClose(perceptron.outputs(x), expected, 1e-12);
    assertClose(pass.outputs(), expected, 1e-12);
    assertThat(pass.outputs().hasGradient()).isFalse();

    NDArray direction = normal(manager, "direction", ROWS, 2);
    List<NDArray> all = new ArrayList<>(perceptron.weights());
    all.addAll(perceptron.biases());
    all.forEach(array -> array.setRequiresGradient(true));
    List<NDArray> recorded =
        Torch.pullback(Torch.withGradient(() -> layerByLayer(perceptron, x)), direction, all)
            .gradients();
    List<NDArray> inOneCall =
        Torch.pullback(Torch.withGradient(() -> perceptron.outputs(x)), direction, all).gradients();
    List<NDArray> written = perceptron.pass(x).pullback(direction);
    assertThat(written).hasSameSizeAs(all);
    for (int i = 0; i < all.size(); i++) {
      assertClose(inOneCall.get(i), recorded.get(i), 1e-12);
      assertClose(written.get(i), recorded.get(i), 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({"TANH, true", "GELU, false"})
  void outputsAreDifferentiableInTheRows(String name, boolean skip) {
    Perceptron perceptron = perceptron(name, skip, 3);
    NDArray direction = normal(manager, "direction", ROWS, 2);
    assertGradient(
        x -> perceptron.outputs(x).mul(direction).sum(), normal(manager, "x", ROWS, 3), 1e-6);
  }
}
