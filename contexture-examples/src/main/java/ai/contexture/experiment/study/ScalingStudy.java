package ai.contexture.experiment.study;

import ai.contexture.experiment.Cell;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Row;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.optimiser.Muon;
import ai.contexture.optimiser.Schedule;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.pretraining.Recipe;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Alignment against the size of the network [C, fig. 1]. */
final class ScalingStudy implements Study {

  /** Measures with their names, and the best that was published on the pretraining rows. */
  private enum Shown {
    CCA("cca", "alignment", "pretraining rows", 0.9),
    KNN("knn", "neighbours in common", "pretraining rows", Double.NaN),
    JACCARD("jaccard", "neighbours, of those of either", "pretraining rows", 0.8),
    CCA_NEW("cca_new", "alignment", "new rows", Double.NaN),
    KNN_NEW("knn_new", "neighbours in common", "new rows", Double.NaN);

    private final String measure;
    private final String title;
    private final String rows;
    private final double published;

    Shown(String measure, String title, String rows, double published) {
      this.measure = measure;
      this.title = title;
      this.rows = rows;
      this.published = published;
    }
  }

  private static final String PUBLISHED = "VICReg with AdamW";
  private static final String EXACT = "exact orthonormality with Muon";

  /** Where the published network was best. */
  private static final int PUBLISHED_WIDTH = 512;

  private static final int PUBLISHED_DEPTH = 3;

  /** A network without hidden layers takes so much, as a number of weights. */
  private static final double OVERHEAD = 2e5;

  /** Muon's matrices cost about as much again as their gradients. */
  private static final double MUON = 2;

  private final boolean wide;

  private ScalingStudy(boolean wide) {
    this.wide = wide;
  }

  static ScalingStudy width() {
    return new ScalingStudy(true);
  }

  static ScalingStudy depth() {
    return new ScalingStudy(false);
  }

  private String size() {
    return wide ? "width" : "depth";
  }

  @Override
  public String name() {
    return "scaling-" + size();
  }

  @Override
  public String title() {
    return wide ? "Wider networks" : "Deeper networks";
  }

  @Override
  public String question() {
    return wide
        ? "Does a wider network come closer to the best features that a context allows?"
        : "Does a deeper network come closer to the best features that a context allows?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), figure 1: the alignment rose to about 0.9 (and"
        + " 0.8 of the neighbours) at width 512 and depth 3, and fell for larger networks.";
  }

  @Override
  public String time() {
    return wide ? "about 2 hours a seed on 2 cores" : "about 40 minutes a seed on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    List<StudyOption> options = new ArrayList<>();
    options.add(StudyOption.datasets("abalone", DatasetFolder.DIGITS));
    options.add(StudyOption.seeds(1, 1));
    if (wide) {
      options.add(
          new StudyOption(
              "widths",
              "NUMBERS",
              "32,64,128,256,512,1024,2048",
              "8,32,128",
              "Units of each hidden layer"));
      options.add(
          new StudyOption(
              "depth",
              "N",
              Integer.toString(PUBLISHED_DEPTH),
              "2",
              "Hidden layers of every network"));
    } else {
      options.add(
          new StudyOption(
              "depths", "NUMBERS", "1,2,3,4,5,6,7,8", "1,2,4", "Hidden layers of the network"));
      options.add(
          new StudyOption(
              "width",
              "N",
              Integer.toString(PUBLISHED_WIDTH),
              "64",
              "Units of each hidden layer of every network"));
    }
    options.add(
        new StudyOption(
            "k", "K", "30", "30", "Neighbours of each row in the context, itself among them"));
    options.add(new StudyOption("dim", "D", "128", "16", "How many features to learn"));
    options.add(new StudyOption("steps", "N", "375", "40", "Training steps of each network"));
    return options;
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "seed", "width", "depth", "method");
  }

  @Override
  public List<String> measures() {
    return ExactSplit.MEASURES;
  }

  private List<Integer> sizes(Settings settings) {
    return settings.counts(size() + "s");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder data, Device device) {
    Recipe recipe =
        Recipe.DEFAULT
            .withContext(Text.format("knn(k=%d)", settings.count("k")))
            .withDimension(settings.count("dim"))
            .withSteps(settings.count("steps"));
    List<Cell> cells = new ArrayList<>();
    for (long seed : settings.seeds()) {
      for (String dataset : settings.texts("only")) {
        for (int size : sizes(settings)) {
          int width = wide ? size : settings.count("width");
          int depth = wide ? settings.count("depth") : size;
          for (String method : List.of(PUBLISHED, EXACT)) {
            double weights = OVERHEAD + (double) depth * width * width;
            cells.add(
                Cell.of(
                    method.equals(EXACT) ? MUON * weights : weights,
                    "dataset",
                    dataset,
                    "seed",
                    seed,
                    "width",
                    width,
                    "depth",
                    depth,
                    "method",
                    method));
          }
        }
      }
    }
    return new PretrainingGrid(data, settings.texts("only"), device) {

      @Override
      public List<Cell> cells() {
        return cells;
      }

      @Override
      Recipe recipe(Cell cell) {
        return ScalingStudy.recipe(recipe, cell);
      }
    };
  }

  private static Recipe recipe(Recipe recipe, Cell cell) {
    TrainingOptions training = recipe.training().withSeed(Long.parseLong(cell.get("seed")));
    Recipe sized =
        recipe.withEncoder(
            Text.format("mlp(width=%s,depth=%s)", cell.get("width"), cell.get("depth")));
    if (cell.get("method").equals(PUBLISHED)) {
      return sized.withObjective("kise").withOrthonormality("vicreg").withTraining(training);
    }
    return sized
        .withObjective("kise")
        .withOrthonormality("whitening(last-ridge=1e-4)")
        .withTraining(
            training
                .withOptimiser(Muon.DEFAULT)
                .withSchedule(Schedule.parse("linear(warm-up=0.05)")));
  }

  @Override
  public StudyReport report(Settings settings, List<Row> rows) {
    List<StudyReport.Part> parts = new ArrayList<>();
    List<String> meaning = new ArrayList<>();
    List<Integer> sizes = sizes(settings);
    List<String> datasets = Row.distinct(rows, "dataset");
    for (String dataset : datasets) {
      List<Row> own = rows.stream().filter(row -> row.text("dataset").equals(dataset)).toList();
      if (own.stream().noneMatch(Row::finished)) {
        continue;
      }
      String file = datasets.size() == 1 ? name() : name() + "-" + file(dataset);
      parts.add(
          new StudyReport.Drawing(
              file,
              Text.format(
                  "%s: alignment and neighbours in common against the %s of the network. Dashed:"
                      + " the best that was published, on abalone.",
                  dataset, size()),
              figure(own, sizes, dataset.equals("abalone"))));
      parts.add(table(dataset, settings.means(), own, sizes));
      meaning.add(growth(dataset, own, sizes, PUBLISHED));
      meaning.add(growth(dataset, own, sizes, EXACT));
      for (String method : List.of(PUBLISHED, EXACT)) {
        task(dataset, own, sizes, method).ifPresent(meaning::add);
      }
      if (dataset.equals("abalone")) {
        parts.add(published(own, sizes));
      }
    }
    meaning.add(
        "The new rows show how much of what was learned holds beyond the rows of the training:"
            + " a network that only remembers its rows rises on the left and not on the right.");
    return new StudyReport(how(settings), parts, meaning);
  }

  /** A part of a file's name. */
  private static String file(String dataset) {
    return dataset.replaceAll("[^\\w-]", "_");
  }

  private List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "The context says that a row belongs together with its %s nearest neighbours. Its best"
                + " %s features were computed exactly, from 70 %% of the rows. Networks of growing"
                + " %s were trained for %s steps on all of these rows at once, and compared with"
                + " the exact answer.",
            settings.text("k"), settings.text("dim"), size(), settings.text("steps")),
        "Each network was trained in two ways: as published, with VICReg's penalties on variance"
            + " and covariance (kise, vicreg) and AdamW at a rate of 0.001 in one cycle;"
            + " and with features that are made exactly orthonormal in each step (kise,"
            + " whitening(last-ridge=1e-4)) and the optimiser Muon with a rate that falls"
            + " linearly.",
        "Alignment is the mean squared canonical correlation of the learned features with the exact"
            + " ones: 1 if they span the same space. Neighbours in common are among the nearest 10,"
            + " as a share of the 10 and, as was published, of those that either has."
            + " New rows are 15 % of the rows that no network has seen.",
        settings.spread("other rows and first weights"));
  }

  private List<Row> of(List<Row> rows, int size, String method) {
    return rows.stream()
        .filter(row -> row.text("method").equals(method))
        .filter(row -> row.text(size()).equals(Integer.toString(size)))
        .toList();
  }

  private Figure figure(List<Row> rows, List<Integer> sizes, boolean published) {
    List<Panel> panels = new ArrayList<>();
    for (Shown shown : Shown.values()) {
      List<Series> series = new ArrayList<>();
      for (String method : List.of(PUBLISHED, EXACT)) {
        List<Spread> spreads =
            sizes.stream().map(size -> Spread.of(of(rows, size, method), shown.measure)).toList();
        if (spreads.stream().anyMatch(spread -> spread.n() > 0)) {
          series.add(
              Series.markedLine(
                      method,
                      sizes.stream().mapToDouble(size -> size).toArray(),
                      spreads.stream().mapToDouble(Spread::mean).toArray())
                  .within(
                      spreads.stream().mapToDouble(Spread::low).toArray(),
                      spreads.stream().mapToDouble(Spread::high).toArray()));
        }
      }
      if (series.isEmpty()) {
        continue;
      }
      double most =
          series.stream().flatMapToDouble(s -> Arrays.stream(s.high())).max().orElse(Double.NaN);
      Axis axis = Axis.linear(shown.title);
      boolean known = published && Double.isFinite(shown.published);
      panels.add(
          new Panel(
              shown.rows,
              wide ? Axis.logarithmic("width") : Axis.linear("depth"),
              known && most < shown.published ? axis.between(Double.NaN, shown.published) : axis,
              series,
              known ? List.of(Note.horizontal(shown.published, "published")) : List.of()));
    }
    return new Figure(panels, Math.min(2, panels.size()));
  }

  private StudyReport.Table table(
      String dataset, String means, List<Row> rows, List<Integer> sizes) {
    List<List<String>> table = new ArrayList<>();
    for (int size : sizes) {
      for (String method : List.of(PUBLISHED, EXACT)) {
        List<Row> cell = of(rows, size, method);
        List<String> line = new ArrayList<>();
        line.add(Integer.toString(size));
        line.add(method);
        for (Shown shown : Shown.values()) {
          line.add(Spread.of(cell, shown.measure).text("%.3f"));
        }
        line.add(Spread.of(cell, "probe").text());
        line.add(Spread.of(cell, "seconds").text("%.0f"));
        table.add(line);
      }
    }
    String metric = rows.stream().filter(Row::finished).findFirst().orElseThrow().text("metric");
    return new StudyReport.Table(
        Text.format(
            "%s: %s. The linear model has %s on the exact features and %s on the columns.",
            dataset,
            means,
            Spread.of(rows, "probe_exact").text(),
            Spread.of(rows, "probe_columns").text()),
        List.of(
            size(),
            "trained with",
            "alignment",
            "neighbours",
            "neighbours of either",
            "alignment, new rows",
            "neighbours, new rows",
            "linear model (" + (metric.isEmpty() ? "none" : metric) + ")",
            "seconds"),
        table);
  }

  private StudyReport.Table published(List<Row> rows, List<Integer> sizes) {
    List<List<String>> table = new ArrayList<>();
    for (Shown shown : List.of(Shown.CCA, Shown.JACCARD)) {
      for (String method : List.of(PUBLISHED, EXACT)) {
        int best = best(rows, sizes, method, shown.measure);
        Spread ours = Spread.of(of(rows, best, method), shown.measure);
        if (ours.n() == 0) {
          continue;
        }
        double difference = ours.mean() - shown.published;
        table.add(
            List.of(
                shown.title + ", " + shown.rows,
                (shown == Shown.CCA ? "about " : "above ") + shown.published,
                method,
                ours.text("%.3f"),
                size() + " " + best,
                ours.n() == 1
                    ? "one seed"
                    : Math.abs(difference) <= ours.deviation() ? "yes" : "no"));
      }
    }
    return new StudyReport.Table(
        "The best of all sizes beside the best that was published (read off figure 1)",
        List.of("measure", "published", "trained with", "here", "at", "within the spread"),
        table);
  }

  private int best(List<Row> rows, List<Integer> sizes, String method, String measure) {
    int best = sizes.get(0);
    double most = Double.NEGATIVE_INFINITY;
    for (int size : sizes) {
      double mean = Spread.of(of(rows, size, method), measure).mean();
      if (mean > most) {
        most = mean;
        best = size;
      }
    }
    return best;
  }

  /** Says what becomes of the linear model, beside that on the exact features. */
  private Optional<String> task(
      String dataset, List<Row> rows, List<Integer> sizes, String method) {
    List<Integer> known =
        sizes.stream().filter(size -> Spread.of(of(rows, size, method), "probe").n() > 0).toList();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    int last = known.get(known.size() - 1);
    return Optional.of(
        Text.format(
            "%s, %s: the linear model goes from %s at %s %d to %s at %s %d; on the exact features it"
                + " has %s, on the columns %s (%s). Coming closer to the exact features helps a task"
                + " as far as these help it.",
            dataset,
            method,
            Spread.of(of(rows, known.get(0), method), "probe").text(),
            size(),
            known.get(0),
            Spread.of(of(rows, last, method), "probe").text(),
            size(),
            last,
            Spread.of(rows, "probe_exact").text(),
            Spread.of(rows, "probe_columns").text(),
            rows.stream().filter(Row::finished).findFirst().orElseThrow().text("metric")));
  }

  /** Says whether the alignment grows with the size. */
  private String growth(String dataset, List<Row> rows, List<Integer> sizes, String method) {
    List<Integer> known =
        sizes.stream().filter(size -> Spread.of(of(rows, size, method), "cca").n() > 0).toList();
    if (known.isEmpty()) {
      return Text.format("%s, %s: nothing could be measured.", dataset, method);
    }
    int last = known.get(known.size() - 1);
    int best = best(rows, known, method, "cca");
    Spread first = Spread.of(of(rows, known.get(0), method), "cca");
    Spread most = Spread.of(of(rows, best, method), "cca");
    Spread end = Spread.of(of(rows, last, method), "cca");
    String verdict =
        best == last
            ? "the largest network is the best"
            : Text.format(
                "it is best at %s %d (%s) and %s beyond",
                size(),
                best,
                most.text("%.3f"),
                most.mean() - end.mean() > most.deviation() + end.deviation()
                    ? "falls"
                    : "does not change beyond the spread");
    return Text.format(
        "%s, %s: the alignment goes from %s at %s %d to %s at %s %d; %s.",
        dataset,
        method,
        first.text("%.3f"),
        size(),
        known.get(0),
        end.text("%.3f"),
        size(),
        last,
        verdict);
  }
}
