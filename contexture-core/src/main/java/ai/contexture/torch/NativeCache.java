package ai.contexture.torch;

import ai.djl.engine.Engine;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The folder that DJL unpacks libtorch to, and trusts from then on: a library of which a part is
 * gone, as after a power failure or a restored backup, would end the process without a word of
 * ours.
 */
public final class NativeCache {

  private static final String LIBTORCH = "native/lib/pytorch.properties";

  private NativeCache() {}

  /**
   * Requires that unpacked libraries have the length of those in the JARs. A folder that is not
   * there is unpacked by DJL; a libtorch that was chosen by hand is not looked at.
   *
   * @throws UncheckedIOException if one differs, naming it and the folder to delete
   */
  public static void requireWhole() {
    String chosen = Utils.getEnvOrSystemProperty("PYTORCH_LIBRARY_PATH");
    if (chosen == null || chosen.isEmpty()) {
      requireWhole(Utils.getEngineCacheDir("pytorch"), NativeCache.class.getClassLoader());
    }
  }

  static void requireWhole(Path cache, ClassLoader jars) {
    try (InputStream stream = jars.getResourceAsStream(LIBTORCH)) {
      if (stream == null) {
        return;
      }
      Properties libtorch = new Properties();
      libtorch.load(stream);
      String flavor = libtorch.getProperty("flavor", "");
      String classifier = libtorch.getProperty("classifier", "");
      Path folder =
          cache.resolve(libtorch.getProperty("version") + "-" + flavor + "-" + classifier);
      if (!Files.isDirectory(folder)) {
        return;
      }
      for (String library : libtorch.getProperty("libraries", "").split(",", -1)) {
        requireWhole(
            folder,
            library,
            jars.getResource("pytorch/" + flavor + "/" + classifier + "/" + library));
      }
      String bridge = System.mapLibraryName("djl_torch");
      String unpacked = Engine.getDjlVersion() + "-" + bridge;
      if (Files.exists(folder.resolve(unpacked))) {
        requireWhole(
            folder,
            unpacked,
            jars.getResource("jnilib/" + classifier + "/" + flavor + "/" + bridge));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireWhole(Path folder, String name, URL packed) throws IOException {
    long expected = packed == null ? -1 : packed.openConnection().getContentLengthLong();
    Path file = folder.resolve(name);
    if (expected < 0) {
      return; // not of this JAR
    }
    String got = Files.exists(file) ? String.valueOf(Files.size(file)) : "none";
    if (!got.equals(String.valueOf(expected))) {
      throw new FileSystemException(
          file.toString(),
          null,
          "damaged, expected "
              + expected
              + " bytes, got "
              + got
              + "; delete the folder "
              + folder
              + ", which is unpacked again");
    }
  }
}
