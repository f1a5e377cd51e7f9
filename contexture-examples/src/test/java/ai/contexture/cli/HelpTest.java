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

  /** The words of all commands, also of those below others. */
  static List<List<String>> allCommands() {
    List<List<String>> all = new ArrayList<>(List.of(List.of()));
    commands().forEach(command -> collect(List.of(), command, all));
    return all;
  }

  private static void collect(List<String> above, CommandLine command, List<List<String>> all) {
    List<String> words = new ArrayList<>(above);
    words.add(command.getCommandName());
    all.add(words);
    command.getSubcommands().values().forEach(below -> collect(words, below, all));
  }

  /** The help of a command as one line without indents, which no broken word survives. */
  private static String flowing(String text) {
    return text.replaceAll("\\s+", " ").replace("%%", "%");
  }

  @ParameterizedTest
  @MethodSource("allCommands")
  void helpFitsIntoEightyColumnsAndBreaksNoWord(List<String> words) {
    List<String> asked = new ArrayList<>(words);
    asked.add("--help");
    Command help = Command.run(asked.toArray(String[]::new));
    CommandLine command = Main.commandLine(new Terminal(System.out, System.err, 0, "contexture"));
    for (String word : words) {
      command = command.getSubcommands().get(word);
    }

    assertThat(help.code()).isZero();
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(help.out()).doesNotContain("${", ": null", "%%", "%n", "…\n\n");
    String text = flowing(help.out());
    for (OptionSpec option : command.getCommandSpec().options()) {
      assertThat(text).contains(flowing(String.join(" ", option.description())));
    }
    assertThat(text)
        .contains(
            flowing(String.join(" ", command.getCommandSpec().usageMessage().description()))
                .strip());
    List<String> asHelp = new ArrayList<>(List.of("help"));
    asHelp.addAll(words);
    assertThat(Command.run(asHelp.toArray(String[]::new)).out()).isEqualTo(help.out());
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
