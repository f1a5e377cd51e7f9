package ai.contexture.cuda;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A build of libtorch for GPUs in a folder, from which the launcher takes it. The folder gets its
 * name when all is in it, so one of that name is complete.
 */
public final class CudaInstallation {

  /** The variable of the environment that names the folder of installations. */
  public static final String CACHE = "CONTEXTURE_CACHE";

  private static final String RUNTIME = "libcudart.so";
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final CudaBuild build;
  private final Path cache;

  /**
   * Creates what looks after a folder.
   *
   * @param cache the folder of installations, which may not be there
   */
  public CudaInstallation(CudaBuild build, Path cache) {
    this.build = build;
    this.cache = cache.toAbsolutePath().normalize();
  }

  /** Hears how far an installation is. */
  public interface Listener {

    /** The work on an artifact begins. */
    void begins(Artifact artifact);

    /** So many bytes of the artifact are there. */
    void fetched(long bytes);

    /** All are there and are being unpacked. */
    void unpacks();
  }

  /**
   * What an installation will do.
   *
   * @param system the libraries of CUDA that the system has, or nothing where they are fetched
   * @param artifacts what is taken from Maven
   * @param local those that Maven has fetched already, by artifact
   * @param download bytes to fetch
   * @param unpacked bytes of the installation
   * @param room bytes that the disk must have free
   */
  public record Plan(
      Optional<Map<String, Path>> system,
      List<Artifact> artifacts,
      Map<Artifact, Path> local,
      long download,
      long unpacked,
      long room) {

    /** Returns whether something of NVIDIA's is installed, whose licence must be accepted. */
    public boolean nvidia() {
      return artifacts.stream().anyMatch(Artifact::nvidia);
    }
  }

  /** Returns the folder of installations that the launcher looks in. */
  public static Path cache(Map<String, String> environment) {
    String own = environment.getOrDefault(CACHE, "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (caches.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches))
        .resolve("contexture");
  }

  /** Returns the folder of the installation. */
  public Path folder() {
    return cache.resolve(build.name());
  }

  /** Returns whether there is an installation. */
  public boolean exists() {
    return Files.isDirectory(folder());
  }

  /** Returns the libraries that the installation should have and has not. */
  public List<String> missing() {
    Stream<Path> libraries =
        build.artifacts().stream()
            .flatMap(
                artifact ->
                    artifact.libraries().stream()
                        .filter(
                            name -> !name.startsWith("libnvrtc-builtins")) // the system's differs
                        .map(name -> folder().resolve(artifact.folder()).resolve(name)));
    Path runtime = folder().resolve(CudaBuild.LIB).resolve(RUNTIME);
    return Stream.concat(libraries, Stream.of(runtime))
        .filter(file -> !Files.exists(file))
        .map(Path::toString)
        .toList();
  }

  /** Returns the bytes of the installation, without the system's libraries. */
  public long size() throws IOException {
    return size(folder());
  }

  /** Returns what must be set before a process starts that is to use the installation. */
  public Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("PYTORCH_LIBRARY_PATH", folder().resolve(CudaBuild.TORCH).toString());
    variables.put("PYTORCH_VERSION", build.libtorch());
    variables.put("PYTORCH_FLAVOR", build.flavour());
    variables.put("LD_LIBRARY_PATH", folder().resolve(CudaBuild.LIB).toString());
    return variables;
  }

  /**
   * Returns what an installation would do.
   *
   * @param home a folder of CUDA to use, or null to use the system's if it is complete
   * @param download whether to fetch CUDA even where the system has it
   * @param maven where Maven keeps what it fetched
   * @throws InputException if the folder lacks libraries
   */
  public Plan plan(Path home, boolean download, Path maven, Map<String, String> environment)
      throws IOException {
    Optional<Map<String, Path>> system = Optional.empty();
    List<String> names = build.cudaLibraries();
    if (home != null) {
      system = Optional.of(SystemCuda.in(home, names, environment).files());
    } else if (!download) {
      system =
          Optional.of(SystemCuda.search(names, environment))
              .filter(SystemCuda::complete)
              .map(SystemCuda::files);
    }
    boolean own = system.isEmpty();
    List<Artifact> artifacts =
        build.artifacts().stream().filter(artifact -> own || !artifact.nvidia()).toList();
    Map<Artifact, Path> local = new LinkedHashMap<>();
    long bytes = 0;
    long there = 0;
    for (Artifact artifact : artifacts) {
      Path file = maven.resolve(artifact.path());
      if (Files.isRegularFile(file)
          && Files.size(file) == artifact.bytes()
          && artifact.sha256().equals(Download.sha256(file))) {
        local.put(artifact, file);
      } else {
        bytes += artifact.bytes();
        there += Math.min(artifact.bytes(), Download.there(downloads(), artifact));
      }
    }
    long unpacked = artifacts.stream().mapToLong(Artifact::unpacked).sum();
    return new Plan(system, artifacts, local, bytes - there, unpacked, bytes - there + unpacked);
  }

  /**
   * Installs.
   *
   * @param repository a Maven repository
   * @throws IOException if something cannot be fetched or written; then nothing is installed
   */
  public void install(Plan plan, URI repository, Listener listener) throws IOException {
    Files.createDirectories(cache);
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (!lock.isValid() || exists()) {
        return;
      }
      requireRoom(plan);
      Download download = new Download(repository, downloads(), PAUSE);
      Map<Artifact, Path> jars = new LinkedHashMap<>();
      for (Artifact artifact : plan.artifacts) {
        listener.begins(artifact);
        Path local = plan.local.get(artifact);
        jars.put(artifact, local != null ? local : download.fetch(artifact, listener::fetched));
      }
      listener.unpacks();
      unpackAll(jars, plan.system.orElse(Map.of()));
      delete(downloads());
    }
  }

  /** Removes the installation and what was fetched for it. */
  public void remove() throws IOException {
    Path gone = cache.resolve(build.name() + ".part");
    delete(gone);
    if (exists()) { // from here on nobody takes it for complete
      Files.move(folder(), gone, StandardCopyOption.ATOMIC_MOVE);
      delete(gone);
    }
    delete(downloads());
    Files.deleteIfExists(cache.resolve(".lock"));
  }

  private Path downloads() {
    return cache.resolve("downloads");
  }

  private FileLock lock(FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException(cache + ": another process installs there");
    }
    return lock;
  }

  private void requireRoom(Plan plan) throws IOException {
    long free = Files.getFileStore(cache).getUsableSpace();
    if (free < plan.room) {
      throw new IOException(
          Text.format(
              "%s: the disk is too full: %.2f GB are needed, %.2f GB are free",
              cache, plan.room * 1e-9, free * 1e-9));
    }
  }

  private void unpackAll(Map<Artifact, Path> jars, Map<String, Path> system) throws IOException {
    Path part = cache.resolve(build.name() + ".part");
    delete(part);
    try {
      for (Map.Entry<Artifact, Path> jar : jars.entrySet()) {
        unpack(jar.getKey(), jar.getValue(), part.resolve(jar.getKey().folder()));
      }
      Path lib = Files.createDirectories(part.resolve(CudaBuild.LIB));
      for (Map.Entry<String, Path> file : system.entrySet()) {
        Files.createSymbolicLink(lib.resolve(file.getKey()), file.getValue());
      }
      // DJL counts GPUs through a library of this name.
      Files.createSymbolicLink(lib.resolve(RUNTIME), Path.of(RUNTIME + ".12"));
      Files.move(part, folder(), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(part); // a full disk gets its room back
    }
  }

  private static void unpack(Artifact artifact, Path jar, Path folder) throws IOException {
    Files.createDirectories(folder);
    Set<String> wanted = new LinkedHashSet<>(artifact.libraries());
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (wanted.remove(name)) {
          Path file = folder.resolve(name);
          try (InputStream input = zip.getInputStream(entry)) {
            Files.copy(input, file);
          } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
          }
        }
      }
    }
    if (!wanted.isEmpty()) {
      throw new IOException(jar + ": has no " + String.join(", ", wanted));
    }
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
