package ai.contexture.experiment;

import ai.contexture.data.Csv;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.Dataset;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.Table;
import ai.contexture.data.Task;
import ai.contexture.input.InputException;
import ai.contexture.input.Suggestions;
import ai.contexture.random.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A folder of CSV files, of which {@code datasets.csv} says {@code name}, {@code file}, {@code
 * task} and {@code nominal_columns}, separated by semicolons. Each has a column {@code target}.
 */
public final class DatasetFolder {

  /** The name of the digits that come with the library, which every folder knows. */
  public static final String DIGITS = "digits";

  private static final String LIST = "datasets.csv";
  private static final List<String> COLUMNS = List.of("name", "file", "task", "nominal_columns");

  private final Path folder;
  private final Table list;

  private DatasetFolder(Path folder, Table list) {
    this.folder = folder;
    this.list = list;
  }

  /**
   * Reads the list.
   *
   * @throws InputException if it is not there or lacks a column
   */
  public static DatasetFolder open(Path folder) {
    Path file = folder.resolve(LIST);
    if (!Files.isRegularFile(file)) {
      throw new InputException(folder + ": expected a folder of datasets with " + LIST + " in it");
    }
    CsvOptions options =
        CsvOptions.DEFAULT.withNominal(COLUMNS.toArray(String[]::new)).withNeeded(COLUMNS);
    return new DatasetFolder(folder, Csv.read(file, options));
  }

  /** Returns a folder that knows the digits alone. */
  public static DatasetFolder empty() {
    return new DatasetFolder(null, null);
  }

  private String cell(String column, int row) {
    NominalColumn cells = (NominalColumn) list.column(column);
    return cells.missing(row) ? "" : cells.text(row);
  }

  /** Returns the names of the datasets. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (int row = 0; list != null && row < list.rows(); row++) {
      names.add(cell("name", row));
    }
    return names;
  }

  /**
   * Reads a dataset with its target.
   *
   * @throws InputException if there is none of this name, or it cannot be read
   */
  public Dataset read(String name) {
    int row = names().indexOf(name);
    if (row < 0 && name.equals(DIGITS)) {
      return Dataset.digits();
    }
    if (row < 0 && list == null) {
      throw new InputException("dataset " + name + ": give the folder of datasets with --data");
    }
    if (row < 0) {
      throw Suggestions.unknown("dataset", name, names());
    }
    String nominal = cell("nominal_columns", row);
    CsvOptions options =
        nominal.isEmpty()
            ? CsvOptions.DEFAULT
            : CsvOptions.DEFAULT.withNominal(nominal.split(";", -1));
    Task task = Task.valueOf(cell("task", row).toUpperCase(Locale.ROOT));
    return Dataset.read(folder.resolve(cell("file", row)), options, "target", task);
  }

  /**
   * Reads datasets with their targets, of each a sample of its rows if it has too many.
   *
   * @param most how many rows to keep of each
   * @return the datasets by name
   * @throws InputException if one cannot be read or has no target
   */
  public Map<String, Dataset> labelled(List<String> names, int most) {
    Map<String, Dataset> datasets = new HashMap<>();
    for (String name : names) {
      Dataset data = read(name);
      if (data.target().isEmpty()) {
        throw new InputException("dataset " + name + ": expected a target");
      }
      if (data.rows() > most) {
        var random = Seed.of(0).derive("rows").generator();
        data = data.select(random.ints(0, data.rows()).distinct().limit(most).sorted().toArray());
      }
      datasets.put(name, data);
    }
    return datasets;
  }
}
