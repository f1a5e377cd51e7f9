package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.contexture.docs.Page;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Locales, pipes and files that cannot be read or written. */
@Timeout(120)
class EnvironmentTest {

  @TempDir Path folder;

  private Path table;

  @BeforeEach
  void table() {
    table = Command.table(folder.resolve("table.csv"), 60);
  }

  /** Runs a line of bash, with a locale if it is not empty, in the folder. */
  private Command bash(String locale, String line, String... args) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no /bin/bash");
    List<String> words = new ArrayList<>(List.of("/bin/bash", "-c", line, "bash"));
    words.addAll(List.of(args));
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    if (!locale.isEmpty()) {
      builder.environment().put("LC_ALL", locale);
    }
    int code = builder.start().waitFor();
    return new Command(code, Files.readString(out), Files.readString(err));
  }

  private static String[] process() {
    return Command.process().toArray(String[]::new);
  }

  private static boolean hasUtf8() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/bin/bash", "-c", "locale -a | grep -qi '^C.utf'").start();
    return process.waitFor() == 0;
  }

  private static final String SET_LOCALE =
      "eval \"$(sed -n '/^set_locale()/,/^}/p' \"$1\")\"; set_locale; shift; ";

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_YY.UTF-8", "C.UTF-8"})
  void theLauncherTakesALocaleOfUtf8(String locale) throws Exception {
    assumeTrue(hasUtf8(), "there is no locale C.UTF-8");

    Command command = bash(locale, SET_LOCALE + "locale charmap", launcher());

    assertThat(command.out()).isEqualTo("UTF-8\n");
  }

  @Test
  void namesThatAreNotAsciiWorkInTheLocaleC() throws Exception {
    assumeTrue(hasUtf8(), "there is no locale C.UTF-8");
    String line = SET_LOCALE + "echo größe > größe.csv; exec \"$@\" spectrum --data größe.csv";

    Command command = bash("C", line, launcher(process()));

    assertThat(command.err())
        .isEqualTo("contexture: größe.csv: the file has a header but no rows\n");
    assertThat(command.code()).isEqualTo(2);
  }

  private static String[] launcher(String... more) {
    List<String> all = new ArrayList<>(List.of(Page.root().resolve("contexture").toString()));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void withoutTheLauncherTheLocaleIsNamed() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "elsewhere Java does not ask it");

    Command command = bash("C", "exec \"$@\" spectrum --data $'gr\\xc3\\xb6sse.csv'", process());

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err()).contains("LC_ALL=C.UTF-8").hasLineCount(1);
  }

  @Test
  void dataComeFromStandardInputAndSubstitutedProcesses() throws Exception {
    Path run = folder.resolve("run");
    assertThat(Command.pretrain(table, run, "--steps", "3").code()).isZero();
    String expected = Command.run("embed", run.toString(), "--out", "-").out();

    String both =
        "cat table.csv | \"$@\" embed run --data /dev/stdin --out - && echo -- &&"
            + " \"$@\" embed run --data <(gzip -c table.csv) --out -";
    Command command = bash("", both, process());

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).isEqualTo(expected + "--\n" + expected);
  }

  @Test
  void aRunSaysThatItCannotReadAPipeAgain() throws Exception {
    Command trained =
        bash(
            "",
            "cat table.csv | \"$@\" pretrain --data /dev/stdin --context 'knn(k=5)' --encoder linear"
                + " --dim 2 --steps 3 --out run --quiet",
            process());
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.err()).contains("warning: /dev/stdin cannot be read again");

    Command again = bash("", "cat table.csv | \"$@\" align run", process());
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("/dev/stdin: the run read its data from this pipe");
    assertThat(Command.run("align", folder + "/run", "--data", table.toString()).code()).isZero();
  }

  @Test
  void aContextsFileMustBeOneThatIsFoundAgain() {
    assumeTrue(Files.exists(Path.of("/dev/null")), "there is no device to read");

    Command command =
        Command.run("spectrum", "--data", table.toString(), "--context", "paired(file=/dev/null)");

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err())
        .contains("/dev/null: expected a file, since a context must find it again, got a pipe");
  }

  @Test
  void errorsNameTheFile() throws Exception {
    Path run = folder.resolve("run");
    assertThat(Command.pretrain(table, run, "--steps", "3").code()).isZero();

    assertThat(Command.run("spectrum", "--config", folder.toString()).err())
        .startsWith("contexture: " + folder + ": ");
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "context: größe".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(Command.run("spectrum", "--config", latin.toString()).err())
        .isEqualTo("contexture: " + latin + ": the text is not UTF-8\n");
    if (Files.exists(Path.of("/dev/full"))) {
      Command full =
          Command.run("embed", run.toString(), "--out", "/dev/full", "--format", "csv", "--force");
      assertThat(full.code()).isEqualTo(1);
      assertThat(full.err()).startsWith("contexture: /dev/full: ").hasLineCount(1);
    }
    try (OutputStream out = Files.newOutputStream(run.resolve("representation.json"))) {
      out.write(0xff);
    }
    assertThat(Command.run("embed", run.toString(), "--out", "-").err())
        .contains(run.resolve("representation.json") + ": damaged, the text is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"masked-rbf", "kernel-walk", "rbf"})
  void contextsAreCalledByTheirNames(String context) {
    Path equal = Command.write(folder.resolve("equal.csv"), "a,b\n" + "1,2\n".repeat(30) + "2,3\n");

    Command command = Command.run("spectrum", "--data", equal.toString(), "--context", context);

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err())
        .startsWith("contexture: " + context + ": more than half of the rows are equal");
  }

  @ParameterizedTest
  @ValueSource(strings = {"knn", "masked-knn"})
  void contextsWithoutADirectionAreCalledByTheirNames(String context) {
    String text = "a,b\n" + "1,1\n3,3\n".repeat(10) + "2,2\n";
    Path zero = Command.write(folder.resolve("zero.csv"), text);

    Command command =
        Command.run(
            "spectrum",
            "--data",
            zero.toString(),
            "--context",
            "mix(rbf(gamma=1), " + context + "(k=3, distance=cosine))");

    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err()).startsWith("contexture: " + context + ": cosine distance: row ");
  }
}
