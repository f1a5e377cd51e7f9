package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Dataset;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairedContextTest
    implements ContextContract.Sampled, ContextContract.KernelFinite<PairedContext> {

  @TempDir Path folder;

  private static ContextData data(NDManager manager) {
    double[] first = new double[10];
    Arrays.setAll(first, i -> i * i % 7);
    double[] second = new double[10];
    Arrays.setAll(second, i -> Math.sin(i));
    return ContextData.of(normal(manager, "points", 10, 2))
        .withTable(
            Table.of(
                "t.csv",
                NumericColumn.of("x", new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
                NumericColumn.of("a", first),
                NumericColumn.of("b", second)));
  }

  /** Every row has two partners in the file, and so one to draw. */
  private ContextData keyed(NDManager manager, Path file) throws IOException {
    StringBuilder text = new StringBuilder("id,a,b\n");
    for (int i = 0; i < 20; i++) {
      text.append("r").append(i % 10).append(',').append(i * i % 7).append(',');
      text.append(Math.cos(i)).append('\n');
    }
    Files.writeString(file, text.toString());
    String[] ids = new String[10];
    Arrays.setAll(ids, i -> "r" + (9 - i));
    return ContextData.of(normal(manager, "points", 10, 2))
        .withTable(Table.of("t.csv", NominalColumn.of("id", ids)));
  }

  @Override
  public PairedContext context(NDManager manager) {
    try {
      Path file = folder.resolve("pairs.csv");
      ContextData data = keyed(manager, file);
      return (PairedContext) Contexts.parse("paired(file=\"" + file + "\", on=id)").fit(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 5, 2);
  }

  @Test
  void columnsOfTheSameTable() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextFactory factory = Contexts.parse("paired(columns=\"a,b\")");
      assertThat(factory.ownColumns()).containsExactly("a", "b");
      PairedContext context = (PairedContext) factory.fit(data(manager));
      assertThat(context).hasToString("paired(columns=\"a,b\")");
      assertThat(context.contexts().rows().getShape().get(1)).isEqualTo(2);
      double[] expected = new double[9];
      expected[0] = 1;
      expected[1] = 1;
      assertClose(Spectra.of(context, 9, manager).eigenvalues(), expected, 1e-12);
      Points drawn = context.sample(context.points(), 2, random("draws"));
      NDArray own = context.contexts().rows().repeat(0, 2);
      assertClose(drawn.rows(), own, 0);
    }
  }

  @Test
  void partnersAreThoseWithTheSameKey() {
    try (NDManager manager = NDManager.newBaseManager()) {
      PairedContext context = context(manager);
      long[] drawn =
          context
              .sample(context.points(), 40, random("draws"))
              .positions()
              .orElseThrow()
              .toLongArray();
      for (int i = 0; i < drawn.length; i++) {
        assertThat(drawn[i] % 10).isEqualTo(9 - i / 40);
      }
      assertThat(Arrays.stream(drawn).distinct().count()).isEqualTo(20);
    }
  }

  @Test
  void rowByRowOfTheWholeTable() throws IOException {
    Path file = folder.resolve("rows.csv");
    Files.writeString(file, "a\n0\n1\n2\n3\n");
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data =
          ContextData.of(normal(manager, "points", 3, 2))
              .withTable(Table.of("t.csv", NumericColumn.of("x", new double[] {5, 6, 7})));
      ContextFactory factory = Contexts.parse("paired(file=\"" + file + "\")");
      PairedContext context =
          (PairedContext) factory.fit(data.withPositions(new int[] {3, 0, 1}, 4));
      double mean = 4 / 3.;
      double deviation = Math.sqrt((9 + 0 + 1) / 3. - mean * mean);
      // partners are kept in the order of the file: rows 0, 1, 3
      assertClose(
          context.contexts().rows().toDoubleArray(),
          new double[] {-mean / deviation, (1 - mean) / deviation, (3 - mean) / deviation},
          1e-12);
      assertThatThrownBy(() -> factory.fit(data))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("expected one row for each of the 3 rows of the data, got 4");
    }
  }

  @Test
  void rowsWithoutAnOtherHalfAreLeftOut() throws IOException {
    Path file = folder.resolve("some.csv");
    Files.writeString(file, "id,a\nr9,1\nr2,2\nr2,3\nr77,4\n,5\nr1,6\n");
    Path more = folder.resolve("more.csv");
    Files.writeString(more, "id,b\nr1,1\nr2,2\nr3,3\n");
    Dataset data = dataset("r0", "r1", null, "r2", "r9", "r1");
    String paired = "paired(file=\"" + file + "\", on=id)";

    assertThat(Contexts.parse(paired).rows(data)).containsExactly(1, 3, 4, 5);
    String mixed = "mix(knn, " + paired + ", paired(file=\"" + more + "\", on=id))";
    assertThat(Contexts.parse(mixed).rows(data)).containsExactly(1, 3, 5);
    assertThat(Contexts.parse("conv" + mixed.substring(3)).rows(data)).containsExactly(1, 3, 5);
    assertThat(Contexts.parse("minmax" + mixed.substring(3)).rows(data)).containsExactly(1, 3, 5);
    assertThat(Contexts.parse("knn").rows(data)).hasSize(6);
    assertThatThrownBy(() -> Contexts.parse(paired).rows(dataset("r0", "r4")))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": no row with the 'id' of a row of t.csv");
    String byRow = "paired(file=\"" + file + "\")";
    assertThat(Contexts.parse(byRow).rows(data)).hasSize(6);
    assertThatThrownBy(() -> Contexts.parse(byRow).rows(dataset("r0", "r4")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            file
                + ": expected one row for each of the 2 rows of the data, got 6; name a column with"
                + " on=COLUMN to join by its value");
  }

  private static Dataset dataset(String... ids) {
    return new Dataset("t", Table.of("t.csv", NominalColumn.of("id", ids)), Optional.empty());
  }

  @Test
  void refusals() throws IOException {
    assertThatThrownBy(() -> Contexts.parse("paired"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("paired: expected either columns");
    Path file = folder.resolve("few.csv");
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = keyed(manager, file);
      Files.writeString(file, "id,a\nr9,1\nr8,2\n");
      assertThatThrownBy(() -> Contexts.parse("paired(file=\"" + file + "\", on=id)").fit(data))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("no row with id = 'r7', which t.csv has");
    }
  }
}
