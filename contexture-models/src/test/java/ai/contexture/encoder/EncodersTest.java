package ai.contexture.encoder;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.Points;
import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import ai.contexture.testing.Held;
import ai.contexture.torch.Torch;
import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every encoder keeps, and single ones by plain formulas. */
class EncodersTest {

  /** Rows and inputs of all encoders here: images 1×4×4, or 16 columns. */
  private static final int N = 6;

  private static final int P = 16;
  private static final int OUTPUTS = 3;
  private static final Seed SEED = Seed.of(7);

  private final NDManager manager = NDManager.newBaseManager();
  private final ParameterStore store = new ParameterStore(manager, false);

  @AfterEach
  void close() {
    manager.close();
  }

  static List<String> encoders() {
    return List.of(
        "linear",
        "mlp(width=5,depth=2,activation=tanh,skip=true)",
        "mlp(width=5,depth=2,activation=gelu,skip=true,dropout=0.3,norm=layer)",
        "mlp(width=5,depth=2,activation=tanh,skip=false,norm=batch)",
        "lenet(shape=1x4x4,activation=tanh)",
        "lenet(shape=1x4x4,activation=gelu,dropout=0.2,norm=layer)",
        "resnet(shape=1x4x4,width=2,depth=1)",
        "resnet(shape=1x4x4,width=2,depth=2,dropout=0.2,norm=layer)",
        "resnet(shape=1x4x4,width=2,depth=1,norm=none)",
        "resnet(shape=1x4x4,width=2,depth=1,stages=4)",
        "vit(shape=1x4x4,patch=2,width=4,depth=2,heads=2)",
        "vit(shape=4x2x2,patch=1,width=4,depth=1,heads=1,dropout=0.2)",
        "fttransformer(width=4,depth=2,heads=2)",
        "fttransformer(width=4,depth=1,heads=1,dropout=0.1)",
        "table");
  }

  private static EncoderFactory parse(String text) {
    return EncoderFactory.parse(text);
  }

  private NDArray rows(DataType type) {
    return normal(manager, "rows", N, P).toType(type, true);
  }

  private Block created(String text, Seed seed, NDArray rows) {
    return parse(text).create(Points.all(rows), OUTPUTS, seed, manager);
  }

  private NDArray forward(Block block, NDArray rows, boolean training, long drawn) {
    PairList<String, Object> params = new PairList<>();
    params.add(EncoderFactory.SEED, Seed.of(drawn));
    return block.forward(store, new NDList(rows), training, params).singletonOrThrow();
  }

  private double[] outputs(Block block, NDArray rows) {
    return forward(block, rows, false, 0).toType(DataType.FLOAT64, true).toDoubleArray();
  }

  private static Map<String, NDArray> parameters(Block block) {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    for (Pair<String, Parameter> pair : block.getParameters()) {
      arrays.put(pair.getKey(), pair.getValue().getArray());
    }
    return arrays;
  }

  private static Map<String, double[]> values(Block block) {
    Map<String, double[]> values = new LinkedHashMap<>();
    parameters(block)
        .forEach((k, v) -> values.put(k, v.toType(DataType.FLOAT64, true).toDoubleArray().clone()));
    return values;
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void rowsBecomeOutputs(String text) {
    for (DataType type : new DataType[] {DataType.FLOAT32, DataType.FLOAT64}) {
      NDArray rows = rows(type);
      Block block = created(text, SEED, rows);
      NDArray all = forward(block, rows, false, 0);
      assertThat(all.getShape()).isEqualTo(new Shape(N, OUTPUTS));
      assertThat(all.getDataType()).isEqualTo(type);
      assertThat(all.getManager()).isSameAs(manager);
      assertThat(block.getOutputShapes(new Shape[] {rows.getShape()}))
          .containsExactly(new Shape(N, OUTPUTS));
      double[] values = all.toType(DataType.FLOAT64, true).toDoubleArray();
      assertThat(Arrays.stream(values).distinct().count()).isGreaterThan(N);
      double[] one = outputs(block, rows.get("2:3"));
      double tolerance = type == DataType.FLOAT64 ? 1e-12 : 1e-4;
      assertClose(
          "row 2 alone", one, Arrays.copyOfRange(values, 2 * OUTPUTS, 3 * OUTPUTS), tolerance);
    }
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void aSeedGivesItsParameters(String text) {
    NDArray rows = rows(DataType.FLOAT32);
    Map<String, double[]> first = values(created(text, SEED, rows));
    Map<String, double[]> again = values(created(text, SEED, rows));
    Map<String, double[]> other = values(created(text, Seed.of(8), rows));
    assertThat(again.keySet()).isEqualTo(first.keySet());
    boolean drawn = false;
    for (Map.Entry<String, double[]> entry : first.entrySet()) {
      assertThat(again.get(entry.getKey())).as(entry.getKey()).isEqualTo(entry.getValue());
      drawn |= !Arrays.equals(other.get(entry.getKey()), entry.getValue());
    }
    assertThat(drawn).isTrue();
  }

  /** In training, where dropout drops the same and batch moments are those of the batch. */
  @ParameterizedTest
  @MethodSource("encoders")
  void gradientsAreSlopes(String text) {
    NDArray rows = rows(DataType.FLOAT64);
    Block block = created(text, SEED, rows);
    RandomGenerator random = random("moved");
    for (Pair<String, Parameter> pair : block.getParameters()) {
      if (pair.getValue().requiresGradient()) { // off where shifts are zero and rectifiers bend
        NDArray array = pair.getValue().getArray();
        double[] moved = array.toDoubleArray();
        Arrays.setAll(moved, i -> moved[i] + 0.3 * random.nextGaussian());
        Torch.copy(manager.create(moved, array.getShape()), array);
      }
    }
    Map<String, double[]> gradients = new LinkedHashMap<>();
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      collector.backward(score(block, rows));
      for (Pair<String, Parameter> pair : block.getParameters()) {
        if (pair.getValue().requiresGradient()) {
          gradients.put(
              pair.getKey(), pair.getValue().getArray().getGradient().toDoubleArray().clone());
        }
      }
    }
    Map<String, NDArray> parameters = parameters(block);
    boolean any = false;
    for (Map.Entry<String, double[]> entry : gradients.entrySet()) {
      NDArray array = parameters.get(entry.getKey());
      double[] at = array.duplicate().toDoubleArray();
      for (int check = 0; check < 8; check++) {
        int i = random.nextInt(at.length);
        double h = 1e-6;
        double up = moved(block, rows, array, at, i, h);
        double down = moved(block, rows, array, at, i, -h);
        double analytic = entry.getValue()[i];
        assertClose(
            entry.getKey() + " " + i,
            new double[] {analytic},
            new double[] {(up - down) / (2 * h)},
            1e-6 * (1 + Math.abs(analytic)));
        any |= Math.abs(analytic) > 1e-3;
      }
      Torch.copy(manager.create(at, array.getShape()), array);
    }
    assertThat(any).isTrue();
  }

  private double moved(Block block, NDArray rows, NDArray array, double[] at, int i, double h) {
    double[] moved = at.clone();
    moved[i] += h;
    Torch.copy(manager.create(moved, array.getShape()), array);
    return score(block, rows).toDoubleArray()[0];
  }

  private NDArray score(Block block, NDArray rows) {
    RandomGenerator random = random("weights");
    double[] weights = new double[N * OUTPUTS];
    Arrays.setAll(weights, i -> random.nextGaussian());
    return forward(block, rows, true, 5)
        .mul(manager.create(weights, new Shape(N, OUTPUTS)).duplicate())
        .sum();
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void savedParametersComeBack(String text) throws IOException, MalformedModelException {
    NDArray rows = rows(DataType.FLOAT32);
    Block block = created(text, SEED, rows);
    forward(block, rows, true, 1); // running moments move
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    block.saveParameters(new DataOutputStream(bytes));
    Block loaded = parse(text).build(OUTPUTS, Seed.of(99));
    loaded.loadParameters(
        manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(values(loaded).keySet()).isEqualTo(values(block).keySet());
    values(block).forEach((k, v) -> assertThat(values(loaded).get(k)).as(k).isEqualTo(v));
    NDArray others = rows(DataType.FLOAT32).mul(0.9f).add(0.1f);
    assertThat(outputs(loaded, others)).isEqualTo(outputs(block, others));
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void theTextOfAnEncoderParsesBack(String text) {
    assertThat(parse(text)).hasToString(text).isEqualTo(parse(parse(text).toString()));
    assertThat(parse(text).build(2, SEED)).hasToString(text);
  }

  /** What is made in a pass belongs to the rows' manager and goes with it. */
  @ParameterizedTest
  @MethodSource("encoders")
  void passesLeaveNothing(String text) {
    NDArray rows = rows(DataType.FLOAT32);
    Block block = created(text, SEED, rows);
    forward(block, rows, true, 0);
    Held held = Held.by(manager);
    for (int i = 0; i < 3; i++) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray lent = rows.get("1:5");
        lent.attach(scope);
        forward(block, lent, i > 0, i);
      }
    }
    held.assertNoMore();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp(width=32,depth=1,dropout=0.5)",
        "lenet(shape=1x4x4,dropout=0.5)",
        "resnet(shape=1x4x4,width=4,dropout=0.5,norm=none)",
        "vit(shape=1x4x4,width=8,depth=1,dropout=0.5)",
        "fttransformer(width=8,depth=1,dropout=0.5)"
      })
  void dropoutFollowsFromTheSeedOfThePass(String text) {
    NDArray rows = rows(DataType.FLOAT32);
    Block block = created(text, SEED, rows);
    float[] first = forward(block, rows, true, 1).toFloatArray();
    assertThat(forward(block, rows, true, 1).toFloatArray()).isEqualTo(first);
    assertThat(forward(block, rows, true, 2).toFloatArray()).isNotEqualTo(first);
    assertThat(forward(block, rows, false, 1).toFloatArray())
        .isNotEqualTo(first)
        .isEqualTo(forward(block, rows, false, 2).toFloatArray());
    assertThatThrownBy(() -> block.forward(store, new NDList(rows), true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("dropout in training needs the parameter 'seed', got none");
  }

  @Test
  void layersOfOnePassDropDifferently() {
    NDArray rows = manager.ones(new Shape(1, 1), DataType.FLOAT64);
    Block block =
        new Mlp.Options(64, 2, Activation.RELU, false, 0.5, Normalisation.NONE)
            .create(Points.all(rows), 64, SEED, manager);
    Map<String, NDArray> parameters = parameters(block);
    Torch.copy(manager.ones(new Shape(64, 1), DataType.FLOAT64), parameters.get("hidden1_weight"));
    for (String name : new String[] {"hidden2_weight", "output_weight"}) {
      NDArray identity = manager.eye(64).toType(DataType.FLOAT64, false);
      Torch.copy(identity, parameters.get(name));
    }
    for (String name : new String[] {"hidden1_bias", "hidden2_bias", "output_bias"}) {
      Torch.copy(manager.zeros(new Shape(64), DataType.FLOAT64), parameters.get(name));
    }
    double[] kept = forward(block, rows, true, 3).toDoubleArray();
    long count = Arrays.stream(kept).filter(v -> v != 0).count();
    assertThat(count).isBetween(4L, 28L); // a quarter of 64; a half if both dropped the same
    assertThat(kept).containsOnly(0, 4);
  }

  /** Plain arrays [channels][h][w]. */
  private static double[][][] convolved(
      double[][][] image, double[] weight, double[] bias, int size, int stride) {
    int h = image[0].length;
    int w = image[0][0].length;
    int rows = (h + stride - 1) / stride;
    int columns = (w + stride - 1) / stride;
    double[][][] result = new double[bias.length][rows][columns];
    for (int o = 0; o < bias.length; o++) {
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          double sum = bias[o];
          for (int c = 0; c < image.length; c++) {
            for (int i = 0; i < size; i++) {
              for (int j = 0; j < size; j++) {
                int yy = y * stride + i - size / 2;
                int xx = x * stride + j - size / 2;
                if (yy >= 0 && yy < h && xx >= 0 && xx < w) {
                  sum += weight[((o * image.length + c) * size + i) * size + j] * image[c][yy][xx];
                }
              }
            }
          }
          result[o][y][x] = sum;
        }
      }
    }
    return result;
  }

  private static double[][][] rectified(double[][][] image) {
    return Arrays.stream(image)
        .map(
            channel ->
                Arrays.stream(channel)
                    .map(line -> Arrays.stream(line).map(v -> Math.max(0, v)).toArray())
                    .toArray(double[][]::new))
        .toArray(double[][][]::new);
  }

  private static double[] linear(double[] x, double[] weight, double[] bias) {
    double[] y = bias.clone();
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += weight[i * x.length + j] * x[j];
      }
    }
    return y;
  }

  private static double[][][] image(double[] row, int channels, int h, int w) {
    double[][][] image = new double[channels][h][w];
    for (int i = 0; i < row.length; i++) {
      image[i / (h * w)][i / w % h][i % w] = row[i];
    }
    return image;
  }

  @Test
  void leNetByPlainArrays() {
    int h = 7;
    int w = 9;
    NDArray row = normal(manager, "image", 1, 2 * h * w);
    Block block =
        parse("lenet(shape=2x7x9,activation=relu)").create(Points.all(row), OUTPUTS, SEED, manager);
    Map<String, double[]> p = values(block);
    double[][][] x = image(row.toDoubleArray(), 2, h, w);
    for (int i = 1; i <= 2; i++) {
      String name = "convolution" + i;
      x = rectified(convolved(x, p.get(name + "_weight"), p.get(name + "_bias"), 5, 1));
      double[][][] pooled = new double[x.length][x[0].length / 2][x[0][0].length / 2];
      for (int c = 0; c < pooled.length; c++) {
        for (int y = 0; y < pooled[0].length; y++) {
          for (int z = 0; z < pooled[0][0].length; z++) {
            pooled[c][y][z] =
                Math.max(
                    Math.max(x[c][2 * y][2 * z], x[c][2 * y][2 * z + 1]),
                    Math.max(x[c][2 * y + 1][2 * z], x[c][2 * y + 1][2 * z + 1]));
          }
        }
      }
      x = pooled;
    }
    double[] flat =
        Arrays.stream(x).flatMap(Arrays::stream).flatMapToDouble(Arrays::stream).toArray();
    assertThat(flat).hasSize(16 * 1 * 2);
    for (String name : new String[] {"hidden1", "hidden2"}) {
      flat = linear(flat, p.get(name + "_weight"), p.get(name + "_bias"));
      flat = Arrays.stream(flat).map(v -> Math.max(0, v)).toArray();
    }
    assertClose(
        "lenet",
        outputs(block, row),
        linear(flat, p.get("output_weight"), p.get("output_bias")),
        1e-12);
  }

  @Test
  void resNetByPlainArrays() {
    NDArray row = normal(manager, "image", 1, 2 * 5 * 4);
    Block block =
        parse("resnet(shape=2x5x4,width=3,depth=2,norm=none)")
            .create(Points.all(row), OUTPUTS, SEED, manager);
    Map<String, double[]> p = values(block);
    double[][][] h =
        rectified(
            convolved(
                image(row.toDoubleArray(), 2, 5, 4),
                p.get("stem_weight"),
                p.get("stem_bias"),
                3,
                1));
    for (String name :
        new String[] {
          "stage1_block1",
          "stage1_block2",
          "stage2_block1",
          "stage2_block2",
          "stage3_block1",
          "stage3_block2"
        }) {
      int stride = p.containsKey(name + "_around_weight") ? 2 : 1;
      double[][][] inner =
          rectified(
              convolved(h, p.get(name + "_first_weight"), p.get(name + "_first_bias"), 3, stride));
      double[][][] change =
          convolved(inner, p.get(name + "_second_weight"), p.get(name + "_second_bias"), 3, 1);
      double[][][] kept =
          stride == 1
              ? h
              : convolved(h, p.get(name + "_around_weight"), p.get(name + "_around_bias"), 1, 2);
      for (int c = 0; c < change.length; c++) {
        for (int y = 0; y < change[0].length; y++) {
          for (int x = 0; x < change[0][0].length; x++) {
            change[c][y][x] += kept[c][y][x];
          }
        }
      }
      h = rectified(change);
    }
    assertThat(h).hasDimensions(12, 2);
    assertThat(h[0][0]).hasSize(1);
    double[] mean =
        Arrays.stream(h)
            .mapToDouble(
                c -> Arrays.stream(c).flatMapToDouble(Arrays::stream).average().orElseThrow())
            .toArray();
    assertClose(
        "resnet",
        outputs(block, row),
        linear(mean, p.get("output_weight"), p.get("output_bias")),
        1e-12);
  }

  /** ResNet-18 for small images has these kernels. */
  @Test
  void fourStagesOfTwoBlocksAreResNet18() {
    Map<String, Shape> shapes =
        Encoders.shapes(
            parse("resnet(shape=3x32x32,width=64,depth=2,stages=4)").build(10, SEED), 1, 3072);
    long kernels =
        shapes.entrySet().stream()
            .filter(e -> e.getKey().endsWith("_weight") && e.getValue().dimension() == 4)
            .mapToLong(e -> e.getValue().size())
            .sum();
    // 3·64·9 + 4·64²·9, then 64·128·9 + 3·128²·9 + 64·128, and so on with twice the channels
    long expected = 3 * 64 * 9 + 4 * 64 * 64 * 9;
    for (long c = 64; c <= 256; c *= 2) {
      expected += c * 2 * c * 9 + 3 * 4 * c * c * 9 + 2 * c * c;
    }
    assertThat(kernels).isEqualTo(expected);
    assertThat(shapes.get("output_weight")).isEqualTo(new Shape(10, 512));
    String four = "resnet(width=4,depth=2,stages=4)";
    assertThat(parse(four)).hasToString(four);
    assertThat(parse("resnet(width=4,stages=3)")).hasToString("resnet(width=4,depth=1)");
  }

  @Test
  void vitByPlainFormulas() {
    int k = 2;
    NDArray row = normal(manager, "image", 1, 2 * 4 * 6);
    Block block =
        parse("vit(shape=2x4x6,patch=2,width=4,depth=1,heads=2)")
            .create(Points.all(row), OUTPUTS, SEED, manager);
    Map<String, NDArray> p = parameters(block);
    double[][][] image = image(row.toDoubleArray(), 2, 4, 6);
    double[] patches = new double[6 * 8];
    for (int i = 0; i < patches.length; i++) {
      int patch = i / 8;
      int y = patch / 3 * k + i % 4 / k;
      int x = patch % 3 * k + i % k;
      patches[i] = image[i % 8 / 4][y][x];
    }
    NDArray h = manager.create(patches, new Shape(6, 8));
    h = mapped(h, p, "embedding").add(p.get("places").reshape(6, 4));
    NDArray all = mapped(normalised(h, p, "layer1_attention_norm"), p, "layer1_attention");
    NDList heads = new NDList();
    for (int head = 0; head < 2; head++) {
      NDArray q = all.get(":, " + 2 * head + ":" + (2 * head + 2));
      NDArray key = all.get(":, " + (4 + 2 * head) + ":" + (6 + 2 * head));
      NDArray v = all.get(":, " + (8 + 2 * head) + ":" + (10 + 2 * head));
      heads.add(q.matMul(key.transpose()).div(Math.sqrt(2)).softmax(1).matMul(v));
    }
    h = h.add(mapped(NDArrays.concat(heads, 1), p, "layer1_mix"));
    NDArray inner = mapped(normalised(h, p, "layer1_hidden_norm"), p, "layer1_hidden");
    NDArray gelu = inner.mul(inner.div(Math.sqrt(2)).erf().add(1)).div(2);
    h = h.add(mapped(gelu, p, "layer1_back"));
    NDArray mean = normalised(h, p, "last_norm").mean(new int[] {0}, true);
    assertClose("vit", outputs(block, row), mapped(mean, p, "output").toDoubleArray(), 1e-12);
  }

  private static NDArray mapped(NDArray x, Map<String, NDArray> p, String name) {
    return x.matMul(p.get(name + "_weight").transpose()).add(p.get(name + "_bias"));
  }

  private static NDArray normalised(NDArray x, Map<String, NDArray> p, String name) {
    NDArray centred = x.sub(x.mean(new int[] {1}, true));
    NDArray deviation = centred.square().mean(new int[] {1}, true).add(1e-5).sqrt();
    return centred.div(deviation).mul(p.get(name + "_gamma")).add(p.get(name + "_beta"));
  }

  /** Columns have no order: exchanged with all that belongs to them, nothing changes. */
  @Test
  void theTransformerSeesASetOfColumns() {
    NDArray rows = normal(manager, "columns", 4, 5);
    EncoderFactory options = parse("fttransformer(width=6,depth=2,heads=3)");
    int[] groups = {0, 1, 1, 1, 2};
    Block block = options.forGroups(groups).create(Points.all(rows), OUTPUTS, SEED, manager);
    assertThat(parameters(block).get("shift").getShape()).isEqualTo(new Shape(3, 6));
    Block turned =
        options.forGroups(2, 1, 1, 1, 0).create(Points.all(rows), OUTPUTS, SEED, manager);
    Map<String, NDArray> to = parameters(turned);
    NDArray columns = manager.create(new long[] {4, 1, 2, 3, 0});
    parameters(block)
        .forEach(
            (name, array) -> {
              if (name.equals("embedding")) {
                Torch.copy(array.get(columns), to.get(name));
              } else if (!name.equals("groups")) {
                Torch.copy(array, to.get(name));
              }
            });
    double[] expected = outputs(block, rows);
    NDArray seen = rows.transpose().get(columns).transpose().duplicate();
    assertThat(outputs(turned, rows)).isNotEqualTo(expected);
    assertClose("turned", outputs(turned, seen), expected, 1e-12);
  }

  @Test
  void groupsOfAnotherWidthAreRefused() {
    EncoderFactory options = parse("fttransformer").forGroups(0, 1, 1);
    assertThatThrownBy(() -> options.create(Points.all(rows(DataType.FLOAT32)), 2, SEED, manager))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("groups: expected one for each of 16 inputs, got 3");
  }

  /** Training rows have their own vectors, equal ones share the first's, new ones the nearest's. */
  @Test
  void theTableLooksUp() {
    NDArray rows =
        manager.create(new float[] {0, 0, 5, 0, 0, 0, 0, 7}, new Shape(4, 2)).duplicate();
    Block block = parse("table").create(Points.all(rows), 3, SEED, manager);
    float[] vectors = parameters(block).get("vectors").toFloatArray();
    assertThat(vectors).hasSize(12);
    NDArray asked =
        manager.create(new float[] {0, 7, 0, 0, 4, 1, -9, 1, 0, 4}, new Shape(5, 2)).duplicate();
    int[] expected = {3, 0, 1, 0, 3};
    float[] found = forward(block, asked, false, 0).toFloatArray();
    float[] all = forward(block, rows, true, 0).toFloatArray();
    int[] own = {0, 1, 0, 3};
    for (int j = 0; j < 3; j++) {
      for (int i = 0; i < 5; i++) {
        assertThat(found[i * 3 + j]).isEqualTo(vectors[expected[i] * 3 + j]);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(all[i * 3 + j]).isEqualTo(vectors[own[i] * 3 + j]);
      }
    }
  }

  /** What the table remembers is not in memory that is given back to the system. */
  @Test
  void theTableKeepsWhatItLooksUp() throws InterruptedException {
    int n = 3000;
    NDArray rows = manager.arange(0, n, 1, DataType.FLOAT32).reshape(n, 1).duplicate();
    Block block = parse("table").create(Points.all(rows), 2, SEED, manager);
    float[] before = forward(block, rows, true, 0).toFloatArray();
    List<ByteBuffer> others = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      System.gc();
      Thread.sleep(20);
      for (int i = 0; i < 40; i++) {
        ByteBuffer other = ByteBuffer.allocateDirect(Long.BYTES * n);
        while (other.hasRemaining()) {
          other.put((byte) 62);
        }
        others.add(other);
      }
    }
    assertThat(others).hasSize(200);
    assertThat(forward(block, rows, true, 0).toFloatArray()).isEqualTo(before);
  }

  @Test
  void batchMomentsAreThoseOfTrainingOnly() {
    NDArray rows = rows(DataType.FLOAT64);
    Block block = created("mlp(width=5,depth=1,norm=batch)", SEED, rows);
    Map<String, double[]> before = values(block);
    outputs(block, rows);
    assertThat(values(block).get("norm1_mean")).isEqualTo(before.get("norm1_mean"));
    forward(block, rows, true, 0);
    assertThat(values(block).get("norm1_mean")).isNotEqualTo(before.get("norm1_mean"));
    assertThat(values(block).get("norm1_variance")).isNotEqualTo(before.get("norm1_variance"));
    List<String> fixed = new ArrayList<>();
    for (Pair<String, Parameter> pair : block.getParameters()) {
      if (!pair.getValue().requiresGradient()) {
        fixed.add(pair.getKey());
      }
    }
    assertThat(fixed).containsExactly("norm1_mean", "norm1_variance");
  }

  @Test
  void names() {
    assertThat(Encoders.registry().names())
        .containsExactly(
            "fttransformer", "gcn", "lenet", "linear", "mlp", "resnet", "sgc", "table", "vit");
    assertThat(parse("mlp(width=8)")).hasToString("mlp(width=8,depth=3,activation=tanh,skip=true)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "linear(width=3) | linear takes no options, got 'width'",
        "table(n=3) | table takes no options, got 'n'",
        "mlp(dropout=1) | mlp: expected dropout from 0 to less than 1, got dropout=1.0",
        "mlp(norm=group) | mlp: unknown norm 'group'; known: none, layer, batch",
        "lenet | 'lenet: expected the shape of the images as channels, height and width, such as"
            + " lenet(shape=1x28x28), or shape=1x28x28"
            + " for the data'",
        "resnet(shape=8x8) | shape: expected channels, height and width, such as 1x28x28, got"
            + " '8x8'",
        "lenet(shape=1x3x8) | lenet: expected images of at least 4x4, got 1x3x8",
        "vit(shape=1x8x10,patch=4) | vit: expected patches that fill the images of 1x8x10, got"
            + " patch=4",
        "'vit(width=6,heads=4)' | vit: expected a width, depth and number of heads of at least 1, and"
            + " a width that the heads divide, got width=6, depth=4, heads=4",
        "resnet(shape=0x8x8) | shape: expected at least one channel, line and column, got 0x8x8",
        "fttransformer(width=6,heads=4) | fttransformer: expected a width, depth and number of"
            + " heads of at least 1, and a width that the heads divide, got width=6, depth=2,"
            + " heads=4"
      })
  void impossibleEncodersAreRefused(String text, String message) {
    assertThatThrownBy(() -> parse(text).build(2, Seed.of(0)))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void imagesOfAnotherSizeAreRefused() {
    for (String text : new String[] {"lenet(shape=1x8x8)", "resnet(shape=1x8x8)"}) {
      assertThatThrownBy(() -> created(text, SEED, rows(DataType.FLOAT32)))
          .isInstanceOf(InputException.class)
          .hasMessage("shape: 1x8x8 has 64 inputs, but the rows have 16");
    }
  }
}
