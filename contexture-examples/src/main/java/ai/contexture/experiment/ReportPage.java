package ai.contexture.experiment;

import static ai.contexture.comparison.ResultTable.escape;

import ai.contexture.input.Text;
import ai.contexture.plot.FigureFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One HTML page that holds all it shows, for small and for large screens. */
final class ReportPage {

  private static final String STYLE =
      """
      :root { color-scheme: light; }
      body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: #262626; background: #fff;
        font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
      h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
      h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
      .asked { font-size: 1.15rem; margin: 0 0 .5rem; }
      .faint, figcaption { color: #595959; font-size: .9rem; text-align: left; }
      figure { margin: 1rem 0; }
      .wide { overflow-x: auto; background:
        linear-gradient(to left, #fff 40%, #fff0) right / 3rem 100% no-repeat local,
        linear-gradient(to left, #0005, #0000) right / 1rem 100% no-repeat scroll; }
      .table { position: relative; left: 50%; transform: translateX(-50%);
        width: min-content; min-width: 100%; max-width: calc(100vw - 2rem); }
      @media (max-width: 30rem) { table { font-size: .8rem; } th, td { padding-right: .5rem; } }
      img { display: block; width: 100%; min-width: 30rem; height: auto; mix-blend-mode: multiply; }
      table { border-collapse: collapse; font-size: .9rem; margin: .4rem 0; }
      th, td { padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top;
        border-bottom: 1px solid #e0e0e0; }
      th { border-bottom: 2px solid #8c8c8c; }
      th:first-child, td:first-child { position: sticky; left: 0; background: #fff; }
      td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
      code { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em;
        overflow-wrap: anywhere; }
      """;

  /** A symbol of a formula and its index, as in {@code τ_d} or <code>Σ_{i≤d}</code>. */
  private static final Pattern INDEX =
      Pattern.compile(
          "(?<![\\p{L}\\d_])([τsΣλμρ]²?)_(?:\\{([^}]*)}|([\\p{L}\\d])(?![\\p{L}\\d_]))");

  private static final double SECONDS_PER_MINUTE = 60;

  private final StringBuilder html = new StringBuilder();

  private ReportPage() {}

  /** Returns the text of the page. */
  static String of(Study study, Settings settings, StudyReport report, List<CellResult> rows)
      throws IOException {
    ReportPage page = new ReportPage();
    page.write(study, settings, report, rows);
    return page.html.toString();
  }

  private void write(Study study, Settings settings, StudyReport report, List<CellResult> rows)
      throws IOException {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<link rel=\"icon\" href=\"data:,\">\n"); // else browsers ask for one
    element("title", study.title());
    html.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<main>\n");
    element("h1", study.title());
    html.append("<p class=\"asked\">").append(escape(study.question())).append("</p>\n");
    html.append("<p class=\"faint\">").append(escape(study.source())).append("</p>\n");
    if (settings.quick()) {
      paragraph(
          "This is the small version, which shows that the study runs; its numbers say less.");
    }
    element("h2", "What it means");
    report.meaning().forEach(this::paragraph);
    element("h2", "What was done");
    report.how().forEach(this::paragraph);
    element("h2", "What came out");
    for (StudyReport.Part part : report.parts()) {
      if (part instanceof StudyReport.Drawing drawing) {
        figure(drawing);
      } else if (part instanceof StudyReport.Table table) {
        table(table);
      }
    }
    failures(study, rows);
    element("h2", "How it was made");
    made(study, settings, rows);
    html.append("</main>\n</body>\n</html>\n");
  }

  private void element(String name, String text) {
    html.append('<').append(name).append('>').append(marked(text));
    html.append("</").append(name).append(">\n");
  }

  private void paragraph(String text) {
    element("p", text);
  }

  /** As an image, since elements of several SVGs in one page would share their names. */
  private void figure(StudyReport.Drawing drawing) throws IOException {
    ByteArrayOutputStream svg = new ByteArrayOutputStream();
    drawing.figure().write(FigureFormat.SVG, svg);
    html.append("<figure>\n<div class=\"wide\"><img alt=\"").append(plain(drawing.caption()));
    html.append("\" src=\"data:image/svg+xml;base64,");
    html.append(Base64.getEncoder().encodeToString(svg.toByteArray())).append("\"></div>\n");
    element("figcaption", drawing.caption());
    html.append("</figure>\n");
  }

  private void table(StudyReport.Table table) {
    html.append("<figure>\n");
    element("figcaption", table.caption());
    html.append("<div class=\"wide table\">\n<table>\n");
    html.append("<thead><tr>");
    table.header().forEach(text -> cell("th", text));
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr>");
      row.forEach(text -> cell("td", text));
      html.append("</tr>\n");
    }
    html.append("</tbody>\n</table>\n</div>\n</figure>\n");
  }

  private void cell(String name, String text) {
    boolean number = name.equals("td") && text.matches("[−-]?\\d.*|–");
    html.append('<').append(name).append(number ? " class=\"number\">" : ">");
    html.append(marked(text)).append("</").append(name).append('>');
  }

  /** Returns a text as HTML shows it, with indices such as those of {@code s²_{d+1}} below. */
  private static String marked(String text) {
    return INDEX.matcher(escape(text)).replaceAll("$1<sub>$2$3</sub>");
  }

  /** Returns the same for where there is no markup, such as {@code s²[d+1]}. */
  private static String plain(String text) {
    return INDEX.matcher(escape(text)).replaceAll("$1[$2$3]");
  }

  private void failures(Study study, List<CellResult> rows) {
    Map<String, List<CellResult>> reasons = new LinkedHashMap<>();
    for (CellResult row : rows) {
      if (!row.finished()) {
        reasons.computeIfAbsent(row.problem(), key -> new ArrayList<>()).add(row);
      }
    }
    if (reasons.isEmpty()) {
      return;
    }
    element("h2", "What could not be measured");
    List<List<String>> table = new ArrayList<>();
    reasons.forEach(
        (reason, failed) ->
            table.add(
                List.of(
                    Integer.toString(failed.size()),
                    String.join(
                        ", ", study.parameters().stream().map(failed.get(0)::text).toList()),
                    reason)));
    table(
        new StudyReport.Table(
            "Cells without a result, by the reason",
            List.of("cells", "the first", "reason"),
            table));
  }

  private void made(Study study, Settings settings, List<CellResult> rows) {
    StringBuilder command = new StringBuilder("contexture experiment ").append(study.name());
    command.append(" --data DATASETS --out FOLDER");
    if (settings.quick()) {
      command.append(" --quick");
    }
    if (settings.seed() != 0) {
      command.append(" --seed ").append(settings.seed());
    }
    for (StudyOption option : study.options()) {
      Map<String, String> values = settings.values();
      String defaults = settings.quick() ? option.quick() : option.defaults();
      if (!defaults.equals(values.get(option.name()))) {
        String value = values.get(option.name());
        boolean plain = value.matches("[\\w.,=-]+");
        command.append(" --").append(option.name()).append(' ');
        command.append(plain ? value : "'" + value + "'");
      }
    }
    html.append("<p><code>").append(escape(command.toString())).append("</code></p>\n");
    double minutes =
        rows.stream()
                .mapToDouble(row -> row.number(CellFile.SECONDS))
                .filter(Double::isFinite)
                .sum()
            / SECONDS_PER_MINUTE;
    paragraph(Text.format("%d cells took %.1f minutes.", rows.size(), minutes));
  }
}
