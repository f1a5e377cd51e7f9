package ai.contexture.cuda;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A Maven repository in a folder with small JARs that are laid out as the real ones.
 *
 * @param folder of the repository
 * @param build that is made of its JARs
 */
public record FakeRepository(Path folder, CudaBuild build) {

  /** Bytes of a library. */
  private static final int SIZE = 50_000;

  /** Makes a repository. */
  public static FakeRepository in(Path folder) throws IOException {
    List<Artifact> artifacts = new ArrayList<>();
    artifacts.add(
        artifact(folder, "torch:1", "torch", false, List.of("libtorch.so", "libtorch_cuda.so")));
    artifacts.add(artifact(folder, "blas:1", "lib", false, List.of("libopenblas.so.0")));
    artifacts.add(
        artifact(
            folder,
            "cuda:12",
            "lib",
            true,
            List.of("libcudart.so.12", "libexample.so.9", "libnvrtc-builtins.so.12.9")));
    return new FakeRepository(
        folder, new CudaBuild("1.2.3", "cu128", "12.9", "2.0", List.copyOf(artifacts)));
  }

  private static Artifact artifact(
      Path folder, String name, String into, boolean nvidia, List<String> libraries)
      throws IOException {
    Artifact unknown =
        new Artifact("org.example:" + name + ":linux", "", 0, 0, into, nvidia, libraries);
    Path jar = folder.resolve(unknown.path());
    Files.createDirectories(jar.getParent());
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(0);
      add(zip, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n");
      add(zip, "org/example/linux/libjnitorch.so", "not wanted");
      for (String library : libraries) {
        add(zip, "org/example/linux/" + library, content(library));
      }
    }
    return new Artifact(
        unknown.coordinates(),
        Download.sha256(jar),
        Files.size(jar),
        (long) libraries.size() * SIZE,
        into,
        nvidia,
        libraries);
  }

  private static void add(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  /** Returns what is in a library. */
  static String content(String library) {
    return (library + " ").repeat(SIZE).substring(0, SIZE);
  }

  /** Returns the JAR of an artifact. */
  public Path jar(int artifact) {
    return folder.resolve(build.artifacts().get(artifact).path());
  }

  /** Changes a byte in the middle of a JAR. */
  public void damage(int artifact) throws IOException {
    byte[] bytes = Files.readAllBytes(jar(artifact));
    bytes[bytes.length / 2] ^= 1;
    Files.write(jar(artifact), bytes);
  }
}
