package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that a context reads are read, remembered and found as the data are. */
class ContextFilesTest {

  private static final int ROWS = 60;

  @TempDir Path folder;

  private Path main;

  @BeforeEach
  void main() {
    main = table("main.csv", "id,a,b,class", i -> key(i) + "," + i * i % 17 + "," + Math.cos(i));
  }

  /** Rows whose last cell is the class. */
  private Path table(String name, String header, IntFunction<String> row) {
    StringBuilder text = new StringBuilder(header + "\n");
    for (int i = 0; i < ROWS; i++) {
      text.append(row.apply(i)).append(i % 2 == 0 ? ",x\n" : ",y\n");
    }
    return Command.write(folder.resolve(name), text.toString());
  }

  private static String key(int i) {
    return Integer.toString(1000 + 7 * i);
  }

  /** A partner of each row, without or with the class. */
  private Path partners(String name, boolean classes, IntFunction<String> u) {
    Path file =
        table(name, "id,u,v,class", i -> key(i) + "," + u.apply(i) + "," + Math.sin(i * 0.7));
    if (!classes) {
      Command.write(file, text(file).replaceAll("(?m),[^,\n]*$", ""));
    }
    return file;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String paired(Path file) {
    return "paired(file=\"" + file + "\", on=id)";
  }

  private Command spectrum(Path partners, String... more) {
    return spectrum(main, partners, more);
  }

  private static Command spectrum(Path data, Path partners, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("spectrum", "--data", data.toString(), "--target", "class", "--json", "-"));
    args.addAll(List.of("--context", paired(partners)));
    args.addAll(List.of(more));
    return Command.run(args.toArray(String[]::new));
  }

  private Command pretrain(Path run, String context) {
    List<String> args = new ArrayList<>(List.of("pretrain", "--data", main.toString()));
    args.addAll(List.of("--target", "class", "--out", run.toString(), "--steps", "3"));
    args.addAll(List.of("--encoder", "linear", "--dim", "2", "--context", context));
    return Command.run(args.toArray(String[]::new));
  }

  private static JsonArray eigenvalues(Command command) {
    assertThat(command.code()).as(command.err()).isZero();
    return command.json().getAsJsonArray("eigenvalues");
  }

  @Test
  void missingTokensHoldForTheOtherFileToo() {
    Path empty = partners("empty.csv", false, i -> i % 5 == 0 ? "" : "" + i % 7);
    Path minus = partners("minus.csv", false, i -> i % 5 == 0 ? "-999" : "" + i % 7);
    JsonArray expected = eigenvalues(spectrum(empty));

    assertThat(eigenvalues(spectrum(minus, "--missing=-999"))).isEqualTo(expected);
    assertThat(eigenvalues(spectrum(minus))).isNotEqualTo(expected);
  }

  @Test
  void separatorHoldsForTheOtherFileToo() {
    Path other = partners("other.csv", false, i -> "" + i % 7);
    JsonArray expected = eigenvalues(spectrum(other));

    Command.write(main, text(main).replace(',', '~'));
    Command.write(other, text(other).replace(',', '~'));

    assertThat(eigenvalues(spectrum(other, "--separator", "~"))).isEqualTo(expected);
  }

  @Test
  void columnOptionsMayNameColumnsOfEitherFile() {
    Path other = partners("other.csv", false, i -> "" + i % 3);
    JsonArray numbers = eigenvalues(spectrum(other));

    JsonArray names = eigenvalues(spectrum(other, "--nominal", "u,a"));
    assertThat(names).isNotEqualTo(numbers);
    assertThat(eigenvalues(spectrum(other, "--drop", "v"))).isNotEqualTo(numbers);
    Command unknown = spectrum(other, "--nominal", "w");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("main.csv: --nominal: unknown column 'w'");
    Command key = spectrum(other, "--drop", "id");
    assertThat(key.code()).isEqualTo(2);
    assertThat(key.err()).contains("'id'");
  }

  @Test
  void keysThatAreNamesInOneFileOnlyAreRefusedWithTheOptionThatHelps() {
    Path other = partners("other.csv", false, i -> "" + i % 3);
    Command.write(main, text(main).replaceAll("(?m)^1", "01"));
    Command.write(other, text(other).replaceAll("(?m)^1", "01") + "extra-1,1,1\n".repeat(ROWS + 1));

    Command refused = spectrum(other);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--nominal id");
    assertThat(spectrum(other, "--nominal", "id").code()).isZero();
  }

  /** Rows that only one table has are counted, and all else is as if they were not there. */
  @Test
  void rowsWithoutAnOtherHalfAreLeftOut() {
    Path other = partners("other.csv", false, i -> "" + i % 7);
    Path run = folder.resolve("joined");
    assertThat(pretrain(run, paired(other)).code()).isZero();
    String known = text(run.resolve("result.json"));
    String aligned = Command.run("align", run.toString(), "--json", "-").out();
    JsonArray expected = eigenvalues(spectrum(other));
    JsonObject probe = Command.run("probe", run.toString(), "--json", "-").json();
    String rows = "77,1,2,x\n".repeat(3) + ",4,5,y\n";
    Command.write(main, text(main) + rows);
    Command.write(other, text(other) + "9999,5,5\n".repeat(2));
    String left = main + ": 4 of 64 rows have no other half by 'id' in " + other;
    String unused = other + ": 2 of 62 rows have no other half by 'id' in " + main;

    Command found = spectrum(other);
    assertThat(eigenvalues(found)).isEqualTo(expected);
    assertThat(found.err())
        .containsOnlyOnce(left + " and are left out")
        .containsOnlyOnce(unused + " and are not used");
    Path again = folder.resolve("again");
    Command trained = pretrain(again, paired(other));
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.err()).containsOnlyOnce(left).containsOnlyOnce(unused);
    Path near = Path.of("").toAbsolutePath().relativize(other.toAbsolutePath());
    assertThat(pretrain(folder.resolve("near"), paired(near)).err())
        .containsOnlyOnce("62 rows have no other half by 'id'");
    assertThat(measures(text(again.resolve("result.json")))).isEqualTo(measures(known));
    assertThat(Command.run("align", again.toString(), "--json", "-").out()).isEqualTo(aligned);
    Command probed = Command.run("probe", again.toString(), "--json", "-");
    assertThat(probed.json().get("value")).isEqualTo(probe.get("value"));
    Command compared =
        Command.run(
            "compare", "--data", main.toString(), "--target", "class", "--context", paired(other));
    assertThat(compared.code()).as(compared.err()).isZero();
    assertThat(compared.err()).containsOnlyOnce(left);
  }

  private static String measures(String result) {
    JsonObject json = JsonParser.parseString(result).getAsJsonObject();
    return json.get("n") + " " + json.get("alignment") + json.get("probe");
  }

  @Test
  void theTargetIsNotLearnedFromInTheOtherFile() {
    JsonArray expected = eigenvalues(spectrum(partners("other.csv", false, i -> "" + i % 7)));

    Command command = spectrum(partners("leaks.csv", true, i -> "" + i % 7));

    assertThat(eigenvalues(command)).isEqualTo(expected);
    assertThat(command.err())
        .containsOnlyOnce("warning: ")
        .contains("leaks.csv: left out 'class', which is the target");
  }

  @Test
  void aChangedFileIsNotThatOfTheRun() throws IOException {
    Path file = partners("other.csv", false, i -> "" + i % 7);
    Path here = Path.of("").toAbsolutePath().relativize(file.toAbsolutePath());
    Path run = folder.resolve("run");
    Command trained = pretrain(run, "mix(knn, " + paired(here) + ")");
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(Command.run("align", run.toString()).code()).isZero();
    assertThat(text(run.resolve("options.yaml"))).contains("file=" + file).doesNotContain("..");
    assertThat(text(run.resolve("run.json"))).contains(file.toString()).doesNotContain("..");

    Command.write(file, text(file).replaceFirst("(?m)^1000,0,", "1000,1,"));
    Files.delete(run.resolve("result.json"));

    for (List<String> command :
        List.of(
            List.of("align", run.toString()), List.of("pretrain", "--resume", run.toString()))) {
      Command refused = Command.run(command.toArray(String[]::new));
      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err().lines())
          .singleElement()
          .asString()
          .contains(file.toString(), "the data are not those of the run");
    }
    Path features = folder.resolve("features.csv");
    assertThat(Command.run("embed", run.toString(), "--out", features.toString()).code())
        .as("embed needs no partners")
        .isZero();
    Files.delete(file);
    assertThat(Command.run("align", run.toString()).err()).contains(file + ": no such file");
  }

  @Test
  void aTeacherThatChangedIsNotThatOfTheRun() throws IOException {
    Path teacher = folder.resolve("teacher");
    Path run = folder.resolve("run");
    assertThat(pretrain(teacher, "knn").code()).isZero();
    String context = "teacher(run=\"" + teacher + "\")";
    Command trained = pretrain(run, context);
    assertThat(trained.code()).as(trained.err()).isZero();

    byte[] parameters = Files.readAllBytes(teacher.resolve("encoder.params"));
    parameters[parameters.length - 1] ^= 1;
    Files.write(teacher.resolve("encoder.params"), parameters);

    Command refused = Command.run("align", run.toString());
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("encoder.params: the data are not those of the run");
  }

  @ParameterizedTest
  @CsvSource({"missing.csv, no such file", "'', a directory"})
  void whatCannotBeReadAgainIsRefused(String name, String expected) {
    Command refused = spectrum(folder.resolve(name));

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains(expected).hasLineCount(1);
  }

  @Test
  void runsOfEarlierVersionsKnowOfNoFiles() throws IOException {
    Path run = folder.resolve("run");
    assertThat(pretrain(run, "knn").code()).isZero();
    String json = text(run.resolve("run.json"));
    Files.writeString(
        run.resolve("run.json"),
        json.replaceAll("\"contextFiles\": \\{},\\s*", "")
            .replaceAll(",\\s*\"elsewhere\": \\[]", ""),
        StandardCharsets.UTF_8);
    assertThat(text(run.resolve("run.json"))).doesNotContain("contextFiles", "elsewhere");

    assertThat(Command.run("align", run.toString()).code()).isZero();
  }

  /** Each row has a name of its own, and a class that the columns tell. */
  private void named() {
    main =
        table(
            "main.csv",
            "id,a,b,class",
            i -> "n" + i + "," + (2 * (i % 2) + 0.3 * (7 * i % 10)) + "," + i % 3);
    table("other.csv", "id,u,v,class", i -> "n" + i + "," + i * i % 7 + "," + i % 5);
    Path other = folder.resolve("other.csv");
    Command.write(other, text(other).replaceAll("(?m),[^,\n]*$", ""));
  }

  private List<String> compare(String... more) {
    List<String> args = new ArrayList<>(List.of("compare", "--data", main.toString()));
    args.addAll(List.of("--target", "class", "--context", paired(folder.resolve("other.csv"))));
    args.addAll(List.of(more));
    return args;
  }

  /** By whose values rows find their other halves: no feature of anything, and no mistake. */
  @Test
  void theColumnThatJoinsIsNoInputOfAnyContext() {
    named();

    Command command = Command.run(compare("--context", "knn(k=3)").toArray(String[]::new));

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err()).doesNotContain("warning");
    assertThat(command.out())
        .containsPattern("your columns as they are +2 ")
        .contains("best  knn(k=3)");
    String flat = command.out().replaceAll(" \\\\\\R +", " ").replaceAll("\\s+", " ");
    assertThat(flat)
        .contains("reaches at best, but for those below that know these rows.")
        .contains("may reach much less.")
        .containsPattern("pretrain --data .* --drop id --context 'knn\\(k=3\\)'");
    Command alone = Command.run("compare", "--data", main.toString(), "--context", "knn(k=3)");
    assertThat(alone.err()).contains("almost every row has a name of its own in column 'id'");
  }

  /**
   * A partner of two columns has two functions, and these are learned unless more are asked for.
   */
  @Test
  void theUsualNumberOfFeaturesIsNotMoreThanThereAreFunctions() {
    named();
    List<String> args = new ArrayList<>(List.of("pretrain", "--data", main.toString()));
    args.addAll(List.of("--target", "class", "--steps", "2", "--encoder", "mlp(width=8,depth=1)"));
    args.addAll(List.of("--context", paired(folder.resolve("other.csv")), "--out"));
    List<String> more = new ArrayList<>(args);
    args.add(folder.resolve("usual").toString());
    more.addAll(List.of(folder.resolve("more").toString(), "--dim", "4"));

    Command defaults = Command.run(args.toArray(String[]::new));
    Command asked = Command.run(more.toArray(String[]::new));

    assertThat(defaults.code()).as(defaults.err()).isZero();
    assertThat(defaults.err()).doesNotContain("warning");
    assertThat(defaults.out())
        .contains("features     2, as many as this context has")
        .contains("(s² = 1 for all its 2 functions: what belongs together agrees in them)")
        .doesNotContain("never ties together");
    assertThat(asked.code()).as(asked.err()).isZero();
    assertThat(asked.err())
        .contains("has only 2 functions; of the 4 features those beyond will hold nothing")
        .contains("--dim 2 leaves them out");
  }
}
