package ai.contexture.experiment;

import ai.contexture.input.Numbers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cell that was measured or failed.
 *
 * @param values parameters and measures by name; empty where something was not measured
 * @param problem one line on why there are no measures, or empty
 */
public record CellResult(Map<String, String> values, String problem) {

  /** Copies the values. */
  public CellResult {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Returns the row of a cell that took so many seconds. */
  public static CellResult of(Cell cell, Measures measures, double seconds, String problem) {
    Map<String, String> values = new LinkedHashMap<>(cell.parameters());
    values.putAll(measures.values());
    values.putAll(new Measures().put(CellFile.SECONDS, seconds).values());
    return new CellResult(values, problem);
  }

  /** Returns whether the cell was measured. */
  public boolean finished() {
    return problem.isEmpty();
  }

  /** Returns a value, empty where it is not known. */
  public String text(String name) {
    return values.getOrDefault(name, "");
  }

  /** Returns a number, NaN where it is not known. */
  public double number(String name) {
    return Numbers.parse(text(name));
  }

  /** Returns the different texts that rows have by a name, in the order in which they come. */
  public static List<String> distinct(List<CellResult> rows, String name) {
    return rows.stream().map(row -> row.text(name)).distinct().toList();
  }
}
