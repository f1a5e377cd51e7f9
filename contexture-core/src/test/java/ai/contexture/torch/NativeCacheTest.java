package ai.contexture.torch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Half a library is found before it is loaded. */
class NativeCacheTest {

  private static final String BRIDGE = System.mapLibraryName("djl_torch");
  private static final String UNPACKED = Engine.getDjlVersion() + "-" + BRIDGE;

  @TempDir Path root;

  private URLClassLoader jars;
  private Path cache;
  private Path unpacked;

  @BeforeEach
  void unpack() throws IOException {
    Path packed = root.resolve("jar");
    write(
        packed.resolve("native/lib/pytorch.properties"),
        "version=1.2\nflavor=cpu\nclassifier=os-x\nlibraries=liba.so,libb.so\n");
    write(packed.resolve("pytorch/cpu/os-x/liba.so"), "library a");
    write(packed.resolve("pytorch/cpu/os-x/libb.so"), "library b");
    write(packed.resolve("jnilib/os-x/cpu/" + BRIDGE), "bridge");
    jars = new URLClassLoader(new URL[] {packed.toUri().toURL()}, null);
    cache = root.resolve("cache");
    unpacked = cache.resolve("1.2-cpu-os-x");
    write(unpacked.resolve("liba.so"), "library a");
    write(unpacked.resolve("libb.so"), "library b");
    write(unpacked.resolve(UNPACKED), "bridge");
  }

  @AfterEach
  void close() throws IOException {
    jars.close();
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void wholeLibrariesAndNoneAtAll() throws IOException {
    assertThatCode(() -> NativeCache.requireWhole(cache, jars)).doesNotThrowAnyException();
    Files.delete(unpacked.resolve(UNPACKED)); // DJL brings it anew
    assertThatCode(() -> NativeCache.requireWhole(cache, jars)).doesNotThrowAnyException();
    assertThatCode(() -> NativeCache.requireWhole(root.resolve("none"), jars))
        .doesNotThrowAnyException();
    assertThatCode(NativeCache::requireWhole).doesNotThrowAnyException();
  }

  @Test
  void aLibraryThatIsCut() throws IOException {
    write(unpacked.resolve("libb.so"), "libr");
    refused("libb.so", "expected 9 bytes, got 4");
  }

  @Test
  void aLibraryThatIsGone() throws IOException {
    Files.delete(unpacked.resolve("liba.so"));
    refused("liba.so", "expected 9 bytes, got none");
  }

  @Test
  void aBridgeThatIsCut() throws IOException {
    write(unpacked.resolve(UNPACKED), "");
    refused(UNPACKED, "expected 6 bytes, got 0");
  }

  private void refused(String library, String what) {
    assertThatThrownBy(() -> NativeCache.requireWhole(cache, jars))
        .rootCause()
        .hasMessage(
            unpacked.resolve(library)
                + ": damaged, "
                + what
                + "; delete the folder "
                + unpacked
                + ", which is unpacked again");
  }
}
