package ai.contexture.cli;

import ai.contexture.data.Dataset;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Which rows a context is made of. */
final class RowOptions {

  @Option(
      names = "--rows",
      paramLabel = "ROWS",
      description = "The rows to build the context from: all or pretrain. Default: all")
  private String rows;

  /** Checks what can be checked without data. */
  void check() {
    Rows.of(rows, Rows.ALL);
  }

  /** Returns the rows of a dataset. */
  int[] of(Dataset data, Recipe recipe) {
    return Rows.of(rows, Rows.ALL) == Rows.PRETRAIN
        ? PreparedData.split(data, recipe).pretrain()
        : IntStream.range(0, data.rows()).toArray();
  }
}
