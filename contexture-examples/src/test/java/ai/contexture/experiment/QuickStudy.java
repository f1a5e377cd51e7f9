package ai.contexture.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The small version of a study, run as the command does. */
public final class QuickStudy {

  private static final Logger logger = LoggerFactory.getLogger(QuickStudy.class);

  private final Study study;
  private final List<CellResult> rows;

  private QuickStudy(Study study, List<CellResult> rows) {
    this.study = study;
    this.rows = rows;
  }

  /**
   * Measures all cells of the digits and writes the report.
   *
   * @param more names of options, each followed by its value
   */
  public static QuickStudy run(Study study, Path folder, String... more) throws IOException {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < more.length; i += 2) {
      given.put(more[i], more[i + 1]);
    }
    Settings settings = Settings.of(study, true, 0, given);
    StudyFolder made = StudyFolder.create(study, settings, null, folder.resolve(study.name()));
    try (Study.Grid grid = study.grid(settings, DatasetFolder.empty(), Device.cpu())) {
      made.run(grid, 1, (row, done, all, left) -> {});
    }
    for (CellResult row : made.rows()) {
      assertThat(row.problem()).as(row.toString()).isEmpty();
    }
    made.rows().forEach(row -> logger.info("{}", row.values()));
    StudyReport report = made.report();
    assertThat(Files.readString(made.path().resolve(StudyFolder.REPORT)))
        .contains("<h1>" + study.title() + "</h1>")
        .doesNotContain("NaN", "Infinity");
    assertThat(report.drawings()).isNotEmpty();
    return new QuickStudy(study, made.rows());
  }

  /** Returns the rows with a value. */
  public List<CellResult> with(String name, Object value) {
    return rows(row -> row.text(name).equals(String.valueOf(value)));
  }

  /** Returns some of the rows, at least one. */
  public List<CellResult> rows(Predicate<CellResult> wanted) {
    List<CellResult> found = rows.stream().filter(wanted).toList();
    assertThat(found).as(study.name()).isNotEmpty();
    return found;
  }
}
