package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on data that are a graph. */
class GraphCommandsTest {

  private static final int NODES = 40;

  @TempDir Path folder;

  private int runs;

  /** Two rings of twenty nodes, joined by one edge, and chords. */
  private Path edges() {
    StringBuilder text = new StringBuilder("source,target,type\n0,20,bridge\n");
    for (int i = 0; i < 20; i++) {
      for (int ring = 0; ring < 2; ring++) {
        text.append(name(ring, i)).append(',').append(name(ring, i + 1)).append(",ring\n");
        text.append(name(ring, i)).append(',').append(name(ring, i * i)).append(",chord\n");
      }
    }
    return Command.write(folder.resolve("edges.csv"), text.toString());
  }

  private static int name(int ring, int position) {
    return 20 * ring + position % 20;
  }

  private Path nodes() {
    StringBuilder text = new StringBuilder("node,ring,place,age\n");
    for (int i = 0; i < NODES; i++) {
      text.append(i).append(i < 20 ? ",left," : ",right,").append(i % 20).append(',');
      text.append(i * 7 % 11).append('\n');
    }
    return Command.write(folder.resolve("nodes.csv"), text.toString());
  }

  private Path words() {
    StringBuilder text = new StringBuilder("node,word\n");
    for (int i = 0; i < NODES; i++) {
      text.append(i).append(i < 20 ? ",l\n" : ",r\n");
      text.append(i).append(i % 3 == 0 ? ",a\n" : ",b\n");
    }
    return Command.write(folder.resolve("words.csv"), text.toString());
  }

  @Test
  void spectrumOfARingIsThatOfTheCircle() {
    int n = 8;
    StringBuilder text = new StringBuilder("u,v\n");
    List<Double> expected = new ArrayList<>();
    for (int k = 0; k < n; k++) {
      text.append(k).append(',').append((k + 1) % n).append('\n');
      expected.add(Math.pow(Math.cos(2 * Math.PI * k / n), 4));
    }
    expected.sort(Collections.reverseOrder());
    Path ring = Command.write(folder.resolve("ring.csv"), text.toString());

    Command command =
        Command.run(
            "spectrum", "--edges", ring.toString(), "--context", "walk(steps=2)", "--json", "-");

    JsonObject json = command.json();
    JsonArray found = json.getAsJsonArray("eigenvalues");
    assertThat(found).hasSize(n - 1);
    for (int i = 0; i < n - 1; i++) {
      assertThat(found.get(i).getAsDouble()).isCloseTo(expected.get(i + 1), within(1e-12));
    }
    assertThat(json.get("context").getAsString()).isEqualTo("walk(steps=2)");
    assertThat(command.err()).isEmpty();
  }

  private JsonObject recipe(String... more) throws IOException {
    Path run = folder.resolve("run" + ++runs);
    List<String> args =
        new ArrayList<>(
            List.of("pretrain", "--edges", edges().toString(), "--data", nodes().toString()));
    args.addAll(List.of("--target", "ring", "--device", "cpu", "--out", run.toString()));
    args.addAll(List.of(more));
    Command command = Command.run(args.toArray(String[]::new));
    assertThat(command.code()).as(command.err()).isZero();
    JsonObject written =
        JsonParser.parseString(Files.readString(run.resolve("run.json"))).getAsJsonObject();
    assertThat(command.out())
        .contains(written.getAsJsonObject("recipe").get("encoder").getAsString());
    return written.getAsJsonObject("recipe");
  }

  private static List<String> parts(JsonObject recipe) {
    return List.of(
        recipe.get("context").getAsString(),
        recipe.get("encoder").getAsString(),
        recipe.getAsJsonObject("training").get("steps").getAsString());
  }

  /** Whoever gives edges wants them to count. */
  @Test
  void edgesAreReadUnlessSomethingElseIsAskedFor() throws IOException {
    assertThat(parts(recipe("--steps", "2"))).containsExactly("walk(steps=2)", "gcn", "2");
    JsonObject words = recipe("--features", words().toString());
    assertThat(parts(words))
        .containsExactly("walk(steps=2)", "sgc(hops=10,restart=0.1,start=pca)", "0");
    assertThat(words.get("ridge").getAsDouble()).isEqualTo(1);
    assertThat(parts(recipe("--steps", "2", "--context", "ppr(alpha=0.5)")))
        .containsExactly("ppr(alpha=0.5)", "gcn", "2");
    assertThat(parts(recipe("--steps", "2", "--encoder", "linear")))
        .containsExactly("walk(steps=2)", "linear", "2");
    assertThat(parts(recipe("--steps", "2", "--context", "knn(k=5)")).subList(0, 2))
        .containsExactly("knn(k=5)", "mlp(width=512,depth=3)");
    JsonObject spectrum =
        Command.run("spectrum", "--edges", edges().toString(), "--json", "-").json();
    assertThat(spectrum.get("context").getAsString()).isEqualTo("walk(steps=2)");
  }

  @Test
  void contextsOfAGraphAreComparedUnlessOthersAreAskedFor() {
    Command command =
        Command.run(
            "compare",
            "--edges",
            edges().toString(),
            "--data",
            nodes().toString(),
            "--target",
            "ring");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out())
        .contains("walk(steps=1)", "walk(steps=2)", "walk(steps=4)", "ppr(alpha=0.15)")
        .doesNotContain("knn");
  }

  /** As of a club of which nothing is known but who meets whom. */
  @Test
  void fewNodesWithoutColumnsAreRefusedNothing() {
    StringBuilder edges = new StringBuilder("source,target\n");
    StringBuilder nodes = new StringBuilder("node,label\n");
    for (int i = 0; i < 34; i++) {
      edges.append(i).append(',').append(i % 2 == 0 ? 0 : 33).append('\n');
      edges.append(i).append(',').append((i + 2) % 34).append('\n');
      nodes.append(i).append(i % 2 == 0 ? ",one\n" : ",other\n");
    }
    Command command =
        Command.run(
            "pretrain",
            "--edges",
            Command.write(folder.resolve("meet.csv"), edges.toString()).toString(),
            "--data",
            Command.write(folder.resolve("club.csv"), nodes.toString()).toString(),
            "--target",
            "label",
            "--steps",
            "20",
            "--out",
            folder.resolve("club").toString());
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("34 rows seen", "walk(steps=2), usual with --edges", "gcn");
    assertThat(command.err()).doesNotContain("warning");
  }

  @Test
  void pretrainRemembersTheGraph() throws IOException {
    Path run = folder.resolve("run");

    Command command =
        pretrain(
            run,
            "--data",
            nodes().toString(),
            "--target",
            "ring",
            "--drop",
            "place",
            "--features",
            words().toString());

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out())
        .contains("walk(self-loops=1, steps=2)", "the context knows none", "--edges");
    JsonObject source =
        JsonParser.parseString(Files.readString(run.resolve("run.json")))
            .getAsJsonObject()
            .getAsJsonObject("data");
    assertThat(Path.of(source.get("edges").getAsString()))
        .isAbsolute()
        .isEqualTo(folder.resolve("edges.csv").toAbsolutePath());
    assertThat(source.get("features").getAsString()).endsWith("words.csv");
    String name = run.toString();
    for (List<String> args :
        List.of(
            List.of("align", name),
            List.of("probe", name),
            List.of("probe", name, "--target", "place"),
            List.of("embed", name, "--out", "-"))) {
      Command next = Command.run(args.toArray(String[]::new));
      assertThat(next.code()).as("%s %s", args, next.err()).isZero();
    }
    assertThat(Command.run("align", name, "--split", "test").err())
        .contains("walk", "was made of all rows, expected those learned from, --split pretrain");
    Files.move(folder.resolve("edges.csv"), folder.resolve("moved.csv"));
    assertThat(Command.run("align", name).err()).contains("edges.csv: no such file");
    String moved = folder.resolve("moved.csv").toString();
    assertThat(Command.run("align", name, "--edges", moved).code()).isZero();
    Files.writeString(folder.resolve("moved.csv"), "0,5,chord\n", StandardOpenOption.APPEND);
    assertThat(Command.run("align", name, "--edges", moved).err()).contains("not those of the run");
  }

  /** Nodes with a given split, of which most are only pretrained on. */
  private Path splitNodes(String labelled, String test) {
    StringBuilder text = new StringBuilder("node,ring,part\n");
    for (int i = 0; i < NODES; i++) {
      String part = i % 5 == 0 ? labelled : i % 5 == 1 ? "val" : i % 5 == 2 ? test : "rest";
      text.append(i).append(i < 20 ? ",left," : ",right,").append(part).append('\n');
    }
    return Command.write(folder.resolve("split.csv"), text.toString());
  }

  private List<String> ofGraph(String encoder, Path nodes, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "pretrain",
                "--edges",
                edges().toString(),
                "--data",
                nodes.toString(),
                "--features",
                words().toString(),
                "--target",
                "ring",
                "--encoder",
                encoder,
                "--context",
                "augment(edge-drop(rate=0.4), feature-mask(rate=0.1))",
                "--objective",
                "non-contrastive",
                "--dim",
                "3",
                "--device",
                "cpu"));
    args.addAll(List.of(more));
    return args;
  }

  @Test
  void encodersOfGraphsFollowAGivenSplit() {
    Path run = folder.resolve("run");
    Path nodes = splitNodes("train", "test");

    Command command =
        Command.run(
            ofGraph(
                    "gcn(width=8)",
                    nodes,
                    "--split-column",
                    "part",
                    "--steps",
                    "4",
                    "--out",
                    run.toString())
                .toArray(String[]::new));

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err()).contains("40 rows to pretrain, 8 labelled, 8 to validate, 8 to test");
    assertThat(command.out()).contains("fitted on 8 rows, scored on 8 others");
    assertThat(command.out()).contains("--split-column part");
    Command embed = Command.run("embed", run.toString(), "--out", "-");
    assertThat(embed.out().lines()).hasSize(NODES + 1);
    assertThat(Command.run("embed", run.toString(), "--out", "-").out()).isEqualTo(embed.out());
    Command probe = Command.run("probe", run.toString());
    assertThat(probe.code()).as(probe.err()).isZero();
    assertThat(probe.out()).contains("fitted on 8 rows, scored on 8 others");
    assertThat(Command.run("embed", run.toString(), "--data", nodes.toString(), "--out", "-").err())
        .contains("the encoder of this run reads the edges between rows too");
  }

  /** The two rings are told apart without a step, since words and edges say which is which. */
  @Test
  void withoutTrainingTheBestLinearFunctionsAreFound() {
    Path run = folder.resolve("run");

    Command command =
        Command.run(
            ofGraph(
                    "sgc(hops=3,restart=0.1,start=pca)",
                    splitNodes("train", "test"),
                    "--split-column",
                    "part",
                    "--steps",
                    "0",
                    "--ridge",
                    "0.1",
                    "--out",
                    run.toString(),
                    "--json",
                    "-")
                .toArray(String[]::new));

    assertThat(command.code()).as(command.err()).isZero();
    JsonObject json = command.json();
    assertThat(json.get("steps").getAsInt()).isZero();
    assertThat(json.get("loss").isJsonNull()).isTrue();
    double accuracy = json.getAsJsonObject("probe").get("value").getAsDouble();
    assertThat(accuracy).isEqualTo(1);
  }

  @Test
  void seedsAreRepeatedAndAveraged() throws IOException {
    Path runs = folder.resolve("runs");
    List<String> args =
        ofGraph(
            "sgc(start=pca)",
            splitNodes("train", "test"),
            "--split-column",
            "part",
            "--steps",
            "0",
            "--seed",
            "4",
            "--seeds",
            "2",
            "--out",
            runs.toString(),
            "--json",
            folder.resolve("all.json").toString());

    Command command = Command.run(args.toArray(String[]::new));

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("over 2 seeds (accuracy)", "the learned features");
    assertThat(command.err()).contains("seed 4: accuracy", "seed 5: accuracy");
    JsonObject json =
        JsonParser.parseString(Files.readString(folder.resolve("all.json"))).getAsJsonObject();
    double first = score(json, 0);
    double second = score(json, 1);
    assertThat(json.getAsJsonObject("mean").get("value").getAsDouble())
        .isCloseTo((first + second) / 2, within(1e-12));
    assertThat(json.getAsJsonObject("deviation").get("value").getAsDouble())
        .isCloseTo(Math.abs(first - second) / Math.sqrt(2), within(1e-12));
    assertThat(runs.resolve("seed-5").resolve("result.json")).exists();
    args.set(args.indexOf("--seeds") + 1, "1");
    args.set(args.indexOf("--out") + 1, folder.resolve("others").toString());
    refusedToPretrain(args, "--seeds: expected at least 2, got 1");
  }

  private static double score(JsonObject json, int run) {
    return json.getAsJsonArray("runs")
        .get(run)
        .getAsJsonObject()
        .getAsJsonObject("probe")
        .get("value")
        .getAsDouble();
  }

  @Test
  void whatEncodersOfGraphsNeed() {
    Path nodes = splitNodes("train", "test");
    refusedToPretrain(
        List.of(
            "pretrain", "--data", nodes.toString(), "--encoder", "gcn", "--context", "knn(k=3)"),
        "reads a graph, expected its edges, --edges FILE");
    refusedToPretrain(
        ofGraph("mlp(width=4,depth=1)", nodes),
        "is a view of a graph, expected an encoder that reads one, --encoder gcn or sgc");
    refusedToPretrain(
        ofGraph("gcn", splitNodes("train", "tset"), "--split-column", "part"),
        "split.csv: column 'part', row 3: expected train, val, test or rest, got 'tset'");
    refusedToPretrain(
        ofGraph("gcn", splitNodes("train", "rest"), "--split-column", "part"),
        "column 'part': expected rows that say test, got none");
    refusedToPretrain(
        ofGraph("gcn", splitNodes("train", "test"), "--split-column", "prt"),
        "unknown column 'prt'");
    refusedToPretrain(
        ofGraph("gcn", nodes, "--split-column", "part", "--split", "0.5,0.25,0.25"),
        "--split and --split-column: expected one of them, got both");
    refusedToPretrain(
        ofGraph("gcn", nodes, "--split-column", "part", "--hold-out", "0.1"),
        "sees the whole graph, expected no --hold-out, or an encoder of rows, --encoder mlp");
    List<String> label = ofGraph("gcn", nodes, "--split-column", "part");
    label.set(label.indexOf("--context") + 1, "label");
    label.set(label.indexOf("--objective") + 1, "kise");
    refusedToPretrain(
        label, "is made of the target, and all rows are pretrained on, those to test on too");
  }

  private static void refusedToPretrain(List<String> args, String message) {
    Command command = Command.run(args.toArray(String[]::new));
    assertThat(command.err()).startsWith("contexture: ").contains(message);
    assertThat(command.err().lines()).hasSize(1);
    assertThat(command.code()).isEqualTo(2);
  }

  @Test
  void edgesAloneAreEnough() {
    Path run = folder.resolve("run");

    Command command = pretrain(run);

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("of edges");
    assertThat(Command.run("align", run.toString()).code()).isZero();
    Command embed = Command.run("embed", run.toString(), "--out", "-");
    assertThat(embed.out().lines()).hasSize(NODES + 1);
    assertThat(Command.run("align", run.toString(), "--data", nodes().toString()).err())
        .contains("--data: this run learned from", "edges.csv, leave it out");
  }

  @Test
  void nodesWithoutEdgesAreReported() {
    Path few = Command.write(folder.resolve("few.csv"), "u,v\n0,1\n1,2\n2,5\n");

    Command command =
        Command.run(
            "spectrum",
            "--edges",
            few.toString(),
            "--data",
            nodes().toString(),
            "--context",
            "walk",
            "--top",
            "5");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err())
        .contains("nodes.csv: 36 of the 40 rows have no edge in " + few)
        .contains("walk(steps=1): 36 of 40 nodes have no edges and stay where they are");
  }

  @Test
  void optionsThatDoNotSuit() {
    String edges = edges().toString();
    String nodes = nodes().toString();
    refused("--id --edges", "--data", nodes, "--id", "node");
    refused("--features --edges", "--features", nodes);
    refused("--target --data", "--edges", edges, "--target", "ring");
    refused("--id --data", "--edges", edges, "--id", "node");
    refused("--drop --data", "--edges", edges, "--drop", "ring");
    refused(
        "unknown column 'nod' did you mean node?",
        "--edges",
        edges,
        "--data",
        nodes,
        "--id",
        "nod");
    String few = Command.write(folder.resolve("few.csv"), "id,x\n20,1\n0,2\n3,1\n").toString();
    refused(
        "edges.csv, line 3 column 'target' '1' one of the 3 nodes",
        "--edges",
        edges,
        "--data",
        few);
    refused("walk expected a graph --edges", "--data", nodes, "--context", "walk");
    refused(
        "walk unknown type 'rign' did you mean ring?",
        "--edges",
        edges,
        "--context",
        "walk(types=rign)");
    refused("none.csv no such file", "--edges", folder.resolve("none.csv").toString());
    refused("source and target node, ring, place, age", "--edges", nodes);
  }

  private void refused(String words, String... args) {
    List<String> all = new ArrayList<>(List.of("spectrum"));
    all.addAll(List.of(args));
    if (!all.contains("--context")) {
      all.addAll(List.of("--context", "knn(k=3)"));
    }
    Command command = Command.run(all.toArray(String[]::new));
    assertThat(command.err()).startsWith("contexture: ").contains(words.split(" ", -1));
    assertThat(command.err().lines()).hasSize(1);
    assertThat(command.code()).isEqualTo(2);
  }

  private Command pretrain(Path run, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "pretrain",
                "--edges",
                edges().toString(),
                "--out",
                run.toString(),
                "--steps",
                "3",
                "--context",
                "walk(steps=2, self-loops=1)",
                "--encoder",
                "mlp(width=8,depth=1)",
                "--dim",
                "2",
                "--device",
                "cpu"));
    args.addAll(List.of(more));
    return Command.run(args.toArray(String[]::new));
  }
}
