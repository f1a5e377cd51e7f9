package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescribeTest {

  @TempDir Path folder;

  /** A table with a copy of its target, a column with one value, and most rows of it twice. */
  private Path table() throws IOException {
    Path table = Command.table(folder.resolve("once.csv"), 40);
    StringBuilder text = new StringBuilder();
    for (String line : Files.readAllLines(table)) {
      String kind = line.contains(",a,") ? "cheap" : line.contains(",b,") ? "dear" : "answer";
      text.append(line).append(',').append(kind);
      boolean head = text.indexOf("\n") < 0;
      text.append(head ? ",one,note\n" : ",7,some words on row " + text.length() + "\n");
    }
    List<String> lines = text.toString().lines().toList();
    String again = String.join("\n", lines.subList(1, 31));
    return Command.write(folder.resolve("t.csv"), text + again + "\n");
  }

  @Test
  void describeShowsEachColumnAndEnds() throws IOException {
    Path table = table();
    Path out = folder.resolve("run");
    Command shown =
        Command.run(
            "pretrain",
            "--data",
            table.toString(),
            "--target",
            "class",
            "--out",
            out.toString(),
            "--describe");

    assertThat(shown.code()).isZero();
    assertThat(shown.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(shown.out())
        .contains("Columns: 5 of numbers, 3 of names; none of the cells missing")
        .contains("rows to test equal a row to pretrain in all columns")
        .containsPattern("column +kind +different +missing +distance +values")
        .containsPattern("length +numbers +40 +- +\\d+ %  -?\\d")
        .containsPattern("colour +names +2 +- +\\d+ %  blue, red")
        .containsPattern("answer +names +2 .*cheap, dear\n    \\^ tells the target in every row")
        .containsPattern(
            "note +names .*\n    \\^ makes up most of the distance.*\n    \\^ not supported as text")
        .containsPattern("one +numbers +1 +- +-  7\n    \\^ constant, left out");
    assertThat(shown.err())
        .as("what the notes say is not said again")
        .doesNotContain("follows exactly", "squared distance", "not supported as text")
        .containsOnlyOnce("left out because they are constant: one");
    assertThat(out).doesNotExist();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).allMatch(file -> file.toString().endsWith(".csv"));
    }
  }

  @Test
  void describeAsJson() throws IOException {
    JsonObject json =
        Command.run("pretrain", "--data", table().toString(), "--describe", "--json", "-").json();

    assertThat(json.get("n").getAsInt()).isEqualTo(70);
    assertThat(json.get("repeatedTestRows").getAsInt()).isPositive();
    JsonObject one = json.getAsJsonArray("columns").get(7).getAsJsonObject();
    assertThat(one.get("name").getAsString()).isEqualTo("one");
    assertThat(one.get("notes").getAsJsonArray().get(0).getAsString())
        .isEqualTo("constant, left out");
    assertThat(one.get("distance").isJsonNull()).isTrue();
  }

  @Test
  void aRunSaysTheSameInTwoLines() throws IOException {
    Command run =
        Command.pretrain(table(), folder.resolve("run"), "--steps", "2", "--drop", "one,note");

    assertThat(run.code()).isZero();
    assertThat(run.err())
        .containsOnlyOnce("Columns: 4 of numbers, 2 of names; none of the cells missing\n")
        .containsPattern("Not new: \\d+ of the 11 rows to test equal a row to pretrain")
        .containsOnlyOnce("the target 'class' follows exactly");
  }

  @Test
  void aColumnIsFoundHoweverItsAccentsAreEncoded() throws IOException {
    Path table = Command.table(folder.resolve("t.csv"), 40);
    Files.writeString(table, Files.readString(table).replace("class", "caf\u00E9"));

    Command shown =
        Command.run("pretrain", "--data", table.toString(), "--target", "cafe\u0301", "--describe");

    assertThat(shown.code()).isZero();
    assertThat(shown.out()).contains("target caf\u00E9 (2 classes");
  }

  /** Long names can be copied, and what the notes suggest stands in one line. */
  @Test
  void theOptionsThatTheNotesSuggestComeLast() {
    StringBuilder text = new StringBuilder("key,a_name_of_more_than_24_characters,far,x\n");
    for (int i = 0; i < 40; i++) {
      text.append('k').append(i).append(",b").append(i % 3).append(',').append(i % 7);
      text.append(" m,").append(i % 5).append('\n');
    }
    Path table = Command.write(folder.resolve("noted.csv"), text.toString());

    Command command = Command.run("pretrain", "--data", table.toString(), "--describe");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out())
        .contains("\na_name_of_more_than_24_characters\n", "^ numbers with a unit, read as names\n")
        .endsWith("perhaps: --drop key --numeric far\n");
    assertThat(command.err()).doesNotContain("almost every row");
    Command nominal =
        Command.run("pretrain", "--data", table.toString(), "--describe", "--nominal", "key,far");
    assertThat(nominal.out())
        .as("somebody has looked at these")
        .doesNotContain("of its own", "with a unit", "perhaps:");
  }

  /** They are no names to leave out, but written in another way than the options say. */
  @Test
  void numbersWithPointsBesideADecimalCommaAreNotToBeDropped() {
    StringBuilder text = new StringBuilder("x;y\n");
    for (int i = 0; i < 40; i++) {
      text.append("0.").append(1000 + i).append(';').append(i % 5).append(",5\n");
    }
    Path table = Command.write(folder.resolve("points.csv"), text.toString());

    Command command =
        Command.run("pretrain", "--data", table.toString(), "--decimal", ",", "--describe");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out())
        .contains("    ^ numbers with a decimal point, read as names\n")
        .doesNotContain("--drop");
  }
}
