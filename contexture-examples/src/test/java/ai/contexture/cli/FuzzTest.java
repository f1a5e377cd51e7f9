package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.contexture.context.Contexts;
import ai.contexture.data.Csv;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.Dataset;
import ai.contexture.data.Fingerprint;
import ai.contexture.data.Graph;
import ai.contexture.data.NpyFile;
import ai.contexture.data.Task;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Spec;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Orthonormality;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.random.Seed;
import ai.contexture.representation.Representation;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files, specs and options with something wrong are read or refused in a line.
 *
 * <p>Wrong is an answer that is not 0, 1 or 2, more than one line of error, a stack trace, an
 * unexpected failure, a file that is left half-written or changed by a command that failed, and
 * none at all after ten seconds.
 */
class FuzzTest {

  private static final long SEED = Long.getLong("contexture.fuzz.seed", 0);
  private static final int READERS = Integer.getInteger("contexture.fuzz.readers", 240);
  private static final int COMMANDS = Integer.getInteger("contexture.fuzz.commands", 60);
  private static final int FIRST = Integer.getInteger("contexture.fuzz.first", 0);

  /** How many wrong answers are shown. */
  private static final int SHOWN = 40;

  private static final int SECONDS = 10;

  @TempDir Path folder;

  private final List<String> wrong = new ArrayList<>();
  private int refused;
  private ExecutorService worker;
  private Path table;
  private Path edges;
  private Path array;
  private Path run;
  private Path stopped;

  @BeforeEach
  void make() throws IOException {
    worker = Executors.newSingleThreadExecutor();
    table = Command.table(folder.resolve("table.csv"), 40);
    StringBuilder text = new StringBuilder("from,to,weight\n");
    for (int i = 0; i < 40; i++) {
      text.append(i)
          .append(',')
          .append((i * 7 + 1) % 40)
          .append(',')
          .append(1 + i % 3)
          .append('\n');
    }
    edges = Command.write(folder.resolve("edges.csv"), text.toString());
    ByteBuffer numbers = ByteBuffer.allocate(40 * 3 * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 120; i++) {
      numbers.putFloat((float) Math.sin(i * i));
    }
    ByteArrayOutputStream npy = new ByteArrayOutputStream();
    npy.writeBytes(NpyFile.header("<f4", 40, 3));
    npy.writeBytes(numbers.array());
    array = Files.write(folder.resolve("array.npy"), npy.toByteArray());
    run = folder.resolve("run");
    Command trained = Command.pretrain(table, run, "--steps", "2");
    assertThat(trained.code()).as(trained.err()).isZero();
    stopped = folder.resolve("stopped");
    copy(run, stopped);
    Files.delete(stopped.resolve("result.json"));
    RunOptions options = RunFolder.open(stopped).options();
    try (Pretraining job =
        Pretraining.prepare(options.data().read(), options.recipe(), Device.cpu())) {
      job.trainer().train(1, TrainingListener.NONE);
      RunFolder.open(stopped).checkpoint(job, 2);
    }
  }

  @AfterEach
  void stop() {
    worker.shutdownNow();
  }

  @Test
  void readers() throws IOException, InterruptedException {
    for (int i = FIRST; i < FIRST + READERS; i++) {
      RandomGenerator random = Seed.of(SEED).derive("reader " + i).generator();
      String what = "reader " + i;
      Case made = reader(random);
      try {
        within(what + ": " + made.what, made.call);
      } catch (ExecutionException e) {
        Throwable thrown = e.getCause();
        refused++;
        if (!(thrown instanceof InputException) && !(thrown instanceof IOException)) {
          wrong(what + ": " + made.what, thrown + " " + place(thrown));
        }
      }
    }
    told(READERS + " readers");
  }

  /** What is called, and how a message calls it. */
  private record Case(String what, Callable<?> call) {}

  private Case reader(RandomGenerator random) throws IOException {
    HostileWords words = new HostileWords(random);
    switch (random.nextInt(9)) {
      case 0 -> {
        Path file = changed(table, random.nextInt(4) == 0 ? "x.csv.gz" : "x.csv", random);
        return new Case("CSV", () -> Csv.read(file));
      }
      case 1 -> {
        Path file = changed(table, "x.csv", random);
        Task task = List.of(Task.values()).get(random.nextInt(Task.values().length));
        return new Case("dataset", () -> Dataset.read(file, CsvOptions.DEFAULT, "class", task));
      }
      case 2 -> {
        Path file = changed(edges, "x.csv", random);
        return new Case("edges", () -> Graph.read(file));
      }
      case 3 -> {
        Path file = changed(array, "x.npy", random);
        return new Case("NPY", () -> NpyFile.table(file));
      }
      case 4 -> {
        String text = words.context();
        return new Case("context " + text, () -> Contexts.parse(text));
      }
      case 5 -> {
        String text = words.spec(3);
        return new Case("spec " + text, () -> parsed(text));
      }
      case 6 -> {
        Path file = changedRun(run, random);
        return new Case(
            "run with another " + file.getFileName(),
            () -> {
              RunFolder opened = RunFolder.open(file.getParent());
              opened.options();
              opened.representation(Device.cpu()).close();
              return null;
            });
      }
      case 7 -> {
        Path file = changedRun(run, random);
        return new Case(
            "representation with another " + file.getFileName(),
            () -> {
              try (Representation loaded = Representation.load(file.getParent())) {
                return loaded.embed(loaded.read(table));
              }
            });
      }
      default -> {
        byte[] yaml = Files.readAllBytes(run.resolve(RunFolder.REPEAT));
        Path file = Files.write(folder.resolve("x.yaml"), HostileBytes.of(yaml, random));
        return new Case(
            "options",
            () ->
                OptionsFile.of(
                    HostileWords.commandLine(),
                    new String[] {"pretrain", "--config", file.toString()}));
      }
    }
  }

  private static Object parsed(String text) {
    Spec spec = Spec.parse(text);
    List<Callable<?>> all =
        List.of(
            () -> Contexts.parse(spec),
            () -> EncoderFactory.parse(text),
            () -> Objective.parse(text, Orthonormality.parse("whitening")),
            () -> Orthonormality.parse(text),
            () -> Optimiser.parse(text),
            () -> Schedule.parse(text));
    for (Callable<?> one : all) {
      try {
        one.call();
      } catch (InputException e) {
        // another of them may know it
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return spec.toString();
  }

  private Path changed(Path good, String name, RandomGenerator random) throws IOException {
    byte[] bytes = HostileBytes.of(Files.readAllBytes(good), random);
    if (name.endsWith(".gz")) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(bytes);
      }
      bytes = packed.toByteArray();
      bytes = random.nextBoolean() ? HostileBytes.of(bytes, random) : bytes;
    }
    return Files.write(folder.resolve(name), bytes);
  }

  /** A copy of a run with a file that differs, of which the checksums know or not. */
  private Path changedRun(Path good, RandomGenerator random) throws IOException {
    Path copy = folder.resolve("changed");
    delete(copy);
    copy(good, copy);
    List<Path> files;
    try (Stream<Path> all = Files.list(copy)) {
      files = all.sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    Files.write(file, HostileBytes.of(Files.readAllBytes(file), random));
    if (random.nextInt(4) != 0 && !file.endsWith("SHA256SUMS")) {
      StringBuilder sums = new StringBuilder();
      for (String name : List.of("representation.json", "encoder.params")) {
        sums.append(Fingerprint.of(copy.resolve(name))).append("  ").append(name).append('\n');
      }
      Files.writeString(copy.resolve("SHA256SUMS"), sums);
    }
    return file;
  }

  @Test
  void commands() throws IOException, InterruptedException {
    for (int i = FIRST; i < FIRST + COMMANDS; i++) {
      RandomGenerator random = Seed.of(SEED).derive("command " + i).generator();
      delete(folder.resolve("outputs"));
      Path outputs = Files.createDirectory(folder.resolve("outputs"));
      List<String> words = command(random, outputs);
      String what = "command " + i + ": " + String.join(" ", words);
      try {
        Command ended = within(what, () -> Command.run(words.toArray(String[]::new)));
        if (ended != null) {
          refused += ended.code() == 0 ? 0 : 1;
          judge(what, ended, outputs);
        }
      } catch (ExecutionException e) {
        wrong(what, "threw " + e.getCause());
      }
    }
    told(COMMANDS + " commands");
  }

  private List<String> command(RandomGenerator random, Path outputs) throws IOException {
    HostileWords hostile = new HostileWords(random);
    List<String> commands =
        List.of(
            "pretrain",
            "spectrum",
            "compare",
            "compatibility",
            "predict",
            "contexts",
            "align",
            "probe",
            "embed",
            "resume");
    String command = commands.get(random.nextInt(commands.size()));
    List<String> words = new ArrayList<>();
    Path data = random.nextBoolean() ? table : changed(table, "x.csv", random);
    switch (command) {
      case "align", "probe" -> {
        words.addAll(List.of(command, folderOf(run, random).toString()));
      }
      case "embed" -> {
        words.addAll(List.of(command, folderOf(run, random).toString(), "--data", data.toString()));
        List<String> kinds = List.of("csv", "npy", "npz");
        words.addAll(
            List.of("--out", outputs.resolve("o." + kinds.get(random.nextInt(3))).toString()));
      }
      case "resume" -> {
        return List.of("pretrain", "--resume", folderOf(stopped, random).toString());
      }
      case "contexts" -> {
        words.add(command);
        words.add(hostile.context());
      }
      default -> {
        words.add(command);
        data(words, data, random);
        words.addAll(List.of("--context", random.nextBoolean() ? hostile.context() : "knn(k=5)"));
        if (command.equals("pretrain")) {
          words.addAll(List.of("--steps", "2", "--dim", "2", "--encoder", "mlp(width=8,depth=1)"));
          words.addAll(List.of("--out", outputs.resolve("run").toString()));
        }
      }
    }
    if (random.nextBoolean()) {
      words.addAll(hostile.options(words.get(0)));
    }
    if (random.nextInt(3) == 0) {
      words.addAll(List.of("--json", outputs.resolve("o.json").toString()));
    }
    if (random.nextInt(6) == 0) {
      byte[] yaml = "dim: 2\ntarget: class\n".getBytes(StandardCharsets.UTF_8);
      Path file = Files.write(folder.resolve("x.yaml"), HostileBytes.of(yaml, random));
      words.addAll(List.of("--config", file.toString()));
    }
    return words;
  }

  private void data(List<String> words, Path data, RandomGenerator random) throws IOException {
    switch (random.nextInt(6)) {
      case 0 -> words.addAll(List.of("--edges", changed(edges, "e.csv", random).toString()));
      case 1 -> words.addAll(List.of("--data", changed(array, "x.npy", random).toString()));
      case 2 -> words.addAll(List.of("--data", data.toString()));
      default -> words.addAll(List.of("--data", data.toString(), "--target", "class"));
    }
  }

  private Path folderOf(Path good, RandomGenerator random) throws IOException {
    if (random.nextInt(3) > 0 || good.equals(stopped)) {
      return changedRun(good, random).getParent();
    }
    return good;
  }

  private void judge(String what, Command ended, Path outputs) throws IOException {
    List<String> errors =
        ended.err().lines().filter(line -> line.startsWith("contexture: ")).toList();
    if (ended.code() < 0 || ended.code() > 2) {
      wrong(what, "exit code " + ended.code() + ": " + ended.err());
    } else if (ended.err().contains("\tat ")
        || ended.err().contains("unexpected failure")
        || ended.err().contains("libtorch cannot")) {
      wrong(what, ended.err());
    } else if (errors.size() != (ended.code() == 0 ? 0 : 1)) {
      wrong(what, ended.code() + " with the errors " + ended.err());
    } else if (ended.code() == 1 && !errors.get(0).startsWith("contexture: training stopped at ")) {
      wrong(what, "exit code 1: " + ended.err());
    }
    try (Stream<Path> left = Files.walk(outputs)) {
      for (Path file : left.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".part")) {
          wrong(what, name + " is left");
        } else if (name.endsWith(".json")) {
          assertThat(JsonParser.parseString(Files.readString(file)).isJsonObject()).isTrue();
        }
        if (ended.code() == 2 && file.getParent().equals(outputs)) {
          wrong(what, name + " is written: " + ended.err());
        }
      }
    }
  }

  /** Calls, and says where it stands when that takes too long; null then. */
  private <T> T within(String what, Callable<T> call)
      throws InterruptedException, ExecutionException {
    Thread[] thread = new Thread[1];
    Future<T> answer =
        worker.submit(
            () -> {
              thread[0] = Thread.currentThread();
              return call.call();
            });
    try {
      return answer.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      StringBuilder stack = new StringBuilder("no answer after " + SECONDS + " s, at");
      Stream.of(thread[0].getStackTrace())
          .limit(30)
          .forEach(at -> stack.append("\n    ").append(at));
      wrong(what, stack.toString());
      worker.shutdownNow();
      worker = Executors.newSingleThreadExecutor();
      return null;
    }
  }

  private void wrong(String what, String why) {
    wrong.add(what + "\n  " + why);
  }

  private void told(String what) {
    assertThat(refused).as("how many of them are refused").isPositive();
    String again = Text.format("%s, -Dcontexture.fuzz.seed=%d", what, SEED);
    System.out.println("fuzzed " + again + ": " + refused + " refused, " + wrong.size() + " wrong");
    if (!wrong.isEmpty()) {
      fail(again + "\n" + String.join("\n", wrong.subList(0, Math.min(SHOWN, wrong.size()))));
    }
  }

  private static String place(Throwable thrown) {
    return Stream.of(thrown.getStackTrace()).limit(6).toList().toString();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void delete(Path place) throws IOException {
    if (Files.exists(place)) {
      try (Stream<Path> all = Files.walk(place)) {
        for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(one);
        }
      }
    }
  }
}
