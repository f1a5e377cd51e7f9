package ai.contexture.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * What a command printed and returned, when run within the tests' process.
 *
 * @param messages what it printed to standard error, in lines as it printed them
 */
record Command(int code, String out, String messages) {

  /** Options that make a pretraining take a moment. */
  static final List<String> SMALL =
      List.of(
          "--context",
          "knn(k=5)",
          "--encoder",
          "mlp(width=8,depth=1)",
          "--dim",
          "2",
          "--device",
          "cpu");

  /** The files of a finished run. */
  static final String[] RUN_FILES = {
    "run.json",
    "options.yaml",
    "metrics.csv",
    "result.json",
    "representation.json",
    "serving.properties",
    "SHA256SUMS",
    "encoder.params"
  };

  static Command run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.execute(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            args);
    return new Command(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a small pretraining into a folder. */
  static Command pretrain(Path data, Path out, String... more) {
    List<String> args = new ArrayList<>(List.of("pretrain", "--data", data.toString()));
    args.addAll(List.of("--target", "class", "--out", out.toString()));
    args.addAll(SMALL);
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  /** The words that begin a process of the command. */
  static List<String> process() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Dai.djl.pytorch.graph_optimizer=false");
    if (Runtime.version().feature() >= 24) {
      words.add("--enable-native-access=ALL-UNNAMED");
    }
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), "ai.contexture.cli.Main"));
    return words;
  }

  /** What was printed to standard error, each message in one line. */
  String err() {
    return messages.replaceAll("\n  (?=\\S)", " ");
  }

  /** What was printed to standard output, which must be JSON and nothing else. */
  JsonObject json() {
    return JsonParser.parseString(out).getAsJsonObject();
  }

  /** Writes a file. */
  static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a table of two clusters of points with a name, a class and a number to predict. */
  static Path table(Path file, int rows) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    StringBuilder text = new StringBuilder("length,width,height,colour,class,weight\n");
    for (int i = 0; i < rows; i++) {
      int cluster = i % 2;
      double length = random.nextGaussian() + 4 * cluster;
      text.append(length).append(',').append(random.nextGaussian() - cluster).append(',');
      text.append(random.nextGaussian()).append(i % 3 == 0 ? ",red," : ",blue,");
      text.append(cluster == 0 ? "a" : "b").append(',').append(2 * length).append('\n');
    }
    return write(file, text.toString());
  }
}
