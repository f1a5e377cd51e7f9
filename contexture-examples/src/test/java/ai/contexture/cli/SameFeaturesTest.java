package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.CsvOptions;
import ai.contexture.data.Matrix;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.contexture.representation.Representation;
import ai.contexture.representation.RepresentationTranslatorFactory;
import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.BytesSupplier;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same row has the same features, bit for bit, by every way to embed it. */
class SameFeaturesTest {

  private static final int TABLES = Integer.getInteger("contexture.test.tables", 30);
  private static final long SEED = Long.getLong("contexture.test.seed", 1);
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  @TempDir Path folder;

  private int readPlainly;

  @Test
  void byEveryWay() throws Exception {
    for (int i = 0; i < TABLES; i++) {
      long seed = 1000 * SEED + i;
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      HostileTable table = HostileTable.of(random);
      try {
        check(folder.resolve("t" + i), table, random);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("table of seed " + seed + ": " + table.options(), e);
      }
    }
    assertThat(readPlainly).isGreaterThan(TABLES / 5);
  }

  private void check(Path place, HostileTable table, RandomGenerator random) throws Exception {
    Path file = Command.write(Path.of(place + ".csv"), table.file());
    Path other = Command.write(Path.of(place + "-other.csv"), table.shuffled(random));
    List<String> options = new ArrayList<>(table.options());
    options.addAll(List.of("--steps", "2", "--quiet"));
    Command trained = Command.pretrain(file, place, options.toArray(String[]::new));
    assertThat(trained.code()).as(trained.err()).isZero();
    double[][] expected = features(place, file);
    assertThat(features(place, other)).as("other columns around").isDeepEqualTo(expected);
    try (Representation run = Representation.load(place, Device.cpu())) {
      assertThat(rows(run.embed(run.read(file)))).as("read").isDeepEqualTo(expected);
      assertThat(rows(run.embed(run.read(other)))).as("read").isDeepEqualTo(expected);
      assertThat(rows(run.embed(Table.ofRows("rows", table.rows()))))
          .as("rows of a program")
          .isDeepEqualTo(expected);
      readPlainly += checkPlain(run, file, expected) ? 1 : 0;
    }
    float[][] rounded = new float[expected.length][];
    for (int row = 0; row < rounded.length; row++) {
      rounded[row] = new float[expected[row].length];
      for (int j = 0; j < rounded[row].length; j++) {
        rounded[row][j] = (float) expected[row][j];
      }
    }
    assertThat(ofModel(place, table.rows())).as("a model of DJL").isDeepEqualTo(rounded);
    assertThat(ofJson(place, GSON.toJson(table.rows()))).as("JSON").isDeepEqualTo(rounded);
  }

  /** A program that tells nothing of the file gets the same, or is told that it must. */
  private static boolean checkPlain(Representation run, Path file, double[][] expected) {
    Matrix embedded;
    try {
      embedded = run.embed(Table.read(file, CsvOptions.DEFAULT));
    } catch (InputException e) {
      return false;
    }
    assertThat(rows(embedded)).as("read without being told anything").isDeepEqualTo(expected);
    return true;
  }

  /** The features by the command line, whose text is exact. */
  private static double[][] features(Path run, Path file) {
    Command embedded =
        Command.run("embed", run.toString(), "--data", file.toString(), "--out", "-");
    assertThat(embedded.code()).as(embedded.err()).isZero();
    return embedded
        .out()
        .lines()
        .skip(1)
        .map(
            line ->
                Arrays.stream(line.split(",")).skip(1).mapToDouble(Double::parseDouble).toArray())
        .toArray(double[][]::new);
  }

  private static double[][] rows(Matrix matrix) {
    double[][] rows = new double[matrix.rows()][];
    Arrays.setAll(rows, matrix::row);
    return rows;
  }

  private static <I, O> ZooModel<I, O> model(Path run, Class<I> input, Class<O> output)
      throws Exception {
    return Criteria.builder()
        .setTypes(input, output)
        .optModelPath(run)
        .optTranslatorFactory(new RepresentationTranslatorFactory())
        .optDevice(Device.cpu())
        .build()
        .loadModel();
  }

  @SuppressWarnings("rawtypes") // DJL names types by their class
  private static float[][] ofModel(Path run, List<Map<String, Object>> rows) throws Exception {
    List<Map> given = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      Map<String, Object> more = new HashMap<>(row);
      more.put("not needed", List.of(1, 2));
      given.add(more);
    }
    try (ZooModel<Map, float[]> model = model(run, Map.class, float[].class);
        Predictor<Map, float[]> predictor = model.newPredictor()) {
      return predictor.batchPredict(given).toArray(float[][]::new);
    }
  }

  private static float[][] ofJson(Path run, String rows) throws Exception {
    try (ZooModel<Input, Output> model = model(run, Input.class, Output.class);
        Predictor<Input, Output> predictor = model.newPredictor()) {
      Input input = new Input();
      input.add(BytesSupplier.wrap(rows));
      return GSON.fromJson(predictor.predict(input).getData().getAsString(), float[][].class);
    }
  }
}
