package ai.contexture.experiment;

import ai.contexture.input.Text;
import ai.contexture.plot.Figure;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the cells of a study say, for somebody who has not read the papers.
 *
 * @param how what was done, in a few sentences
 * @param parts figures and tables, in the order to read them
 * @param meaning what it means, in a few sentences
 */
public record StudyReport(List<String> how, List<Part> parts, List<String> meaning) {

  /** Copies the lists. */
  public StudyReport {
    how = List.copyOf(how);
    parts = List.copyOf(parts);
    meaning = List.copyOf(meaning);
  }

  /** A figure or a table. */
  public sealed interface Part permits Drawing, Table {

    /** Returns what is to be seen, in one sentence. */
    String caption();
  }

  /**
   * A figure.
   *
   * @param name of its files, without an extension
   */
  public record Drawing(String name, String caption, Figure figure) implements Part {}

  /**
   * A table.
   *
   * @param header the names of the columns
   * @param rows as many texts each
   */
  public record Table(String caption, List<String> header, List<List<String>> rows)
      implements Part {

    /** Copies the lists and requires rows of the same length. */
    public Table {
      header = List.copyOf(header);
      rows = rows.stream().map(List::copyOf).toList();
      for (List<String> row : rows) {
        if (row.size() != header.size()) {
          throw new IllegalArgumentException(
              Text.format("table: expected %d texts in a row, got %d", header.size(), row.size()));
        }
      }
    }
  }

  /** Returns the figures. */
  public List<Drawing> drawings() {
    return parts(Drawing.class).toList();
  }

  /** Returns the tables. */
  public List<Table> tables() {
    return parts(Table.class).toList();
  }

  private <P extends Part> Stream<P> parts(Class<P> type) {
    return parts.stream().filter(type::isInstance).map(type::cast);
  }
}
