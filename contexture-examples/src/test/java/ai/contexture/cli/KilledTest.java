package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.Column;
import ai.contexture.data.Csv;
import ai.contexture.data.Table;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pretraining that is killed (SIGKILL) at random moments loses at most what was done since the
 * last checkpoint, leaves nothing that cannot be read, and ends as if nothing had been; a study
 * loses at most the cells that were being measured, and features are there completely or not at
 * all.
 */
@DisabledOnOs(OS.WINDOWS)
class KilledTest {

  private static final long SEED = Long.getLong("contexture.test.seed", 0);

  /** How often the slow tests kill. */
  private static final int KILLS = Integer.getInteger("contexture.test.kills", 50);

  private static final int EVERY = 3;

  /** Steps until it is killed at most, which is often while a checkpoint is written. */
  private static final int LIFE = 40;

  /** How much later at most, in milliseconds: some steps take this long. */
  private static final int LATER = 30;

  /** How long a process takes to start at most, in milliseconds: the engine is loaded. */
  private static final int START = 3000;

  /** Everything that has a state: moments, running moments, averages, best so far, batches. */
  private static final String[] OPTIONS = {
    "--batch",
    "16",
    "--optimiser",
    "muon",
    "--schedule",
    "cosine",
    "--average",
    "0.9",
    "--orthonormality",
    "whitening(momentum=0.9)",
    "--checkpoint-every",
    Integer.toString(EVERY),
    "--evaluate-every",
    "7",
    "--hold-out",
    "0.4",
    "--validate-every",
    "2",
    "--patience",
    "1000"
  };

  @TempDir Path folder;

  @Test
  void threeMoments() throws IOException, InterruptedException {
    killed(3, 100);
  }

  @Test
  @Tag("slow")
  void manyMoments() throws IOException, InterruptedException {
    killed(KILLS, 240);
  }

  @Test
  @Tag("slow")
  void manyMomentsOfAStudy() throws IOException, InterruptedException {
    RandomGenerator random = Seed.of(SEED).derive("study").generator();
    Path data = Files.createDirectory(folder.resolve("data"));
    Path two = Command.table(data.resolve("two.csv"), 120);
    Files.writeString(two, Files.readString(two).replace("class", "target"));
    Command.write(
        data.resolve("datasets.csv"),
        """
        name,file,task,nominal_columns,source
        two,two.csv,classification,colour;target,a generator
        """);
    Path whole = folder.resolve("whole");
    assertThat(study(whole, data).waitFor()).as(messages(whole)).isZero();
    int runs = 1;
    for (int moment = 1; moment <= KILLS; moment++) {
      Path out = folder.resolve("study-" + runs);
      Process process = study(out, data);
      if (process.waitFor(500 + random.nextInt(2 * START), TimeUnit.MILLISECONDS)) {
        assertThat(process.exitValue()).as(messages(out)).isZero();
        assertThat(cells(out)).as("study-" + runs).isEqualTo(cells(whole));
        runs++;
      } else {
        process.destroyForcibly().waitFor();
      }
    }
    Path last = folder.resolve("study-" + runs);
    assertThat(study(last, data).waitFor()).as(messages(last)).isZero();
    assertThat(cells(last)).isEqualTo(cells(whole));
  }

  private static Process study(Path out, Path data) throws IOException {
    List<String> words = new ArrayList<>(Command.process());
    words.addAll(List.of("experiment", "objectives"));
    if (Files.exists(out)) {
      words.addAll(List.of("--out", out.toString(), "--resume"));
    } else {
      words.addAll(List.of("--out", out.toString(), "--data", data.toString(), "--only", "two"));
      words.addAll(List.of("--quick", "--context", "knn(k=9)", "--dim", "4", "--width", "16"));
      words.addAll(List.of("--steps", "20", "--batches", "full", "--objectives", "kise,infonce"));
    }
    words.addAll(List.of("--device", "cpu"));
    return started(words, out);
  }

  /** The cells of a study in their order, without the time that they took. */
  static List<List<String>> cells(Path study) {
    Table table = Csv.read(study.resolve("cells.csv"));
    List<Column> kept =
        table.columns().stream().filter(column -> !column.name().contains("seconds")).toList();
    return IntStream.range(0, table.rows())
        .mapToObj(row -> kept.stream().map(column -> column.cell(row)).toList())
        .sorted(Comparator.comparing(List::toString))
        .toList();
  }

  @Test
  @Tag("slow")
  void manyMomentsOfEmbedding() throws IOException, InterruptedException {
    RandomGenerator random = Seed.of(SEED).derive("embed").generator();
    Path table = Command.table(folder.resolve("table.csv"), 60);
    Path rows = Command.table(folder.resolve("rows.csv"), 40_000);
    Path run = folder.resolve("run");
    assertThat(Command.pretrain(table, run, "--steps", "3").code()).isZero();
    Path whole = folder.resolve("whole.csv");
    assertThat(embed(run, rows, whole).waitFor()).as(messages(whole)).isZero();
    Path out = folder.resolve("out.csv");
    for (int moment = 1; moment <= KILLS; moment++) {
      Files.writeString(out, "before");
      Process process = embed(run, rows, out);
      if (!process.waitFor(500 + random.nextInt(START), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      if (Files.size(out) == "before".length()) {
        assertThat(out).hasContent("before");
      } else {
        assertThat(out).hasSameBinaryContentAs(whole);
      }
    }
    assertThat(embed(run, rows, out).waitFor()).isZero();
    assertThat(out).hasSameBinaryContentAs(whole);
  }

  private static Process embed(Path run, Path rows, Path out) throws IOException {
    List<String> words = new ArrayList<>(Command.process());
    words.addAll(List.of("embed", run.toString(), "--data", rows.toString(), "--force"));
    words.addAll(List.of("--out", out.toString(), "--device", "cpu"));
    return started(words, out);
  }

  private void killed(int moments, int all) throws IOException, InterruptedException {
    RandomGenerator random = Seed.of(SEED).derive("moments").generator();
    String again = "again with -Dcontexture.test.seed=" + SEED;
    Path table = Command.table(folder.resolve("table.csv"), 60);
    Path whole = folder.resolve("whole");
    assertThat(Command.pretrain(table, whole, options(all)).code()).isZero();

    int runs = 1;
    Path run = folder.resolve("run-1");
    for (int moment = 1; moment <= moments; moment++) {
      String where = Text.format("%s, moment %d of %d; %s", run, moment, moments, again);
      Process process = start(table, run, all);
      boolean early = random.nextInt(5) == 0;
      int steps = steps(run) + 1 + random.nextInt(LIFE);
      int later = random.nextInt(LATER);
      if (early) {
        Thread.sleep(random.nextInt(START));
      } else {
        await(process, run, steps);
        Thread.sleep(later);
      }
      boolean ended = !process.isAlive();
      process.destroyForcibly().waitFor();
      if (Files.exists(run)) {
        assertEverythingLoads(run, where);
      }
      if (ended) {
        assertThat(process.exitValue()).as(where + "\n" + messages(run)).isZero();
        assertSame(whole, run, where);
        runs++;
        run = folder.resolve("run-" + runs);
      }
    }
    Process last = start(table, run, all);
    assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(last.exitValue()).as(again + "\n" + messages(run)).isZero();
    assertSame(whole, run, again);
    try (Stream<Path> files = Files.list(run)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(Command.RUN_FILES);
    }
  }

  private static void assertEverythingLoads(Path run, String where) throws IOException {
    RunFolder opened = RunFolder.open(run);
    assertThat(opened.options().keep()).as(where).isEqualTo(2);
    int newest = 0;
    for (Path checkpoint : opened.checkpoints()) {
      try (NDManager manager = NDManager.newBaseManager();
          InputStream stream = Files.newInputStream(checkpoint)) {
        NDList saved = NDList.decode(manager, stream);
        NDArray step =
            saved.stream().filter(array -> array.getName().equals("step")).findAny().orElseThrow();
        newest = Math.max(newest, step.toIntArray()[0]);
        assertThat(checkpoint).as(where).hasFileName("checkpoint-" + step.toIntArray()[0] + ".npz");
      }
    }
    if (opened.has(RunFolder.RESULT)) {
      assertThat(JsonParser.parseString(Files.readString(run.resolve("result.json"))))
          .as(where)
          .isInstanceOf(JsonObject.class);
    } else {
      assertThat(opened.checkpoints()).as(where).hasSizeLessThanOrEqualTo(3);
      assertThat(steps(run) - newest).as("lost steps, " + where).isLessThanOrEqualTo(EVERY);
    }
  }

  private static void assertSame(Path whole, Path run, String where) throws IOException {
    assertThat(run.resolve("encoder.params"))
        .as(where)
        .hasSameBinaryContentAs(whole.resolve("encoder.params"));
    assertThat(PretrainCommandTest.withoutSeconds(run))
        .as(where)
        .isEqualTo(PretrainCommandTest.withoutSeconds(whole));
    assertThat(result(run)).as(where).isEqualTo(result(whole));
  }

  private static JsonObject result(Path run) throws IOException {
    JsonObject result =
        JsonParser.parseString(Files.readString(run.resolve("result.json"))).getAsJsonObject();
    List.of("seconds", "evaluationSeconds", "run").forEach(result::remove);
    return result;
  }

  private static String[] options(int all) {
    return Stream.concat(Stream.of("--steps", Integer.toString(all)), Arrays.stream(OPTIONS))
        .toArray(String[]::new);
  }

  /** Begins the run, or goes on with it. */
  private static Process start(Path table, Path run, int all) throws IOException {
    List<String> words = new ArrayList<>(Command.process());
    words.add("pretrain");
    if (Files.exists(run)) {
      words.addAll(List.of("--resume", run.toString()));
    } else {
      words.addAll(List.of("--data", table.toString(), "--target", "class"));
      words.addAll(List.of("--out", run.toString()));
      words.addAll(Command.SMALL);
      words.addAll(List.of(options(all)));
    }
    return started(words, run);
  }

  private static Process started(List<String> words, Path out) throws IOException {
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(messagesFile(out).toFile())
        .start();
  }

  private static Path messagesFile(Path run) {
    return run.resolveSibling(run.getFileName() + ".err");
  }

  private static String messages(Path run) throws IOException {
    return Files.readString(messagesFile(run));
  }

  /** Waits until so many steps are finished or the process ends. */
  private static void await(Process process, Path run, int steps)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (process.isAlive() && steps(run) < steps) {
      assertThat(System.nanoTime()).as("the time to wait for steps").isLessThan(end);
      Thread.sleep(2);
    }
  }

  /** How many steps are written down completely. */
  private static int steps(Path run) throws IOException {
    Path metrics = run.resolve("metrics.csv");
    if (!Files.exists(metrics)) {
      return 0;
    }
    String text = Files.readString(metrics);
    return Math.max(0, (int) text.chars().filter(c -> c == '\n').count() - 1);
  }
}
