package ai.contexture.experiment.study;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Row;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.TaskSpectrum;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Where the target of a table lies among the functions of a context [C, fig. 5]. */
final class TaskSpectrumStudy implements Study {

  private static final String CHANCE = "chance";

  /** Numbers of functions that the table tells of. */
  private static final int FEW = 10;

  private static final int MANY = 100;

  /** Functions whose cosines are drawn. */
  private static final int SHOWN = 30;

  @Override
  public String name() {
    return "task-spectrum";
  }

  @Override
  public String title() {
    return "Where a task lies in the spectrum";
  }

  @Override
  public String question() {
    return "Does what one wants to predict lie in the first functions of a context, or in those"
        + " that it hardly tells?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), figure 5: the cosine of the target with each"
        + " function, large for the first ones; the published bars have no numbers to"
        + " compare with.";
  }

  @Override
  public String time() {
    return "about a minute on 2 cores";
  }

  @Override
  public boolean concurrent() {
    return true;
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone,Wine,dna,kr-vs-kp", DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "contexts",
            "CONTEXTS",
            "knn(k=10),knn(k=100),rbf,masked-rbf",
            "knn(k=10),rbf",
            "The contexts, separated by commas"),
        new StudyOption("functions", "N", "512", "120", "How many functions to look at"),
        new StudyOption(
            "rows", "N", "1000", "500", "The most rows of a dataset, a sample of those it has"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "context", "seed");
  }

  @Override
  public List<String> measures() {
    return List.of(
        "rho",
        "rho_most",
        "rho_chance",
        "first_10",
        "first_100",
        "chance",
        "cosines",
        "eigenvalues",
        "seconds");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    Map<String, Dataset> datasets = folder.labelled(settings.texts("only"), settings.count("rows"));
    int top = settings.count("functions");
    settings.texts("contexts").forEach(Contexts::parse);
    List<Cell> cells = new ArrayList<>();
    for (long seed : settings.seeds()) {
      for (String name : settings.texts("only")) {
        for (String context : settings.texts("contexts")) {
          double cost = Math.pow(datasets.get(name).rows(), 3);
          cells.add(Cell.of(cost, "dataset", name, "context", context, "seed", seed));
        }
      }
    }
    return new Grid() {

      @Override
      public List<Cell> cells() {
        return cells;
      }

      @Override
      public Measures measure(Cell cell) {
        Recipe recipe =
            Recipe.DEFAULT
                .withContext(cell.get("context"))
                .withSeed(Long.parseLong(cell.get("seed")));
        long start = System.nanoTime();
        try (FittedContext fitted =
            FittedContext.of(datasets.get(cell.get("dataset")), recipe, top, device)) {
          return measured(fitted).put("seconds", (System.nanoTime() - start) * 1e-9);
        }
      }
    };
  }

  private static Measures measured(FittedContext fitted) {
    int[] rows = fitted.split().pretrain();
    Target target = fitted.data().target().orElseThrow().select(rows);
    double[] eigenvalues = fitted.spectrum().eigenvalues();
    TaskSpectrum task = TaskSpectrum.of(fitted.spectrum(), target);
    double[] cumulative = task.cumulative();
    // the mean of s² over all directions but the constant one, where all are known
    boolean all =
        eigenvalues.length >= Math.min(rows.length, fitted.context().operator().contexts()) - 1;
    double mean = all ? Arrays.stream(eigenvalues).sum() / (rows.length - 1) : Double.NaN;
    return new Measures()
        .put("rho", Compatibility.exact(fitted.context(), target).rho())
        .put("rho_most", Math.sqrt(eigenvalues[0]))
        .put("rho_chance", Math.sqrt(mean))
        .put("first_10", within(cumulative, FEW))
        .put("first_100", within(cumulative, MANY))
        .put("chance", 1.0 / (rows.length - 1))
        .put("cosines", text(task.cosines()))
        .put("eigenvalues", text(Arrays.copyOf(eigenvalues, cumulative.length)));
  }

  /** The share of a target within the first functions, or within all where there are fewer. */
  private static double within(double[] cumulative, int d) {
    return cumulative[Math.min(d, cumulative.length) - 1];
  }

  /** Returns numbers to five digits, with blanks between them. */
  static String text(double[] numbers) {
    return Arrays.stream(numbers)
        .mapToObj(number -> Text.format("%.5g", number))
        .collect(Collectors.joining(" "));
  }

  /** Returns the numbers of {@link #text}. */
  static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Numbers::parse).toArray();
  }

  @Override
  public StudyReport report(Settings settings, List<Row> rows) {
    List<Row> finished = rows.stream().filter(Row::finished).toList();
    return new StudyReport(
        how(settings),
        List.of(
            new StudyReport.Drawing(
                name(),
                "The share of the target's variance within the first functions; bands, where there"
                    + " are several seeds, are standard deviations. 'Chance' is a target with the same share in each"
                    + " function",
                figure(finished, true)),
            new StudyReport.Drawing(
                name() + "-cosines",
                Text.format(
                    "The cosine of the target with each of the first %d functions, the roots of the"
                        + " mean squares over the seeds",
                    SHOWN),
                figure(finished, false)),
            table(finished)),
        meaning(finished));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Contexts were made of 70 %% of the rows of each dataset, %s at most, and their"
                + " functions computed exactly, ordered from those that the context tells best (s²"
                + " near 1) to those that it hardly tells. Nothing was trained. The cosine of the"
                + " target with a function is 1 if they are the same and 0 if they have nothing in"
                + " common; its square is the share of the target's variance that the function"
                + " holds. For classes the shares of all classes are put together.",
            settings.text("rows")),
        "ρ is how well the context tells the target, between 0 and 1: ρ² is the mean of s² with"
            + " these shares as weights. A target that was drawn without regard to the rows would"
            + " have the same small share in each function on average, and the ρ of chance.",
        settings.spread("other rows"));
  }

  private static List<List<Row>> groups(List<Row> rows, String dataset) {
    List<Row> own = rows.stream().filter(row -> row.text("dataset").equals(dataset)).toList();
    return Row.distinct(own, "context").stream()
        .map(context -> own.stream().filter(row -> row.text("context").equals(context)).toList())
        .toList();
  }

  private static Figure figure(List<Row> rows, boolean cumulative) {
    List<Panel> panels = new ArrayList<>();
    for (String dataset : Row.distinct(rows, "dataset")) {
      List<Series> series = new ArrayList<>();
      int most = 0;
      for (List<Row> group : groups(rows, dataset)) {
        List<double[]> shares = group.stream().map(TaskSpectrumStudy::shares).toList();
        String context = group.get(0).text("context");
        int d = shares.stream().mapToInt(s -> s.length).min().orElseThrow();
        series.add(cumulative ? sums(context, shares, d) : cosines(context, shares, d));
        most = Math.max(most, d);
      }
      double chance = Spread.of(groups(rows, dataset).get(0), "chance").mean();
      int end = cumulative ? most : Math.min(most, SHOWN);
      double[] across = IntStream.of(spaced(end)).mapToDouble(i -> i).toArray();
      series.add(
          Series.line(
              CHANCE,
              across,
              Arrays.stream(across)
                  .map(i -> cumulative ? i * chance : Math.sqrt(chance))
                  .toArray()));
      panels.add(
          new Panel(
              dataset,
              Axis.logarithmic("function"),
              cumulative ? Axis.linear("share").between(0, 1) : Axis.linear("cosine"),
              series,
              List.of()));
    }
    return new Figure(panels, Math.min(2, panels.size()));
  }

  private static double[] shares(Row row) {
    return Arrays.stream(numbers(row.text("cosines"))).map(c -> c * c).toArray();
  }

  /**
   * Cosines at the first function, and at ever fewer of the others, which would hide each other.
   */
  private static Series cosines(String context, List<double[]> shares, int d) {
    int[] shown = IntStream.rangeClosed(1, Math.min(d, SHOWN)).toArray();
    return Series.points(
        context,
        IntStream.of(shown).mapToDouble(i -> i).toArray(),
        IntStream.of(shown)
            .mapToDouble(
                i -> Math.sqrt(shares.stream().mapToDouble(s -> s[i - 1]).average().orElseThrow()))
            .toArray());
  }

  private static Series sums(String context, List<double[]> shares, int d) {
    int[] shown = spaced(d);
    double[][] sums = new double[shares.size()][];
    for (int k = 0; k < sums.length; k++) {
      sums[k] = shares.get(k).clone();
      Arrays.parallelPrefix(sums[k], Double::sum);
    }
    List<Spread> spreads =
        IntStream.of(shown)
            .mapToObj(i -> Spread.of(Arrays.stream(sums).mapToDouble(s -> s[i - 1]).toArray()))
            .toList();
    return Series.line(
            context,
            IntStream.of(shown).mapToDouble(i -> i).toArray(),
            spreads.stream().mapToDouble(Spread::mean).toArray())
        .within(
            spreads.stream().mapToDouble(Spread::low).toArray(),
            spreads.stream().mapToDouble(Spread::high).toArray());
  }

  /** Returns 1 … d in steps that grow, with the last. */
  static int[] spaced(int d) {
    List<Integer> shown = new ArrayList<>();
    for (double at = 1; at < d; at = Math.max(at + 1, at * 1.15)) {
      shown.add((int) at);
    }
    shown.add(d);
    return shown.stream().mapToInt(i -> i).toArray();
  }

  private static StudyReport.Table table(List<Row> rows) {
    List<List<String>> table = new ArrayList<>();
    for (String dataset : Row.distinct(rows, "dataset")) {
      for (List<Row> group : groups(rows, dataset)) {
        table.add(
            List.of(
                dataset,
                group.get(0).text("context"),
                Spread.of(group, "rho").text("%.3f"),
                Spread.of(group, "rho_most").text("%.3f"),
                Spread.of(group, "rho_chance").text("%.3f"),
                Spread.of(group, "first_10").text("%.3f"),
                Spread.of(group, "first_100").text("%.3f"),
                Text.format(
                    "%.3f and %.3f",
                    FEW * Spread.of(group, "chance").mean(),
                    MANY * Spread.of(group, "chance").mean())));
      }
    }
    return new StudyReport.Table(
        "How well the context tells the target, and the share of the target in the first functions",
        List.of(
            "dataset",
            "context",
            "ρ",
            "of the best task",
            "of chance",
            "first 10",
            "first 100",
            "by chance"),
        table);
  }

  private static List<String> meaning(List<Row> rows) {
    List<String> meaning = new ArrayList<>();
    for (String dataset : Row.distinct(rows, "dataset")) {
      List<Row> best = null;
      for (List<Row> group : groups(rows, dataset)) {
        if (best == null || ahead(group) > ahead(best)) {
          best = group;
        }
      }
      Spread few = Spread.of(best, "first_10");
      double chance = FEW * Spread.of(best, "chance").mean();
      meaning.add(
          Text.format(
              "%s: the first %d functions of %s hold %s of the target's variance, %.0f times as"
                  + " much as of a target of chance.",
              dataset, FEW, best.get(0).text("context"), few.text("%.3f"), few.mean() / chance));
    }
    meaning.add(
        "Where a curve stays above that of chance only at its beginning, a few functions hold all"
            + " that the context knows of the target, and further ones add noise. ρ alone does not"
            + " show that: a context that is strong has a high ρ for any target, chance included.");
    return meaning;
  }

  /** The share in the first functions. */
  private static double ahead(List<Row> group) {
    return Spread.of(group, "first_10").mean();
  }
}
