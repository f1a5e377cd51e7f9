package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictCommandTest {

  private static final int ROWS = 90;

  @TempDir Path folder;

  /** Three rows of points far from each other; the number is the place along them. */
  private Path table(String name, int rows, IntFunction<String> kind, IntFunction<String> number) {
    StringBuilder text = new StringBuilder("x,y,kind,number\n");
    for (int i = 0; i < rows; i++) {
      int place = i / 3;
      text.append(place + (i * 7 % 5) / 10.).append(',').append(1000 * (i % 3) + i * 11 % 7);
      text.append(',').append(kind.apply(i)).append(',').append(number.apply(i)).append('\n');
    }
    return Command.write(folder.resolve(name), text.toString());
  }

  private static String kind(int row) {
    return List.of("ash", "beech", "elm").get(row % 3);
  }

  private static String number(int row) {
    int place = row / 3;
    return Double.toString(place + (row * 5 % 7) / 7.);
  }

  private static String unlessAsked(int row, String text) {
    return row % 10 == 4 ? "" : text;
  }

  private Command predict(Path data, String target, String... more) {
    List<String> args = new ArrayList<>(List.of("predict", "--data", data.toString()));
    args.addAll(List.of("--target", target, "--drop", target.equals("kind") ? "number" : "kind"));
    args.addAll(Arrays.asList(more));
    if (!args.contains("--context")) {
      args.addAll(List.of("--context", "knn(k=6)"));
    }
    return Command.run(args.toArray(String[]::new));
  }

  private static List<String[]> cells(String csv) {
    return csv.lines().map(line -> line.split(",", -1)).toList();
  }

  @Test
  void rowsWithoutAClassGetOne() throws IOException {
    Path data = table("t.csv", ROWS, i -> unlessAsked(i, kind(i)), PredictCommandTest::number);
    Path file = folder.resolve("p.csv");

    Command command = predict(data, "kind", "--out", file.toString());

    assertThat(command.code()).as(command.err()).isZero();
    List<String[]> lines = cells(Files.readString(file));
    assertThat(lines.get(0)).containsExactly("row", "prediction", "p_ash", "p_beech", "p_elm");
    assertThat(lines).hasSize(1 + ROWS / 10);
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i);
      int row = Integer.parseInt(cells[0]) - 1;
      assertThat(row).isEqualTo(10 * (i - 1) + 4);
      assertThat(cells[1]).isEqualTo(kind(row));
      double[] p = Arrays.stream(cells).skip(2).mapToDouble(Double::parseDouble).toArray();
      assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-12));
      assertThat(p[row % 3]).isGreaterThan(0.8);
    }
    assertThat(command.out())
        .startsWith("Predicted 'kind' of 9 rows from 81 labels.")
        .contains("knn(k=6)", "labels       81 to fit", file.toString());
    assertThat(command.out().lines()).allMatch(line -> line.length() <= Report.WIDTH);
  }

  @Test
  void numbersGetIntervals() {
    Path data = table("t.csv", ROWS, PredictCommandTest::kind, i -> unlessAsked(i, number(i)));

    Command command = predict(data, "number", "--out", "-");

    assertThat(command.code()).as(command.err()).isZero();
    List<String[]> lines = cells(command.out());
    assertThat(lines.get(0)).containsExactly("row", "prediction", "low", "high");
    assertThat(lines).hasSize(10);
    int held = 0;
    Set<Double> widths = new TreeSet<>();
    for (String[] cells : lines.subList(1, 10)) {
      double[] n = Arrays.stream(cells).mapToDouble(Double::parseDouble).toArray();
      double truth = Double.parseDouble(number((int) n[0] - 1));
      assertThat(n[1]).isCloseTo(truth, within(4.));
      assertThat((n[2] + n[3]) / 2).isCloseTo(n[1], within(1e-9));
      held += truth >= n[2] && truth <= n[3] ? 1 : 0;
      widths.add(Math.rint(1e6 * (n[3] - n[2])));
    }
    assertThat(widths).hasSize(1);
    assertThat(held).isGreaterThanOrEqualTo(7);
    assertThat(cells(predict(data, "number", "--out", "-", "--level", "0").out()).get(0))
        .containsExactly("row", "prediction");
  }

  @Test
  void whereAllIsKnownTheTestRowsAreScored() {
    Path data = table("t.csv", ROWS, PredictCommandTest::kind, PredictCommandTest::number);

    Command command = predict(data, "number", "--labels", "40");
    JsonObject json = predict(data, "number", "--labels", "40", "--json", "-").json();
    JsonObject again = predict(data, "number", "--labels", "40", "--json", "-").json();
    JsonObject other =
        predict(data, "number", "--labels", "40", "--seed", "7", "--json", "-").json();

    assertThat(json).isEqualTo(again).isNotEqualTo(other);
    assertThat(json.get("fitted").getAsInt()).isEqualTo(30);
    assertThat(json.get("held").getAsInt()).isEqualTo(10);
    assertThat(json.get("scored").getAsInt()).isEqualTo(14);
    assertThat(json.get("covered").getAsDouble()).isBetween(0.5, 1.);
    JsonObject scores = json.getAsJsonObject("scores");
    assertThat(scores.keySet())
        .containsExactly("context", "spreading", "columns", "neighbours", "nothing");
    double own = scores.getAsJsonObject("context").get("value").getAsDouble();
    assertThat(own).isLessThan(scores.getAsJsonObject("nothing").get("value").getAsDouble() / 3);
    assertThat(command.out())
        .startsWith("'number' of the 14 rows asked for is predicted with a root mean squared error")
        .contains("nothing: always the mean", "R²", "with a probability of 90 %", "nowhere");
    assertThat(command.out().lines()).allMatch(line -> line.length() <= Report.WIDTH);
  }

  /** What is asked for is not seen: neither by the context, nor by what is chosen. */
  @Test
  void answersOfTheAskedRowsPlayNoPart() throws IOException {
    Path honest = table("t.csv", ROWS, PredictCommandTest::kind, PredictCommandTest::number);
    Path first = folder.resolve("first.csv");
    assertThat(predict(honest, "kind", "--out", first.toString()).code()).isZero();
    Set<Integer> asked = new TreeSet<>();
    cells(Files.readString(first)).stream()
        .skip(1)
        .forEach(cells -> asked.add(Integer.parseInt(cells[0]) - 1));
    Path lying =
        table("u.csv", ROWS, i -> kind(asked.contains(i) ? i + 1 : i), PredictCommandTest::number);

    Command command = predict(lying, "kind", "--out", "-");

    assertThat(asked).hasSize(14);
    assertThat(command.out()).isEqualTo(Files.readString(first));
  }

  @Test
  void newRowsArePlacedByExtension() {
    Path data = table("t.csv", ROWS, i -> unlessAsked(i, kind(i)), PredictCommandTest::number);

    Command command = predict(data, "kind", "--inductive", "--level", "0.8", "--out", "-");

    assertThat(command.code()).as(command.err()).isZero();
    List<String[]> lines = cells(command.out());
    assertThat(lines.get(0)).endsWith("set");
    assertThat(lines.subList(1, 10))
        .allMatch(cells -> cells[1].equals(kind(Integer.parseInt(cells[0]) - 1)))
        .allMatch(cells -> cells[5].contains(cells[1]));
  }

  /** Two rings of nodes, one label and one node to choose on in each. */
  @Test
  void nodesOfAGraph() {
    StringBuilder nodes = new StringBuilder("node,split,ring\n");
    StringBuilder edges = new StringBuilder("source,target\n0,20\n");
    for (int i = 0; i < 40; i++) {
      int place = i % 20;
      String part = place < 2 ? "train" : place < 4 ? "val" : "test";
      nodes.append(i).append(',').append(part).append(i < 20 ? ",left\n" : ",right\n");
      edges.append(i).append(',').append(i - place + (place + 1) % 20).append('\n');
      edges.append(i).append(',').append(i - place + (place + 3) % 20).append('\n');
    }
    String[] args = {
      "predict",
      "--data",
      Command.write(folder.resolve("nodes.csv"), nodes.toString()).toString(),
      "--edges",
      Command.write(folder.resolve("edges.csv"), edges.toString()).toString(),
      "--target",
      "ring",
      "--split-column",
      "split",
      "--json",
      "-"
    };

    Command command = Command.run(args);

    assertThat(command.code()).as(command.err()).isZero();
    JsonObject json = command.json();
    assertThat(json.get("context").getAsString()).isEqualTo("walk(steps=2)");
    assertThat(json.get("fitted").getAsInt()).isEqualTo(4);
    assertThat(json.get("validation").getAsInt()).isEqualTo(4);
    assertThat(json.get("scored").getAsInt()).isEqualTo(32);
    assertThat(json.getAsJsonObject("scores").getAsJsonObject("context").get("value").getAsDouble())
        .isGreaterThanOrEqualTo(0.9);
    String[] inductive = Arrays.copyOf(args, args.length + 1);
    inductive[args.length] = "--inductive";
    refused(Command.run(inductive), "--inductive: context walk(steps=2) knows no rows but its own");
  }

  @Test
  void badInput() throws IOException {
    Path data = table("t.csv", ROWS, PredictCommandTest::kind, PredictCommandTest::number);
    refused(predict(data, "kind", "--labels", "0"), "--labels: expected at least 1, got 0");
    refused(
        predict(data, "kind", "--labels", "77"),
        "--labels: expected at most the 76 labelled rows of t, got 77");
    refused(predict(data, "kind", "--labels", "3"), "at least 4 rows with a known 'kind'");
    refused(predict(data, "kind", "--level", "1"), "--level: expected at least 0 and below 1");
    refused(
        predict(data, "kind", "--labels", "12", "--level", "0.9"),
        "--level 0.9: expected at least 18 labelled rows");
    refused(predict(data, "kind", "--context", "label"), "label is made of the target");
    refused(predict(data, "kind", "--context", "scarf"), "no known spectrum; monte-carlo(scarf");
    refused(
        predict(data, "kind", "--out", "-", "--json", "-"),
        "--json and --out: expected one of them on standard output");
    Path there = Files.writeString(folder.resolve("p.csv"), "x");
    refused(predict(data, "kind", "--out", there.toString()), "is there already; --force");
    assertThat(predict(data, "kind", "--out", there.toString(), "--force").code()).isZero();
    refused(
        Command.run("predict", "--data", data.toString(), "--context", "knn(k=6)"),
        "t: expected --target COLUMN");
    Path alike = table("a.csv", ROWS, i -> i % 9 == 0 ? "" : i == 1 ? "b" : "a", i -> number(i));
    refused(
        predict(alike, "kind", "--labels", "5"), "the 5 labelled rows all have the same 'kind'");
  }

  private static void refused(Command command, String words) {
    assertThat(command.code()).as(command.out()).isEqualTo(2);
    assertThat(command.err().lines().filter(line -> !line.startsWith("warning:")))
        .as(command.err())
        .isNotEmpty();
    assertThat(command.err().replaceAll("\\s+", " ")).contains(words);
    assertThat(command.err()).doesNotContain("at ai.contexture");
  }
}
