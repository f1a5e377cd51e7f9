package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Options that come from a file rather than the command line. */
class OptionsFileTest {

  @TempDir Path folder;

  private Path table;

  @BeforeEach
  void table() {
    table = Command.table(folder.resolve("table.csv"), 60);
  }

  private List<String> expand(String content, String... args) {
    Path file = Command.write(folder.resolve("options.yaml"), content);
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--config");
    all.add(file.toString());
    String[] expanded =
        OptionsFile.of(
                Main.commandLine(new Terminal(System.out, System.err, 0, "contexture")),
                all.toArray(String[]::new))
            .arguments();
    return List.of(expanded).subList(0, expanded.length - 2);
  }

  @Test
  void yamlAndJsonBecomeOptions() {
    assertThat(
            expand(
                """
                # my usual ones
                context: knn(k=20)
                learning-rate: 1e-3
                quiet: true
                rows-on-disk: false
                drop: [a, b]
                """,
                "pretrain"))
        .containsExactly(
            "pretrain",
            "--context=knn(k=20)",
            "--learning-rate=1e-3",
            "--quiet",
            "--drop=a",
            "--drop=b");
    assertThat(expand("{\"n\": 007, \"json\": \"-\"}", "bench", "step"))
        .containsExactly("bench", "step", "--n=007", "--json=-");
  }

  @Test
  void theCommandLineGoesFirst() {
    assertThat(expand("{dim: 3, steps: 7}", "pretrain", "--dim", "5"))
        .containsExactly("pretrain", "--steps=7", "--dim", "5");
    assertThat(expand("{dim: 3, drop: [a]}", "pretrain", "--drop=b", "--dim=4"))
        .containsExactly("pretrain", "--drop=b", "--dim=4");
  }

  /** Files of runs from before a name changed hold the former one. */
  @Test
  void formerNamesAreRead() {
    Path file = Command.write(folder.resolve("options.yaml"), "{draws: 1, context: scarf}");
    assertThat(Command.run("pretrain", "--config", file.toString()).err())
        .startsWith("contexture: " + file + ": samples: expected from 2 to 1000000, got 1");
    assertThat(Command.run("pretrain", "--draws", "1", "--context", "scarf").err())
        .isEqualTo("contexture: samples: expected from 2 to 1000000, got 1\n");
    assertThat(expand("{samples: 9}", "pretrain", "--draws=5"))
        .containsExactly("pretrain", "--draws=5");
    assertThat(Command.run("pretrain", "--help").out())
        .contains("--samples")
        .doesNotContain("draws");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dimm: 3| options.yaml: unknown option 'dimm'; known: ",
        "config: other.yaml| unknown option 'config'",
        "help: true| unknown option 'help'",
        "quiet: maybe| options.yaml: quiet: expected true or false, got 'maybe'",
        "dim: {a: 1}| options.yaml: dim: expected a value or a list of values",
        "dim:| options.yaml: dim: expected a value",
        "'dim: 3\ndim: 4'| options.yaml, line 2: no YAML or JSON",
        "'a: [1'| options.yaml, line 1: no YAML or JSON",
        "pretrain| expected lines such as",
        "dim: many| options.yaml: dim: ",
        "learning-rate: -1| options.yaml: learning-rate: expected above 0, got -1",
        "context: knn(k=oops)| options.yaml: context: ",
        "encoder: foo| options.yaml: encoder: unknown encoder 'foo'",
        "schedule: cosine(x=1)| options.yaml: schedule: ",
        "hold-out: 7| options.yaml: hold-out: expected from 0 to less than 1, got 7",
        "separator: ab| options.yaml: separator: --separator says how to read a file",
        "seed: 1e99| options.yaml: seed: ",
        "'split: [0.7, 0.15, 0.15]'| options.yaml: split: expected one value, got a list of 3",
      })
  void refusesWhatIsNoOption(String content, String message) {
    Path file = Command.write(folder.resolve("options.yaml"), content.replace("\\n", "\n"));
    Command command = Command.run("pretrain", "--config", file.toString());

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err()).contains(message);
    assertThat(command.err().lines()).hasSize(1);
  }

  /** Of whatever kind an option is, one line says which one of which file it is. */
  @Test
  void refusesValuesOfAnotherKind() {
    CommandLine line = Main.commandLine(new Terminal(System.out, System.err, 0, "contexture"));
    Path file = folder.resolve("options.yaml");
    for (OptionSpec option : line.getSubcommands().get("pretrain").getCommandSpec().options()) {
      String name = option.longestName().substring(2);
      if (List.of("config", "help").contains(name)) {
        continue;
      }
      boolean number = List.of(Integer.class, Long.class, Double.class).contains(option.type());
      for (String value :
          number
              ? List.of("{a: 1}", "many", "[1, 2]", "''", "0x10")
              : List.of("{a: 1}", "[[a]]", "''")) {
        Command.write(file, name + ": " + value);
        Command command = Command.run("pretrain", "--config", file.toString());
        assertThat(command.err()).startsWith("contexture: " + file + ": " + name + ": ");
        assertThat(command.err().lines()).hasSize(1);
        assertThat(command.code()).isEqualTo(2);
      }
    }
  }

  @Test
  void refusesAFileWithoutAnEnd() {
    Path file = Command.write(folder.resolve("long.yaml"), "#" + "x".repeat(2 << 20));
    Command command = Command.run("pretrain", "--config", file.toString());

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err())
        .isEqualTo("contexture: " + file + ": expected a file of options of at most 2 MiB\n");
  }

  /** Neither of them may take the stack, nor the memory that a page of aliases asks for. */
  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- ", "{\"a\": [["})
  void refusesDeepNesting(String opening) {
    Path file = Command.write(folder.resolve("deep.yaml"), "dim:\n  " + opening.repeat(30_000));
    Command command = Command.run("pretrain", "--config", file.toString());

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err()).contains("deep.yaml, line 2: nested more than 10 deep");
    assertThat(command.err().lines()).hasSize(1);
  }

  @Test
  void refusesAListThatHoldsItself() {
    Path file = Command.write(folder.resolve("own.yaml"), "drop: &a [&b [*a, *b]]");
    Command command = Command.run("pretrain", "--config", file.toString());

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err()).contains("own.yaml: drop: expected a value or a list of values");
    assertThat(command.err().lines()).hasSize(1);
  }

  @Test
  void refusesAFileThatIsNotThere() {
    Command command = Command.run("pretrain", "--config", folder.resolve("none.yaml").toString());

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err())
        .isEqualTo("contexture: " + folder.resolve("none.yaml") + ": no such file or folder\n");
  }

  /** The same bits from the file that a run has left. */
  @Test
  void aRunHoldsTheFileThatRepeatsIt() throws IOException {
    Path first = folder.resolve("first");
    Command command =
        Command.pretrain(
            table,
            first,
            "--steps",
            "4",
            "--seed",
            "3",
            "--objective",
            "mix(0.5: kise, 0.5: svme)");
    assertThat(command.code()).as(command.err()).isZero();
    Path second = folder.resolve("second");

    Path repeat = first.resolve("options.yaml");
    command = Command.run("pretrain", "--config", repeat.toString(), "--out", second.toString());

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(second.resolve("encoder.params"))
        .hasSameBinaryContentAs(first.resolve("encoder.params"));
    assertThat(Files.readString(second.resolve("options.yaml")))
        .isEqualTo(Files.readString(repeat))
        .startsWith("# contexture pretrain --config with this file repeats the run.\n")
        .contains("data: " + table, "seed: 3")
        .doesNotContain("out:");
  }

  @Test
  void takesArgumentsFromAFileOfThem() {
    Path file =
        Command.write(
            folder.resolve("arguments"), "spectrum --data " + table + "\n--target class\n");
    Command command = Command.run("@" + file, "--context", "knn(k=5)", "--json", "-");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.json().get("context").getAsString()).startsWith("knn(k=5");
  }

  /** More than a pipe holds, of which a reader wants one line. */
  @Test
  void aReaderMayHaveSeenEnough() throws Exception {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "there is no /bin/bash");
    List<String> words = new ArrayList<>(List.of(bash.toString(), "-c"));
    words.add("LC_ALL=C \"$@\" completion | head -n 1; echo ${PIPESTATUS[0]}");
    words.add("bash");
    words.addAll(Command.process());
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
        .containsExactly("#!/usr/bin/env bash", "0");
  }

  /** The script is one that bash takes, and it knows commands and options. */
  @Test
  void completionIsAScriptOfTheShell() throws Exception {
    Command command = Command.run("completion");
    assertThat(command.code()).isZero();
    assertThat(command.out()).contains("'--context'", "complete -F _complete_contexture");

    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "there is no /bin/bash");
    Path script = Command.write(folder.resolve("completion.bash"), command.out());
    String complete =
        "source "
            + script
            + "; COMP_WORDS=(contexture pretrain --obj); COMP_CWORD=2; _complete_contexture;"
            + " echo ${COMPREPLY[@]}";
    Process process =
        new ProcessBuilder(bash.toString(), "-c", complete)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
        .isEqualTo("--objective");
  }
}
