package ai.contexture.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.objective.Objectives;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.representation.Representation;
import ai.contexture.training.EarlyStopping;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.Precision;
import ai.contexture.training.StepReport;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings on a GPU that is not there touch no other device and give the CPU's numbers. */
@OnPretendDevices
class TrainingTest {

  /** Single steps in float32, of which a device may take the sums in another order. */
  private static final double CLOSE = 1e-4;

  @TempDir static Path shared;

  @TempDir Path folder;

  @BeforeAll
  static void aTeacher() throws IOException {
    try (Pretraining job =
        Pretraining.prepare(
            SmallData.table(), SmallData.recipe("knn(k=5)", "kise"), Device.cpu())) {
      job.train();
      job.representation().save(shared.resolve("teacher"));
    }
  }

  /** One of each kind: an example of every context that has a name. */
  static Stream<String> contexts() {
    return Contexts.registry().components().stream()
        .map(provider -> provider.example())
        .map(text -> text.equals("knn") ? "knn(k=5)" : text)
        .map(text -> text.replace("k=10", "k=6").replace("my-run", shared + "/teacher"))
        .map(text -> text.equals("masked-knn") ? "masked-knn(k=5)" : text)
        .map(text -> text.equals("patch-mask") ? "patch-mask(size=2)" : text)
        .map(text -> text.equals("trees") ? "trees(rounds=3, depth=2)" : text);
  }

  static List<String> objectives() {
    return Objectives.registry().names().stream()
        .map(name -> name.equals("mix") ? "mix(0.7: kise, 0.3: svme)" : name)
        .map(name -> name.equals("minmax") ? "minmax(kise, svme)" : name)
        .toList();
  }

  /** What a training said: the numbers of each step, then what was measured of its result. */
  private static double[] numbers(Dataset data, Recipe recipe, Device device, Device... helpers) {
    List<Double> numbers = new ArrayList<>();
    try (Pretraining job = Pretraining.prepare(data, recipe, device, helpers)) {
      job.train(
          new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
              numbers.add(report.loss());
              numbers.add(report.gradientNorm());
            }
          });
      EvaluationReport report = job.evaluate();
      numbers.add(report.cca() == null ? 0 : report.cca());
      numbers.add(report.probe() == null ? 0 : report.probe());
      numbers.add(job.representation().eigenvalues()[0]);
      double[] features = job.representation().embed(data).values();
      numbers.add(Arrays.stream(features).map(Math::abs).sum() / features.length);
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void sameAsOnTheCpu(Dataset data, Recipe recipe) {
    double[] expected = numbers(data, recipe, Device.cpu());
    assertThat(Ledger.LEDGER.uploads()).as("a run on the CPU leaves GPUs alone").isEmpty();
    assertThat(Ledger.LEDGER.operations()).isZero();

    double[] actual = numbers(data, recipe, Device.gpu());

    assertThat(Ledger.LEDGER.operations()).isPositive();
    assertThat(Ledger.LEDGER.faults()).as(recipe.toString()).isEmpty();
    assertThat(actual).as(recipe.toString()).containsExactly(expected, within(CLOSE));
    Ledger.LEDGER.clear();
  }

  /** All objectives that a context can feed, on all rows and in batches. */
  @ParameterizedTest
  @MethodSource("contexts")
  void everyObjective(String context) {
    boolean images =
        Stream.of(
                "blur",
                "brightness",
                "contrast",
                "crop",
                "erase",
                "flip",
                "greyscale",
                "hue",
                "patch-mask",
                "rotation",
                "saturation",
                "shift",
                "simclr",
                "solarise",
                "sometimes")
            .anyMatch(context::startsWith);
    Dataset data = images ? SmallData.images() : SmallData.table();
    int tried = 0;
    for (String objective : objectives()) {
      Recipe recipe = SmallData.recipe(context, objective);
      if (ContextFactory.parse(context).graphView().isPresent()) {
        recipe = recipe.withEncoder("gcn(width=8,layers=2)");
      }
      Recipe suited = images ? SmallData.ofImages(recipe) : recipe;
      int batch = tried % 2 == 0 ? 0 : 24;
      Recipe whole = suited.withTraining(suited.training().withBatch(batch));
      try {
        sameAsOnTheCpu(data, whole);
        tried++;
      } catch (IllegalArgumentException e) {
        assertThat(Ledger.LEDGER.operations()).as("refused on the CPU").isZero();
      }
    }
    assertThat(tried).as("objectives that were tried").isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "mlp(width=8,depth=2,dropout=0.2,norm=batch)",
        "mlp(width=8,depth=2,norm=layer)",
        "fttransformer(width=8,depth=1,heads=2,dropout=0.1)",
        "resnet(width=2)",
        "lenet(dropout=0.2,norm=batch)",
        "vit(patch=2,width=8,depth=1,heads=2,dropout=0.1)",
        "table"
      })
  void everyEncoder(String encoder) {
    boolean images = encoder.matches("(resnet|lenet|vit).*");
    Dataset data = images ? SmallData.images() : SmallData.table();
    for (String objective : List.of("kise", "non-contrastive", "svme")) {
      for (int batch : new int[] {0, 24}) {
        Recipe recipe = SmallData.recipe("knn(k=5)", objective).withEncoder(encoder);
        Recipe suited = images ? SmallData.ofImages(recipe) : recipe;
        sameAsOnTheCpu(data, suited.withTraining(suited.training().withBatch(batch)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whitening",
        "whitening(form=zca)",
        "whitening(momentum=0.5)",
        "frobenius",
        "correlation",
        "vicreg",
        "none"
      })
  void everyOrthonormality(String orthonormality) {
    Recipe recipe = SmallData.recipe("knn(k=5)", "spectral-contrastive");
    sameAsOnTheCpu(SmallData.table(), recipe.withOrthonormality(orthonormality));
  }

  /** Averaged weights, rounded products, accumulation, clipping and early stopping. */
  @Test
  void everyOptionOfTheTraining() {
    Recipe recipe = SmallData.recipe("knn(k=5)", "kise").withOutputs(3);
    sameAsOnTheCpu(
        SmallData.table(),
        recipe.withTraining(
            recipe
                .training()
                .withBatch(20)
                .withAccumulate(2)
                .withClip(0.1)
                .withAverage(0.9)
                .withStopping(new EarlyStopping(0.2, 2, 1))));
    sameAsOnTheCpu(
        SmallData.table(),
        recipe.withTraining(recipe.training().withPrecision(Precision.BFLOAT16)));
  }

  /** A checkpoint continues on the other device, and what was trained there embeds here. */
  @ParameterizedTest
  @ValueSource(strings = {"kise", "non-contrastive", "minmax(kise, svme)"})
  void devicesChangeInBetween(String objective) throws IOException {
    Dataset data = SmallData.table();
    Recipe recipe = SmallData.recipe("knn(k=5)", objective).withSteps(8);
    double[] expected;
    try (Pretraining job = Pretraining.prepare(data, recipe, Device.cpu())) {
      job.train();
      expected = job.representation().embed(data).values();
    }
    Device[] devices = {Device.cpu(), Device.gpu()};
    for (Device first : devices) {
      Device second = first.isGpu() ? devices[0] : devices[1];
      Path checkpoint = folder.resolve("checkpoint");
      try (Pretraining job = Pretraining.prepare(data, recipe, first)) {
        job.trainer().train(3, TrainingListener.NONE);
        job.checkpoint(checkpoint);
      }
      Path saved = folder.resolve("saved");
      try (Pretraining job = Pretraining.prepare(data, recipe, second)) {
        job.restore(checkpoint);
        job.train();
        assertThat(job.representation().embed(data.features()).values())
            .containsExactly(expected, within(1e-3));
        job.representation().save(saved);
      }
      for (Device device : devices) {
        try (Representation loaded = Representation.load(saved, device)) {
          assertThat(loaded.embed(data.features()).values())
              .containsExactly(expected, within(1e-3));
          for (Device computes : devices) {
            double cca =
                Evaluation.alignment(loaded, data, Evaluation.Part.PRETRAIN, computes).cca();
            assertThat(cca).isBetween(0.0, 1.0);
            Evaluation.alignment(loaded, data, Evaluation.Part.TEST, computes);
          }
          assertThat(Evaluation.probe(loaded, data).value()).isBetween(0.0, 1.0);
        }
      }
    }
  }

  /** Two devices share the rows of a step as two names of the CPU do, running moments included. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp(width=8,depth=2)",
        "mlp(width=8,depth=2,dropout=0.2,norm=batch)",
        "fttransformer(width=8,depth=1,heads=2)",
        "table"
      })
  void twoDevices(String encoder) {
    for (String objective : List.of("kise", "non-contrastive", "byol")) {
      Recipe recipe = SmallData.recipe("knn(k=5)", objective).withEncoder(encoder);
      recipe = recipe.withTraining(recipe.training().withBatch(24));
      double[] expected = numbers(SmallData.table(), recipe, Device.cpu(), Device.cpu());

      double[] actual = numbers(SmallData.table(), recipe, Device.gpu(0), Device.gpu(1));

      assertThat(actual).containsExactly(expected, within(CLOSE));
    }
  }

  /** What was read of a device leaves no copy on the host behind, however long a training is. */
  @Test
  void readsLeaveNothingBehind() {
    Recipe recipe = SmallData.recipe("knn(k=5)", "kise").withSteps(60);
    try (Pretraining job = Pretraining.prepare(SmallData.table(), recipe, Device.gpu())) {
      job.trainer().train(20, TrainingListener.NONE);
      int before = Ledger.LEDGER.hostCopies().size();
      job.trainer().train(60, TrainingListener.NONE);

      assertThat(Ledger.LEDGER.hostCopies()).hasSize(before);
    }
  }
}
