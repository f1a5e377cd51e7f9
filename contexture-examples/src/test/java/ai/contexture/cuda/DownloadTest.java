package ai.contexture.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {

  @TempDir Path folder;

  private final List<String> ranges = new ArrayList<>();
  private FakeRepository repository;
  private Artifact artifact;
  private Path downloads;
  private HttpServer server;

  /** How many answers break off after half of what they promised. */
  private int breaking;

  private boolean knowsRanges = true;

  @BeforeEach
  void serve() throws IOException {
    repository = FakeRepository.in(folder.resolve("repository"));
    artifact = repository.build().artifacts().get(0);
    downloads = folder.resolve("downloads");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/maven2/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring("/maven2/".length());
      Path file = repository.folder().resolve(path);
      if (!Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String range = exchange.getRequestHeaders().getFirst("Range");
      ranges.add(String.valueOf(range));
      byte[] all = Files.readAllBytes(file);
      boolean part = knowsRanges && range != null;
      byte[] rest = part ? Arrays.copyOfRange(all, start(range), all.length) : all;
      exchange.sendResponseHeaders(part ? 206 : 200, rest.length);
      OutputStream body = exchange.getResponseBody();
      body.write(rest, 0, breaking-- > 0 ? rest.length / 2 : rest.length);
      body.flush();
    }
  }

  private static int start(String range) {
    return Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
  }

  private Path fetch(URI from) throws IOException {
    return new Download(from, downloads, Duration.ZERO).fetch(artifact, bytes -> {});
  }

  private URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/maven2/");
  }

  @Test
  void fetchesWhatTheRepositoryHas() throws IOException {
    List<Long> heard = new ArrayList<>();

    Path jar = new Download(address(), downloads, Duration.ZERO).fetch(artifact, heard::add);

    assertThat(jar).hasSameBinaryContentAs(repository.jar(0));
    assertThat(heard).isSorted().endsWith(artifact.bytes());
    assertThat(downloads).isDirectoryNotContaining("glob:**.part");
    assertThat(fetch(repository.folder().toUri())).isEqualTo(jar);
    assertThat(ranges).containsExactly("null"); // the second time nothing was asked for
  }

  @Test
  void takesFilesToo() throws IOException {
    assertThat(fetch(repository.folder().toUri())).hasSameBinaryContentAs(repository.jar(0));
  }

  @Test
  void goesOnWhereItWasInterrupted() throws IOException {
    breaking = 2;

    assertThat(fetch(address())).hasSameBinaryContentAs(repository.jar(0));
    assertThat(ranges).hasSize(3).first().isEqualTo("null");
    assertThat(start(ranges.get(1))).isPositive();
    assertThat(start(ranges.get(2))).isGreaterThan(start(ranges.get(1)));
  }

  @Test
  void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
    breaking = 1;
    knowsRanges = false;

    assertThat(fetch(address())).hasSameBinaryContentAs(repository.jar(0));
    assertThat(ranges).hasSize(2);
  }

  @Test
  void givesUpInOneLineAndKeepsWhatItHas() throws IOException {
    Path part = part();
    Files.createDirectories(downloads);
    Files.write(part, Arrays.copyOf(Files.readAllBytes(repository.jar(0)), 1000));
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    URI nowhere = URI.create("http://localhost:" + port);

    assertThatThrownBy(() -> fetch(nowhere))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("http://localhost:" + port + "/org/example/torch/1/torch-1-linux")
        .hasMessageContaining("broke off after 0.00 of 0.00 GB (Connection refused)")
        .hasMessageContaining("goes on from there");
    assertThat(part).hasSize(1000);
    assertThat(fetch(address())).hasSameBinaryContentAs(repository.jar(0));
    assertThat(ranges).containsExactly("bytes=1000-");
  }

  @Test
  void saysThatAHostIsNotKnown() {
    assertThatThrownBy(() -> fetch(URI.create("http://nowhere.invalid")))
        .hasMessageContaining(
            ": cannot be fetched: no host of this name is known: nowhere.invalid");
  }

  @Test
  void doesNotGiveOutWhatHasAnotherSum() throws IOException {
    repository.damage(0);

    assertThatThrownBy(() -> fetch(address()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wrong checksum: expected SHA-256 " + artifact.sha256() + ", got ");
    assertThat(downloads).isEmptyDirectory();
  }

  @Test
  void doesNotTrustWhatIsThere() throws IOException {
    Path jar = fetch(address());
    Files.write(jar, new byte[(int) artifact.bytes()]);

    assertThat(fetch(address())).isEqualTo(jar).hasSameBinaryContentAs(repository.jar(0));
    Files.delete(jar);
    Files.write(part(), new byte[(int) artifact.bytes() + 1]);
    assertThat(fetch(address())).hasSameBinaryContentAs(repository.jar(0));
  }

  @Test
  void saysWhatTheServerAnswers() throws IOException {
    Files.delete(repository.jar(0));

    assertThatThrownBy(() -> fetch(address()))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("torch-1-linux.jar: HTTP status 404");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void saysThatTheDiskIsFull() throws IOException {
    Files.createDirectories(downloads);
    Files.createSymbolicLink(part(), Path.of("/dev/full"));

    assertThatThrownBy(() -> fetch(address()))
        .isInstanceOf(IOException.class)
        .hasMessage(part() + ": No space left on device");
    assertThat(ranges).hasSize(1);
  }

  private Path part() {
    return downloads.resolve(artifact.fileName() + ".part");
  }
}
