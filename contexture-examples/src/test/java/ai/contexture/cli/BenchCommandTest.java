package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class BenchCommandTest {

  @TempDir static Path folder;

  private static Command bench(String... args) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(args));
    return Command.run(all.toArray(String[]::new));
  }

  private static Arguments work(String work, List<String> parameters, String... options) {
    return Arguments.of(work, parameters, options);
  }

  static Stream<Arguments> works() {
    String table = Command.table(folder.resolve("table.csv"), 60).toString();
    return Stream.of(
        work(
            "step",
            List.of("n=16", "width=8", "dim=4", "steps=3"),
            "--n",
            "16",
            "--width",
            "8",
            "--dim",
            "4",
            "--steps",
            "3"),
        work(
            "knn",
            List.of("n=50", "features=3", "latent=2", "k=5", "search=approximate", "recall="),
            "--n",
            "50",
            "--features",
            "3",
            "--latent",
            "2",
            "--k",
            "5",
            "--search",
            "approximate"),
        work(
            "knn",
            List.of("n=50", "features=3", "k=5"),
            "--n",
            "50",
            "--features",
            "3",
            "--k",
            "5"),
        work(
            "knn",
            List.of("n=50", "features=1", "k=50"),
            "--n",
            "50",
            "--features",
            "1",
            "--k",
            "50"),
        work(
            "spectrum",
            List.of("n=60", "features=1", "k=5", "top=7"),
            "--n",
            "60",
            "--features",
            "1",
            "--k",
            "5",
            "--top",
            "7"),
        work("read", List.of("n=20", "features=3", "megabytes="), "--n", "20", "--features", "3"),
        work(
            "pretrain",
            List.of("n=60", "features=5", "context=knn(k=5)", "mlp(width=8", "dim=2", "steps=3"),
            "--data",
            table,
            "--target",
            "class",
            "--k",
            "5",
            "--width",
            "8",
            "--dim",
            "2",
            "--steps",
            "3"));
  }

  private static Command run(String work, String[] options, String... more) {
    List<String> args = new ArrayList<>(List.of(work));
    args.addAll(List.of(options));
    args.addAll(List.of("--device", "cpu", "--runs", "3", "--warm-up", "1"));
    args.addAll(List.of(more));
    return bench(args.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("works")
  void aResultForPrograms(String work, List<String> parameters, String[] options) {
    Command command = run(work, options, "--threads", "1", "--json", "-");

    assertThat(command.err()).isEmpty();
    assertThat(command.code()).isZero();
    JsonObject json = command.json();
    assertThat(json.keySet())
        .containsExactly(
            "work", "parameters", "medianSeconds", "q1", "q3", "runs", "threads", "peakRssMiB");
    assertThat(json.get("work").getAsString()).isEqualTo(work);
    assertThat(json.get("runs").getAsInt()).isEqualTo(3);
    assertThat(json.get("threads").getAsInt()).isEqualTo(1);
    double median = json.get("medianSeconds").getAsDouble();
    assertThat(median)
        .isBetween(1e-9, 60.0)
        .isBetween(json.get("q1").getAsDouble(), json.get("q3").getAsDouble());
    if (!json.get("peakRssMiB").isJsonNull()) {
      assertThat(json.get("peakRssMiB").getAsDouble()).isBetween(10.0, 1e6);
    }
    for (String parameter : parameters) {
      String text = json.get("parameters").toString().replace("\"", "").replace(":", "=");
      assertThat(text).contains(parameter);
    }
  }

  @ParameterizedTest
  @MethodSource("works")
  void aResultForPeople(String work, List<String> parameters, String[] options) {
    Command command = run(work, options);

    assertThat(command.err()).isEmpty();
    assertThat(command.code()).isZero();
    assertThat(command.out()).startsWith(work + ": ").contains(parameters);
    assertThat(command.out()).contains("of 3 runs", "a second", "threads");
  }

  static Stream<CommandLine> commands() {
    return Main.commandLine(new Terminal(System.out, System.err, 0, "contexture"))
        .getSubcommands()
        .get("bench")
        .getSubcommands()
        .values()
        .stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsExplained(CommandLine command) {
    Command help = bench(command.getCommandName(), "--help");

    assertThat(help.code()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out())
        .contains("Usage: contexture bench " + command.getCommandName(), "Examples:");
    assertThat(help.out()).doesNotContain("${", ": null");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
    for (OptionSpec option : command.getCommandSpec().options()) {
      assertThat(help.out()).containsPattern(option.longestName() + "\\b");
      assertThat(String.join("", option.description())).isNotBlank();
    }
  }

  @Test
  void theCommandSaysWhatThereIs() {
    Command help = bench("--help");

    assertThat(help.out()).contains("step", "knn", "spectrum", "read", "pretrain");
    assertThat(bench().out()).isEqualTo(help.out());
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("unknown command 'stpe' did you mean step?", "stpe"),
        Arguments.of("--n expected 2 to got 1", "step --n 1"),
        Arguments.of("--width 1 to 65536 got 0", "step --width 0"),
        Arguments.of("--dim got 0", "step --dim 0"),
        Arguments.of("--steps got 0", "step --steps 0"),
        Arguments.of("unknown option '--features' step --help", "step --features 3"),
        Arguments.of("--threads 1 to 1024 got 0", "knn --threads 0"),
        Arguments.of("--runs got 0", "knn --runs 0"),
        Arguments.of("--warm-up got -1", "knn --warm-up -1"),
        Arguments.of("--n whole number 'many'", "knn --n many"),
        Arguments.of("--k 1 to 20 got 21", "knn --n 20 --k 21"),
        Arguments.of("--k got 0", "knn --n 20 --k 0"),
        Arguments.of("--n at most --features 60000", "knn --features 60000 --n 2000000000"),
        Arguments.of("--k 1 to 19 got 20", "spectrum --n 20 --k 20"),
        Arguments.of("--top 1 to 19 got 128", "spectrum --n 20 --k 5"),
        Arguments.of("--features got 0", "read --features 0"),
        Arguments.of("--json there is no folder", "read --json /no-such-folder/result.json"),
        Arguments.of("device 'tpu'", "read --device tpu"),
        Arguments.of("steps at least 0 got -1", "pretrain --steps -1"),
        Arguments.of("none.csv no such file", "pretrain --data none.csv"),
        Arguments.of("--target --data", "pretrain --target class"),
        Arguments.of("dimension 1257 got 1257", "pretrain --dim 1257"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wrong")
  void whatIsWrongIsSaidInOneLine(String words, String line) {
    Command command = bench(line.split(" ", -1));

    assertThat(command.err()).startsWith("contexture: ").endsWith("\n");
    assertThat(command.err().lines()).as(command.err()).hasSize(1);
    assertThat(command.err()).contains(words.split(" ", -1));
    assertThat(command.out()).isEmpty();
    assertThat(command.code()).isEqualTo(2);
  }
}
