package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.pretraining.Pretraining;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with what was given: one line that says what, exit code 2, nothing written. */
class BadInputTest {

  @TempDir static Path shared;

  private static Path table;
  private static Path run;

  @TempDir Path folder;

  @BeforeAll
  static void pretrain() {
    table = Command.table(shared.resolve("table.csv"), 60);
    run = shared.resolve("run");
    assertThat(Command.pretrain(table, run, "--steps", "3").code()).isZero();
  }

  static Stream<Arguments> tables() {
    StringBuilder numbers = new StringBuilder("x,y,class\n");
    for (int i = 0; i < 40; i++) {
      numbers.append(i).append(',').append(i * i % 7).append(i % 2 == 0 ? ",a\n" : ",b\n");
    }
    String good = numbers.toString();
    return Stream.of(
        Arguments.of("empty file", "", List.of("bad.csv", "empty")),
        Arguments.of("header only", "x,y,class\n", List.of("bad.csv", "no rows")),
        Arguments.of("ragged row", good + "1,2\n", List.of("line 42", "2 cells", "expected 3")),
        Arguments.of("text among numbers", good + "oops,1,a\n", List.of("line 42", "oops", "'x'")),
        Arguments.of("thousands", good + "\"1,234\",1,a\n", List.of("line 42", "--thousands ,")),
        Arguments.of("infinite", good + "inf,1,a\n", List.of("line 42", "inf", "'x'")),
        Arguments.of("duplicated header", good.replace("y", "x"), List.of("both named 'x'")),
        Arguments.of("all constant", good.replaceAll("(?m)^\\d+,\\d+", "1,2"), List.of("constant")),
        Arguments.of(
            "missing column",
            good.replaceAll("(?m)^\\d+,", "?,"),
            List.of("'x'", "missing", "--drop x")),
        Arguments.of("one class", good.replace(",b", ",a"), List.of("class", "'a'", "two values")),
        Arguments.of(
            "few rows",
            good.lines().limit(9).reduce("", (a, b) -> a + b + "\n"),
            List.of("k from 1 to 4", "got k=5")),
        Arguments.of(
            "no target column",
            good.replace("class", "klass"),
            List.of("unknown column 'class'", "klass")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void badTables(String name, String text, List<String> words) {
    Path file = Command.write(folder.resolve("bad.csv"), text);
    refused(Command.pretrain(file, folder.resolve("out"), "--steps", "3"), words);
  }

  @Test
  void badGzip() throws IOException {
    Path file = folder.resolve("bad.csv.gz");
    Files.write(file, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0});

    refused(
        Command.pretrain(file, folder.resolve("out")), List.of("bad.csv.gz", "gzip", "damaged"));
  }

  static Stream<Arguments> options() {
    return Stream.of(
        options("unknown option --stpes did you mean --steps?", "--stpes", "3"),
        options("unexpected argument 'more'", "more"),
        options("--steps whole number 'many'", "--steps", "many"),
        options("--learning-rate number 'fast'", "--learning-rate", "fast"),
        options("--learning-rate number 'NaN'", "--learning-rate", "NaN"),
        options("steps at least 0 got -1", "--steps", "-1"),
        options("--epochs at least 1 got 0", "--epochs", "0"),
        options("--checkpoint-every 5min got '5m'", "--checkpoint-every", "5m"),
        options("--keep at least 1 got 0", "--keep", "0"),
        options("hold-out less than 1 got 1.0", "--hold-out", "1"),
        options("early stopping rows to validate on got 2", "--hold-out", "0.05"),
        options("--patience expected --hold-out", "--patience", "3"),
        options("--patience at least 1 got 0", "--hold-out", "0.3", "--patience", "0"),
        options("--steps --epochs got both", "--steps", "3", "--epochs", "2"),
        options("unknown objective 'kisse' kise", "--objective", "kisse"),
        options("unknown orthonormality 'white' whitening", "--orthonormality", "white"),
        options("unknown context 'knm' did you mean knn?", "--context", "knm(k=3)"),
        options("knn unknown option 'n' known: k", "--context", "knn(n=3)"),
        options("knn k must be at least 1 '0'", "--context", "knn(k=0)"),
        options("masked-knn masks 1 to 10000", "--context", "masked-knn(k=5, masks=1000000)"),
        options("masked-rbf masks 1 to 10000", "--context", "masked-rbf(masks=2147483647)"),
        options("trees rounds 1 to 10000", "--context", "trees(rounds=2147483647)"),
        options("minmax eta at most 100", "--context", "minmax(knn(k=5), rbf, eta=1e308)"),
        options("minmax rounds to 100000", "--context", "minmax(knn(k=5), rbf, rounds=2147483647)"),
        options("walk steps from 1 to 10000", "--context", "walk(steps=2147483647)"),
        options("rbf gamma below 1e300 got", "--context", "rbf(gamma=1e308)"),
        options("mix weights added up", "--context", "mix(1e308: knn(k=5), 1e308: rbf)"),
        options("mix weights added up", "--objective", "mix(1e308: kise, 1e308: svme)"),
        options("ridge from 0 to 1000000", "--ridge", "1e308"),
        options("hold-out some of the 42 rows", "--hold-out", "1e-320"),
        options("hold-out not all", "--hold-out", "0.9999999"),
        options("unknown encoder 'mpl' mlp", "--encoder", "mpl"),
        options("unknown activation 'tan' tanh", "--encoder", "mlp(activation=tan)"),
        options("unknown schedule 'cosin' cosine", "--schedule", "cosin"),
        options("unknown optimiser 'adam' adamw", "--optimiser", "adam"),
        options("muon rate greater than 0 '0'", "--optimiser", "muon(rate=0)"),
        options("--impute unknown 'mode' mean", "--impute", "mode"),
        options("--power unknown 'log' quantile", "--power", "log"),
        options("--task unknown 'rank' regression", "--task", "rank"),
        options("device expected auto, cpu, gpu 'tpu'", "--device", "tpu"),
        options("device expected auto, cpu, gpu ''", "--device", "cpu,"),
        options("--precision unknown 'half' bfloat16", "--precision", "half"),
        options("--batch full whole number '1'", "--batch", "1"),
        options("--batch full whole number 'half'", "--batch", "half"),
        options("batch at most the 42 pretraining rows got 43", "--batch", "43"),
        options("dimension less than the 42 pretraining rows got 42", "--dim", "42"),
        options("dimension at least 1 got 0", "--dim", "0"),
        options("outputs at least the 2 features got 1", "--outputs", "1"),
        options("knn k from 1 to 41 got k=42", "--context", "knn(k=42)"),
        options("--split three positive shares '0.5,0.2,0.2'", "--split", "0.5,0.2,0.2"),
        options("--split three positive shares '0.7,0.3'", "--split", "0.7,0.3"),
        options("learning rate above 0 got 0", "--learning-rate", "0"),
        options("weight decay at least 0 got -1", "--weight-decay", "-1"),
        options("--evaluate-every at least 0 got -1", "--evaluate-every", "-1"),
        options("--separator one character ';;'", "--separator", ";;"),
        options("--drop unknown column 'colur' did you mean colour?", "--drop", "colur"),
        options(
            "table.csv --nominal and --numeric width", "--nominal", "width", "--numeric", "width"),
        options("colour", "--numeric", "colour"),
        options("--resume expected no --data", "--resume", "somewhere"),
        options("--json there is no folder", "--json", "/no-such-folder/result.json"));
  }

  private static Arguments options(String words, String... more) {
    return Arguments.of(words, more);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("options")
  void badOptions(String words, String[] more) {
    List<String> args = new ArrayList<>(List.of("pretrain", "--data", table.toString()));
    args.addAll(List.of("--target", "class", "--out", folder.resolve("out").toString()));
    for (int i = 0; i < Command.SMALL.size(); i += 2) {
      if (!Arrays.asList(more).contains(Command.SMALL.get(i))) {
        args.addAll(Command.SMALL.subList(i, i + 2));
      }
    }
    if (!String.join(" ", more).contains("--steps")) {
      args.addAll(List.of("--steps", "3").subList(0, words.contains("--epochs") ? 0 : 2));
    }
    args.addAll(List.of(more));

    refused(Command.run(args.toArray(String[]::new)), List.of(words.split(" ", -1)));
  }

  @Test
  void dataOptionsWithoutData() {
    refused(
        Command.run("pretrain", "--target", "class", "--out", folder.resolve("out").toString()),
        List.of("--target", "--data"));
    refused(
        Command.run("spectrum", "--data", table.toString(), "--task", "regression"),
        List.of("--task", "--target"));
  }

  @Test
  void missingFile() {
    Path file = folder.resolve("none.csv");

    refused(Command.pretrain(file, folder.resolve("out")), List.of("none.csv", "no such file"));
  }

  @Test
  void noGpu() {
    Command command =
        Command.run(
            "pretrain",
            "--data",
            table.toString(),
            "--device",
            "gpu:99",
            "--out",
            out(),
            "--dim",
            "2",
            "--context",
            "knn(k=3)");

    refused(command, List.of("gpu:99"));
  }

  @Test
  void unknownCommand() {
    refused(Command.run("pretrian"), List.of("unknown command", "did you mean pretrain?"));
  }

  @Test
  void outputsThatCannotBeWritten() {
    Path file = Command.write(folder.resolve("file"), "keep me");

    refused(Command.pretrain(table, file.resolve("out")), List.of("--out", "not a folder"));
    refused(Command.pretrain(table, file), List.of("--out", "is there already"));
    refused(Command.pretrain(table, run), List.of("--out", "is there already"));
    assertThat(file).hasContent("keep me");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void namesThatAreTooLong() {
    String name = "out" + "x".repeat(300);
    Path path = folder.resolve(name);
    refused(Command.pretrain(table, path), List.of("--out", "File name too long"));
    refused(
        Command.run("embed", run.toString(), "--out", path + ".csv"),
        List.of("--out", "File name too long"));
    refused(
        Command.run("spectrum", "--data", table.toString(), "--json", path + ".json"),
        List.of("--json", "File name too long"));
    refused(
        Command.run("spectrum", "--data", table.toString(), "--plot", path + ".png"),
        List.of("--plot", "File name too long"));
  }

  @Test
  void numbersBeyondReason() {
    String most = Integer.toString(Integer.MAX_VALUE);
    refused(
        Command.pretrain(table, folder.resolve("out"), "--accumulate", most),
        List.of("accumulate: expected from 1 to 10000"));
    refused(
        Command.pretrain(table, folder.resolve("out"), "--samples", most),
        List.of("samples: expected from 2 to 1000000"));
    refused(
        Command.pretrain(table, folder.resolve("out"), "--outputs", most),
        List.of("outputs: expected at most 65536"));
    refused(
        Command.pretrain(table, folder.resolve("out"), "--epochs", most, "--batch", "2"),
        List.of("epochs: expected at most"));
  }

  /** Numbers whose squares are infinite, or 0, have no variance that could be predicted. */
  @Test
  void targetsThatCannotBeSquared() {
    for (String unit : List.of("e300", "e-300")) {
      StringBuilder text = new StringBuilder("x,y\n");
      for (int i = 0; i < 40; i++) {
        text.append(i).append(',').append(i % 7 + i / 100.0).append(unit).append('\n');
      }
      Path file = Command.write(folder.resolve("bad.csv"), text.toString());
      for (String command : List.of("pretrain", "compatibility")) {
        refused(
            Command.run(command, "--data", file.toString(), "--target", "y"),
            List.of(
                "bad.csv: target 'y' goes from ",
                unit.startsWith("e-") ? "too narrow" : "too wide"));
      }
    }
  }

  /** A cell of a million digits is not repeated whole. */
  @Test
  void cellsWithoutAnEnd() {
    String digits = "7".repeat(1_000_000);
    for (String cell :
        List.of(digits, digits + ".5.5", "1," + digits, "-" + digits, "x" + digits)) {
      StringBuilder text = new StringBuilder("x,y,class\n");
      for (int i = 0; i < 40; i++) {
        text.append(i).append(',').append(i % 7).append(i % 2 == 0 ? ",a\n" : ",b\n");
      }
      Path file = Command.write(folder.resolve("bad.csv"), text + "\"" + cell + "\",1,a\n");
      Command command = Command.pretrain(file, folder.resolve("out"), "--steps", "3");
      assertThat(command.err().length()).as(cell.substring(0, 3)).isLessThan(3000);
      refused(command, List.of("bad.csv"));
    }
  }

  @Test
  void existingEmptyFolder() {
    refused(Command.pretrain(table, folder), List.of("--out", "is there already"));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void nothingToResume() {
    refused(Command.run("pretrain", "--resume", out()), List.of("found none"));
    refused(Command.run("pretrain", "--resume", folder.toString()), List.of("run.json"));
    refused(Command.run("pretrain", "--resume", run.toString()), List.of("complete"));
    refused(
        Command.run("pretrain", "--resume", run.toString(), "--steps", "9"),
        List.of("--resume", "--steps"));
  }

  @Test
  void resumeOfChangedData() throws IOException {
    Path data = Command.table(folder.resolve("data.csv"), 60);
    Path stopped = folder.resolve("stopped");
    assertThat(Command.pretrain(data, stopped, "--steps", "3").code()).isZero();
    Files.delete(stopped.resolve("result.json"));
    Command.table(data, 61);

    refused(
        Command.run("pretrain", "--resume", stopped.toString()),
        List.of("data.csv", "not those of the run"));
  }

  @Test
  void damagedRuns() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name :
        new String[] {"run.json", "representation.json", "encoder.params", "SHA256SUMS"}) {
      Files.copy(run.resolve(name), copy.resolve(name));
    }
    byte[] parameters = Files.readAllBytes(copy.resolve("encoder.params"));
    String[] embed = {"embed", copy.toString(), "--out", out() + ".csv"};

    Files.write(copy.resolve("encoder.params"), Arrays.copyOf(parameters, parameters.length / 2));
    refused(Command.run(embed), List.of("copy", "damaged"));
    refused(Command.run("align", copy.toString()), List.of("copy", "damaged"));
    Files.write(copy.resolve("encoder.params"), new byte[0]);
    refused(Command.run(embed), List.of("copy", "damaged"));
    Files.delete(copy.resolve("encoder.params"));
    refused(Command.run(embed), List.of("encoder.params"));
    Files.write(copy.resolve("encoder.params"), parameters);

    String description = Files.readString(copy.resolve("representation.json"));
    for (String damaged :
        new String[] {
          "",
          "[]",
          "{",
          "{}",
          "null",
          "\"text\"",
          description.substring(0, 300),
          description.replace("\"format\": 2", "\"format\": 99"),
          description.replace("\"encoder\": \"mlp", "\"encoder\": \"mlpx"),
          description.replace("\"outputs\":", "\"inputs1\":"),
          description.replace("\"columns\": [", "\"columns\": [3,"),
          description.replace("\"dimension\": 2", "\"dimension\": \"two\""),
        }) {
      Files.writeString(copy.resolve("representation.json"), damaged);
      refused(Command.run(embed), List.of("copy"));
    }
    Files.delete(copy.resolve("representation.json"));
    refused(Command.run(embed), List.of("copy", "--resume"));

    for (String damaged : new String[] {"", "[]", "{", "{}", "null", "{\"format\": 1}"}) {
      Files.writeString(copy.resolve("run.json"), damaged);
      refused(Command.run(embed), List.of("run.json"));
      refused(Command.run("pretrain", "--resume", copy.toString()), List.of("run.json"));
    }
  }

  @Test
  void damagedCheckpoint() throws IOException {
    Path stopped = folder.resolve("stopped");
    assertThat(Command.pretrain(table, stopped, "--steps", "3").code()).isZero();
    Files.delete(stopped.resolve("result.json"));
    for (String damaged : new String[] {"", "text", "PK\3\4"}) {
      Command.write(stopped.resolve("checkpoint-2.npz"), damaged);
      Command.write(stopped.resolve("checkpoint-1.npz"), damaged);
      refused(
          Command.run("pretrain", "--resume", stopped.toString()),
          List.of("checkpoint-2.npz", "no other checkpoint can be read"));
    }
  }

  @Test
  void filesOfARunThatHoldNoText() throws IOException {
    Path stopped = checkpointed("stopped", "--steps", "6");
    byte[] noText = {(byte) 0xff, (byte) 0xfe, 'x', (byte) 0x80};
    Files.write(stopped.resolve("metrics.csv"), noText);
    Command resumed = Command.run("pretrain", "--resume", stopped.toString());
    assertThat(resumed.code()).isEqualTo(2);
    assertThat(resumed.err())
        .endsWith("contexture: " + stopped.resolve("metrics.csv") + ": the text is not UTF-8\n");
    Files.write(stopped.resolve("SHA256SUMS"), noText);
    refused(Command.run("probe", stopped.toString()), List.of("SHA256SUMS: the text is not UTF-8"));
  }

  /** One line with the file, the key, what was expected and what was got. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"learningRate\": 0.001| \"learningRate\": -1|"
            + " recipe.training: learning rate: expected above 0, got -1",
        "\"learningRate\": 0.001| \"learningRate\": \"NaN\"|"
            + " recipe.training.learningRate: expected a finite number, got \"NaN\"",
        "\"steps\": 3| \"steps\": \"x\"| recipe.training.steps: expected a whole number, got \"x\"",
        "\"steps\": 3| \"steps\": 1e99| recipe.training.steps: expected a whole number, got 1e99",
        "\"dimension\": 2| \"dimension\": null| recipe.dimension: expected a whole number, got null",
        "\"dimension\": 2| \"none\": 2| recipe.dimension: expected a whole number, got nothing",
        "\"keep\": 2| \"keep\": 0| keep: expected at least 1, got 0",
        "\"objective\": \"kise\"| \"objective\": null| recipe.objective: expected a text, got null",
        "\"noDefaultMissing\": false| \"noDefaultMissing\": 7|"
            + " data.noDefaultMissing: expected true or false, got 7",
        "\"precision\": \"FLOAT32\"| \"precision\": \"FLOAT1\"|"
            + " recipe.training.precision: expected one of",
        "\"checkpointEvery\": \"5min\"| \"checkpointEvery\": \"x\"| checkpointEvery: expected",
        "\"precision\": \"FLOAT32\"| \"precision\": {}|"
            + " recipe.training.precision: expected one of [FLOAT32, BFLOAT16], got {}",
        "\"schedule\": \"one-cycle\"| \"schedule\": [1]|"
            + " recipe.training.schedule: expected a text, got [1]",
        "\"contextFiles\": {}| \"contextFiles\": 7| contextFiles: expected an object, got 7",
      })
  void wrongValuesOfARun(String before, String after, String message) throws IOException {
    Path file = run.resolve("run.json");
    String text = Files.readString(file);
    assertThat(text).contains(before);
    try {
      Files.writeString(file, text.replace(before, after));
      for (String[] words :
          new String[][] {{"align", run.toString()}, {"pretrain", "--resume", run.toString()}}) {
        refused(Command.run(words), List.of(file + ": " + message));
      }
    } finally {
      Files.writeString(file, text);
    }
  }

  /** Of other data, of other options, of a later step: each would go on with other numbers. */
  @Test
  void checkpointsOfOtherRuns() throws IOException {
    Path first = checkpointed("first", "--steps", "6");
    Path other = checkpointed("other", "--steps", "6", "--seed", "1");
    Path longer = checkpointed("longer", "--steps", "9");
    for (Path from : List.of(other, longer)) {
      for (Path file : RunFolder.open(from).checkpoints()) {
        Path here = first.resolve("checkpoint-5.npz");
        Files.copy(file, here, StandardCopyOption.REPLACE_EXISTING);
        for (Path own : RunFolder.open(first).checkpoints()) {
          if (!own.equals(here)) {
            Files.delete(own);
          }
        }
        refused(
            Command.run("pretrain", "--resume", first.toString()),
            List.of("checkpoint-5.npz: a checkpoint of another run, with other data or options"));
      }
    }
  }

  private Path checkpointed(String name, String... options) throws IOException {
    Path place = folder.resolve(name);
    assertThat(Command.pretrain(table, place, options).code()).isZero();
    RunOptions saved = RunFolder.open(place).options();
    Files.delete(place.resolve("result.json"));
    try (Pretraining job = Pretraining.prepare(saved.data().read(), saved.recipe(), Device.cpu())) {
      job.trainer().train(3, TrainingListener.NONE);
      RunFolder.open(place).checkpoint(job, 2);
    }
    return place;
  }

  @Test
  void runsOfOtherVersions() throws IOException {
    Path file = run.resolve("run.json");
    String text = Files.readString(file);
    try {
      for (int other : new int[] {0, 3}) {
        Files.writeString(file, text.replace("\"format\": 2", "\"format\": " + other));
        for (String[] words :
            new String[][] {{"align", run.toString()}, {"pretrain", "--resume", run.toString()}}) {
          refused(
              Command.run(words),
              List.of(
                  "run.json: written by another version of contexture (format "
                      + other
                      + ", this one reads up to 2)"));
        }
      }
    } finally {
      Files.writeString(file, text);
    }
  }

  @Test
  void rowsThatDoNotFit() throws IOException {
    String good = Files.readString(table);
    Path lacking =
        Command.write(folder.resolve("lacking.csv"), good.replaceFirst("width", "breadth"));
    Path texts =
        Command.write(folder.resolve("texts.csv"), good.replaceAll("(?m)^-?\\d\\S*?,", "tall,"));
    Path existing = Command.write(folder.resolve("existing.csv"), "keep me");

    refused(embed(lacking, out() + ".csv"), List.of("lacking.csv", "'width'", "breadth"));
    refused(embed(texts, out() + ".csv"), List.of("texts.csv", "'length'", "tall"));
    refused(embed(folder.resolve("none.csv"), out() + ".csv"), List.of("none.csv", "no such file"));
    refused(embed(table, existing.toString()), List.of("existing.csv", "--force"));
    refused(embed(table, out() + ".txt"), List.of("--out", ".csv", ".npy", ".npz"));
    refused(embed(table, out() + ".csv", "--dim", "3"), List.of("--dim", "at most the 2", "got 3"));
    refused(embed(table, out() + ".csv", "--dim", "0"), List.of("--dim", "at least 1"));
    refused(embed(table, out() + ".csv", "--format", "xls"), List.of("--format", "xls", "csv"));
    refused(embed(table, out() + "/x.csv"), List.of("--out", "there is no folder"));
    refused(embed(table, "-", "--format", "npy"), List.of("--format", "csv"));
    refused(embed(table, "-", "--json", "-"), List.of("--json", "--out", "both"));
    assertThat(existing).hasContent("keep me");
  }

  /** Of an encoder that averages over neighbours too, whose distances would not be finite. */
  @Test
  void numbersFarBeyondThoseLearnedFrom() throws IOException {
    Path averaged = folder.resolve("averaged");
    assertThat(
            Command.pretrain(table, averaged, "--steps", "3", "--objective", "non-contrastive")
                .code())
        .isZero();
    String good = Files.readString(table);
    for (String value : List.of("1e160", "-1e308")) {
      Path far =
          Command.write(folder.resolve("far.csv"), good.replaceFirst("\n[^,]+", "\n" + value));
      for (Path from : List.of(run, averaged)) {
        refused(
            Command.run(
                "embed",
                from.toString(),
                "--data",
                far.toString(),
                "--out",
                folder.resolve("out") + ".csv"),
            List.of("far.csv: column 'length', row 1: " + value + " is too large"));
      }
      assertThat(
              Command.pretrain(
                      far,
                      folder.resolve("far" + value),
                      "--steps",
                      "3",
                      "--average",
                      "0.9",
                      "--objective",
                      "non-contrastive")
                  .code())
          .isZero();
    }
  }

  private static Command embed(Path data, String out, String... more) {
    List<String> args =
        new ArrayList<>(List.of("embed", run.toString(), "--data", data.toString(), "--out", out));
    args.addAll(List.of(more));
    return Command.run(args.toArray(String[]::new));
  }

  private static Command compare(String... more) {
    return Command.run(with(more, "compare", "--data", table.toString(), "--target", "class"));
  }

  private static Command compatibility(String... more) {
    return Command.run(
        with(more, "compatibility", "--data", table.toString(), "--target", "class"));
  }

  private static String[] with(String[] more, String... first) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void questionsWithoutAnswer() {
    Path other = Command.table(folder.resolve("other.csv"), 50);
    String name = run.toString();

    refused(Command.run("align"), List.of("RUN"));
    refused(Command.run("align", name, "--split", "tset"), List.of("--split", "tset", "test"));
    refused(
        Command.run("align", name, "--data", other.toString()), List.of("not those of the run"));
    refused(
        Command.run("probe", name, "--data", other.toString()), List.of("not those of the run"));
    refused(Command.run("probe", name, "--target", "wieght"), List.of("wieght", "weight"));
    refused(Command.run("probe", name, "--target", "weight"), List.of("learned from", "--drop"));
    refused(Command.run("probe", name, "--task", "regression"), List.of("class", "names"));
    refused(Command.run("spectrum", "--top", "0"), List.of("--top", "at least 1"));
    refused(Command.run("spectrum", "--d0", "0"), List.of("--d0", "at least 1"));
    refused(
        Command.run("spectrum", "--method", "krilov"),
        List.of("unknown method 'krilov'", "mean krylov?"));
    refused(Command.run("spectrum", "--method", "subsample(rows=1)"), List.of("subsample", "rows"));
    refused(
        Command.run(
            "spectrum",
            "--data",
            table.toString(),
            "--method",
            "subsample(rows=20)",
            "--top",
            "20"),
        List.of("--top", "at most 19, one less than the rows", "got 20"));
    refused(
        Command.run("spectrum", "--data", table.toString(), "--context", "scarf"),
        List.of("scarf", "no known spectrum", "monte-carlo(scarf("));
    refused(Command.run("spectrum", "--shape", "8x8"), List.of("--shape", "1x28x28", "'8x8'"));
    refused(Command.run("spectrum", "--shape", "1x8x9"), List.of("digits", "72 pixels", "64"));
    refused(
        Command.run(
            "spectrum", "--data", table.toString(), "--shape", "1x8x8", "--power", "quantile"),
        List.of("pixels", "power none", "quantile"));
    refused(Command.run("pretrain", "--encoder", "lenet"), List.of("lenet", "--shape 1x28x28"));
    refused(Command.run("spectrum", "--beta", "0"), List.of("--beta", "above 0"));
    refused(Command.run("contexts", "knm"), List.of("unknown context 'knm'", "mean knn?"));
    refused(compare("--context", "knm"), List.of("unknown context 'knm'", "mean knn?"));
    refused(compare("--context", "knn", "--context", "knn(k=30)"), List.of("knn(k=30)", "twice"));
    refused(compare("--context", "knn", "--dim", "0"), List.of("--dim", "at least 1"));
    refused(compare("--context", "knn(k=60)"), List.of("knn", "k from 1 to 41", "k=60"));
    refused(compatibility("--labels", "4"), List.of("--labels", "at least 5", "got 4"));
    refused(compatibility("--labels", "61"), List.of("--labels", "at most the 60 rows", "got 61"));
    refused(compatibility("--level", "1"), List.of("--level", "between 0 and 1"));
    refused(
        Command.run("compatibility", "--data", table.toString(), "--context", "knn(k=5)"),
        List.of("table", "--target"));
    refused(
        Command.run("experiment", "asociation-shape", "--data", out(), "--out", out() + "/x"),
        List.of("unknown command", "mean association-shape?"));
    refused(
        Command.run("experiment", "association-shape", "--data", out(), "--out", out() + "/x"),
        List.of("expected a folder of datasets", "datasets.csv"));
    refused(Command.run("spectrum", "--plot", "-"), List.of("--plot", ".png", ".svg", "got -"));
    refused(Command.run("spectrum", "--plot", "a.pdf"), List.of("--plot", ".png", "a.pdf"));
    refused(Command.run("spectrum", "--plot", out() + "/a.svg"), List.of("--plot", "no folder"));
    refused(Command.run("spectrum", "--rows", "some"), List.of("--rows", "some", "all"));
    refused(
        Command.run("spectrum", "--data", table.toString(), "--top", "60"),
        List.of("--top", "59", "60"));
    refused(
        Command.run("spectrum", "--data", table.toString(), "--context", "knn(k=60)"),
        List.of("knn", "59", "k=60"));
  }

  private String out() {
    return folder.resolve("out").toString();
  }

  /** One line with these words, code 2, and nothing of the output. */
  private void refused(Command command, List<String> words) {
    assertThat(command.err()).startsWith("contexture: ").endsWith("\n");
    assertThat(command.err().lines()).as(command.err()).hasSize(1);
    assertThat(command.err()).contains(words).doesNotContain("Exception", "\tat ");
    assertThat(command.out()).isEmpty();
    assertThat(command.code()).isEqualTo(2);
    assertThat(folder.toFile().listFiles((dir, name) -> name.startsWith("out"))).isEmpty();
    assertThat(folder.toFile().listFiles((dir, name) -> name.startsWith(".contexture"))).isEmpty();
  }
}
