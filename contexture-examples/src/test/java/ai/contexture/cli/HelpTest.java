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

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsExplained(CommandLine command) {
    Command help = Command.run(command.getCommandName(), "--help");

    assertThat(help.code()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Usage: contexture " + command.getCommandName(), "Examples:");
    assertThat(help.out()).doesNotContain("${", ": null");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
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

    assertThat(process.waitFor()).isEqualTo(arguments.endsWith("--help") ? 0 : 2);
    assertThat(output).contains("ai.contexture.cli.Main").doesNotContain("ai.djl.engine.Engine ");
    assertThat(output).doesNotContain("ai.djl.pytorch.jni");
  }
}
