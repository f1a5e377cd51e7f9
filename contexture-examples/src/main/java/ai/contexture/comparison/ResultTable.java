package ai.contexture.comparison;

import ai.contexture.data.Task;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Metric;
import ai.contexture.measure.PairedScores;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.ProbeScore;
import ai.contexture.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Results as rows of cells, for a terminal or a page; as text ({@code toString}) its columns are
 * aligned.
 *
 * @param rows the head, then a row for each result, whose first cell says what it is
 */
public record ResultTable(List<List<String>> rows) {

  /** What stands in a column of numbers. */
  private static final Pattern NUMBER =
      Pattern.compile("(best +)?[-−]?\\d+(\\.\\d+)?(e[-+]?\\d+)?( %)?|-|");

  /** Errors of eigenvalues above this are shown. */
  private static final double ROUGH = 1e-4;

  private static final String LEFT = " style=\"text-align: left\"";
  private static final String RIGHT = " style=\"text-align: right\"";

  /**
   * Copies the rows.
   *
   * @throws IllegalArgumentException if there is no head
   */
  public ResultTable {
    rows = rows.stream().map(List::copyOf).toList();
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("rows: expected a head and rows, got none");
    }
  }

  /**
   * Returns how close features are to the exact ones.
   *
   * @param rows what the features were learned from, such as {@code 1257 rows learned from}
   * @param alignment on these rows
   * @param newRows how many rows the other was measured on
   * @param onNewRows the alignment on other rows, or null
   */
  public static ResultTable alignment(
      String rows, Alignment alignment, int newRows, Alignment onNewRows) {
    List<String> head = new ArrayList<>(List.of("", rows));
    List<String> cca =
        new ArrayList<>(
            List.of("squared canonical correlation, 1 = exact", three(alignment.cca())));
    List<String> mutual =
        new ArrayList<>(
            List.of("nearest neighbours in common, 1 = all", three(alignment.mutualKnn())));
    if (onNewRows != null) {
      head.add(newRows + " new rows");
      cca.add(three(onNewRows.cca()));
      mutual.add(three(onNewRows.mutualKnn()));
    }
    List<List<String>> table = new ArrayList<>(List.of(head, cca, mutual));
    if (alignment.ratioTrace() != null) {
      table.add(
          List.of(
              "share of the context that the features hold",
              alignment.ratioTraceMax() > 0
                  ? three(alignment.ratioTrace() / alignment.ratioTraceMax())
                  : "-"));
    }
    return new ResultTable(table);
  }

  static String three(double value) {
    return Text.format("%.3f", value);
  }

  /**
   * Returns what linear models reached.
   *
   * @param features how many were learned
   * @param inputs how many columns there are after preprocessing
   */
  public static ResultTable probe(ProbeScore probe, int features, int inputs, Task task) {
    boolean lower = lowerIsBetter(probe);
    String none =
        task == Task.REGRESSION
            ? "nothing: always the mean"
            : "nothing: always the most frequent class";
    double best =
        lower
            ? Math.min(probe.value(), Math.min(probe.rawFeatures(), probe.meanPredictor()))
            : Math.max(probe.value(), Math.max(probe.rawFeatures(), probe.meanPredictor()));
    return new ResultTable(
        List.of(
            List.of(
                "from",
                lower
                    ? "root mean squared error (lower is better)"
                    : "accuracy (higher is better)"),
            score("the " + learned(features), probe.value(), best),
            score("the " + Text.count(inputs, "preprocessed input"), probe.rawFeatures(), best),
            score(none, probe.meanPredictor(), best)));
  }

  private static String learned(int features) {
    return Text.count(features, "learned feature");
  }

  private static boolean lowerIsBetter(ProbeScore probe) {
    return probe.metric() == Metric.RMSE;
  }

  private static List<String> score(String from, double value, double best) {
    return List.of(from, (value == best ? "best  " : "") + Text.format("%.4g", value));
  }

  /**
   * Returns how well a target is predicted from what.
   *
   * @param features how many were learned
   * @param inputs how many columns there are after preprocessing
   */
  public static ResultTable probes(ProbeComparison probes, int features, int inputs) {
    boolean numbers = probes.lowerIsBetter();
    List<String> head = new ArrayList<>(List.of("from", metric(probes), "95 % interval"));
    if (probes.explained(Predictor.NOTHING).isPresent()) {
      head.add("R²");
    }
    if (probes.largestClass().isPresent()) {
      head.add("balanced");
    }
    List<List<String>> table = new ArrayList<>(List.of(head));
    for (Predictor predictor : probes.predictors()) {
      PairedScores.Score score = probes.score(predictor);
      List<String> row = new ArrayList<>();
      row.add(
          switch (predictor) {
            case FEATURES -> "the " + learned(features);
            case COLUMNS -> "your columns, as " + Text.count(inputs, "input");
            case TOGETHER -> "columns and features together";
            case TREES -> "boosted trees on your columns";
            case NOTHING ->
                numbers ? "nothing: always the mean" : "nothing: always the most frequent class";
          });
      row.add(score(probes.metric(), score.value()));
      row.add(score(probes.metric(), score.low()) + " to " + score(probes.metric(), score.high()));
      probes.explained(predictor).ifPresent(share -> row.add(Text.format("%.2f", share + 0.0)));
      probes.balanced(predictor).ifPresent(balanced -> row.add(three(balanced.value())));
      table.add(row);
    }
    return new ResultTable(table);
  }

  /** Returns what scores are called. */
  public static String metric(ProbeComparison probes) {
    return probes.metric().title();
  }

  /** Returns a score as it is shown. */
  public static String score(Metric metric, double value) {
    return Text.format(metric.lowerIsBetter() ? "%.4g" : "%.3f", value);
  }

  /**
   * Returns what contexts are worth, in the order that is given.
   *
   * @param target whether there is a column to predict
   */
  public static ResultTable comparison(List<ContextMeasures> measured, boolean target) {
    ProbeScore any = anyProbe(measured);
    List<List<String>> table = new ArrayList<>();
    List<String> head =
        new ArrayList<>(List.of("context", "τ", "best d", "columns", "decay rate", "κ²"));
    head.addAll(target ? List.of("ρ") : List.of());
    head.addAll(any == null ? List.of() : List.of(any.metric().toString()));
    table.add(head);
    for (ContextMeasures m : measured) {
      List<String> row = new ArrayList<>(List.of(m.context()));
      row.add(cell("%.3f", m.usefulness() == null ? null : m.usefulness().tau()));
      row.add(cell("%d", m.usefulness() == null ? null : m.usefulness().dimension()));
      row.add(cell("%.3f", m.columnError() == null ? null : m.columnError().value()));
      row.add(cell("%.3g", m.decayRate()));
      row.add(cell("%.4g", m.complexity() == null ? null : m.complexity().kappaSquared()));
      if (target) {
        row.add(cell("%.3f", m.compatibility() == null ? null : m.compatibility().rho()));
      }
      if (any != null) {
        row.add(cell("%.4g", m.probes().isEmpty() ? null : m.probes().get(0).score().value()));
      }
      table.add(row);
    }
    return new ResultTable(table);
  }

  /**
   * Returns what the columns of a comparison mean, a name and its meaning in each row.
   *
   * @param target whether there is a column to predict
   * @param beta the price of a dimension
   */
  public static List<List<String>> meanings(
      List<ContextMeasures> measured, boolean target, double beta) {
    ProbeScore any = anyProbe(measured);
    List<List<String>> meanings = new ArrayList<>();
    meanings.add(
        List.of(
            "τ", Text.format("usefulness, lower is better; near %.3g it cannot tell", 1 + beta)));
    meanings.add(List.of("best d", "how many functions are worth learning"));
    meanings.add(
        List.of(
            "columns",
            "error of a linear model from the best functions of new rows to the columns themselves;"
                + " lower is better, about 1 tells nothing; it knows no target"));
    meanings.add(List.of("decay rate", "large, such as 1: the context ties rows together weakly"));
    meanings.add(List.of("κ²", "large: a task needs many labelled rows"));
    if (target) {
      meanings.add(List.of("ρ", "1: the context tells the target, 0: it says nothing of it"));
    }
    if (any != null) {
      meanings.add(
          List.of(
              any.metric().toString(),
              Text.format(
                  "of a linear model on the best functions, on test rows; %s is better",
                  lowerIsBetter(any) ? "lower" : "higher")));
      meanings.add(
          List.of(
              "",
              Text.format(
                  "from the preprocessed inputs %.4g, from nothing %.4g",
                  any.rawFeatures(), any.meanPredictor())));
      meanings.add(
          List.of("", "for this target it says more than τ, which knows nothing of any target"));
    }
    return meanings;
  }

  /** What the preprocessed inputs and nothing reach is the same beside every context. */
  private static ProbeScore anyProbe(List<ContextMeasures> measured) {
    return measured.stream()
        .flatMap(m -> m.probes().stream())
        .map(ContextMeasures.Probe::score)
        .findFirst()
        .orElse(null);
  }

  /** Returns a number, or a dash where it is not known. */
  private static String cell(String pattern, Object value) {
    return value == null ? "-" : Text.format(pattern, value);
  }

  /** Returns which of n eigenvalues a table shows: 1, 2, 3, 5, 7, 10, 20, 30, 50, … */
  public static int[] positions(int n) {
    return IntStream.iterate(1, i -> i <= n, ResultTable::following).toArray();
  }

  private static int following(int i) {
    int power = 1;
    while (power * 10 <= i) {
      power *= 10;
    }
    int lead = i / power;
    int next = lead == 1 ? 2 : lead == 2 ? 3 : lead == 3 ? 5 : lead == 5 ? 7 : 10;
    return next * power;
  }

  /** Says whether the errors of some eigenvalues are large enough to be shown. */
  public static boolean isRough(Spectrum spectrum) {
    return Arrays.stream(spectrum.errors()).anyMatch(error -> error > ROUGH);
  }

  /**
   * Returns the rows as an HTML table with numbers to the right and text to the left; all else of
   * its looks it takes from the page.
   */
  public String html() {
    StringBuilder html = new StringBuilder("<table>\n<thead>");
    row(html, "th", rows.get(0));
    html.append("</thead>\n<tbody>\n");
    results().forEach(row -> row(html, "td", row));
    return html.append("</tbody>\n</table>\n").toString();
  }

  private List<List<String>> results() {
    return rows.subList(1, rows.size());
  }

  private boolean isNumbers(int column) {
    return results().stream()
        .filter(row -> column < row.size())
        .allMatch(row -> NUMBER.matcher(row.get(column)).matches());
  }

  private void row(StringBuilder html, String element, List<String> cells) {
    html.append("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      html.append('<').append(element).append(isNumbers(i) ? RIGHT : LEFT).append('>');
      html.append(escape(cells.get(i))).append("</").append(element).append('>');
    }
    html.append("</tr>\n");
  }

  /** Returns a text as HTML shows it. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Returns the lines of the text, the first column to the left and the others to the right. */
  public List<String> lines() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        text.append(i == 0 ? row.get(i) + pad : "   " + pad + row.get(i));
      }
      lines.add(text.toString().stripTrailing());
    }
    return lines;
  }

  @Override
  public String toString() {
    return lines().stream().collect(Collectors.joining("\n"));
  }
}
