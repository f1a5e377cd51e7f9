package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.ImageOptions;
import ai.contexture.input.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says to try next is taken by a shell, and by the command, as it stands. */
class NextStepsTest {

  /** Where {@code embed} is told to write. */
  private static final Path FEATURES = Path.of("features.csv");

  @TempDir Path folder;

  @AfterEach
  void nothingIsLeft() throws IOException {
    Files.deleteIfExists(FEATURES);
  }

  private Command pretrain(String... more) {
    List<String> args = new ArrayList<>(List.of("pretrain", "--device", "cpu"));
    args.addAll(List.of("--out", folder.resolve("a run").toString()));
    args.addAll(List.of(more));
    if (!args.contains("--encoder")) {
      args.addAll(List.of("--encoder", "mlp(width=8,depth=1)"));
    }
    if (!args.contains("--dim")) {
      args.addAll(List.of("--dim", "2"));
    }
    Command command = Command.run(args.toArray(String[]::new));
    assertThat(command.code()).as(command.err()).isZero();
    return command;
  }

  /** The commands that are printed, as bash splits them into words. */
  private static List<List<String>> steps(Command command) {
    List<String> lines = command.out().lines().toList();
    int first = lines.indexOf("Try next");
    assertThat(first).as(command.out()).isPositive();
    List<List<String>> steps = new ArrayList<>();
    String joined =
        String.join("\n", lines.subList(first + 1, lines.size())).replaceAll(" \\\\\n +", " ");
    for (String line : joined.split("\n", -1)) {
      if (line.startsWith("    contexture ")) {
        steps.add(words(line.strip()));
      } else {
        assertThat(line).startsWith("  ").endsWith(":");
      }
    }
    assertThat(steps).isNotEmpty();
    return steps;
  }

  private static List<String> words(String line) {
    try {
      Process bash = new ProcessBuilder("bash", "-c", "printf '%s\\0' " + line).start();
      String all = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(bash.waitFor()).isZero();
      return Arrays.stream(all.split("\0")).skip(1).toList();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs all steps, trainings of them with as few steps as do. */
  private static List<String> run(Command command) {
    List<String> names = new ArrayList<>();
    for (List<String> step : steps(command)) {
      Command next = Command.run(step.toArray(String[]::new));
      assertThat(next.code()).as("%s: %s", step, next.err()).isZero();
      names.add(step.get(0));
    }
    return names;
  }

  private Path file(String name, String text) {
    return Command.write(folder.resolve(name), text);
  }

  /** A graph of 40 nodes. */
  private String edges() {
    StringBuilder text = new StringBuilder("source,target\n");
    for (int i = 0; i < 40; i++) {
      text.append(i).append(',').append((i + 1) % 40).append('\n');
      text.append(i).append(',').append((i * i) % 40).append('\n');
    }
    return file("edges.csv", text.toString()).toString();
  }

  /** Pretrains on a table of so many rows with a target of two classes. */
  private Command onTable(int rows, String context, String... more) {
    Path table = Command.table(folder.resolve("table.csv"), rows);
    List<String> args = new ArrayList<>(List.of("--data", table.toString()));
    args.addAll(List.of("--target", "class", "--context", context));
    args.addAll(List.of(more));
    return pretrain(args.toArray(String[]::new));
  }

  /** Names of columns, separators and files that a shell or the command could take amiss. */
  @Test
  void aTableWithOddNames() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
    StringBuilder text = new StringBuilder("it's\t\"area, m2\"\t-y\t$HOME\tid\n");
    for (int i = 0; i < 150; i++) {
      double x = random.nextGaussian();
      text.append(x).append('\t').append(random.nextGaussian()).append('\t');
      text.append(1000 * x + 1).append('\t').append(i % 3 == 0 ? "n.a." : "b").append('\t');
      text.append(i).append('\n');
    }
    Path table = file("odd 'name'.csv", text.toString());

    Command command =
        pretrain(
            "--data",
            table.toString(),
            "--target=-y",
            "--drop=id,\"area, m2\"",
            "--missing",
            "n.a.",
            "--separator",
            "tab",
            "--task",
            "regression",
            "--split",
            "0.5,0.25,0.25",
            "--seed",
            "7",
            "--scale",
            "robust",
            "--context",
            "knn(k=12)",
            "--steps",
            "2");

    List<List<String>> steps = steps(command);
    List<String> compare =
        steps.stream().filter(step -> step.get(0).equals("compare")).findFirst().orElseThrow();
    assertThat(compare)
        .contains("--target=-y", "id,\"area, m2\"", "tab", "0.5,0.25,0.25", "7", "robust")
        .contains("knn(k=12)");
    assertThat(run(command)).contains("compare", "embed");
  }

  /** Two steps do not come close to the best features, which more may do. */
  @Test
  void moreStepsWhereTheFeaturesAreFar() {
    Command command =
        onTable(
            120,
            "knn(k=12)",
            "--steps",
            "2",
            "--learning-rate",
            "1e-6",
            "--encoder",
            "mlp(width=3,depth=1)",
            "--dim",
            "3",
            "--outputs",
            "3");

    assertThat(command.out()).contains("features far from the best");
    assertThat(steps(command).get(0)).containsSubsequence("pretrain", "--config", "--steps", "6");
    assertThat(run(command)).startsWith("pretrain").contains("embed");
    assertThat(folder.resolve("a run-2")).isDirectory();
  }

  @Test
  void epochsStayEpochs() {
    Path table = Command.table(folder.resolve("table.csv"), 120);

    Command command =
        pretrain(
            "--data",
            table.toString(),
            "--context",
            "knn(k=12)",
            "--epochs",
            "2",
            "--learning-rate",
            "1e-6",
            "--encoder",
            "mlp(width=3,depth=1)",
            "--dim",
            "3",
            "--outputs",
            "3");

    assertThat(steps(command).get(0)).containsSubsequence("pretrain", "--config", "--epochs", "6");
    assertThat(run(command)).startsWith("pretrain");
  }

  @Test
  void aTooStrongContextIsComparedWithWeakerOnes() {
    Command command = onTable(120, "knn(k=4)", "--steps", "40");

    assertThat(command.out()).contains("association too strong", "whether a weaker context");
    List<String> compare =
        steps(command).stream().filter(s -> s.get(0).equals("compare")).findFirst().orElseThrow();
    assertThat(compare).contains("knn(k=4)", "knn(k=12)", "knn(k=36)", "rbf");
    assertThat(run(command)).contains("compare");
  }

  @Test
  void fewRows() {
    Command command = onTable(12, "knn(k=3)", "--steps", "2");
    assertThat(run(command)).contains("spectrum", "embed");
  }

  @Test
  void aGraph() {
    StringBuilder nodes = new StringBuilder("node,half,age\n");
    for (int i = 0; i < 40; i++) {
      nodes.append(i).append(i < 20 ? ",left," : ",right,").append(i * 7 % 11).append('\n');
    }
    String table = file("nodes.csv", nodes.toString()).toString();
    Command command =
        pretrain(
            "--edges",
            edges(),
            "--data",
            table,
            "--target",
            "half",
            "--context",
            "walk(steps=2)",
            "--steps",
            "2");
    assertThat(run(command)).contains("embed");
    assertThat(steps(command).toString()).contains("--edges", "half");
  }

  @Test
  void aGraphAlone() {
    Command command =
        pretrain("--edges", edges(), "--context", "walk", "--steps", "2", "--encoder", "table");
    assertThat(run(command)).contains("compare", "embed");
  }

  @Test
  void pairs() {
    Command command = onTable(120, "paired(columns=\"height,weight\")", "--steps", "2");
    assertThat(run(command)).contains("embed");
  }

  @Test
  void images() {
    Command command =
        pretrain(
            "--shape",
            "1x8x8",
            "--context",
            "augment(shift(pixels=1))",
            "--objective",
            "svme",
            "--batch",
            "64",
            "--steps",
            "2",
            "--split",
            "0.1,0.1,0.8");
    assertThat(steps(command).toString()).contains("--shape, 1x8x8");
    assertThat(run(command)).contains("compare", "embed");
  }

  @Test
  void labels() {
    Command command = onTable(120, "label", "--dim", "1", "--steps", "2");
    assertThat(command.out()).contains("The context was made of 84 more labels");
    assertThat(run(command)).contains("embed");
  }

  /** What is there already is not written over. */
  @Test
  void anotherNameWhereOneIsTaken() throws IOException {
    Files.writeString(FEATURES, "mine");
    Path table = Command.table(folder.resolve("table.csv"), 60);
    Command command =
        pretrain("--data", table.toString(), "--context", "knn(k=12)", "--steps", "2");
    List<String> embed =
        steps(command).stream().filter(s -> s.get(0).equals("embed")).findFirst().orElseThrow();
    assertThat(embed).contains("features-2.csv");
    assertThat(Names.word(embed.get(1))).startsWith("'");
  }

  /** One column of names makes up most of the distance, and says nothing. */
  @Test
  void aColumnThatDecidesWhatIsNearIsLeftOutFirst() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(6);
    StringBuilder text = new StringBuilder("id,x,y,the town,price\n");
    for (int i = 0; i < 160; i++) {
      double x = random.nextGaussian();
      text.append(i).append(',').append(x).append(',').append(random.nextGaussian());
      text.append(",t").append(random.nextInt(12)).append(',').append(3 * x).append('\n');
    }
    Path table = file("towns.csv", text.toString());

    Command command =
        pretrain(
            "--data",
            table.toString(),
            "--target",
            "price",
            "--drop",
            "id",
            "--context",
            "knn(k=12)",
            "--steps",
            "2");

    assertThat(command.out()).contains("one column decides what is near: 'the town' makes up ");
    assertThat(steps(command).get(0))
        .containsSubsequence("pretrain", "--config", "--drop", "id,the town");
    assertThat(run(command)).startsWith("pretrain").contains("compare", "embed");
  }

  /** The same kind with other strengths, and what does better than all of it. */
  @Test
  void aKernelIsComparedWithOthersOfItsKind() {
    Command command = onTable(120, "rbf(gamma=0.02)", "--steps", "2");

    List<String> compare =
        steps(command).stream().filter(s -> s.get(0).equals("compare")).findFirst().orElseThrow();
    assertThat(compare)
        .contains("rbf(gamma=0.02)")
        .anyMatch(word -> word.matches("rbf\\(gamma=0\\.(08|005)\\)"));
    assertThat(compare).doesNotContain("knn(k=10)", "knn(k=30)");
    assertThat(run(command)).contains("compare");
  }

  /** All that pictures were read by is named again. */
  @Test
  void picturesAreReadAgainInTheSameWay() {
    DataSource pictures =
        DataSource.of(
            draft -> {
              draft.file = "shapes";
              draft.target = "folder";
              draft.size = "8x8";
              draft.colour = ImageOptions.Colour.RGB;
              draft.skipBroken = true;
            });
    assertThat(NextSteps.data(pictures))
        .isEqualTo(" --data shapes --target folder --size 8x8 --colour rgb --skip-broken");
  }
}
