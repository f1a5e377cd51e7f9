package ai.contexture.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.ContextFactory;
import ai.contexture.data.Checksums;
import ai.contexture.data.Fingerprint;
import ai.contexture.data.Matrix;
import ai.contexture.data.Table;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.Mlp;
import ai.contexture.input.InputException;
import ai.contexture.objective.Kise;
import ai.contexture.objective.NonContrastive;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Orthonormality;
import ai.contexture.objective.Whitening;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.pretraining.Parts;
import ai.contexture.pretraining.Placement;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.pretraining.Tables;
import ai.contexture.random.Seed;
import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks that Contexture does not have are trained, saved, and loaded by who has them. */
class OwnEncoderTest {

  private static final Table TABLE = Tables.classes().features();

  @TempDir Path folder;

  /** Blocks of DJL of several kinds, which save other things beside their parameters. */
  private record Branches(int width) implements EncoderFactory {

    @Override
    public Block build(int outputs, Seed seed) {
      RandomGenerator random = seed.generator();
      Block block =
          new SequentialBlock()
              .add(
                  new ParallelBlock(list -> new NDList(list.get(0).head().add(list.get(1).head())))
                      .add(Linear.builder().setUnits(width).build())
                      .add(Linear.builder().setUnits(width).optBias(false).build()))
              .add(BatchNorm.builder().build())
              .add(Activation::tanh)
              .add(Linear.builder().setUnits(outputs).build());
      block.setInitializer(
          (manager, shape, type) -> {
            float[] values = new float[Math.toIntExact(shape.size())];
            for (int i = 0; i < values.length; i++) {
              values[i] = (float) (random.nextGaussian() / Math.sqrt((double) shape.get(1)));
            }
            return manager.create(values, new Shape(shape.getShape()));
          },
          Parameter.Type.WEIGHT);
      return block;
    }
  }

  private Matrix trained(Objective<?> objective, EncoderFactory encoder) throws IOException {
    Recipe recipe = Tables.recipe("svme").withSteps(3);
    try (Pretraining job =
        Pretraining.prepare(
            Tables.classes(),
            recipe,
            new Parts(ContextFactory.parse("knn(k=8)"), objective, encoder),
            Placement.on(Device.cpu()))) {
      job.train();
      job.representation().save(folder);
      return job.representation().embed(TABLE);
    }
  }

  @Test
  void isLoadedAndSavedAgain() throws IOException {
    Matrix features = trained(new Kise(new Whitening()), new Branches(9));
    Path again = folder.resolve("again");
    try (Representation loaded = Representation.load(folder, new Branches(9))) {
      assertThat(loaded.embed(TABLE)).isEqualTo(features);
      loaded.save(again);
    }
    try (Representation loaded = Representation.load(again, new Branches(9), Device.cpu())) {
      assertThat(loaded.embed(TABLE)).isEqualTo(features);
    }
  }

  @Test
  void isLoadedWhereItIsAveraged() throws IOException {
    Matrix features = trained(new NonContrastive(new Whitening(), 0), new Branches(9));
    try (Representation loaded = Representation.load(folder, new Branches(9))) {
      assertThat(loaded.embed(TABLE)).isEqualTo(features);
    }
  }

  @Test
  void isLoadedWhereItHasNoName() throws IOException {
    EncoderFactory nameless = (outputs, seed) -> new Branches(7).build(outputs, seed);
    Matrix features = trained(new Kise(new Whitening()), nameless);
    EncoderFactory same = (outputs, seed) -> new Branches(7).build(outputs, seed);
    try (Representation loaded = Representation.load(folder, same)) {
      assertThat(loaded.description().get("encoder").getAsString()).isEqualTo("unnamed");
      assertThat(loaded.embed(TABLE)).isEqualTo(features);
    }
    EncoderFactory wider = (outputs, seed) -> new Branches(8).build(outputs, seed);
    assertThatThrownBy(() -> Representation.load(folder, wider))
        .isInstanceOf(InputException.class)
        .hasMessage(
            folder
                + ": encoder.params: expected the parameters of the encoder that was given, got"
                + " others");
  }

  /** One of Contexture's own may be given, too. */
  @Test
  void isLoadedWhereItIsKnown() throws IOException {
    EncoderFactory mlp = EncoderFactory.parse("mlp(width=6,depth=2)");
    Matrix features = trained(new Kise(new Whitening()), mlp);
    try (Representation given = Representation.load(folder, mlp);
        Representation named = Representation.load(folder)) {
      assertThat(given.embed(TABLE)).isEqualTo(features);
      assertThat(named.embed(TABLE)).isEqualTo(features);
    }
  }

  @Test
  @SuppressWarnings("rawtypes") // DJL names types by their class
  void isLoadedByCriteria() throws Exception {
    Matrix features = trained(new Kise(new Whitening()), new Branches(9));
    Map<String, Object> row = Map.of("first", 0.5, "second", -1, "gaps", 2, "colour", "red");
    float[] expected;
    try (Representation loaded = Representation.load(folder, new Branches(9))) {
      double[] exact = loaded.embed(Table.ofRows("row", List.of(row))).row(0);
      expected = new float[exact.length];
      for (int j = 0; j < exact.length; j++) {
        expected[j] = (float) exact[j];
      }
    }
    assertThat(features.columns()).isEqualTo(expected.length);
    Criteria.Builder<Map, float[]> criteria =
        Criteria.builder()
            .setTypes(Map.class, float[].class)
            .optModelPath(folder)
            .optTranslatorFactory(new RepresentationTranslatorFactory())
            .optDevice(Device.cpu());
    try (ZooModel<Map, float[]> model =
            criteria
                .optArgument(RepresentationBlockFactory.ENCODER, new Branches(9))
                .build()
                .loadModel();
        Predictor<Map, float[]> predictor = model.newPredictor()) {
      assertThat(predictor.predict(row)).isEqualTo(expected);
    }
    assertThatThrownBy(
            () ->
                criteria
                    .optArgument(RepresentationBlockFactory.ENCODER, "Branches")
                    .build()
                    .loadModel())
        .hasStackTraceContaining("argument encoder: expected an EncoderFactory, got 'Branches'");
  }

  @Test
  void anotherIsRefused() throws IOException {
    trained(new Kise(new Whitening()), new Branches(9));
    assertThatThrownBy(() -> Representation.load(folder, new Branches(8)))
        .isInstanceOf(InputException.class)
        .hasMessage(folder + ": encoder: expected Branches[width=9], got Branches[width=8]");
    assertThatThrownBy(() -> Representation.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(
            folder
                + ": encoder 'Branches[width=9]': not one that Contexture has; one of your own is"
                + " loaded by Representation.load(folder, encoder)");
  }

  /** A length that asks for more memory than there is is seen before DJL takes it. */
  @Test
  void aDamagedFileIsRefusedBeforeItIsRead() throws IOException {
    trained(new Kise(new Whitening()), new Branches(9));
    Path file = folder.resolve(Representation.PARAMETERS);
    byte[] bytes = Files.readAllBytes(file);
    for (int cut : new int[] {1, bytes.length / 3}) {
      write(Arrays.copyOf(bytes, bytes.length - cut));
      assertThatThrownBy(() -> Representation.load(folder, new Branches(9)))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(folder + ": ");
    }
    int last = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("NDAR");
    byte[] damaged = bytes.clone();
    int axes = last + 4 + 4 + 1 + 2 + "weight".length() + 2 + 5 + 2 + 7;
    damaged[axes] = 0x7f;
    write(damaged);
    assertThatThrownBy(() -> Representation.load(folder, new Branches(9)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder + ": encoder.params: expected the parameters");
    write(Arrays.copyOf(bytes, bytes.length + 1));
    assertThatThrownBy(() -> Representation.load(folder, new Branches(9)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("encoder.params: expected " + bytes.length + " bytes");
  }

  private void write(byte[] bytes) throws IOException {
    Files.write(folder.resolve(Representation.PARAMETERS), bytes);
    Map<String, String> sums = new LinkedHashMap<>();
    for (String name : new String[] {Representation.DESCRIPTION, Representation.PARAMETERS}) {
      sums.put(name, Fingerprint.of(folder.resolve(name)));
    }
    Checksums.write(folder, sums);
  }

  /** What is given by objects can be read beside their types. */
  @Test
  void partsAreReadBesideTheirTypes() {
    assertThat(Objective.parse("kise")).isEqualTo(new Kise(new Whitening()));
    assertThat(Objective.parse("kise", Orthonormality.none()))
        .isEqualTo(new Kise(Orthonormality.none()));
    assertThat(Orthonormality.parse("whitening")).isEqualTo(new Whitening());
    assertThat(EncoderFactory.parse("mlp")).isEqualTo(Mlp.Options.DEFAULT);
    assertThat(ContextFactory.parse("knn(k=8)")).hasToString("knn(k=8)");
    assertThat(Optimiser.parse("adamw")).isEqualTo(Optimiser.parse("adamw"));
    assertThatThrownBy(() -> Objective.parse("kisse"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("did you mean kise?");
  }

  @Test
  void theRecordNamesWhatWasUsed() throws IOException {
    trained(new Kise(new Whitening()), new Branches(9));
    JsonObject description;
    try (Representation loaded = Representation.load(folder, new Branches(9))) {
      description = loaded.description();
    }
    JsonObject recipe = description.getAsJsonObject("recipe");
    assertThat(description.get("encoder").getAsString()).isEqualTo("Branches[width=9]");
    assertThat(recipe.get("encoder").getAsString()).isEqualTo("Branches[width=9]");
    assertThat(recipe.get("objective").getAsString()).isEqualTo("kise");
    assertThat(recipe.get("orthonormality").getAsString()).isEqualTo(new Whitening().toString());
    assertThat(recipe.get("context").getAsString()).isEqualTo("knn(k=8)");
  }
}
