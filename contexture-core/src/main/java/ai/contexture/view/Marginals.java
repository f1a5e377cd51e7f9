package ai.contexture.view;

import ai.contexture.input.InputException;
import ai.contexture.torch.CounterRandom;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** A law for each column, from which it is drawn without regard to the others. */
final class Marginals implements Replacement {

  private final NDArray table;
  private final Columns columns;
  private final Marginal marginal;

  /** For each column the rows of the table to choose from, or null for numbers from a density. */
  private final int[][] choices;

  /** For each input the ends of its range; null where no column has a density. */
  private final double[] least;

  private final double[] most;

  /**
   * Learns from a table [n, p].
   *
   * @throws InputException if ranges are needed and a number is not finite
   */
  Marginals(NDArray table, Columns columns, Marginal marginal) {
    this.table = table;
    this.columns = columns;
    this.marginal = marginal;
    int n = Math.toIntExact(table.getShape().get(0));
    int[] all = IntStream.range(0, n).toArray();
    choices = new int[columns.count()][];
    if (marginal == Marginal.EMPIRICAL) {
      Arrays.fill(choices, all);
      least = null;
      most = null;
      return;
    }
    double[] values = values(table);
    least = new double[columns.inputs()];
    most = new double[columns.inputs()];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < values.length; i++) {
      int j = i % columns.inputs();
      least[j] = Math.min(least[j], values[i]);
      most[j] = Math.max(most[j], values[i]);
    }
    for (int column = 0; column < columns.count(); column++) {
      if (columns.isNominal(column)) {
        choices[column] = marginal == Marginal.UNIFORM ? levels(values, column) : all;
      }
    }
  }

  /** Returns the means of the inputs [p] of a table [n, p]. */
  static double[] means(NDArray table) {
    double[] values = values(table);
    int p = Math.toIntExact(table.getShape().get(1));
    double[] means = new double[p];
    for (int i = 0; i < values.length; i++) {
      means[i % p] += values[i];
    }
    int n = values.length / p;
    return Arrays.stream(means).map(sum -> sum / n).toArray();
  }

  /**
   * Returns the numbers [n·p] of a table.
   *
   * @throws InputException if one is not finite
   */
  static double[] values(NDArray table) {
    try (NDArray copy = table.toType(DataType.FLOAT64, true)) {
      double[] values = copy.toDoubleArray();
      for (int i = 0; i < values.length; i++) {
        if (!Double.isFinite(values[i])) {
          int p = Math.toIntExact(table.getShape().get(1));
          throw new InputException(
              "pretraining rows: expected finite numbers, got "
                  + values[i]
                  + " in row "
                  + i / p
                  + ", input "
                  + i % p);
        }
      }
      return values;
    }
  }

  /** For each combination of values of a column's inputs, a row that has it. */
  private int[] levels(double[] values, int column) {
    int p = columns.inputs();
    int[] inputs = columns.inputsOf(column);
    Map<List<Double>, Integer> rows = new LinkedHashMap<>();
    for (int i = 0; i < values.length / p; i++) {
      int first = i * p;
      rows.putIfAbsent(Arrays.stream(inputs).mapToObj(j -> values[first + j]).toList(), i);
    }
    return rows.values().stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public NDArray draw(NDManager scope, int b, DataType type, RandomGenerator random) {
    if (marginal == Marginal.EMPIRICAL) {
      int n = Math.toIntExact(table.getShape().get(0));
      NDArray rows = CounterRandom.below(scope, random.nextLong(), n, b, columns.count());
      return fromTable(scope, columns.spread(rows), type);
    }
    int p = columns.inputs();
    Shape shape = new Shape(b, p);
    long[] index = new long[b * p];
    double[] numbers = new double[b * p];
    int[] chosen = new int[columns.count()];
    for (int i = 0; i < b; i++) {
      for (int column = 0; column < chosen.length; column++) {
        int[] rows = choices[column];
        chosen[column] = rows == null ? 0 : rows[random.nextInt(rows.length)];
      }
      for (int j = 0; j < p; j++) {
        index[i * p + j] = chosen[columns.of(j)];
        if (choices[columns.of(j)] == null) {
          numbers[i * p + j] = marginal.draw(least[j], most[j], random);
        }
      }
    }
    NDArray drawn = Draws.array(scope, numbers, shape, type);
    boolean[] fromTable = new boolean[p];
    boolean any = false;
    for (int j = 0; j < p; j++) {
      fromTable[j] = choices[columns.of(j)] != null;
      any |= fromTable[j];
    }
    return any
        ? NDArrays.where(
            scope.create(fromTable, new Shape(1, p)).broadcast(shape),
            fromTable(scope, scope.create(index, shape), type),
            drawn)
        : drawn;
  }

  /** The numbers of a table's rows [b, p], which are given for each input. */
  private NDArray fromTable(NDManager scope, NDArray rows, DataType type) {
    NDArray gathered = table.gather(rows, 0);
    gathered.attach(scope);
    return gathered.toType(type, false);
  }
}
