package ai.contexture.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.CsvOptions;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextFilesTest {

  @TempDir Path folder;

  @Test
  void pathsStartFromTheRootInEveryPart() {
    String file = Path.of("other.csv").toAbsolutePath().toString();

    assertThat(
            Contexts.absolute("mix(0.3: knn(k=5), 0.7: conv(rbf, paired(file=./x/../other.csv)))"))
        .isEqualTo("mix(0.3: knn(k=5), 0.7: conv(rbf, paired(file=" + file + ")))");
    assertThat(Contexts.absolute("knn( k=5 )")).as("as it was given").isEqualTo("knn( k=5 )");
    assertThat(
            Contexts.withPaths(
                "mix(0.3: knn(k=5), 0.7: paired(file=/a/b.csv, on=id))",
                path -> path.getFileName()))
        .isEqualTo("mix(0.3: knn(k=5), 0.7: paired(file=b.csv, on=id))");
    assertThat(Contexts.absolute("monte-carlo(scarf(rate=0.5))"))
        .isEqualTo("monte-carlo(scarf(rate=0.5))");
  }

  @Test
  void theFilesOfAMixtureAreThoseOfItsParts() throws IOException {
    Path a = Files.writeString(folder.resolve("a.csv"), "u\n1\n2\n");
    Path b = Files.writeString(folder.resolve("b.csv"), "v\n1\n2\n");
    String parts = "(knn, paired(file=\"" + a + "\"), paired(file=\"" + b + "\"))";
    for (String name : List.of("mix", "conv", "concat", "minmax")) {
      ContextFactory factory = Contexts.parse(name + parts);
      assertThat(factory.files()).as(name).containsExactly(a, b);
      assertThat(factory.tables()).as(name).containsExactly(a, b);
    }
  }

  @Test
  void fingerprintsSayWhetherAFileChanged() throws IOException {
    Path file = Files.writeString(folder.resolve("a.bin"), "abc");
    ContextFactory own =
        new ContextFactory() {
          @Override
          public Context fit(ContextData data) {
            throw new IllegalStateException();
          }

          @Override
          public List<Path> files() {
            return List.of(file);
          }
        };

    Map<String, String> before = ContextFiles.fingerprints(own);

    assertThat(before)
        .containsExactly(
            Map.entry(
                file.toString(),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    ContextFiles.requireSame(before);
    Files.writeString(file, "abd");
    assertThatThrownBy(() -> ContextFiles.requireSame(before))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(file.toString(), "not those of the run");
  }

  @Test
  void anotherTableIsReadAsThatOfTheRowsAndWithoutTheTarget() throws IOException {
    Path file = Files.writeString(folder.resolve("a.csv"), "id;code;y;z\n1;7;x;-1\n2;8;y;3\n");
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data =
          ContextData.of(manager.zeros(new Shape(2, 1)))
              .withTarget(Target.Values.of("y", new double[] {1, 2}))
              .withReading(
                  CsvOptions.DEFAULT
                      .withNominal("code", "other")
                      .withMissing("-1")
                      .withDrop("id")
                      .withSeparator(';'));

      assertThat(data.read(file, Set.of()).names()).containsExactly("code", "z");
      assertThat(data.read(file, Set.of()).column("code").text(0)).isEqualTo("7");
      assertThat(data.read(file, Set.of()).column("code")).isInstanceOf(NominalColumn.class);
      assertThat(data.read(file, Set.of()).column("z").missing(0)).isTrue();
      assertThat(data.read(file, Set.of("y")).names()).containsExactly("code", "y", "z");
      assertThatThrownBy(() -> data.read(file, Set.of("id")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("drop=id");
    }
  }
}
