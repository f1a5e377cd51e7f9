package ai.contexture.notebook;

import ai.contexture.comparison.ContextMeasures;
import ai.contexture.comparison.ResultTable;
import ai.contexture.data.Dataset;
import ai.contexture.data.Task;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;

/**
 * Results as HTML tables, which a notebook shows with {@code render(Tables.of(…), "text/html")}.
 */
public final class Tables {

  private Tables() {}

  /**
   * Returns a table of your own.
   *
   * @param head what the columns are
   * @param rows the cells; the first of a row says what it is
   */
  public static String of(List<String> head, List<? extends List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(head);
    all.addAll(rows);
    return new ResultTable(all).html();
  }

  /** Returns what contexts are worth on a dataset, and what the columns mean. */
  public static String of(List<ContextMeasures> measured, Dataset data) {
    boolean target = data.target().isPresent();
    double beta =
        measured.stream()
            .filter(m -> m.usefulness() != null)
            .mapToDouble(m -> m.usefulness().beta())
            .findFirst()
            .orElse(ContextMeasures.Options.DEFAULT.beta());
    List<List<String>> meanings = new ArrayList<>(List.of(List.of("column", "what it says")));
    meanings.addAll(ResultTable.meanings(measured, target, beta));
    return ResultTable.comparison(measured, target).html()
        + "<details><summary>What the columns mean</summary>\n"
        + new ResultTable(meanings).html()
        + "</details>\n";
  }

  /** Returns how close features are to the exact ones, on the rows that they were learned from. */
  public static String of(Alignment alignment) {
    return ResultTable.alignment("rows learned from", alignment, 0, null).html();
  }

  /**
   * Returns the same beside rows that are new.
   *
   * @param newRows how many are new
   * @param onNewRows the alignment on these
   */
  public static String of(Alignment alignment, int newRows, Alignment onNewRows) {
    return ResultTable.alignment("rows learned from", alignment, newRows, onNewRows).html();
  }

  /**
   * Returns how well linear models predict the target.
   *
   * @param features how many were learned
   * @param inputs how many columns there are after preprocessing
   */
  public static String of(ProbeScore probe, int features, int inputs, Task task) {
    return ResultTable.probe(probe, features, inputs, task).html();
  }

  /**
   * Returns how well the target is predicted from features, columns, both, and nothing.
   *
   * @param features how many were learned
   * @param inputs how many columns there are after preprocessing
   */
  public static String of(ProbeComparison probes, int features, int inputs) {
    return ResultTable.probes(probes, features, inputs).html();
  }

  /**
   * Returns what a finished training reached, as far as that can be known: how close the features
   * are to the exact ones, and how well the target is predicted from them, from the columns, from
   * both, by boosted trees, and from nothing.
   */
  public static String of(Pretraining job) {
    StringBuilder html = new StringBuilder();
    if (job.isExact()) {
      int rows = job.split().pretrain().length;
      html.append(ResultTable.alignment(rows + " rows", job.alignment(), 0, null).html());
    }
    int inputs = job.preprocessing().names().size();
    int dimension = job.recipe().dimension();
    job.data()
        .target()
        .ifPresent(target -> html.append(of(job.comparison().orElseThrow(), dimension, inputs)));
    return html.toString();
  }

  /** Returns the first eigenvalues, 1, 2, 3, 5, 7, 10, 20, …, with their errors if they matter. */
  public static String of(Spectrum spectrum) {
    double[] eigenvalues = spectrum.eigenvalues();
    double[] errors = spectrum.errors();
    boolean rough = ResultTable.isRough(spectrum);
    List<List<String>> rows = new ArrayList<>();
    for (int i : ResultTable.positions(eigenvalues.length)) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(i)));
      row.add(Text.format("%.4f", eigenvalues[i - 1]));
      if (rough) {
        row.add(Text.format("%.4f", errors[i - 1]));
      }
      rows.add(row);
    }
    return of(rough ? List.of("function i", "s²", "±") : List.of("function i", "s²"), rows);
  }

  /** Returns what is wrong, or one row that says that nothing is. */
  public static String of(Diagnosis diagnosis) {
    List<List<String>> rows =
        diagnosis.healthy()
            ? List.of(List.of("nothing", ""))
            : diagnosis.findings().stream()
                .map(found -> List.of(found.signature().toString(), found.reason()))
                .toList();
    return of(List.of("what looks wrong", "why, and what may help"), rows);
  }
}
