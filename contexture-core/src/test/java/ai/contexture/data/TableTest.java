package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {

  private static final Table TABLE =
      Table.of(
          "t", NumericColumn.of("x", 1, Double.NaN, 3), NominalColumn.of("c", "red", null, "blue"));

  @Test
  void selectsRowsAndLeavesColumnsOut() {
    Table selected = TABLE.select(new int[] {2, 2, 1});
    assertThat(selected.rows()).isEqualTo(3);
    assertThat(((NumericColumn) selected.column("x")).values()).containsExactly(3, 3, Double.NaN);
    assertThat(selected.column("c").text(0)).isEqualTo("blue");
    assertThat(selected.column("c").missing()).isEqualTo(1);
    assertThat(TABLE.without(List.of("x")).names()).containsExactly("c");
  }

  @Test
  void takesRowsOfAProgram() {
    Map<String, Object> first = new HashMap<>();
    first.put("x", 1);
    first.put("c", "red");
    first.put("mixed", 2.0);
    Map<String, Object> second = new HashMap<>();
    second.put("x", null);
    second.put("c", " ");
    second.put("mixed", true);
    Table table = Table.ofRows("request", List.of(first, second, Map.of("x", 3.5f, "c", "blue")));

    assertThat(table.rows()).isEqualTo(3);
    assertThat(((NumericColumn) table.column("x")).values()).containsExactly(1, Double.NaN, 3.5);
    assertThat(table.column("c").text(0)).isEqualTo("red");
    assertThat(table.column("c").missing(1)).isTrue();
    assertThat(table.column("mixed").text(0)).isEqualTo("2");
    assertThat(table.column("mixed").text(1)).isEqualTo("true");
    assertThat(table.column("mixed").missing(2)).isTrue();
  }

  @Test
  void refusesRowsThatAreNoTable() {
    assertThatThrownBy(() -> Table.ofRows("request", List.of()))
        .isInstanceOf(InputException.class)
        .hasMessage("request: expected rows with values, got none");
    List<Map<String, Double>> infinite = List.of(Map.of("x", 1.0), Map.of("x", 1 / 0.0));
    assertThatThrownBy(() -> Table.ofRows("request", infinite))
        .isInstanceOf(InputException.class)
        .hasMessage("request: column 'x', row 2: expected a finite number, got Infinity");
    assertThatThrownBy(() -> Table.ofRows("request", List.of(Map.of("x", List.of(1)))))
        .isInstanceOf(InputException.class)
        .hasMessage("request: column 'x', row 1: expected a number or a text, got [1]");
  }

  @Test
  void cannotBeChangedThroughItsArrays() {
    double[] values = {1, 2};
    NumericColumn column = NumericColumn.of("x", values);
    values[0] = 9;
    column.values()[1] = 9;
    assertThat(column.values()).containsExactly(1, 2);
    ((NominalColumn) TABLE.column("c")).codes()[0] = 0;
    assertThat(TABLE.column("c").text(0)).isEqualTo("red");
  }

  /** The fingerprint is kept in files: this value must never change. */
  @Test
  void hasAStableFingerprint() {
    assertThat(TABLE.fingerprint())
        .isEqualTo("fa8e4ad5c540a291f54e0536b8487cf00f44dda3735f7c1aff83fb3266450386");
  }

  @Test
  void fingerprintDependsOnNamesTypesAndValuesOnly() {
    String fingerprint = TABLE.fingerprint();
    Table elsewhere = Table.of("other", TABLE.columns());
    assertThat(elsewhere.fingerprint()).isEqualTo(fingerprint);
    Table longer =
        Table.of(
            "t",
            NumericColumn.of("x", 1, Double.NaN, 3, 4),
            NominalColumn.of("c", "red", null, "blue", "amber"));
    assertThat(longer.fingerprint()).isNotEqualTo(fingerprint);
    assertThat(longer.select(new int[] {0, 1, 2}).fingerprint()).isEqualTo(fingerprint);
    assertThat(TABLE.select(new int[] {0, 2, 1}).fingerprint()).isNotEqualTo(fingerprint);
    assertThat(Table.of("t", NumericColumn.of("a", 1)).fingerprint())
        .isNotEqualTo(Table.of("t", NumericColumn.of("b", 1)).fingerprint())
        .isNotEqualTo(Table.of("t", NominalColumn.of("a", "1")).fingerprint());
  }

  @Test
  void refusesWhatIsNoTable() {
    assertThatThrownBy(() -> Table.of("t"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("t: expected at least one column, got none");
    assertThatThrownBy(() -> Table.of("t", NumericColumn.of("a", 1), NumericColumn.of("a", 1)))
        .hasMessage("t: two columns are named a");
    assertThatThrownBy(() -> Table.of("t", NumericColumn.of("a", 1), NumericColumn.of("b", 1, 2)))
        .hasMessage("t: column b: expected 1 rows, got 2");
    assertThatThrownBy(() -> NumericColumn.of("a", 1, Double.NEGATIVE_INFINITY))
        .hasMessage("column a, row 1: expected a finite number, got -Infinity");
    assertThatThrownBy(() -> TABLE.column("y"))
        .isInstanceOf(InputException.class)
        .hasMessage("t: unknown column 'y'; known: x, c (did you mean x?)");
  }

  @Test
  void matrixIsRowAfterRow() {
    Matrix matrix = Matrix.of(2, 3, new double[] {1, 2, 3, 4, 5, 6});
    assertThat(matrix.get(1, 0)).isEqualTo(4);
    assertThat(matrix.row(0)).containsExactly(1, 2, 3);
    assertThat(matrix.select(new int[] {1, 1, 0}))
        .isEqualTo(Matrix.of(3, 3, new double[] {4, 5, 6, 4, 5, 6, 1, 2, 3}));
    assertThatThrownBy(() -> Matrix.of(2, 2, new double[3]))
        .hasMessage("values: expected 2·2 of them, got 3");
  }
}
