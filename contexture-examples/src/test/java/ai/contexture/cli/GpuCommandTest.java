package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.cuda.FakeRepository;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class GpuCommandTest {

  @TempDir Path folder;

  private FakeRepository repository;
  private Path cache;

  @BeforeEach
  void make() throws IOException {
    repository = FakeRepository.in(folder.resolve("repository"));
    cache = folder.resolve("cache");
  }

  /** Runs the command at a terminal at which an answer is typed, or without one. */
  private Command run(String answer, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            answer == null ? 0 : 80,
            "contexture");
    byte[] typed = Optional.ofNullable(answer).orElse("").getBytes(StandardCharsets.UTF_8);
    CommandLine line =
        GpuCommand.of(terminal, repository.build(), new ByteArrayInputStream(typed))
            .setExecutionExceptionHandler((e, c, p) -> new Failures(terminal, false).thrown(e));
    int code = line.execute(args);
    return new Command(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Command install(String answer, String... more) {
    List<String> args =
        List.of(
            "install",
            "--fetch-cuda",
            "--cache",
            cache.toString(),
            "--repository",
            repository.folder().toUri().toString());
    return run(answer, Stream.concat(args.stream(), List.of(more).stream()).toArray(String[]::new));
  }

  @Test
  void saysSizeAndTermsAndInstalls() {
    Command install = install(null, "--accept-licence");

    assertThat(install.code()).as(install.err()).isZero();
    assertThat(install.out())
        .containsSubsequence(
            "libtorch 1.2.3 for CUDA 12.9, from file:",
            "org.example:torch:1:linux",
            "To fetch: 0.00 GB. On disk: 0.00 GB in " + cache,
            "NVIDIA's terms",
            "https://docs.nvidia.com/cuda/eula/",
            "Installed in " + cache.resolve("libtorch-1.2.3-cu128"),
            "CONTEXTURE_CACHE=" + cache);
    assertThat(install.err().lines())
        .containsExactly("torch (0.00 GB)", "blas (0.00 GB)", "cuda (0.00 GB)", "unpacking");
    assertThat(cache.resolve("libtorch-1.2.3-cu128/torch/libtorch_cuda.so")).exists();

    assertThat(install(null).out())
        .startsWith("It is installed already, in " + cache.resolve("libtorch-1.2.3-cu128"));
  }

  @Test
  void asksWhereSomebodyCanAnswer() {
    Command nobody = install(null);
    assertThat(nobody.code()).isEqualTo(2);
    assertThat(nobody.out()).contains("NVIDIA's terms");
    assertThat(nobody.err().lines())
        .containsExactly(
            "contexture: gpu install: NVIDIA's terms must be accepted, and nobody can be asked:"
                + " --accept-licence");
    assertThat(install("").code()).isEqualTo(2); // the end of the input
    assertThat(install("no\n").err())
        .isEqualTo("contexture: gpu install: not accepted, so nothing was fetched\n");
    assertThat(install("\n").code()).isEqualTo(2);
    assertThat(cache).doesNotExist();

    Command yes = install("Y\n");
    assertThat(yes.code()).as(yes.err()).isZero();
    assertThat(cache.resolve("libtorch-1.2.3-cu128")).isDirectory();
  }

  @Test
  void failsInOneLineAndInstallsNothing() throws IOException {
    repository.damage(1);
    assertFails(1, "wrong checksum", install(null, "--accept-licence"));
    Files.delete(repository.jar(1));
    assertFails(1, "blas-1-linux.jar", install(null, "--accept-licence"));
    assertFails(
        2, "--repository: expected an address", run(null, "install", "--repository", "central"));
    assertFails(
        2,
        "--cuda-home: there is no folder",
        run(null, "install", "--cache", cache.toString(), "--cuda-home", folder + "/none"));
    assertFails(
        2, "--fetch-cuda", run(null, "install", "--fetch-cuda", "--cuda-home", folder.toString()));
    Path file = Files.writeString(folder.resolve("file"), "");
    assertFails(
        2, "is not a folder", run(null, "install", "--cache", file.resolve("x").toString()));
    assertThat(cache.resolve("libtorch-1.2.3-cu128")).doesNotExist();
  }

  private static void assertFails(int code, String message, Command command) {
    assertThat(command.code()).as(command.err()).isEqualTo(code);
    assertThat(command.err().lines().filter(line -> line.startsWith("contexture: ")))
        .singleElement()
        .asString()
        .contains(message);
    assertThat(command.err()).doesNotContain("\tat ");
  }

  @Test
  void cudaOfTheSystemNeedsNoConsent() throws IOException {
    Path home = Files.createDirectories(folder.resolve("own/lib64"));
    for (String library : repository.build().cudaLibraries()) {
      Files.writeString(home.resolve(library), "system");
    }

    Command install =
        run(
            null,
            "install",
            "--cache",
            cache.toString(),
            "--cuda-home",
            home.getParent().toString(),
            "--repository",
            repository.folder().toUri().toString());

    assertThat(install.code()).as(install.err()).isZero();
    assertThat(install.out())
        .contains("CUDA of the system, in " + home)
        .doesNotContain("NVIDIA's terms", "org.example:cuda");
  }

  @Test
  void saysWhatIsThereAndRemovesIt() throws IOException {
    String[] status = {"status", "--cache", cache.toString()};
    assertThat(run(null, status).out())
        .isEqualTo("Not installed: there is no " + cache.resolve("libtorch-1.2.3-cu128") + "\n");
    install(null, "--accept-licence");
    Command there = run(null, status);
    assertThat(there.code()).isZero();
    assertThat(there.out())
        .contains(
            "libtorch 1.2.3 for CUDA 12.9 in " + cache,
            "  export PYTORCH_LIBRARY_PATH=" + cache.resolve("libtorch-1.2.3-cu128/torch"),
            "  export PYTORCH_FLAVOR=cu128");
    Path library = cache.resolve("libtorch-1.2.3-cu128/lib/libexample.so.9");
    Files.delete(library);
    assertThat(run(null, status).code()).isEqualTo(1);
    assertThat(run(null, status).out()).contains("missing: " + library + "\n");

    Command remove = run(null, "remove", "--cache", cache.toString());
    assertThat(remove.out()).startsWith("Removed " + cache);
    assertThat(cache).isEmptyDirectory();
  }

  @Test
  void everyCommandBelowIsExplained() {
    for (String command : List.of("install", "status", "remove")) {
      Command help = Command.run("gpu", command, "--help");

      assertThat(help.code()).isZero();
      assertThat(help.out()).contains("Usage: contexture gpu " + command, "--cache", "Examples:");
      assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
    }
    assertThat(Command.run("gpu").out()).contains("install", "status", "remove");
  }
}
