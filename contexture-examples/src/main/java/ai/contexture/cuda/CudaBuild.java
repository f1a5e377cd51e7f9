package ai.contexture.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * A build of libtorch for NVIDIA GPUs.
 *
 * @param libtorch its version
 * @param flavour of DJL's bridge to it, such as {@code cu128}
 * @param cuda the version of CUDA that it was built with
 * @param glibc the version of the C library that it asks for at least
 * @param artifacts what it is made of
 */
public record CudaBuild(
    String libtorch, String flavour, String cuda, String glibc, List<Artifact> artifacts) {

  /** The folder of an installation with nothing in it but libtorch: DJL loads all files in it. */
  static final String TORCH = "torch";

  /** The folder of an installation with the libraries that libtorch loads. */
  static final String LIB = "lib";

  private static final String RESOURCE = "libraries.yaml";

  /** Keeps a copy of the artifacts. */
  public CudaBuild {
    artifacts = List.copyOf(artifacts);
  }

  /** Returns the build for the libtorch that this program is made for. */
  public static CudaBuild current() {
    LoadSettings texts = LoadSettings.builder().setSchema(new FailsafeSchema()).build();
    try (InputStream input = CudaBuild.class.getResourceAsStream(RESOURCE)) {
      Map<?, ?> build = (Map<?, ?>) new Load(texts).loadFromInputStream(input);
      return new CudaBuild(
          text(build, "libtorch"),
          text(build, "flavour"),
          text(build, "cuda"),
          text(build, "glibc"),
          ((List<?>) build.get("artifacts"))
              .stream().map(one -> artifact((Map<?, ?>) one)).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Artifact artifact(Map<?, ?> map) {
    return new Artifact(
        text(map, "coordinates"),
        text(map, "sha256"),
        Long.parseLong(text(map, "bytes")),
        Long.parseLong(text(map, "unpacked")),
        text(map, "folder"),
        "true".equals(map.get("nvidia")),
        ((List<?>) map.get("libraries")).stream().map(String.class::cast).toList());
  }

  private static String text(Map<?, ?> map, String key) {
    return (String) map.get(key);
  }

  /** Returns the name of the folder of an installation, by which the launcher finds it too. */
  public String name() {
    return "libtorch-" + libtorch + "-" + flavour;
  }

  /** Returns the libraries of CUDA. */
  public List<String> cudaLibraries() {
    return artifacts.stream()
        .filter(Artifact::nvidia)
        .flatMap(artifact -> artifact.libraries().stream())
        .toList();
  }
}
