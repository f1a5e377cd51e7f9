package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that can be read only once. */
@Timeout(60)
class PipeTest {

  @TempDir Path folder;

  /** A named pipe into which a thread writes some bytes. */
  private Path pipe(byte[] bytes) throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    int code = -1;
    try {
      code = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    } catch (IOException e) {
      assumeTrue(false, "there is no mkfifo");
    }
    assumeTrue(code == 0, "mkfifo failed");
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(bytes);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.setDaemon(true);
    writer.start();
    return pipe;
  }

  /** Column b holds names and a number, for whose text the file is read twice. */
  private static byte[] table() {
    StringBuilder text = new StringBuilder("a,b\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(i).append(i % 2 == 0 ? ",x\n" : i == 7 ? ",007\n" : ",y\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aPipeIsReadOnce() throws Exception {
    Table table = Csv.read(pipe(table()));

    assertThat(table.rows()).isEqualTo(20_000);
    assertThat(table.column("b").text(7)).isEqualTo("007");
  }

  @Test
  void aPipeMayBeCompressed() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(table());
    }
    assertThat(Csv.read(pipe(bytes.toByteArray())).column("b").text(7)).isEqualTo("007");
  }

  @Test
  void theNodesOfAGraphMayComeThroughAPipe() throws Exception {
    Path edges = Files.writeString(folder.resolve("edges.csv"), "source,target\np,q\n");
    Path nodes = pipe("id,x\nq,1\np,2\n".getBytes(StandardCharsets.UTF_8));

    Dataset dataset = GraphFiles.of(edges, nodes).read(CsvOptions.DEFAULT, null, null);

    assertThat(dataset.graph().orElseThrow().ids()).containsExactly("q", "p");
    assertThat(dataset.features().names()).containsExactly("x");
  }
}
