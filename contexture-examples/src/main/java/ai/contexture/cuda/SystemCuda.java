package ai.contexture.cuda;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The libraries of CUDA that a system has already.
 *
 * @param files by name
 * @param missing names of those that are not there
 */
record SystemCuda(Map<String, Path> files, List<String> missing) {

  /** Where libraries are below a folder of CUDA. */
  private static final List<String> BELOW =
      List.of("lib64", "lib", "targets/x86_64-linux/lib", "extras/CUPTI/lib64", "");

  private static final List<String> DEFAULT =
      List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib");

  /** A name that goes beyond the number by which libraries are linked. */
  private static final Pattern EXACT = Pattern.compile("(.*\\.so\\.\\d+\\.)\\d+");

  /**
   * Looks for libraries.
   *
   * @param home a folder of CUDA to look in first; what it lacks, such as cuDNN, may be elsewhere
   * @throws InputException if the folder is not there, or not all libraries are found with it
   */
  static SystemCuda in(Path home, List<String> names, Map<String, String> environment)
      throws IOException {
    if (!Files.isDirectory(home)) {
      throw new InputException("--cuda-home: there is no folder " + home);
    }
    List<Path> folders = new ArrayList<>(below(home));
    folders.addAll(folders(environment));
    SystemCuda found = search(names, folders);
    if (!found.complete()) {
      throw new InputException(
          "--cuda-home: neither "
              + home
              + " nor the folders of the system have "
              + String.join(", ", found.missing)
              + "; without the option CUDA is fetched");
    }
    return found;
  }

  /** Looks for libraries where systems have them. */
  static SystemCuda search(List<String> names, Map<String, String> environment) throws IOException {
    return search(names, folders(environment));
  }

  private static List<Path> below(Path home) {
    return BELOW.stream().map(home::resolve).toList();
  }

  private static List<Path> folders(Map<String, String> environment) {
    Stream<Path> homes =
        Stream.of(
                environment.get("CUDA_HOME"),
                environment.get("CUDA_PATH"),
                "/usr/local/cuda",
                "/usr/local/cuda-12")
            .filter(home -> home != null && !home.isEmpty())
            .map(Path::of);
    Stream<Path> own =
        Stream.of(environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1))
            .filter(folder -> !folder.isEmpty())
            .map(Path::of);
    return Stream.of(
            homes.flatMap(home -> below(home).stream()), own, DEFAULT.stream().map(Path::of))
        .flatMap(folders -> folders)
        .toList();
  }

  private static SystemCuda search(List<String> names, List<Path> folders) throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      Optional<Path> file = find(name, folders);
      if (file.isPresent()) {
        files.put(file.get().getFileName().toString(), file.get());
      } else {
        missing.add(name);
      }
    }
    return new SystemCuda(files, List.copyOf(missing));
  }

  /** A library that is named by the version it belongs to may be of another than ours. */
  private static Optional<Path> find(String name, List<Path> folders) throws IOException {
    var exact = EXACT.matcher(name);
    for (Path folder : folders) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        return Optional.of(file.toAbsolutePath());
      }
      if (exact.matches() && Files.isDirectory(folder)) {
        try (Stream<Path> all = Files.list(folder)) {
          TreeSet<Path> others =
              all.filter(one -> one.getFileName().toString().startsWith(exact.group(1)))
                  .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
          if (!others.isEmpty()) {
            return Optional.of(others.first().toAbsolutePath());
          }
        }
      }
    }
    return Optional.empty();
  }

  boolean complete() {
    return missing.isEmpty();
  }
}
