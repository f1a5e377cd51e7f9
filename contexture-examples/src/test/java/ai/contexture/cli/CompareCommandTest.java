package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.comparison.Comparison;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contexts are ranked fairly, and what is known is never lost. */
class CompareCommandTest {

  private static final String[] THREE = {
    "--context", "knn(k=2)", "--context", "knn(k=12)", "--context", "rbf(gamma=0.001)"
  };

  @TempDir Path folder;

  private Path table;

  @BeforeEach
  void table() {
    table = Command.table(folder.resolve("table.csv"), 80);
  }

  private Command compare(String target, String... more) {
    List<String> args = new ArrayList<>(List.of("compare", "--data", table.toString()));
    args.addAll(target == null ? List.of() : List.of("--target", target));
    args.addAll(List.of(more));
    return Command.run(args.toArray(String[]::new));
  }

  private static String[] with(String[] first, String... more) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
  }

  private static List<JsonObject> rows(JsonObject json) {
    return StreamSupport.stream(json.getAsJsonArray("contexts").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static double score(JsonObject row) {
    return row.getAsJsonObject("probe").get("value").getAsDouble();
  }

  /** Of ten rows one is labelled, which is too few to predict its columns. */
  @Test
  void tooFewRowsToPredictColumnsAreRefused() {
    Path few = folder.resolve("few.csv");
    Command.write(few, "x,y\n1,2\n2,1\n3,5\n4,1\n5,2\n6,8\n7,3\n8,1\n9,4\n10,2\n");
    Command command = Command.run("compare", "--data", few.toString(), "--context", "knn(k=3)");

    assertThat(command.code()).as(command.err()).isEqualTo(2);
    assertThat(command.err().replaceAll("\\s+", " "))
        .contains("expected at least 3 labelled rows, whose columns are predicted, got ");
  }

  @Test
  void theLeastErrorOnNewRowsComesFirst() {
    Command command = compare("weight", THREE);
    JsonObject json = compare("weight", with(THREE, "--json", "-")).json();

    List<JsonObject> rows = rows(json);
    assertThat(rows.stream().map(CompareCommandTest::score).toList()).hasSize(3).isSorted();
    assertThat(command.out().lines().filter(line -> line.startsWith("  best  ")))
        .singleElement()
        .asString()
        .contains(rows.get(0).get("context").getAsString());
    assertThat(command.out())
        .containsPattern("context +features +RMSE +R² +time")
        .contains("your columns as they are", "nothing: always the mean")
        .contains("Best of these contexts for 'weight': " + name(rows.get(0)) + ", RMSE ")
        .containsPattern("fitted on 12 labels,\\s+scored on 12")
        .doesNotContain("τ");
    assertThat(command.err().lines().filter(line -> line.matches("\\d of 3: .*")))
        .hasSize(3)
        .first()
        .asString()
        .startsWith("1 of 3: knn(k=2)");
    assertThat(rows.get(0).keySet())
        .contains("context", "fitted", "tau", "dimension", "columnError", "decayRate")
        .contains("kappaSquared", "rho", "probe", "probeDimension", "method", "seconds")
        .contains("diagnosis", "notes");
    JsonObject probe = rows.get(0).getAsJsonObject("probe");
    assertThat(probe.get("fitted").getAsInt()).isEqualTo(12);
    JsonObject pretrained =
        Command.pretrain(table, folder.resolve("run"), "--steps", "1", "--json", "-").json();
    JsonObject byClass =
        rows(compare("class", "--context", "knn(k=2)", "--json", "-").json()).get(0);
    assertThat(byClass.getAsJsonObject("probe").get("rawFeatures"))
        .as("the columns reach what a run says of them")
        .isEqualTo(pretrained.getAsJsonObject("probe").get("rawFeatures"));
  }

  private static String name(JsonObject row) {
    return row.get("context").getAsString();
  }

  /** With long names, remarks and commands, and all that compare can print. */
  @Test
  void allOutputFitsEightyColumnsAndNoWordIsSplit() {
    String mixed = "mix(0.3: knn(k=5), 0.7: masked-knn(k=7, drop=0.2, masks=2))";
    String trees = "trees(depth=5, rate=0.1, rounds=5)";
    Command command =
        compare(
            "class",
            "--context",
            mixed,
            "--context",
            "knn(k=55)",
            "--context",
            "scarf",
            "--context",
            trees,
            "--context",
            "label",
            "--all");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("What looks wrong", "What could not be judged");
    assertThat(command.out()).contains("Other measures", "Learn the features of the best");
    String path = table.toString(); // as long as it is, and no words
    assertThat(command.out().lines().filter(line -> !line.contains(path)))
        .allMatch(line -> line.length() <= 80);
    assertThat(flat(command.out()))
        .contains(
            "knn(k=55): association too weak",
            "scarf(rate=0.6, marginal=empirical): it has no known spectrum;"
                + " monte-carlo(scarf(rate=0.6, marginal=empirical)) estimates it");
    assertThat(command.out()).containsPattern("mix\\(0.3: knn\\(k=5\\), .*[0-9]\\R {10}\\S+");
  }

  /** Without breaks of lines. */
  private static String flat(String out) {
    return out.replaceAll(" \\\\\\R +", " ").replaceAll("\\s+", " ");
  }

  /** The weight is twice a column, which no context says better than the column itself. */
  @Test
  void columnsThatAreBetterAreSaidToBe() {
    String out = compare("weight", THREE).out();

    assertThat(flat(out))
        .contains("None of them beats your columns as they are: a linear model reaches");
    List<String> lines = out.lines().toList();
    int columns = lines.indexOf(line(lines, "your columns as they are"));
    assertThat(columns).isLessThan(lines.indexOf(line(lines, "  best  ")));
  }

  /** Labels alone tell nothing of rows without; the mean of the few that are left is wrong here. */
  @Test
  void contextsThatTellNothingAreSaidTo() {
    Set<Integer> labelled = new HashSet<>();
    Arrays.stream(PreparedData.split(80, Recipe.DEFAULT).labelled()).forEach(labelled::add);
    StringBuilder text = new StringBuilder("x,weight\n");
    for (int i = 0; i < 80; i++) {
      text.append(i % 7 + 0.5).append(',').append(labelled.contains(i) ? 10 : 0);
      text.append('.').append(10 + i).append('\n');
    }
    table = Command.write(folder.resolve("odd.csv"), text.toString());

    String out = compare("weight", "--context", "label").out();

    assertThat(flat(out)).contains("None of them tells more than nothing, which reaches RMSE");
    List<String> lines = out.lines().toList();
    assertThat(lines.indexOf(line(lines, "nothing: always the mean")))
        .isLessThan(lines.indexOf(line(lines, "  best  label")));
  }

  private static String line(List<String> lines, String part) {
    return lines.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
  }

  @Test
  void withoutATargetTheLeastColumnErrorComesFirst() {
    Command command = compare(null, THREE);
    List<JsonObject> rows = rows(compare(null, with(THREE, "--json", "-")).json());

    assertThat(rows.stream().map(row -> row.get("leastColumnError").getAsDouble()).toList())
        .isSorted();
    JsonObject best = rows.get(0);
    int d = best.get("leastColumnErrorDimension").getAsInt();
    assertThat(command.out())
        .contains("  best  " + name(best), "column error")
        .doesNotContain("τ", "nothing:", "your columns");
    assertThat(flat(command.out()))
        .contains("It knows no target.")
        .containsPattern("contexture pretrain --data .* --context '.*' --dim " + d + " ?$");
    for (int other : new int[] {1, 2, 4, 8}) {
      JsonObject given =
          rows(compare(
                      null,
                      "--context",
                      name(best),
                      "--dim",
                      Integer.toString(other),
                      "--json",
                      "-")
                  .json())
              .get(0);
      assertThat(given.get("leastColumnError").getAsDouble())
          .isGreaterThanOrEqualTo(best.get("leastColumnError").getAsDouble());
    }
  }

  @Test
  void otherMeasuresAreThereWhenAsked() {
    Command people = compare("class", "--context", "knn(k=5)", "--all");

    assertThat(people.out())
        .contains("Other measures", "τ", "best d", "decay rate", "κ²", "ρ")
        .contains("Best of these contexts");
    assertThat(compare(null, "--context", "knn(k=5)", "--all").out())
        .contains("τ", "κ²")
        .doesNotContain("ρ");
  }

  /** What a shell makes of the line is a command that runs, on the same data. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theLineOfTheBestRuns() throws IOException, InterruptedException {
    Path odd = Files.createDirectory(folder.resolve("it's a folder"));
    String text = Files.readString(table).replace("height", "the \"height\", m");
    text = text.replace("length,width,the \"height\", m", "length,width,\"the \"\"height\"\", m\"");
    table = Command.write(odd.resolve("my table.csv"), text);

    Command command =
        compare(
            "class",
            "--context",
            "knn(k=3, self=false)",
            "--context",
            "mix(0.5: knn(k=5), 0.5: rbf)",
            "--drop",
            "\"the \"\"height\"\", m\"",
            "--missing=-999",
            "--seed",
            "3",
            "--split",
            "0.6,0.2,0.2",
            "--scale",
            "robust",
            "--no-default-missing");

    assertThat(command.code()).as(command.err()).isZero();
    String out = command.out();
    String line = out.substring(out.lastIndexOf("contexture pretrain")).strip();
    assertThat(line).contains(" \\\n    --");
    List<String> args = new ArrayList<>(words(line));
    assertThat(args.remove(0)).isEqualTo("contexture");
    Path run = folder.resolve("run");
    args.addAll(List.of("--steps", "2", "--encoder", "linear", "--out", run.toString()));
    Command pretrained = Command.run(args.toArray(String[]::new));
    assertThat(pretrained.code()).as(line + "\n" + pretrained.err()).isZero();
    RunOptions options = RunFolder.open(run).options();
    assertThat(options.data().drop()).containsExactly("the \"height\", m");
    assertThat(options.data().missing()).containsExactly("-999");
    assertThat(options.data().noDefaultMissing()).isTrue();
    assertThat(options.recipe().training().seed()).isEqualTo(3);
    assertThat(options.recipe().fractions().labelled()).isEqualTo(0.2);
    assertThat(command.out()).contains("best  " + options.recipe().context());
  }

  private static List<String> words(String line) throws IOException, InterruptedException {
    String script = "contexture() { printf '%s\\n' contexture \"$@\"; }; " + line;
    Process shell = new ProcessBuilder("bash", "-c", script).start();
    String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    return words.lines().toList();
  }

  @Test
  void oneThatFailsIsALineAndTheOthersAreRanked() {
    String[] contexts = {
      "--context", "scarf", "--context", "knn(k=5)", "--context", "knn(k=79)", "--context", "rbf"
    };
    Command command = compare("class", contexts);
    JsonObject json = compare("class", with(contexts, "--json", "-")).json();

    assertThat(command.code()).isZero();
    assertThat(rows(json)).hasSize(2);
    assertThat(json.getAsJsonArray("failed")).hasSize(2);
    assertThat(command.out()).contains("What could not be judged");
    assertThat(command.out().lines().filter(line -> line.startsWith("  knn(k=79)")))
        .singleElement()
        .asString()
        .contains("expected k from 1 to 55");
    assertThat(flat(command.out())).contains("it has no known spectrum; monte-carlo(scarf");
    assertThat(command.err()).contains("3 of 4: knn(k=79): failed: knn: expected");

    Command none = compare("class", "--context", "knn(k=78)", "--context", "knn(k=79)");
    assertThat(none.code()).isEqualTo(Failures.INPUT);
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).endsWith("contexture: none of the contexts can be judged\n");
  }

  /** Contexts of labels are given those of the rows to pretrain on; all others get as many. */
  @ParameterizedTest
  @ValueSource(strings = {"class", "weight"})
  void contextsOfLabelsAreJudged(String target) {
    String mixed = "mix(0.7: knn(k=5), 0.3: label)";
    String[] contexts = {
      "--context", "knn(k=5)", "--context", "label", "--context", "trees", "--context", mixed
    };
    Command command = compare(target, contexts);
    JsonObject json = compare(target, with(contexts, "--json", "-")).json();

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(rows(json)).hasSize(4);
    for (JsonObject row : rows(json)) {
      boolean own = !name(row).equals("knn(k=5)");
      assertThat(row.get("contextLabels").getAsInt()).isEqualTo(own ? 56 : 0);
      assertThat(row.getAsJsonObject("probe").get("fitted").getAsInt()).isEqualTo(own ? 12 : 68);
      assertThat(row.get("transductive").getAsBoolean()).isEqualTo(name(row).contains("label"));
    }
    assertThat(flat(command.out()))
        .contains("fitted on 68 labels, scored on 12")
        .contains(
            "trees(depth=5, rate=0.1, rounds=100): 56 of these labels made the context, 12 the")
        .contains(
            " label: made of all rows, those that are scored without labels, since it knows no others;");
    JsonObject label =
        rows(json).stream().filter(row -> name(row).equals("label")).findFirst().orElseThrow();
    assertThat(score(label))
        .as("of rows without a label, labels alone say nothing")
        .isCloseTo(label.getAsJsonObject("probe").get("meanPredictor").getAsDouble(), within(0.35));
  }

  /** Labels of chance are not predicted, whatever a context sees of them. */
  @Test
  void noLabelOfATestRowLeaks() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
    StringBuilder text = new StringBuilder("x,y,class\n");
    for (int i = 0; i < 600; i++) {
      text.append(random.nextGaussian()).append(',').append(random.nextGaussian());
      text.append(random.nextBoolean() ? ",a\n" : ",b\n");
    }
    table = Command.write(folder.resolve("chance.csv"), text.toString());
    String[] contexts = {
      "--context",
      "label",
      "--context",
      "mix(0.5: knn(k=5), 0.5: label(values=row))",
      "--context",
      "trees(rounds=20)"
    };

    for (String rows : List.of("pretrain", "all")) {
      JsonObject json =
          compare("class", with(contexts, "--rows", rows, "--d0", "64", "--json", "-")).json();
      assertThat(rows(json)).hasSize(3);
      // 90 test rows: a half is right by chance, give or take 0.053
      rows(json).forEach(row -> assertThat(score(row)).as(name(row)).isBetween(0.3, 0.7));
    }
  }

  @Test
  void allRowsAreJudgedWithoutTheirLabels() {
    Command command = compare("class", "--context", "knn(k=5)", "--rows", "all");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out())
        .contains("knn(k=5): made of all rows.")
        .contains("best  knn(k=5)", "accuracy");
    assertThat(
            flat(compare("class", "--context", "knn(k=5)", "--rows", "all", "--dim", "79").out()))
        .as("a network learns fewer features than there are rows to pretrain on")
        .containsPattern("pretrain --data .* --dim 55 ?$");
  }

  @Test
  void aNumberOfFeaturesThatIsGivenIsTaken() {
    Command command = compare("class", "--context", "knn(k=5)", "--dim", "3");

    assertThat(command.out()).contains("--dim 3").containsPattern("best  knn\\(k=5\\) +3 ");
  }

  /** A signal ranks those that are done, whatever the one at work does. */
  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  @DisabledOnOs(OS.WINDOWS)
  void whatIsDoneIsKeptWhenInterrupted(String signal, int code)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(InterruptionTest.withSignals());
    words.addAll(Command.process());
    words.addAll(List.of("compare", "--data", table.toString(), "--target", "class"));
    words.addAll(List.of("--context", "knn(k=5)"));
    words.addAll(List.of("--context", "minmax(knn(k=5), knn(k=9), dim=4, rounds=100000000)"));
    words.addAll(List.of("--context", "rbf", "--device", "cpu"));
    Path json = folder.resolve("compared.json");
    words.addAll(List.of("--json", json.toString()));
    Path err = folder.resolve("err");
    Path printed = folder.resolve("out");
    Process process =
        new ProcessBuilder(words)
            .redirectError(err.toFile())
            .redirectOutput(printed.toFile())
            .start();
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!Files.readString(err).contains("1 of 3: knn(k=5): ")) {
        assertThat(System.nanoTime()).as(Files.readString(err)).isLessThan(end);
        Thread.sleep(20);
      }
      Thread.sleep(200); // well within the second one
      InterruptionTest.signal(process, signal);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    String out = Files.readString(printed);
    assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(code);
    assertThat(out)
        .contains("best  knn(k=5)", "nothing: the most frequent class")
        .contains("contexture pretrain --data")
        .contains("  rbf: interrupted")
        .containsPattern("  minmax\\(.*: interrupted");
    assertThat(json).content().contains("\"interrupted\"", "knn(k=5)");
  }

  /** Of a kernel on many rows the spectrum is estimated, and the report says how well. */
  @Test
  @Tag("slow")
  void aKernelOnManyRowsIsSubSampled() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(6);
    StringBuilder text = new StringBuilder("x,y,class\n");
    for (int i = 0; i < 7000; i++) {
      double x = random.nextGaussian();
      text.append(x).append(',').append(random.nextGaussian()).append(x > 0 ? ",a\n" : ",b\n");
    }
    table = Command.write(folder.resolve("many.csv"), text.toString());

    Command quick = compare("class", "--context", "rbf", "--json", folder + "/quick.json");
    Command exact = compare("class", "--context", "rbf", "--exact", "--json", "-");

    assertThat(quick.out()).containsPattern("rbf: estimated from a sub-sample of \\d+ rows, s² ± ");
    JsonObject row = rows(exact.json()).get(0);
    assertThat(row.get("method").getAsString()).doesNotContain("sub-sample");
    assertThat(row.get("eigenvalueError").isJsonNull()).isTrue();
    assertThat(Comparison.MOST).isEqualTo(256);
  }

  /** What is shown beside the others' labels is what a run with this context comes to. */
  @Test
  void whatPretrainHasLabelsForIsShownToo() {
    String[] contexts = {"--context", "knn(k=5)", "--context", "trees(rounds=5)"};
    Command command = compare("weight", contexts);
    JsonObject both = compare("weight", with(contexts, "--json", "-")).json();
    JsonObject alone = compare("weight", "--context", "knn(k=5)", "--json", "-").json();

    assertThat(command.out()).containsPattern("RMSE +R² +by pretrain");
    assertThat(flat(command.out()))
        .contains("by pretrain: with the 12 labels that pretrain fits a linear model on.");
    JsonObject knn =
        rows(both).stream().filter(row -> name(row).equals("knn(k=5)")).findFirst().orElseThrow();
    JsonObject only = rows(alone).get(0);
    assertThat(knn.getAsJsonObject("probe").get("fitted").getAsInt()).isEqualTo(68);
    assertThat(knn.get("pretrainProbe")).isEqualTo(only.get("probe"));
    assertThat(knn.get("pretrainDimension")).isEqualTo(only.get("probeDimension"));
    assertThat(only.get("pretrainProbe")).isEqualTo(only.get("probe"));
  }

  /** Of an accuracy of 1 as well. */
  @Test
  void chanceIsNeverNothing() {
    StringBuilder text = new StringBuilder("x,y,class\n");
    for (int i = 0; i < 80; i++) {
      text.append(100 * (i % 2) + i % 7)
          .append(',')
          .append(i % 5)
          .append(i % 2 > 0 ? ",a\n" : ",b\n");
    }
    table = Command.write(folder.resolve("apart.csv"), text.toString());

    String out = compare("class", "--context", "knn(k=20)", "--dim", "1").out();

    assertThat(out).containsPattern("best  knn\\(k=20\\) +\\d+ +1.000");
    assertThat(flat(out)).contains("Differences of up to 0.083 may be chance.");
  }

  /** Most of 600 rows are of one class, whatever their columns. */
  @Test
  void whatHardlyBeatsNothingIsHardlyWorthTraining() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(6);
    StringBuilder text = new StringBuilder("x,class\n");
    for (int i = 0; i < 600; i++) {
      text.append(random.nextGaussian()).append(i % 6 == 0 ? ",a\n" : ",b\n");
    }
    table = Command.write(folder.resolve("most.csv"), text.toString());

    String out = flat(compare("class", "--context", "knn(k=9)", "--context", "rbf").out());

    assertThat(out)
        .containsPattern("tells more than nothing|may be chance: nothing reaches .* Hardly");
  }

  /** Where all rows are pretrained on, a context of labels would know those that are scored. */
  @Test
  void labelsOfScoredRowsAreNotShownWhereAllRowsArePretrainedOn() {
    String[] all = {"--split", "1,0.2,0.2"};
    Command command = compare("class", with(all, "--context", "label", "--context", "knn(k=5)"));

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err()).contains("1 of 2: label: failed: it is made of the target, and all");
    assertThat(flat(command.out()))
        .contains("fitted on 16 labels, scored on 16", "knn(k=5): made of all rows,");
  }

  /** One of six rows is of the rare class, and nothing tells which. */
  @Test
  void whereOneClassHasMostRowsEachClassCountsTheSame() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
    StringBuilder text = new StringBuilder("a,b,class\n");
    for (int i = 0; i < 300; i++) {
      text.append(random.nextGaussian()).append(',').append(random.nextGaussian());
      text.append(i % 6 == 0 ? ",rare\n" : ",usual\n");
    }
    table = Command.write(folder.resolve("rare.csv"), text.toString());

    Command command = compare("class", THREE);

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out().replaceAll("\\s+", " "))
        .contains("of one class; with each class counting the same (balanced accuracy) it reaches")
        .contains("Not worth training.")
        .contains("features accuracy balanced time");
    assertThat(command.out().lines()).allMatch(line -> line.length() <= 80);
    JsonObject row = rows(compare("class", with(THREE, "--json", "-")).json()).get(0);
    assertThat(row.get("balanced").getAsDouble()).isBetween(0.4, 0.6);
  }
}
