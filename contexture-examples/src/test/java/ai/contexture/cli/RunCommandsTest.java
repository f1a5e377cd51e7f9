package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at a run, and the one that needs none. */
class RunCommandsTest {

  @TempDir static Path shared;

  private static Path table;
  private static Path run;
  private static JsonObject result;

  @TempDir Path folder;

  @BeforeAll
  static void pretrain() {
    table = Command.table(shared.resolve("table.csv"), 60);
    run = shared.resolve("run");
    result =
        Command.pretrain(table, run, "--steps", "20", "--drop", "weight", "--json", "-").json();
  }

  @Test
  void alignSaysWhatPretrainSaid() {
    JsonObject alignment = Command.run("align", run.toString(), "--json", "-").json();

    assertThat(alignment.keySet()).isEqualTo(result.getAsJsonObject("alignment").keySet());
    for (String key : alignment.keySet()) {
      assertThat(alignment.get(key).getAsDouble())
          .as(key)
          .isCloseTo(result.getAsJsonObject("alignment").get(key).getAsDouble(), within(1e-6));
    }
  }

  @Test
  void alignOnNewRows() {
    JsonObject alignment =
        Command.run("align", run.toString(), "--split", "test", "--json", "-").json();

    assertThat(alignment.get("cca").getAsDouble())
        .isCloseTo(
            result.getAsJsonObject("alignmentOnNewRows").get("cca").getAsDouble(), within(1e-6));
    assertThat(alignment.get("ratioTrace").isJsonNull()).isTrue();
    assertThat(Command.run("align", run.toString(), "--split", "labelled").out())
        .contains("9 new rows", "1 = exact");
    assertThat(Command.run("align", run.toString()).out())
        .contains("The same on new rows", "--split test");
  }

  @Test
  void probeSaysWhatPretrainSaid() {
    JsonObject probe = Command.run("probe", run.toString(), "--json", "-").json();

    assertThat(probe).isEqualTo(result.getAsJsonObject("probe"));
    assertThat(Command.run("probe", run.toString()).out()).contains("'class'", "accuracy");
  }

  @Test
  void probeOfAnotherTarget() {
    Command command = Command.run("probe", run.toString(), "--target", "weight", "--json", "-");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.json().get("metric").getAsString()).isEqualTo("rmse");
  }

  @Test
  void dataMayMove() throws IOException {
    Path moved = Files.copy(table, folder.resolve("moved.csv"));

    Command command = Command.run("align", run.toString(), "--data", moved.toString());

    assertThat(command.code()).as(command.err()).isZero();
  }

  @Test
  void embedWritesCsv() throws IOException {
    Path out = folder.resolve("features.csv");

    Command command = embed("--out", out.toString());

    assertThat(command.code()).as(command.err()).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(61).startsWith("row,f1,f2");
    assertThat(embed("--out", "-", "--dim", "1").out().lines().toList())
        .isEqualTo(lines.stream().map(line -> line.substring(0, line.lastIndexOf(','))).toList());
    assertThat(embed("--out", out.toString(), "--force").code()).isZero();
    assertThat(embed("--out", out.toString()).code()).isEqualTo(2);
  }

  @Test
  void embedKeepsColumns() throws IOException {
    List<String> plain = embed("--out", "-").out().lines().toList();
    List<String> rows = Files.readAllLines(table);
    List<String> expected = new ArrayList<>(List.of("row,weight,class,length,f1,f2"));
    for (int i = 1; i < rows.size(); i++) {
      String[] cells = rows.get(i).split(",", -1);
      String features = plain.get(i).substring(plain.get(i).indexOf(','));
      expected.add(i + "," + cells[5] + "," + cells[4] + "," + cells[0] + features);
    }

    assertThat(embed("--keep", "weight,class,length", "--out", "-").out().lines().toList())
        .isEqualTo(expected);
    assertThat(
            Command.run("embed", run.toString(), "--keep", "weight,class,length", "--out", "-")
                .out()
                .lines()
                .toList())
        .isEqualTo(expected);
  }

  @Test
  void keptCellsAreAsTheyWere() throws IOException {
    List<String> rows = new ArrayList<>(Files.readAllLines(table));
    rows.replaceAll(row -> row + ",007");
    rows.set(0, rows.get(0).replace("007", "the key"));
    rows.set(1, rows.get(1).replace("007", "\"a, \"\"b\"\"\""));
    rows.set(2, rows.get(2).replace("007", ""));
    rows.set(3, rows.get(3).replace("007", "NA"));
    Path keyed = Command.write(folder.resolve("keyed.csv"), String.join("\n", rows));

    List<String> lines =
        Command.run(
                "embed",
                run.toString(),
                "--data",
                keyed.toString(),
                "--keep",
                "the key",
                "--out",
                "-")
            .out()
            .lines()
            .toList();

    assertThat(lines.get(0)).isEqualTo("row,the key,f1,f2");
    assertThat(lines.get(1)).startsWith("1,\"a, \"\"b\"\"\",");
    assertThat(lines.get(2)).startsWith("2,,");
    assertThat(lines.get(3)).startsWith("3,NA,");
    assertThat(lines.get(4)).startsWith("4,007,");
  }

  @Test
  void keptColumnsMustBeThereAndDiffer() {
    assertThat(embed("--keep", "wieght", "--out", "-").err())
        .contains("column 'wieght' is needed but not there", "did you mean weight?");
    assertThat(embed("--keep", "weight,weight", "--out", "-").err())
        .contains("--keep: the file would have two columns named 'weight'");
    assertThat(embed("--keep", "f1", "--out", "-").code()).isEqualTo(2);
    assertThat(embed("--keep", "weight", "--out", folder.resolve("x.npy").toString()).err())
        .contains("--keep: expected CSV, since an array holds features alone");
  }

  @Test
  void embedWithoutDataTakesThoseOfTheRun() {
    String own = Command.run("embed", run.toString(), "--out", "-").out();

    assertThat(own).isEqualTo(embed("--out", "-").out());
  }

  @Test
  void embedWritesNumpy() throws IOException {
    Path npy = folder.resolve("features.npy");
    Path npz = folder.resolve("features.NPZ");
    embed("--out", npy.toString());
    embed("--out", npz.toString());

    double[] expected =
        embed("--out", "-")
            .out()
            .lines()
            .skip(1)
            .flatMap(line -> Arrays.stream(line.split(",", -1)).skip(1))
            .mapToDouble(Double::parseDouble)
            .toArray();

    byte[] bytes = Files.readAllBytes(npy);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int start = 10 + buffer.getShort(8);
    assertThat(start % 64).isZero();
    assertThat(new String(bytes, 10, start - 10, StandardCharsets.US_ASCII))
        .contains("(60, 2)")
        .endsWith("\n");
    double[] read = new double[120];
    buffer.position(start).slice().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(read);
    assertThat(read).isEqualTo(expected);
    try (NDManager manager = NDManager.newBaseManager();
        InputStream stream = Files.newInputStream(npz)) {
      NDArray array = NDList.decode(manager, stream).singletonOrThrow();
      assertThat(array.getName()).isEqualTo("features");
      assertThat(array.toDoubleArray()).isEqualTo(expected);
    }
  }

  @Test
  void numpyReadsIt() throws IOException, InterruptedException {
    embed("--out", folder.resolve("f.npy").toString());
    embed("--out", folder.resolve("f.npz").toString());
    String script =
        """
        import sys
        try:
            import numpy as np
        except ImportError:
            sys.exit(9)
        a = np.load('f.npy')
        b = np.load('f.npz')['features']
        assert a.shape == (60, 2) and a.dtype == np.float64 and (a == b).all()
        """;
    int code;
    try {
      code =
          new ProcessBuilder("python3", "-c", script)
              .directory(folder.toFile())
              .inheritIO()
              .start()
              .waitFor();
    } catch (IOException e) {
      code = 9;
    }
    assumeThat(code).as("python3 with numpy").isNotEqualTo(9);
    assertThat(code).isZero();
  }

  @Test
  void extraColumnsAreIgnoredAndCodesStayNames() throws IOException {
    String[] lines = Files.readString(table).strip().split("\n", -1);
    StringBuilder coded = new StringBuilder("id,length,width,height,colour,class,weight\n");
    for (int i = 1; i < lines.length; i++) {
      coded.append(i).append(',');
      coded.append(lines[i].replace("red", "007").replace("blue", "08")).append('\n');
    }
    Path data = Command.write(folder.resolve("coded.csv"), coded.toString());
    Path other = folder.resolve("run");
    Command pretrained =
        Command.pretrain(
            data, other, "--steps", "2", "--nominal", "colour", "--drop", "id,weight", "--quiet");
    assertThat(pretrained.code()).as(pretrained.err()).isZero();

    String own = Command.run("embed", other.toString(), "--out", "-").out();
    Command again = Command.run("embed", other.toString(), "--data", data.toString(), "--out", "-");

    assertThat(again.out()).isEqualTo(own);
  }

  private static Command embed(String... more) {
    String[] args = {"embed", run.toString(), "--data", table.toString()};
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Command.run(all);
  }

  @Test
  void spectrumAsJson() {
    Command command =
        Command.run(
            "spectrum",
            "--data",
            table.toString(),
            "--context",
            "knn(k=5)",
            "--top",
            "7",
            "--device",
            "cpu",
            "--json",
            "-");

    JsonObject json = command.json();
    assertThat(json.keySet()).contains("n", "seconds", "eigenvalues", "usefulness", "decayRate");
    assertThat(json.get("n").getAsInt()).isEqualTo(60);
    assertThat(json.getAsJsonArray("eigenvalues")).hasSize(7);
    JsonObject usefulness = json.getAsJsonObject("usefulness");
    assertThat(usefulness.keySet()).containsExactlyInAnyOrder("tau", "dimension", "beta", "d0");
    assertThat(usefulness.get("d0").getAsInt()).isBetween(8, 59);
    assertThat(command.err()).isEmpty();
  }

  @Test
  void spectrumByEachMethod() {
    JsonObject exact = spectrum("auto");
    JsonObject krylov = spectrum("krylov");
    JsonObject sketch = spectrum("sketch(power=6)");
    JsonObject rough = spectrum("subsample(rows=50)");

    assertThat(exact.get("method").getAsString()).contains("dense");
    assertThat(sketch.get("method").getAsString()).contains("sketch");
    assertThat(rough.get("method").getAsString()).isEqualTo("sub-sample of 50 rows");
    for (int i = 0; i < 5; i++) {
      double s = eigenvalue(exact, i);
      assertThat(eigenvalue(krylov, i)).isCloseTo(s, within(1e-8));
      assertThat(eigenvalue(sketch, i)).isCloseTo(s, within(1e-3));
      double error = rough.getAsJsonArray("errors").get(i).getAsDouble();
      assertThat(error).isBetween(1e-6, 0.2);
      assertThat(eigenvalue(rough, i)).isCloseTo(s, within(0.1));
    }
    assertThat(krylov.get("residual").getAsDouble()).isLessThan(1e-8);
  }

  private static double eigenvalue(JsonObject spectrum, int i) {
    return spectrum.getAsJsonArray("eigenvalues").get(i).getAsDouble();
  }

  private static JsonObject spectrum(String method) {
    String[] args = {
      "spectrum", "--data", table.toString(), "--context", "knn(k=5)", "--json", "-"
    };
    String[] all = Arrays.copyOf(args, args.length + 6);
    String[] more = {"--method", method, "--top", "5", "--d0", "5"};
    System.arraycopy(more, 0, all, args.length, more.length);
    return Command.run(all).json();
  }

  /** The digits as images: all 64 pixels are inputs, and views of images know their shape. */
  @Test
  void rowsAreImages() {
    Path out = folder.resolve("images");
    Command command =
        Command.run(
            "pretrain",
            "--shape",
            "1x8x8",
            "--context",
            "augment(shift)",
            "--objective",
            "spectral-contrastive",
            "--encoder",
            "lenet",
            "--dim",
            "4",
            "--steps",
            "2",
            "--out",
            out.toString(),
            "--json",
            "-");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.json().get("inputs").getAsInt()).isEqualTo(64);

    Path features = folder.resolve("features.npy");
    Command embedded = Command.run("embed", out.toString(), "--out", features.toString());
    assertThat(embedded.code()).as(embedded.err()).isZero();
  }

  @Test
  void spectrumOfThePretrainingRowsIsThatOfTheRun() {
    JsonObject json =
        Command.run(
                "spectrum",
                "--data",
                table.toString(),
                "--target",
                "class",
                "--drop",
                "weight",
                "--context",
                "knn(k=5)",
                "--top",
                "2",
                "--rows",
                "pretrain",
                "--json",
                "-")
            .json();

    double sum = 0;
    for (int i = 0; i < 2; i++) {
      sum += json.getAsJsonArray("eigenvalues").get(i).getAsDouble();
    }
    assertThat(sum)
        .isCloseTo(
            result.getAsJsonObject("alignment").get("ratioTraceMax").getAsDouble(), within(1e-9));
  }

  @Test
  void spectrumForPeople() {
    Command command =
        Command.run("spectrum", "--data", table.toString(), "--context", "knn(k=5)", "--beta", "2");

    assertThat(command.out()).contains("knn(k=5)", "60 rows", "█", "τ", "decay rate", "residual");
    assertThat(command.code()).isZero();
  }

  @Test
  void spectrumAsAFigure() throws IOException {
    Path svg = folder.resolve("spectrum.svg");
    Path png = folder.resolve("SPECTRUM.PNG");
    String[] args = {"spectrum", "--data", table.toString(), "--context", "knn(k=5)", "--plot"};
    String[] all = Arrays.copyOf(args, args.length + 1);
    for (Path file : new Path[] {svg, png}) {
      all[args.length] = file.toString();
      Command command = Command.run(all);
      assertThat(command.code()).as(command.err()).isZero();
      byte[] bytes = Files.readAllBytes(file);
      assertThat(Command.run(all).code()).isZero();
      assertThat(file).hasBinaryContent(bytes);
    }

    assertThat(Files.readString(svg)).contains("<svg", "Spectrum of knn(k=5) on table");
    assertThat(Files.readAllBytes(png)).startsWith(0x89, 'P', 'N', 'G');
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactlyInAnyOrder(svg, png);
    }
  }
}
