package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Reads every data set that the list {@code datasets.csv} of the shared data names; skipped without
 * them.
 */
class SharedDatasetsTest {

  @Test
  void readsThemAsTheListDescribesThem() {
    Path folder = SharedData.folder();
    Table list = Csv.read(folder.resolve("datasets.csv"));
    assertThat(list.rows()).isPositive();
    for (int row = 0; row < list.rows(); row++) {
      Path file = folder.resolve(list.column("file").text(row));
      String expectedNominal = list.column("nominal_columns").text(row);
      Set<String> nominal =
          expectedNominal.isEmpty()
              ? Set.of()
              : Set.copyOf(List.of(expectedNominal.split(";", -1)));
      Task task = Task.valueOf(list.column("task").text(row).toUpperCase(Locale.ROOT));
      // The list calls codes such as 0/1 nominal, which look like numbers; the target is recognised
      // without help,
      // but a few targets of regression are whole numbers with few values, so the task is given.
      CsvOptions options =
          CsvOptions.DEFAULT.withNominal(
              nominal.stream().filter(column -> !column.equals("target")).toArray(String[]::new));
      Dataset dataset = Dataset.read(file, options, "target", task);
      Table features = dataset.features();
      String name = list.column("name").text(row);
      assertThat(dataset.name()).isEqualTo(name);
      assertThat(features.rows()).as(name).isEqualTo(number(list, "rows", row));
      assertThat(features.columns()).as(name).hasSize(number(list, "features", row));
      assertThat(features.columns().stream().mapToInt(Column::missing).sum())
          .as(name)
          .isEqualTo(number(list, "missing_values", row));
      Target target = dataset.target().orElseThrow();
      assertThat(target.task()).as(name).isEqualTo(task);
      for (int i = 0; i < target.rows(); i++) {
        assertThat(target.known(i)).as(name).isTrue();
      }
      Set<String> found =
          features.columns().stream()
              .filter(column -> column instanceof NominalColumn)
              .map(Column::name)
              .collect(Collectors.toSet());
      if (task == Task.CLASSIFICATION) {
        found.add("target");
      }
      assertThat(found).as(name).isEqualTo(nominal);
      preprocess(name, features);
    }
  }

  private static void preprocess(String name, Table features) {
    List<String> warnings = new ArrayList<>();
    Matrix matrix =
        Preprocessing.fit(
                features,
                Preprocessing.Options.DEFAULT,
                warning -> warnings.add(warning.toString()))
            .apply(features);
    assertThat(matrix.rows()).as(name).isEqualTo(features.rows());
    assertThat(Arrays.stream(matrix.values()).allMatch(Double::isFinite)).as(name).isTrue();
  }

  private static int number(Table list, String column, int row) {
    return (int) ((NumericColumn) list.column(column)).value(row);
  }
}
