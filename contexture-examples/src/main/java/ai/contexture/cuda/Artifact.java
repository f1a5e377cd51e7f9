package ai.contexture.cuda;

import java.util.List;

/**
 * A JAR of a Maven repository, and the libraries that are wanted of it.
 *
 * @param coordinates group, name, version and classifier, with colons between them
 * @param sha256 of the JAR, in hexadecimal digits
 * @param bytes of the JAR
 * @param unpacked bytes of the libraries
 * @param folder where the libraries go, below that of the build
 * @param nvidia whether it is NVIDIA's: under its licence, and not needed where the system has CUDA
 * @param libraries names of files, without folders
 */
public record Artifact(
    String coordinates,
    String sha256,
    long bytes,
    long unpacked,
    String folder,
    boolean nvidia,
    List<String> libraries) {

  /** Checks that the coordinates have their four parts. */
  public Artifact {
    if (coordinates.split(":", -1).length != 4) {
      throw new IllegalArgumentException("coordinates: expected four parts, got " + coordinates);
    }
    libraries = List.copyOf(libraries);
  }

  /** Returns the name of the JAR. */
  public String fileName() {
    String[] parts = coordinates.split(":", -1);
    return String.join("-", parts[1], parts[2], parts[3]) + ".jar";
  }

  /** Returns where the JAR is in a repository, such as {@code org/x/y/1.0/y-1.0-linux.jar}. */
  String path() {
    String[] parts = coordinates.split(":", -1);
    return String.join("/", parts[0].replace('.', '/'), parts[1], parts[2], fileName());
  }
}
