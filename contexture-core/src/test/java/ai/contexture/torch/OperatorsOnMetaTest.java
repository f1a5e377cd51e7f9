package ai.contexture.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every method of {@code operators.py} on libtorch's device {@code meta}, which computes nothing:
 * there a method fails that makes an array on another device than its arguments', or that looks at
 * a number and so would have the host wait for a GPU.
 */
class OperatorsOnMetaTest {

  /** Brings arrays to the device, and says whether one is there. */
  private static final String MOVES =
      """
      class Operators(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        _is_full_backward_hook : Optional[bool]

        def moved(self: __torch__.Operators, a: Tensor) -> Tensor:
          return torch.to(a, dtype=None, layout=None, device=torch.device("meta"))

        def there(self: __torch__.Operators, a: Tensor) -> Tensor:
          return torch.tensor(ops.prim.is_meta(a))
      """;

  /** What libtorch says where it has nothing for the device. */
  private static final Pattern UNKNOWN =
      Pattern.compile(
          "(?<!_local_scalar_dense: attempted to run this operator with Meta tensors, but there was"
              + " no fake impl or )Meta kernel registered|from the 'SparseCsrMeta' backend");

  /** Methods that call what libtorch does not have there; of these only the text is checked. */
  private static final Set<String> NOT_THERE =
      Set.of(
          "solve_lower",
          "least_ridge",
          "sparse_times",
          "sparse_times64",
          "sparse_dense",
          "sparse_draw",
          "search_sorted",
          "manhattan",
          "nearest",
          "clip",
          "mixed",
          "words",
          "uniform",
          "below",
          "dropout",
          "adamw",
          "vicreg",
          "batch_norm",
          "layer_norm",
          "affine");

  private static final Set<String> ON_THE_HOST = Set.of("from_file");

  private NDManager manager;
  private Model moves;

  @BeforeEach
  void load() throws IOException, MalformedModelException {
    manager = NDManager.newBaseManager(Device.cpu());
    moves = Model.newInstance("moves", Device.cpu());
    moves.load(
        new ByteArrayInputStream(TorchScript.archive(MOVES.getBytes(StandardCharsets.UTF_8))));
  }

  @AfterEach
  void close() {
    moves.close();
    manager.close();
  }

  private NDArray move(String method, NDArray array) {
    NDArray marker = manager.create(0f);
    marker.setName("module_method:" + method);
    return moves
        .getBlock()
        .forward(new ParameterStore(manager, false), new NDList(array, marker), true)
        .head();
  }

  private NDArray meta(NDArray array) {
    return move("moved", array);
  }

  private NDArray floats(long... shape) {
    return meta(manager.ones(new Shape(shape)));
  }

  private NDArray doubles(long... shape) {
    return meta(manager.ones(new Shape(shape), DataType.FLOAT64));
  }

  private NDArray integers(long... values) {
    return meta(manager.create(values));
  }

  private NDList call(String name, NDArray... arrays) {
    return TorchScript.method(name).call(arrays);
  }

  private NDList compute(String name, Object... arguments) {
    return TorchScript.method(name).compute(manager, arguments);
  }

  /** A call of each method, by its name. */
  private Map<String, Supplier<NDList>> calls() {
    List<NDArray> weights = List.of(floats(8, 5), floats(8, 8), floats(3, 8));
    List<NDArray> biases = List.of(floats(8), floats(8), floats(3));
    NDArray offsets = integers(0, 2, 3, 5);
    NDArray columns = integers(0, 1, 2, 0, 3);
    NDArray options = manager.create(new double[] {0, 1});
    NDArray seed = manager.create(7L);
    NDArray count = manager.create(6L);
    NDArray five = manager.create(new long[] {5, 6, 0, 0});
    Map<String, Supplier<NDList>> calls = new LinkedHashMap<>();
    calls.put("eigh", () -> call("eigh", doubles(4, 4)));
    calls.put("svd", () -> call("svd", doubles(5, 3)));
    calls.put("qr", () -> call("qr", doubles(5, 3)));
    calls.put("cholesky", () -> call("cholesky", doubles(4, 4)));
    calls.put("solve", () -> call("solve", doubles(4, 4), doubles(4, 2)));
    calls.put("solve_lower", () -> call("solve_lower", doubles(4, 4), doubles(4, 2)));
    calls.put(
        "least_ridge",
        () ->
            call("least_ridge", doubles(4, 4), doubles(), manager.create(new double[] {1e-5, 6})));
    calls.put("to_float32", () -> call("to_float32", doubles(2)));
    calls.put("to_float64", () -> call("to_float64", floats(2)));
    calls.put("to_bfloat16", () -> call("to_bfloat16", floats(2)));
    calls.put("to_like", () -> call("to_like", manager.create(1.0), floats(2)));
    calls.put("copy", () -> call("copy", floats(2), doubles(2)));
    calls.put(
        "sparse_times", () -> call("sparse_times", floats(4, 3), offsets, columns, floats(5)));
    calls.put(
        "sparse_times64",
        () ->
            call(
                "sparse_times64",
                doubles(4, 3),
                meta(manager.create(new int[] {0, 2, 3, 5})),
                meta(manager.create(new int[] {0, 1, 2, 0, 3})),
                doubles(5)));
    calls.put(
        "sparse_dense",
        () -> call("sparse_dense", offsets, columns, doubles(5), manager.create(4L)));
    calls.put(
        "sparse_select",
        () ->
            call(
                "sparse_select",
                integers(0, 2, 4),
                integers(0, 1, 2, 0),
                doubles(4),
                integers(0, 1, 1),
                manager.create(2L)));
    calls.put(
        "sparse_draw", () -> call("sparse_draw", offsets, columns, doubles(5), doubles(3, 2)));
    calls.put("search_sorted", () -> call("search_sorted", doubles(3, 4), doubles(3, 2)));
    calls.put("products", () -> call("products", doubles(3, 4), doubles(5, 4), doubles(3, 5)));
    calls.put("scores", () -> call("scores", doubles(3, 4), doubles(5, 4)));
    calls.put("manhattan", () -> call("manhattan", doubles(3, 4), doubles(5, 4)));
    calls.put("nearest", () -> call("nearest", doubles(3, 9), doubles(3, 4), doubles(4, 9), five));
    calls.put("nearest_of_all", () -> call("nearest_of_all", doubles(3, 4), doubles(4, 9), five));
    calls.put("clip", () -> compute("clip", floats(2), List.of(floats(3, 2), floats(2)), 1.0));
    calls.put("add", () -> compute("add", List.of(floats(2)), List.of(floats(2))));
    calls.put("mixed", () -> call("mixed", integers(1, 2)));
    calls.put("words", () -> call("words", integers(), seed, count));
    calls.put("uniform", () -> call("uniform", integers(), seed, count));
    calls.put("below", () -> call("below", integers(), seed, count, manager.create(9L)));
    calls.put("dropout", () -> call("dropout", floats(4, 5), seed, manager.create(0.5)));
    calls.put(
        "adamw",
        () -> {
          List<NDArray> some = List.of(floats(3, 2), floats(2));
          double[] rates = {1e-3, 0.01, 0.9, 0.999, 1e-8};
          TorchScript.method("adamw").update(floats(), some, some, some, some, rates);
          return new NDList(some.get(0));
        });
    calls.put(
        "sgd",
        () -> {
          List<NDArray> some = List.of(floats(3, 2));
          TorchScript.method("sgd").update(some, some, some, new double[] {1e-3, 0.01, 0.9});
          return new NDList(some.get(0));
        });
    calls.put(
        "muon",
        () -> {
          List<NDArray> some = List.of(floats(3, 2), floats(3, 2));
          TorchScript.method("muon").update(some, some, some, new double[] {1e-3, 0.01, 0.9, 5, 1});
          return new NDList(some.get(0));
        });
    calls.put(
        "average",
        () -> {
          List<NDArray> some = List.of(floats(3));
          TorchScript.method("average").update(some, some, new double[] {0.1});
          return new NDList(some.get(0));
        });
    calls.put(
        "perceptron",
        () ->
            TorchScript.method("perceptron").call(floats(4, 5), List.of(weights, biases), options));
    calls.put(
        "perceptron_pass",
        () ->
            TorchScript.method("perceptron_pass")
                .call(floats(4, 5), List.of(weights, biases), options));
    calls.put(
        "perceptron_pullback",
        () ->
            TorchScript.method("perceptron_pullback")
                .call(
                    floats(4, 3),
                    List.of(
                        weights,
                        List.of(floats(4, 5), floats(4, 8), floats(4, 8)),
                        List.of(floats(4, 8), floats(4, 8))),
                    options));
    calls.put("vicreg", () -> compute("vicreg", floats(8, 3), new double[] {2, 25, 25, 1, 1e-4}));
    calls.put(
        "batch_norm",
        () ->
            call(
                "batch_norm",
                floats(4, 5),
                floats(5),
                floats(5),
                floats(5),
                floats(5),
                manager.create(true)));
    calls.put("layer_norm", () -> call("layer_norm", floats(4, 5), floats(5), floats(5)));
    calls.put(
        "tokens",
        () ->
            call(
                "tokens",
                floats(4, 5),
                floats(5, 6),
                floats(3, 6),
                integers(0, 0, 1, 2, 2),
                floats(6)));
    calls.put(
        "attention",
        () -> call("attention", floats(4, 3, 8), floats(24, 8), floats(24), manager.create(2)));
    calls.put(
        "affine",
        () -> call("affine", floats(2, 1, 8, 8), floats(2, 2, 3), manager.create(new long[] {1})));
    calls.put(
        "log_mixture",
        () ->
            call(
                "log_mixture",
                doubles(3, 4),
                doubles(3, 1),
                doubles(4),
                manager.create(new double[] {1, 2, 3, 4, 1, 2, 3, 4}, new Shape(2, 4))));
    calls.put("gradients", this::gradients);
    calls.put("pullback", this::pullback);
    return calls;
  }

  private NDList gradients() {
    return Torch.withGradient(
        () -> {
          NDArray x = floats(3);
          x.setRequiresGradient(true);
          NDArray term = x.square().sum();
          return new NDList(Torch.gradients(List.of(term), List.of(x), 2).gradients());
        });
  }

  private NDList pullback() {
    return Torch.withGradient(
        () -> {
          NDArray x = floats(3);
          x.setRequiresGradient(true);
          return new NDList(Torch.pullback(x.square(), floats(3), List.of(x)).gradients());
        });
  }

  @Test
  void everyMethodStaysOnItsDeviceAndWaitsForNothing() throws IOException {
    Map<String, Supplier<NDList>> calls = calls();
    Map<String, String> failed = new LinkedHashMap<>();
    Map<String, String> unknown = new LinkedHashMap<>();
    calls.forEach(
        (name, call) -> {
          try {
            for (NDArray array : call.get()) {
              assertThat(move("there", array).getBoolean()).as("result on the device").isTrue();
            }
          } catch (EngineException | AssertionError e) {
            (UNKNOWN.matcher(e.getMessage()).find() ? unknown : failed).put(name, e.getMessage());
          }
        });

    assertThat(failed).isEmpty();
    assertThat(unknown.keySet()).isEqualTo(NOT_THERE);
    Set<String> tried = new TreeSet<>(calls.keySet());
    tried.addAll(ON_THE_HOST);
    tried.addAll(Set.of("activated", "found")); // parts of perceptron and of gradients
    Set<String> known = new TreeSet<>();
    Matcher method = Pattern.compile("def (\\w+)\\(").matcher(text());
    while (method.find()) {
      known.add(method.group(1));
    }
    assertThat(tried).isEqualTo(known);
  }

  private static String text() throws IOException {
    try (InputStream stream = Torch.class.getResourceAsStream("operators.py")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Without it, an array is made on the CPU. */
  @Test
  void whatMakesAnArrayNamesItsDevice() throws IOException {
    List<String> makers =
        text()
            .lines()
            .filter(
                line ->
                    line.matches(
                        ".*torch\\.(arange|empty|eye|full|ones|zeros|_sparse_\\w+_unsafe)\\(.*"))
            .toList();

    assertThat(makers)
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).contains("device=ops.prim.device("));
  }

  /** What the test above relies on. */
  @Test
  void mixedDevicesAndLooksAtNumbersFailThere() {
    NDArray onTheHost = manager.ones(new Shape(3, 2), DataType.FLOAT64);
    NDArray heads = integers(2);
    assertThatThrownBy(() -> call("search_sorted", doubles(3, 4), onTheHost))
        .hasMessageContaining("same device");
    assertThatThrownBy(() -> call("attention", floats(4, 3, 8), floats(24, 8), floats(24), heads))
        .hasMessageContaining("_local_scalar_dense")
        .satisfies(e -> assertThat(UNKNOWN.matcher(e.getMessage()).find()).isFalse());
    assertThat(move("there", manager.create(1f)).getBoolean()).isFalse();
  }
}
