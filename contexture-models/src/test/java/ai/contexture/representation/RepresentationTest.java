package ai.contexture.representation;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.training.Training.heldElsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.data.Checksums;
import ai.contexture.data.Dataset;
import ai.contexture.data.Fingerprint;
import ai.contexture.data.Matrix;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Table;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.objective.Objective;
import ai.contexture.pretraining.Parts;
import ai.contexture.pretraining.Placement;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.pretraining.Tables;
import ai.contexture.training.Training;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepresentationTest {

  private static final Dataset DATA = Tables.classes();

  /** One whose Φ is trained, and one that averages Ψ. */
  private static Pretraining inputs;

  private static Pretraining averaged;

  @TempDir private Path folder;

  @BeforeAll
  static void train() {
    inputs = trained("kise");
    averaged = trained("non-contrastive");
  }

  private static Pretraining trained(String objective) {
    Pretraining job = Pretraining.prepare(DATA, Tables.recipe(objective), Device.cpu());
    job.train(TrainingListener.NONE);
    return job;
  }

  @AfterAll
  static void close() {
    inputs.close();
    averaged.close();
  }

  private static List<Pretraining> jobs() {
    return List.of(inputs, averaged);
  }

  /** Means 0, variances 1 and covariances 0 over the pretraining rows, to float32 rounding. */
  @Test
  void featuresOfThePretrainingRowsAreOrthonormal() {
    for (Pretraining job : jobs()) {
      Matrix features = job.representation().embed(DATA.features().select(job.split().pretrain()));
      int n = features.rows();
      int d = features.columns();
      assertThat(n).isEqualTo(105);
      assertThat(d).isEqualTo(4).isEqualTo(job.representation().dimension());
      double[] means = new double[d];
      double[] covariance = new double[d * d];
      double[] identity = new double[d * d];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < d; j++) {
          means[j] += features.get(i, j) / n;
          identity[j * d + j] = 1;
          for (int k = 0; k < d; k++) {
            covariance[j * d + k] += features.get(i, j) * features.get(i, k) / n;
          }
        }
      }
      assertClose("means", means, new double[d], 1e-4);
      assertClose("covariance", covariance, identity, 1e-3);
    }
  }

  /** λ_i is the variance of T*φ_i, here of the features as they are embedded. */
  @Test
  void eigenvaluesAreOrderedAndThoseOfTheFeatures() {
    for (Pretraining job : jobs()) {
      Representation representation = job.representation();
      double[] eigenvalues = representation.eigenvalues();
      assertThat(eigenvalues).hasSize(4);
      for (int i = 0; i < 4; i++) {
        assertThat(eigenvalues[i]).isBetween(0.0, i == 0 ? 1 : eigenvalues[i - 1]);
        assertThat(eigenvalues[i]).isLessThanOrEqualTo(job.spectrum().eigenvalues()[i] + 1e-9);
      }
      try (NDManager manager = NDManager.newBaseManager()) {
        Matrix embedded = representation.embed(DATA.features().select(job.split().pretrain()));
        NDArray features = manager.create(embedded.values(), new Shape(105, 4));
        NDArray image = ((FiniteContext) job.context()).operator().adjoint(features);
        NDArray q = ((FiniteContext) job.context()).operator().contextWeights().reshape(-1, 1);
        double[] reached = image.square().mul(q).sum(new int[] {0}).toDoubleArray();
        assertClose("eigenvalues", reached, eigenvalues, 1e-3);
      }
    }
  }

  /** A file is read in blocks, which give the features of the whole table. */
  @Test
  void aFileOfManyRows() throws IOException {
    Representation representation = inputs.representation();
    Table rows = DATA.features();
    StringBuilder text = new StringBuilder(String.join(",", rows.names())).append('\n');
    for (int i = 0; i < 9_000; i++) {
      int row = i % rows.rows();
      text.append(
              rows.columns().stream()
                  .map(column -> column.cell(row))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    Path file = Files.writeString(folder.resolve("rows.csv"), text);

    Matrix features = representation.embed(file, representation.preprocessing().reading());

    assertThat(features.values())
        .isEqualTo(representation.embed(representation.read(file)).values());
    assertThat(features.rows()).isEqualTo(9_000);

    int first = text.indexOf("\n", 1 + text.indexOf("\n")) + 1;
    String far =
        text + "1e300" + text.substring(text.indexOf(",", first), text.indexOf("\n", first));
    Files.writeString(file, far + "\n");
    assertThatThrownBy(() -> representation.embed(file, representation.preprocessing().reading()))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("rows.csv, rows from 8193 on: column ", ", row 809: 1e300 is too");
  }

  @Test
  void aSavedRepresentationGivesTheSameBits() throws IOException {
    for (Pretraining job : jobs()) {
      Table test = DATA.features().select(job.split().test());
      Matrix expected = job.representation().embed(test);
      job.representation().save(folder);
      try (Representation loaded = Representation.load(folder)) {
        assertThat(loaded.embed(test)).isEqualTo(expected);
        assertThat(loaded.embed(DATA.features().select(new int[] {3})).columns()).isEqualTo(4);
        assertThat(loaded.description()).isEqualTo(job.representation().description());
        assertThat(loaded.dimension()).isEqualTo(4);
        assertThat(loaded.eigenvalues()).isEqualTo(job.representation().eigenvalues());
        assertThat(loaded.preprocessing().names())
            .isEqualTo(job.representation().preprocessing().names());
      }
      assertThat(expected.values()).doesNotContain(Double.NaN);
    }
  }

  /** Saved twice is the same file, and the representation that was loaded saves it again. */
  @Test
  void savingIsReproducible() throws IOException {
    for (Pretraining job : jobs()) {
      Path first = folder.resolve("first-" + job.recipe().objective());
      Path second = folder.resolve("second-" + job.recipe().objective());
      job.representation().save(first);
      try (Representation loaded = Representation.load(first)) {
        loaded.save(second);
      }
      for (String file :
          List.of(
              Representation.DESCRIPTION,
              Representation.PARAMETERS,
              Representation.SERVING,
              Checksums.FILE)) {
        assertThat(Files.readAllBytes(second.resolve(file)))
            .as(file)
            .isEqualTo(Files.readAllBytes(first.resolve(file)));
      }
      try (var files = Files.list(first)) {
        assertThat(files).hasSize(4);
      }
    }
  }

  /** Rows in another order, one by one, with columns in another order and more of them. */
  @Test
  void eachRowIsEmbeddedByItself() {
    Table test = DATA.features().select(new int[] {4, 9, 16});
    Table turned =
        Table.of(
            "turned",
            NumericColumn.of("unknown", 1, 2, 3),
            ((NominalColumn) test.column("colour")).select(new int[] {2, 1, 0}),
            ((NumericColumn) test.column("gaps")).select(new int[] {2, 1, 0}),
            ((NumericColumn) test.column("second")).select(new int[] {2, 1, 0}),
            ((NumericColumn) test.column("first")).select(new int[] {2, 1, 0}));
    for (Pretraining job : jobs()) {
      Matrix together = job.representation().embed(test);
      Matrix reversed = job.representation().embed(turned);
      for (int i = 0; i < 3; i++) {
        Matrix alone = job.representation().embed(test.select(new int[] {i}));
        assertClose("alone", alone.row(0), together.row(i), 1e-4);
        assertClose("reversed", reversed.row(2 - i), together.row(i), 1e-4);
      }
    }
  }

  @Test
  void rowsWithUnseenNamesAndGapsAreEmbedded() {
    Table odd =
        Table.of(
            "odd",
            NumericColumn.of("first", Double.NaN, 1),
            NumericColumn.of("second", 0, 1e30),
            NumericColumn.of("gaps", Double.NaN, -3),
            NominalColumn.of("colour", "violet", "red"));
    for (Pretraining job : jobs()) {
      Matrix features = job.representation().embed(odd);
      assertThat(features.rows()).isEqualTo(2);
      for (double value : features.values()) {
        assertThat(value).isFinite();
      }
    }
  }

  @Test
  void missingColumnsAreNamed() {
    assertThatThrownBy(
            () -> inputs.representation().embed(DATA.features().without(List.of("second"))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("second")
        .hasMessageNotContaining("\n");
  }

  @Test
  void theDescriptionSaysWhatItIs() {
    for (Pretraining job : jobs()) {
      JsonObject json = job.representation().description();
      assertThat(json.get("format").getAsInt()).isEqualTo(2);
      assertThat(json.get("context").getAsString()).isEqualTo("knn(k=8)");
      assertThat(json.get("objective").getAsString()).isEqualTo(job.recipe().objective());
      assertThat(json.get("encoder").getAsString())
          .isEqualTo("mlp(width=16,depth=2,activation=tanh,skip=true)");
      assertThat(json.get("outputs").getAsInt()).isEqualTo(16);
      assertThat(json.get("dimension").getAsInt()).isEqualTo(4);
      assertThat(json.get("inputs").getAsInt()).isEqualTo(6);
      assertThat(json.get("averaged").getAsBoolean()).isEqualTo(job == averaged);
      assertThat(json.get("stepsFinished").getAsInt()).isEqualTo(60);
      assertThat(json.getAsJsonArray("eigenvalues")).hasSize(4);
      JsonObject training = json.getAsJsonObject("recipe").getAsJsonObject("training");
      assertThat(training.get("seed").getAsLong()).isEqualTo(1);
      JsonObject data = json.getAsJsonObject("data");
      assertThat(data.get("fingerprint").getAsString()).isEqualTo(DATA.features().fingerprint());
      assertThat(data.get("rows").getAsInt()).isEqualTo(Tables.ROWS);
      assertThat(data.get("pretrainingRows").getAsInt()).isEqualTo(105);
      assertThat(data.get("target").getAsString()).isEqualTo("class");
      JsonObject versions = json.getAsJsonObject("versions");
      assertThat(versions.keySet())
          .containsExactlyInAnyOrder("contexture", "djl", "pytorch", "java");
      assertThat(versions.get("pytorch").getAsString()).isEqualTo("2.7.1");
      json.addProperty("format", 99); // a copy
      assertThat(job.representation().description().get("format").getAsInt()).isEqualTo(2);
    }
  }

  @Test
  void embeddingLeavesNothing() throws IOException {
    averaged.representation().save(folder);
    inputs.representation().save(folder.resolve("inputs"));
    try (NDManager manager = NDManager.newBaseManager()) {
      int before = heldElsewhere(manager);
      for (Path saved : List.of(folder, folder.resolve("inputs"))) {
        try (Representation loaded = Representation.load(saved)) {
          loaded.embed(DATA.features()); // outputs on contexts are kept from here on
          int open = heldElsewhere(manager);
          for (int i = 0; i < 3; i++) {
            loaded.embed(DATA.features());
            NDArray rows = manager.zeros(new Shape(2, 6));
            loaded.embed(rows).close();
            loaded.outputs(rows).close();
            rows.close();
          }
          assertThat(heldElsewhere(manager)).isEqualTo(open);
          assertThat(Training.held(manager)).isZero();
        }
      }
      assertThat(heldElsewhere(manager)).isEqualTo(before);
    }
  }

  private void damage(Consumer<JsonObject> change) throws IOException {
    inputs.representation().save(folder);
    Path file = folder.resolve(Representation.DESCRIPTION);
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    change.accept(json);
    Files.writeString(file, json.toString());
    sign();
  }

  /** Says that the files shall be as they are. */
  private void sign() throws IOException {
    Map<String, String> sums = new LinkedHashMap<>();
    for (String name : List.of(Representation.DESCRIPTION, Representation.PARAMETERS)) {
      sums.put(name, Fingerprint.of(folder.resolve(name)));
    }
    Checksums.write(folder, sums);
  }

  /** One bit of what is saved, wherever it is. */
  @Test
  void everyChangedBitIsRefused() throws IOException {
    inputs.representation().save(folder);
    for (String name : List.of(Representation.DESCRIPTION, Representation.PARAMETERS)) {
      Path file = folder.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      for (int i = 0; i < 40; i++) {
        byte[] changed = whole.clone();
        changed[(int) ((long) i * (whole.length - 1) / 39)] ^= (byte) (1 << i % 8);
        Files.write(file, changed);
        assertRefused("");
      }
      Files.write(file, whole);
    }
    Representation.load(folder).close();

    byte[] parameters = Files.readAllBytes(folder.resolve(Representation.PARAMETERS));
    parameters[parameters.length - 1] ^= 1;
    Files.write(folder.resolve(Representation.PARAMETERS), parameters);
    assertRefused("encoder.params is damaged or was changed since it was saved: its SHA-256");
    sign();
    Representation.load(folder).close();
  }

  @Test
  void otherMeansAreRefused() throws IOException {
    inputs.representation().save(folder);
    Path file = folder.resolve(Representation.DESCRIPTION);
    Files.writeString(file, Files.readString(file).replaceFirst("\"mean\": ", "\"mean\": 1"));
    assertRefused("representation.json is damaged or was changed since it was saved");
  }

  @Test
  void withoutChecksumsItIsRefused() throws IOException {
    inputs.representation().save(folder);
    Files.delete(folder.resolve(Checksums.FILE));
    assertRefused("expected SHA256SUMS beside its files, found none");
    Files.writeString(folder.resolve(Checksums.FILE), "");
    assertRefused("SHA256SUMS: expected a line for representation.json, found none");
  }

  /** What was saved before there were checksums is still read. */
  @Test
  void theFirstFormatIsRead() throws IOException {
    Table test = DATA.features().select(inputs.split().test());
    damage(json -> json.addProperty("format", 1));
    Files.delete(folder.resolve(Checksums.FILE));
    try (Representation loaded = Representation.load(folder)) {
      assertThat(loaded.embed(test)).isEqualTo(inputs.representation().embed(test));
      loaded.save(folder);
    }
    assertThat(folder.resolve(Checksums.FILE)).exists();
    try (Representation loaded = Representation.load(folder)) {
      assertThat(loaded.description().get("format").getAsInt()).isEqualTo(2);
    }
  }

  /** What DJL would take memory for: the file is right but for the numbers of an array's header. */
  @Test
  void absurdShapesAreRefused() throws IOException {
    inputs.representation().save(folder);
    Path file = folder.resolve(Representation.PARAMETERS);
    byte[] whole = Files.readAllBytes(file);
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int axes = text.indexOf("FLOAT64") + "FLOAT64".length();
    ByteBuffer changed = ByteBuffer.wrap(whole.clone());
    assertThat(changed.getInt(axes)).isEqualTo(2);
    assertThat(changed.getLong(axes + 4)).isEqualTo(1);

    changed.putLong(axes + 4, 1L << 40);
    Files.write(file, changed.array());
    sign();
    assertRefused("encoder.params: mean: expected the shape (1, 16), got (1099511627776, 16)");

    changed.putLong(axes + 4, 1);
    changed.putInt(axes, Integer.MAX_VALUE);
    Files.write(file, changed.array());
    sign();
    assertRefused("encoder.params: axes of mean: expected at most 8, got 2147483647");

    changed.putInt(axes, 2);
    int length = axes + 4 + 16 + 4 + 4 + 1;
    assertThat(changed.getInt(length)).isEqualTo(16 * 8);
    changed.putInt(length, Integer.MAX_VALUE);
    Files.write(file, changed.array());
    sign();
    assertRefused("encoder.params: mean: expected 128 bytes for (1, 16), got 2147483647");

    Files.write(file, Arrays.copyOf(whole, whole.length + 7));
    sign();
    assertRefused("encoder.params: expected " + whole.length + " bytes");
  }

  /** A line with the key, what was expected and what was got. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "outputs| \"x\"| outputs: expected a whole number, got \"x\"",
        "outputs| 1.5| outputs: expected a whole number, got 1.5",
        "dimension| null| dimension: expected a whole number, got null",
        "dimension| 1e400| dimension: expected a whole number, got 1e400",
        "encoder| 3| encoder: expected a text, got 3",
        "dimension| -1| dimension: expected a whole number of at least 1, got -1",
        "normalised| \"x\"| normalised: expected true or false, got \"x\"",
        "normalised| []| normalised: expected true or false, got []",
        "averaged| \"no\"| averaged: expected true or false, got \"no\"",
        "eigenvalues| [\"NaN\",1,1,1]| eigenvalues[0]: expected a finite number, got \"NaN\"",
        "preprocessing| []| preprocessing: expected an object, got []",
      })
  void wrongValuesAreNamed(String key, String value, String message) throws IOException {
    damage(json -> json.add(key, JsonParser.parseString(value)));
    assertRefused(message);
  }

  @Test
  void wrongValuesWithinAreNamed() throws IOException {
    for (String value : List.of("\"NaN\"", "\"x\"", "[1]", "1e400")) {
      damage(
          json ->
              json.getAsJsonObject("preprocessing")
                  .getAsJsonArray("columns")
                  .get(1)
                  .getAsJsonObject()
                  .add("scale", JsonParser.parseString(value)));
      assertRefused("preprocessing.columns[1].scale: expected a finite number, got " + value);
    }
  }

  @Test
  void typesOfColumnsThatThereAreNotAreRefused() throws IOException {
    damage(
        json ->
            json.getAsJsonObject("preprocessing")
                .getAsJsonArray("columns")
                .get(1)
                .getAsJsonObject()
                .addProperty("type", "x"));
    assertRefused("preprocessing.columns[1].type: expected one of numeric, nominal, got \"x\"");
  }

  /** One line that names the place, and no manager left open. */
  private void assertRefused(String part) {
    try (NDManager manager = NDManager.newBaseManager()) {
      int before = heldElsewhere(manager);
      assertThatThrownBy(() -> Representation.load(folder))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining(part)
          .hasMessageNotContaining("\n");
      assertThat(heldElsewhere(manager)).isEqualTo(before);
    }
  }

  @Test
  void anEmptyFolderIsRefused() {
    assertRefused("expected a folder with representation.json, found none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no json", "[]", "{}", "{\"format\": {}}", "{\"format\": 1"})
  void aDescriptionThatIsNoneIsRefused(String text) throws IOException {
    inputs.representation().save(folder);
    Files.writeString(folder.resolve(Representation.DESCRIPTION), text);
    assertRefused("not a description of a representation");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    damage(json -> json.addProperty("format", 3));
    assertRefused("another version of contexture (format 3, this one reads up to 2)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"encoder", "outputs", "averaged", "preprocessing", "dimension", "eigenvalues"})
  void missingPartsAreRefused(String part) throws IOException {
    damage(json -> json.remove(part));
    assertRefused("");
  }

  @Test
  void aDescriptionOfAnotherEncoderIsRefused() throws IOException {
    damage(json -> json.addProperty("dimension", 5));
    assertRefused("");
    damage(json -> json.addProperty("encoder", "mlp(width=16,depth=3)"));
    assertRefused("");
    damage(json -> json.addProperty("averaged", true));
    assertRefused("");
    damage(json -> json.addProperty("encoder", "nonsense"));
    assertRefused("encoder 'nonsense': not one that Contexture has");
    damage(json -> json.addProperty("outputs", "many"));
    assertRefused("");
  }

  @Test
  void damagedParametersAreRefused() throws IOException {
    inputs.representation().save(folder);
    Path file = folder.resolve(Representation.PARAMETERS);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 50, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused("");
    }
    Files.write(file, "something else".repeat(100).getBytes(StandardCharsets.UTF_8));
    assertRefused("");
    Files.delete(file);
    assertRefused(Representation.PARAMETERS);
  }

  /** It is made again when the representation is loaded. */
  @Test
  void aContextThatAveragesTheEncoderReadsTheSameFilesAgain() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "one");
    ContextFactory knn = Contexts.parse("knn(k=8)");
    ContextFactory reading =
        new ContextFactory() {
          @Override
          public Context fit(ContextData data) {
            return knn.fit(data);
          }

          @Override
          public List<Path> files() {
            return List.of(file);
          }
        };
    Recipe recipe = Tables.recipe("non-contrastive").withSteps(3);
    try (Pretraining job =
        Pretraining.prepare(
            Tables.classes(),
            recipe,
            new Parts(
                reading,
                Objective.parse(recipe.objective()),
                EncoderFactory.parse(recipe.encoder())),
            Placement.on(Device.cpu()))) {
      job.train(TrainingListener.NONE);
      job.representation().save(folder);
    }
    try (Representation loaded = Representation.load(folder)) {
      assertThat(loaded.contextFiles()).containsOnlyKeys(file.toString());
    }

    Files.writeString(file, "two");

    assertThatThrownBy(() -> Representation.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("notes.txt", "not those of the run");
  }
}
