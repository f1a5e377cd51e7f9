package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {

  static List<CommandLine> commands() {
    return List.copyOf(
        Main.commandLine(new Terminal(System.out, System.err, 0, "contexture"))
            .getSubcommands()
            .values());
  }

  /** All commands, also those below others. */
  static List<CommandLine> allCommands() {
    List<CommandLine> all = new ArrayList<>();
    collect(Main.commandLine(new Terminal(System.out, System.err, 0, "contexture")), all);
    return all;
  }

  private static void collect(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(below -> collect(below, all));
  }

  /** A text as one line without indents, in which no broken word is found; a list may be. */
  private static String flowing(String... text) {
    return String.join(" ", text)
        .replaceAll("\\s+", " ")
        .replace(", ", ",")
        .replace("%%", "%")
        .strip();
  }

  @ParameterizedTest
  @MethodSource("allCommands")
  void helpFitsIntoEightyColumnsAndBreaksNoWord(CommandLine command) {
    String help = command.getUsageMessage();

    assertThat(help.lines().filter(line -> line.length() > 80)).isEmpty();
    assertThat(help).doesNotContain("${", ": null", "%%", "%n");
    for (OptionSpec option : command.getCommandSpec().options()) {
      assertThat(flowing(help)).contains(flowing(option.description()));
    }
    assertThat(flowing(help))
        .contains(flowing(command.getCommandSpec().usageMessage().description()))
        .contains(flowing(command.getCommandSpec().usageMessage().header()));
  }

  @Test
  void aLongExampleGoesOnInAnotherLine() {
    assertThat(Command.run("help", "pretrain").out().lines())
        .containsSequence(
            "  contexture pretrain --data big.csv.gz --objective svme --batch 1024 \\",
            "      --epochs 20 --out big-run");
  }

  /** All that options take by name is explained, in 80 columns. */
  @Test
  void namesAreExplained() {
    for (String name : ComponentHelp.names()) {
      Command help = Command.run("help", name);
      assertThat(help.code()).as(name).isZero();
      assertThat(help.out().lines()).as(name).isNotEmpty().allMatch(line -> line.length() <= 80);
    }
    assertThat(Command.run("help", "mlp").out())
        .startsWith("mlp: a fully connected network, for tables")
        .contains("  width=512\n      units in each hidden layer; a whole number from 1 to 65536")
        .contains("  --encoder mlp");
    assertThat(Command.run("help", "encoders").out()).contains("linear", "fttransformer(width=64");
    assertThat(Command.run("help", "vicreg").out())
        .as("an objective and an orthonormality")
        .contains("--objective vicreg", "--orthonormality vicreg");
    assertThat(Command.run("help", "kisse").err())
        .contains("unknown command 'kisse'", "did you mean kise?");
  }

  @Test
  void helpIsACommandToo() {
    assertThat(Command.run("help").out()).isEqualTo(Command.run("--help").out());
    assertThat(Command.run("help", "bench", "step").out())
        .isEqualTo(Command.run("bench", "step", "--help").out());
  }

  @Test
  void optionsAreInGroups() {
    String help = Command.run("help", "pretrain").out();

    assertThat(help)
        .containsSubsequence(
            "Data:\n  --data=FILE",
            "Context and rows:\n  --context=CONTEXT",
            "--split=A,B,C",
            "Training:\n  --objective=NAME",
            "--patience=N",
            "Output:\n",
            "--out=FOLDER",
            "--json=FILE",
            "General:\n",
            "--device=DEVICE",
            "-h, --help",
            "Examples:\n");
    assertThat(Command.run("help", "spectrum").out())
        .containsSubsequence("Data:", "Context and rows:", "Options:\n  --top=N", "Output:");
  }

  @Test
  void anUnknownCommandHasNoHelp() {
    Command help = Command.run("help", "pretrian");

    assertThat(help.code()).isEqualTo(2);
    assertThat(help.err()).contains("unknown command 'pretrian'", "did you mean pretrain?");
  }

  @Test
  void theVersionIsACommandToo() {
    assertThat(Command.run("version").out())
        .startsWith("contexture ")
        .isEqualTo(Command.run("--version").out());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsExplained(CommandLine command) {
    Command help = Command.run(command.getCommandName(), "--help");

    assertThat(help.code()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Usage: contexture " + command.getCommandName(), "Examples:");
    assertThat(help.out()).doesNotContain("${", ": null");
    for (OptionSpec option : command.getCommandSpec().options()) {
      assertThat(help.out()).containsPattern(option.longestName() + "\\b");
      assertThat(String.join("", option.description())).isNotBlank();
    }
  }

  @Test
  void theCommandSaysWhatItIs() {
    Command help = Command.run("--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("from a context", "Examples:");
    commands().forEach(command -> assertThat(help.out()).contains(command.getCommandName()));
    assertThat(Command.run().out()).isEqualTo(help.out());
    assertThat(Command.run("--version").out()).startsWith("contexture ").contains("Java");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "pretrain --help",
        "help pretrain",
        "version",
        "pretrain --context knn(k=3,n=2)",
        "pretrain --context knn(k=3) --encoder mlp(width=3) --objective svme --orthonormality vicreg"
            + " --device gpu --split 1,2",
        "pretrain --objective kise --data none.csv",
        "embed none --out -"
      })
  void theEngineIsNotLoadedForHelpAndArguments(String arguments)
      throws IOException, InterruptedException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-verbose:class",
                "-cp",
                System.getProperty("java.class.path"),
                "ai.contexture.cli.Main"));
    words.addAll(List.of(arguments.split(" ", -1)));

    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(arguments.matches(".*--help|help .*|version") ? 0 : 2);
    assertThat(output).contains("ai.contexture.cli.Main").doesNotContain("ai.djl.engine.Engine ");
    assertThat(output).doesNotContain("ai.djl.pytorch.jni");
  }
}
