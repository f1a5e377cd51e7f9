package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Csv;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Table;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs that earlier versions wrote, with the features that those versions gave: they load, give the
 * same features, and are compared with the data that they were learned from.
 */
class EarlierVersionsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"format-1", "format-2", "format-2-averaged"})
  void aRunOfAnEarlierVersion(String name) throws IOException, URISyntaxException {
    Path table = Files.copy(resource("table.csv"), folder.resolve("table.csv"));
    Path run = Files.createDirectory(folder.resolve(name));
    try (Stream<Path> files = Files.list(resource(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, run.resolve(file.getFileName()));
      }
    }
    Path json = run.resolve("run.json");
    Files.writeString(json, Files.readString(json).replace("@table@", table.toString()));

    Path out = folder.resolve("out.csv");
    Command embedded =
        Command.run("embed", run.toString(), "--data", table.toString(), "--out", out.toString());
    assertThat(embedded.code()).as(embedded.err()).isZero();
    assertThat(embedded.err()).contains("saved before there were checksums");
    Table got = Csv.read(out);
    Table expected = Csv.read(run.resolve("expected.csv"));
    for (String feature : List.of("f1", "f2")) {
      assertThat(numbers(got, feature)).containsExactly(numbers(expected, feature), within(1e-6));
    }
    Command aligned = Command.run("align", run.toString());
    assertThat(aligned.code()).as(aligned.err()).isZero();
    assertThat(Command.run("pretrain", "--resume", run.toString()).err())
        .contains("this run is complete, all 3 steps are finished");
  }

  private static double[] numbers(Table table, String name) {
    return ((NumericColumn) table.column(name)).values();
  }

  private static Path resource(String name) throws URISyntaxException {
    URL url = EarlierVersionsTest.class.getResource("earlier/" + name);
    return Path.of(url.toURI());
  }
}
