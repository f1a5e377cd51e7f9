package ai.contexture.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class CudaInstallationTest {

  private static final CudaInstallation.Listener NOBODY =
      new CudaInstallation.Listener() {
        @Override
        public void begins(Artifact artifact) {}

        @Override
        public void fetched(long bytes) {}

        @Override
        public void unpacks() {}
      };

  @TempDir Path folder;

  private FakeRepository repository;
  private Path cache;
  private CudaInstallation installation;

  @BeforeEach
  void make() throws IOException {
    repository = FakeRepository.in(folder.resolve("repository"));
    cache = folder.resolve("cache");
    installation = new CudaInstallation(repository.build(), cache);
  }

  /** What fetching all would do, whatever the system has. */
  private CudaInstallation.Plan plan() throws IOException {
    return installation.plan(null, true, folder.resolve("m2"), Map.of());
  }

  private void install() throws IOException {
    installation.install(plan(), repository.folder().toUri(), NOBODY);
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void unpacksWhatIsNeededAndNothingElse() throws IOException {
    assertThat(installation.exists()).isFalse();

    install();

    assertThat(installation.exists()).isTrue();
    assertThat(installation.missing()).isEmpty();
    assertThat(installation.size()).isEqualTo(plan().unpacked());
    assertThat(installation.folder()).isEqualTo(cache.resolve("libtorch-1.2.3-cu128"));
    assertThat(files(installation.folder()))
        .containsExactly(
            "lib/libcudart.so",
            "lib/libcudart.so.12",
            "lib/libexample.so.9",
            "lib/libnvrtc-builtins.so.12.9",
            "lib/libopenblas.so.0",
            "torch/libtorch.so",
            "torch/libtorch_cuda.so");
    for (String file : files(installation.folder())) {
      if (!file.equals("lib/libcudart.so")) {
        String name = Path.of(file).getFileName().toString();
        assertThat(installation.folder().resolve(file)).hasContent(FakeRepository.content(name));
      }
    }
    assertThat(installation.folder().resolve("lib/libcudart.so"))
        .hasContent(FakeRepository.content("libcudart.so.12"));
    assertThat(files(cache))
        .filteredOn(file -> !file.startsWith("libtorch-1.2.3-cu128/"))
        .containsExactly(".lock");
  }

  @Test
  void whatIsThereStays() throws IOException {
    install();
    Path library = installation.folder().resolve("torch/libtorch.so");
    Files.writeString(library, "mine");

    install();

    assertThat(library).hasContent("mine");
    Files.delete(library);
    Path runtime = installation.folder().resolve("lib/libcudart.so");
    Files.delete(runtime);
    assertThat(installation.missing()).containsExactly(library.toString(), runtime.toString());
  }

  @Test
  void aWrongChecksumInstallsNothing() throws IOException {
    repository.damage(2);

    assertThatThrownBy(this::install).hasMessageContaining("wrong checksum");
    assertThat(installation.exists()).isFalse();
    // the others need not be fetched again
    assertThat(plan().download()).isEqualTo(repository.build().artifacts().get(2).bytes());
  }

  @Test
  void aJarThatLacksALibraryInstallsNothing() throws IOException {
    Artifact torch = repository.build().artifacts().get(0);
    Artifact more =
        new Artifact(
            torch.coordinates(),
            torch.sha256(),
            torch.bytes(),
            torch.unpacked(),
            torch.folder(),
            false,
            List.of("libtorch.so", "libmore.so"));
    CudaBuild build = new CudaBuild("1.2.3", "cu128", "12.9", "2.0", List.of(more));
    installation = new CudaInstallation(build, cache);

    assertThatThrownBy(this::install).hasMessageEndingWith("torch-1-linux.jar: has no libmore.so");
    assertThat(installation.exists()).isFalse();
    assertThat(files(cache)).containsExactly(".lock", "downloads/torch-1-linux.jar");
  }

  @Test
  void whatAnInterruptedOneLeftIsNotTakenOver() throws IOException {
    Path part = Files.createDirectories(cache.resolve("libtorch-1.2.3-cu128.part/torch"));
    Files.writeString(part.resolve("libtorch.so"), "half");
    Files.writeString(part.resolve("libother.so"), "other");

    install();

    assertThat(installation.folder().resolve("torch/libtorch.so"))
        .hasContent(FakeRepository.content("libtorch.so"));
    assertThat(files(cache)).noneMatch(file -> file.contains("part") || file.contains("other"));
  }

  @Test
  void jarsOfMavenAreNotFetchedAgain() throws IOException {
    Path maven = folder.resolve("m2");
    Path own = maven.resolve(repository.build().artifacts().get(0).path());
    Files.createDirectories(own.getParent());
    Files.copy(repository.jar(0), own);
    Path bad = maven.resolve(repository.build().artifacts().get(1).path());
    Files.createDirectories(bad.getParent());
    Files.write(bad, new byte[(int) Files.size(repository.jar(1))]);
    Files.delete(repository.jar(0));

    CudaInstallation.Plan plan = plan();

    assertThat(plan.local()).containsOnlyKeys(repository.build().artifacts().get(0));
    assertThat(plan.download())
        .isEqualTo(Files.size(repository.jar(1)) + Files.size(repository.jar(2)));
    assertThat(plan.room()).isEqualTo(plan.download() + plan.unpacked());
    install();
    assertThat(installation.missing()).isEmpty();
    assertThat(own).exists();
  }

  @Test
  void cudaOfTheSystemIsTakenWhereAllOfItIs() throws IOException {
    Path lib = Files.createDirectories(folder.resolve("own/lib64"));
    Path more = Files.createDirectories(folder.resolve("more"));
    Files.writeString(lib.resolve("libcudart.so.12"), "system");
    Files.writeString(lib.resolve("libnvrtc-builtins.so.12.4"), "system");
    Map<String, String> environment =
        Map.of("LD_LIBRARY_PATH", more.toString(), "CUDA_HOME", lib.getParent().toString());
    Path maven = folder.resolve("m2");

    assertThat(installation.plan(null, false, maven, environment).system()).isEmpty();

    Files.writeString(more.resolve("libexample.so.9"), "system");
    CudaInstallation.Plan plan = installation.plan(null, false, maven, environment);
    assertThat(plan.system()).isPresent();
    assertThat(plan.nvidia()).isFalse();
    assertThat(plan.artifacts()).hasSize(2);
    assertThat(installation.plan(null, true, maven, environment).system()).isEmpty();

    installation.install(plan, repository.folder().toUri(), NOBODY);
    assertThat(installation.missing()).isEmpty();
    assertThat(files(installation.folder()))
        .containsExactly(
            "lib/libcudart.so",
            "lib/libcudart.so.12",
            "lib/libexample.so.9",
            "lib/libnvrtc-builtins.so.12.4",
            "lib/libopenblas.so.0",
            "torch/libtorch.so",
            "torch/libtorch_cuda.so");
    assertThat(installation.folder().resolve("lib/libcudart.so")).hasContent("system");
    Files.delete(more.resolve("libexample.so.9"));
    assertThat(installation.missing())
        .containsExactly(installation.folder().resolve("lib/libexample.so.9").toString());
  }

  @Test
  void aFolderOfCudaMustHaveAll() throws IOException {
    Path home = folder.resolve("own");

    assertThatThrownBy(() -> installation.plan(home, false, folder, Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessage("--cuda-home: there is no folder " + home);
    Files.createDirectories(home.resolve("lib"));
    Files.writeString(home.resolve("lib/libcudart.so.12"), "system");
    assertThatThrownBy(() -> installation.plan(home, false, folder, Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(home + " nor the folders of the system have ")
        .hasMessageContaining("libexample.so.9");
    Files.writeString(home.resolve("libexample.so.9"), "system");
    Files.writeString(home.resolve("lib/libnvrtc-builtins.so.12.9"), "system");
    assertThat(installation.plan(home, false, folder, Map.of()).system().orElseThrow())
        .containsEntry("libexample.so.9", home.resolve("libexample.so.9"));
  }

  @Test
  void aFullDiskIsSaidBeforeAnythingIsFetched() {
    CudaInstallation.Plan plan =
        new CudaInstallation.Plan(
            Optional.empty(), repository.build().artifacts(), Map.of(), 0, 0, Long.MAX_VALUE);

    assertThatThrownBy(() -> installation.install(plan, folder.resolve("none").toUri(), NOBODY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(cache + ": the disk is too full: ")
        .hasMessageContaining(" GB are free");
    assertThat(installation.exists()).isFalse();
  }

  @Test
  void oneAtATime() throws IOException {
    Files.createDirectories(cache);
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(this::install).hasMessage(cache + ": another process installs there");
    }
    install();
    assertThat(installation.exists()).isTrue();
  }

  @Test
  void removesAll() throws IOException {
    install();
    repository.damage(0);
    Files.createDirectories(cache.resolve("downloads"));
    Files.writeString(cache.resolve("downloads/x.jar.part"), "half");

    installation.remove();

    assertThat(cache).isEmptyDirectory();
    installation.remove();
  }

  @Test
  void theFolderIsTheOneThatTheEnvironmentNames() {
    Path home = Path.of(System.getProperty("user.home"));

    assertThat(CudaInstallation.cache(Map.of())).isEqualTo(home.resolve(".cache/contexture"));
    assertThat(CudaInstallation.cache(Map.of("XDG_CACHE_HOME", "/x")))
        .isEqualTo(Path.of("/x/contexture"));
    assertThat(CudaInstallation.cache(Map.of("XDG_CACHE_HOME", "/x", "CONTEXTURE_CACHE", "/y")))
        .isEqualTo(Path.of("/y"));
    assertThat(installation.environment())
        .containsEntry("PYTORCH_LIBRARY_PATH", installation.folder() + "/torch")
        .containsEntry("LD_LIBRARY_PATH", installation.folder() + "/lib")
        .containsEntry("PYTORCH_FLAVOR", "cu128")
        .containsEntry("PYTORCH_VERSION", "1.2.3");
  }
}
