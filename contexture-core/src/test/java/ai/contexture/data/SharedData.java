package ai.contexture.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds datasets that some machines have beside the project; tests skip where they are absent. */
public final class SharedData {

  private SharedData() {}

  /**
   * Returns the folder {@code data} of the folder that the property {@code contexture.shared}
   * names, or of a folder {@code shared} beside or above this one; skips the test where there is
   * none.
   */
  public static Path folder() {
    String named = System.getProperty("contexture.shared");
    Path found = named == null ? search() : Path.of(named, "data");
    assumeTrue(found != null, "no folder shared/data here; give -Dcontexture.shared=FOLDER");
    return found;
  }

  private static Path search() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("shared").resolve("data");
      if (Files.isRegularFile(folder.resolve("datasets.csv"))) {
        return folder;
      }
    }
    return null;
  }
}
