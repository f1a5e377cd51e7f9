package ai.contexture.representation;

import static ai.contexture.testing.Numeric.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Column;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Tables;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.BytesSupplier;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import com.google.gson.Gson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A saved folder, seen by a program that knows DJL only. */
class RepresentationTranslatorFactoryTest {

  private static final String FACTORY =
      "ai.contexture.representation.RepresentationTranslatorFactory";
  private static final Dataset DATA = Tables.classes();

  @TempDir private static Path folder;

  /** The features of all rows, as Contexture computes them. */
  private static final Map<String, Matrix> EXPECTED = new LinkedHashMap<>();

  @BeforeAll
  static void train() throws Exception {
    Table numbers = DATA.features().without(List.of("colour"));
    train("kise", "kise", DATA);
    train("averaged", "non-contrastive", DATA);
    train("numbers", "kise", Dataset.of("numbers", numbers, null, null));
  }

  private static void train(String name, String objective, Dataset data) throws Exception {
    try (Pretraining job = Pretraining.prepare(data, Tables.recipe(objective), Device.cpu())) {
      job.train(TrainingListener.NONE);
      job.representation().save(folder.resolve(name));
      EXPECTED.put(name, job.representation().embed(data.features()));
    }
  }

  private static <I, O> ZooModel<I, O> model(String name, Class<I> input, Class<O> output)
      throws Exception {
    return Criteria.builder()
        .setTypes(input, output)
        .optModelPath(folder.resolve(name))
        .optArgument("translatorFactory", FACTORY)
        .optDevice(Device.cpu())
        .build()
        .loadModel();
  }

  /** Rows as a program has them: a missing number is null or NaN, by turns. */
  private static List<Map<String, Object>> rows() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int row = 0; row < Tables.ROWS; row++) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (Column column : DATA.features().columns()) {
        boolean number = column instanceof NumericColumn;
        Object value = number ? ((NumericColumn) column).value(row) : column.text(row);
        values.put(column.name(), column.missing(row) && row % 2 == 0 ? null : value);
      }
      rows.add(values);
    }
    return rows;
  }

  private static void assertFeatures(String name, int row, float[] got) {
    Matrix expected = EXPECTED.get(name);
    assertThat(got).hasSize(expected.columns());
    for (int j = 0; j < got.length; j++) {
      assertClose("row " + row, new double[] {got[j]}, new double[] {expected.get(row, j)}, 1e-4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kise", "averaged"})
  @SuppressWarnings("rawtypes") // DJL names types by their class
  void embedsRowsByName(String name) throws Exception {
    List<Map> rows = new ArrayList<>(rows());
    try (ZooModel<Map, float[]> model = model(name, Map.class, float[].class);
        Predictor<Map, float[]> predictor = model.newPredictor()) {
      for (int row : new int[] {0, 5, 77, 149}) {
        assertFeatures(name, row, predictor.predict(rows.get(row)));
      }
      List<float[]> together = predictor.batchPredict(rows);
      for (int row = 0; row < Tables.ROWS; row++) {
        assertFeatures(name, row, together.get(row));
      }
    }
  }

  @Test
  void embedsRowsOfNumbers() throws Exception {
    try (ZooModel<double[], float[]> model = model("numbers", double[].class, float[].class);
        Predictor<double[], float[]> predictor = model.newPredictor()) {
      List<Column> columns = DATA.features().without(List.of("colour")).columns();
      for (int row : new int[] {3, 5}) {
        int at = row;
        double[] values =
            columns.stream().mapToDouble(column -> ((NumericColumn) column).value(at)).toArray();
        assertFeatures("numbers", row, predictor.predict(values));
      }
      assertRefused(predictor, new double[2], "expected 3 numbers (", "got 2");
    }
  }

  @Test
  void answersRequestsOfDjlServing() throws Exception {
    try (ZooModel<Input, Output> model = model("averaged", Input.class, Output.class);
        Predictor<Input, Output> predictor = model.newPredictor()) {
      Gson gson = new Gson();
      List<Map<String, Object>> rows = rows();
      String one = predictor.predict(request(gson.toJson(rows.get(9)))).getData().getAsString();
      assertFeatures("averaged", 9, gson.fromJson(one, float[].class));
      String two =
          predictor
              .predict(request(gson.toJson(List.of(rows.get(4), rows.get(8)))))
              .getData()
              .getAsString();
      float[][] features = gson.fromJson(two, float[][].class);
      assertThat(features).hasDimensions(2, 4);
      assertFeatures("averaged", 4, features[0]);
      assertFeatures("averaged", 8, features[1]);

      assertRefused(predictor, request("{"), "no JSON");
      assertRefused(predictor, request("[1, 2]"), "expected a JSON object", "got 1");
      assertRefused(predictor, request("[]"), "expected rows with values");
      assertRefused(predictor, new Input(), "got nothing");
      assertRefused(
          predictor, request("{\"first\": 1}"), "the row: column", "is needed but not there");
      String list = gson.toJson(rows.get(9)).replaceFirst(":[^,]+,", ":[1],");
      assertRefused(predictor, request(list), "row 1: expected a number or a text, got [1]");
    }
  }

  private static Input request(String json) {
    Input input = new Input();
    input.add("data", BytesSupplier.wrap(json));
    return input;
  }

  private static <I> void assertRefused(Predictor<I, ?> predictor, I input, String... message) {
    assertThatThrownBy(() -> predictor.predict(input))
        .isInstanceOf(TranslateException.class)
        .cause()
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(message);
  }

  @Test
  void refusesAFolderWithoutARepresentation() {
    assertThatThrownBy(() -> model("", Map.class, float[].class))
        .hasMessageContaining(folder.getFileName().toString());
  }
}
