package ai.contexture.representation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.Dataset;
import ai.contexture.data.Graph;
import ai.contexture.data.Table;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.pretraining.Tables;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Eight threads that use one representation, or one predictor, at once, from the first row on, have
 * the bits that one thread has.
 */
class SharedByThreadsTest {

  private static final int THREADS = 8;
  private static final int ROUNDS = 20;
  private static final Dataset DATA = Tables.classes();

  /** An encoder of inputs, one averaged over a known law, and one averaged over draws. */
  private static final String KINDS =
      """
      kise            | knn(k=8)
      non-contrastive | knn(k=8)
      non-contrastive | scarf
      """;

  @TempDir private Path folder;

  private void save(String objective, String context) throws Exception {
    try (Pretraining job =
        Pretraining.prepare(
            DATA, Tables.recipe(objective).withContext(context).withSteps(5), Device.cpu())) {
      job.train(TrainingListener.NONE);
      job.representation().save(folder);
    }
  }

  /** A few rows from different places, so that each thread computes something else. */
  private static Table rows(int thread, int round) {
    int[] rows =
        IntStream.range(0, 1 + (thread + round) % 5)
            .map(i -> (17 * thread + 31 * round + 7 * i) % Tables.ROWS)
            .toArray();
    return DATA.features().select(rows);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = KINDS)
  void aRepresentation(String objective, String context) throws Exception {
    save(objective, context);
    List<List<double[]>> expected = new ArrayList<>();
    try (Representation alone = Representation.load(folder)) {
      for (int thread = 0; thread < THREADS; thread++) {
        expected.add(embedded(alone, thread));
      }
    }
    try (Representation shared = Representation.load(folder)) {
      assertSame(expected, thread -> () -> embedded(shared, thread));
    }
  }

  private static List<double[]> embedded(Representation representation, int thread) {
    List<double[]> features = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      features.add(representation.embed(rows(thread, round)).values());
    }
    return features;
  }

  /** The rows of each thread, as nodes of a ring, or of a part of it. */
  @Test
  void aRepresentationOfGraphs() throws Exception {
    Dataset ring =
        new Dataset("ring", DATA.features(), DATA.target(), Optional.of(ring(Tables.ROWS)));
    Recipe recipe =
        Tables.recipe("non-contrastive")
            .withContext("edge-drop(rate=0.4)")
            .withEncoder("gcn(width=8)")
            .withSteps(3);
    try (Pretraining job = Pretraining.prepare(ring, recipe, Device.cpu())) {
      job.train(TrainingListener.NONE);
      job.representation().save(folder);
    }
    List<List<double[]>> expected = new ArrayList<>();
    try (Representation alone = Representation.load(folder)) {
      for (int thread = 0; thread < THREADS; thread++) {
        expected.add(embedded(alone, ring, thread));
      }
    }
    try (Representation shared = Representation.load(folder)) {
      assertSame(expected, thread -> () -> embedded(shared, ring, thread));
    }
  }

  private static Graph ring(int nodes) {
    return Graph.of(
        nodes,
        IntStream.range(0, nodes).toArray(),
        IntStream.range(0, nodes).map(i -> (i + 1) % nodes).toArray(),
        IntStream.range(0, nodes).mapToDouble(i -> 1).toArray());
  }

  private static List<double[]> embedded(Representation representation, Dataset graph, int thread) {
    List<double[]> features = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      int[] part = IntStream.range(0, 20 + 10 * thread + round).toArray();
      features.add(representation.embed(graph.select(part)).values());
    }
    return features;
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = KINDS)
  @SuppressWarnings("rawtypes") // DJL names types by their class
  void aPredictor(String objective, String context) throws Exception {
    save(objective, context);
    Criteria<Map, float[]> criteria =
        Criteria.builder()
            .setTypes(Map.class, float[].class)
            .optModelPath(folder)
            .optTranslatorFactory(new RepresentationTranslatorFactory())
            .optDevice(Device.cpu())
            .build();
    List<List<float[]>> expected = new ArrayList<>();
    try (ZooModel<Map, float[]> model = criteria.loadModel();
        Predictor<Map, float[]> alone = model.newPredictor()) {
      for (int thread = 0; thread < THREADS; thread++) {
        expected.add(predicted(alone, thread));
      }
    }
    try (ZooModel<Map, float[]> model = criteria.loadModel();
        Predictor<Map, float[]> shared = model.newPredictor()) {
      assertSame(expected, thread -> () -> predicted(shared, thread));
    }
  }

  @SuppressWarnings("rawtypes")
  private static List<float[]> predicted(Predictor<Map, float[]> predictor, int thread)
      throws Exception {
    List<float[]> features = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Table table = rows(thread, round);
      List<Map> rows = new ArrayList<>();
      for (int row = 0; row < table.rows(); row++) {
        Map<String, Object> values = new LinkedHashMap<>();
        int at = row;
        table
            .columns()
            .forEach(
                column -> values.put(column.name(), column.missing(at) ? null : column.text(at)));
        rows.add(values);
      }
      features.addAll(predictor.batchPredict(rows));
    }
    return features;
  }

  private interface Work<T> {
    Callable<List<T>> of(int thread);
  }

  private static <T> void assertSame(List<List<T>> expected, Work<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Future<List<T>>> got = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        Callable<List<T>> own = work.of(thread);
        got.add(
            threads.submit(
                () -> {
                  start.await();
                  return own.call();
                }));
      }
      for (int thread = 0; thread < THREADS; thread++) {
        assertThat(got.get(thread).get())
            .as("thread " + thread)
            .usingRecursiveComparison()
            .isEqualTo(expected.get(thread));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
