package ai.contexture.experiment.study;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Row;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Shared;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.input.Spec;
import ai.contexture.input.Text;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.objective.Objectives;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether learned features predict a target better than the columns that they were learned from:
 * what {@code contexture pretrain} reports of one dataset, over many.
 */
final class FeaturesAgainstColumnsStudy implements Study {

  /** All labelled rows, in place of a number of them. */
  private static final String ALL = "all";

  /** What {@code contexture pretrain} takes by itself for so many rows. */
  private static final String USUAL = "usual";

  private static final String FULL = "full";

  private static final String METRIC = "metric";

  /** A difference between means over the seeds counts from so many of its standard errors. */
  private static final double CLEAR = 2;

  /** A cell that shares the training of the one before it, as a part of that. */
  private static final double SHARED = 0.02;

  /** How two predictors stand, as it is written down. */
  private enum Standing {
    BETTER,
    WORSE,
    SAME;

    static Standing of(ProbeComparison probes, Predictor one, Predictor other) {
      return probes.better(one, other) ? BETTER : probes.better(other, one) ? WORSE : SAME;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String name() {
    return "features-against-columns";
  }

  @Override
  public String title() {
    return "Learned features against the columns";
  }

  @Override
  public String question() {
    return "Do learned features predict a target better than the columns that they were learned"
        + " from, alone or beside them?";
  }

  @Override
  public String source() {
    return "New: what contexture pretrain reports of one dataset, over many.";
  }

  @Override
  public String time() {
    return "about 2 hours on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    Recipe usual = Recipe.DEFAULT;
    String context = usual.context();
    String steps = Integer.toString(usual.training().steps());
    return List.of(
        StudyOption.datasets(ALL, DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "labels",
            "NUMBERS",
            "all,50",
            "all,50",
            "How many labelled rows to fit on, separated by commas, or all"),
        new StudyOption("context", "CONTEXT", context, context, "The context"),
        new StudyOption(
            "objective", "NAME", usual.objective(), usual.objective(), "What is minimised"),
        new StudyOption(
            "dim",
            "D",
            USUAL,
            "16",
            "How many features to learn, or usual for what contexture pretrain takes"),
        new StudyOption("steps", "N", steps, "10", "Training steps"),
        new StudyOption(
            "batch",
            "SIZE",
            USUAL,
            USUAL,
            "Rows in a step, full for all of them, or usual for what contexture pretrain takes"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "seed", "labels");
  }

  @Override
  public List<String> measures() {
    return Stream.of(
            Stream.of(METRIC, "rows", "inputs", "dimension", "fitted", "scored"),
            Arrays.stream(Predictor.values()).map(FeaturesAgainstColumnsStudy::value),
            Arrays.stream(Predictor.values()).map(FeaturesAgainstColumnsStudy::share),
            Stream.of(
                "features_against_columns",
                "together_against_columns",
                "cca",
                "cca_new",
                "seconds"))
        .flatMap(names -> names)
        .toList();
  }

  /** The name of a predictor's root mean squared error or accuracy. */
  private static String value(Predictor predictor) {
    return predictor.name().toLowerCase(Locale.ROOT);
  }

  /** The name of a predictor's R² or accuracy, of which 1 is the most. */
  private static String share(Predictor predictor) {
    return value(predictor) + "_share";
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    return new Trainings(settings, folder, device);
  }

  /** Cells of which those with the same dataset and seed share their training. */
  private static final class Trainings implements Grid {

    private final Map<String, Dataset> datasets = new HashMap<>();
    private final Recipe recipe;
    private final String dimension;
    private final String batch;
    private final Device device;
    private final List<Cell> cells = new ArrayList<>();
    private final Shared<Trained> shared = new Shared<>(Trained::close);

    Trainings(Settings settings, DatasetFolder folder, Device device) {
      this.device = device;
      Contexts.parse(settings.text("context"));
      Objectives.parse(Spec.parse(settings.text("objective")), null);
      recipe =
          Recipe.DEFAULT
              .withContext(settings.text("context"))
              .withObjective(settings.text("objective"))
              .withSteps(settings.count("steps"));
      dimension = settings.text("dim");
      if (!dimension.equals(USUAL)) {
        settings.count("dim");
      }
      batch = settings.text("batch");
      if (!batch.equals(USUAL) && !batch.equals(FULL)) {
        settings.count("batch");
      }
      List<String> labels = settings.texts("labels");
      for (String number : labels) {
        if (!number.equals(ALL)) {
          Settings.count("labels", number);
        }
      }
      List<String> names = settings.texts("only");
      for (String name : names.equals(List.of(ALL)) ? folder.names() : names) {
        Dataset data = folder.read(name);
        if (data.target().isEmpty()) {
          throw new InputException("dataset " + name + ": expected a target");
        }
        datasets.put(name, data);
        double cost = step(Evaluation.split(data.rows(), recipe).pretrain().length);
        for (long seed : settings.seeds()) {
          for (String number : labels) {
            double own = number.equals(labels.get(0)) ? cost : SHARED * cost;
            cells.add(Cell.of(own, "dataset", name, "seed", seed, "labels", number));
          }
        }
      }
    }

    /** How many rows a step has. */
    private int step(int rows) {
      int size = sized(rows).training().batch();
      return size == 0 ? rows : size;
    }

    /** The recipe with what follows from the number of rows to learn from. */
    private Recipe sized(int rows) {
      Recipe sized =
          dimension.equals(USUAL)
              ? recipe.withUsualDimension(rows)
              : recipe.withDimension(Settings.count("dim", dimension));
      if (batch.equals(USUAL)) {
        return sized.withUsualBatch(rows);
      }
      int size = batch.equals(FULL) ? 0 : Math.min(rows, Settings.count("batch", batch));
      return sized.withTraining(sized.training().withBatch(size));
    }

    @Override
    public List<Cell> cells() {
      return cells;
    }

    @Override
    public Measures measure(Cell cell) {
      Dataset data = datasets.get(cell.get("dataset"));
      long seed = Long.parseLong(cell.get("seed"));
      Trained trained =
          shared.of(
              cell.get("dataset") + " " + seed,
              () -> {
                int rows = Evaluation.split(data.rows(), recipe).pretrain().length;
                return Trained.of(data, sized(rows).withSeed(seed), device);
              });
      return trained.measures(cell.get("labels"));
    }

    @Override
    public void close() {
      shared.close();
    }
  }

  /**
   * A finished training.
   *
   * @param cca its alignment on the rows learned from, NaN where it is not known
   * @param newCca the same on test rows
   * @param seconds how long its steps took
   */
  private record Trained(Pretraining job, double cca, double newCca, double seconds)
      implements AutoCloseable {

    static Trained of(Dataset data, Recipe recipe, Device device) {
      Pretraining job = Pretraining.prepare(data, recipe, device);
      boolean made = false;
      try {
        long start = System.nanoTime();
        job.train();
        double seconds = (System.nanoTime() - start) * 1e-9;
        int[] test = job.split().test();
        boolean known =
            job.isExact() && job.context().inductive() && test.length > recipe.dimension();
        Trained trained =
            new Trained(
                job,
                job.isExact() ? job.alignment().cca() : Double.NaN,
                known ? job.alignment(test).cca() : Double.NaN,
                seconds);
        made = true;
        return trained;
      } finally {
        if (!made) {
          job.close();
        }
      }
    }

    Measures measures(String labels) {
      Dataset data = labels.equals(ALL) ? job.data() : labelled(Settings.count("labels", labels));
      ProbeComparison probes = Evaluation.comparison(job.representation(), data);
      Measures measures =
          new Measures()
              .put(METRIC, probes.metric())
              .put("rows", job.split().pretrain().length)
              .put("inputs", job.preprocessing().names().size())
              .put("dimension", job.recipe().dimension())
              .put("fitted", probes.fitted())
              .put("scored", probes.scored());
      for (Predictor predictor : probes.predictors()) {
        double value = probes.score(predictor).value();
        measures.put(value(predictor), value);
        measures.put(
            share(predictor),
            probes.lowerIsBetter() ? probes.explained(predictor).orElse(Double.NaN) : value);
      }
      return measures
          .put("features_against_columns", against(probes, Predictor.FEATURES))
          .put("together_against_columns", against(probes, Predictor.TOGETHER))
          .put("cca", cca)
          .put("cca_new", newCca)
          .put("seconds", seconds);
    }

    private static String against(ProbeComparison probes, Predictor predictor) {
      return Standing.of(probes, predictor, Predictor.COLUMNS).word();
    }

    /** The data with so many labels to fit on, in the order of the split, which is random. */
    private Dataset labelled(int most) {
      Dataset data = job.data();
      Target target = data.target().orElseThrow();
      Split split = job.split();
      int[] labelled = Evaluation.known(target, split.labelled());
      if (labelled.length < most) {
        throw new InputException(
            Text.format(
                "--labels: expected at most the %d labelled rows of %s, got %d",
                labelled.length, data.name(), most));
      }
      int[] known =
          Stream.of(split.pretrain(), Arrays.copyOf(labelled, most), split.test())
              .flatMapToInt(IntStream::of)
              .toArray();
      return new Dataset(data.name(), data.features(), Optional.of(target.knownOnlyIn(known)));
    }

    @Override
    public void close() {
      job.close();
    }
  }

  @Override
  public StudyReport report(Settings settings, List<Row> rows) {
    List<Row> finished = rows.stream().filter(Row::finished).toList();
    List<StudyReport.Part> parts = new ArrayList<>();
    List<String> meaning = new ArrayList<>();
    List<Panel> panels = new ArrayList<>();
    for (String labels : Row.distinct(finished, "labels")) {
      List<Line> lines = Line.all(finished, labels);
      meaning.add(meaning(labels, lines));
      parts.add(table(settings, labels, lines));
      panels.add(panel(labels, lines));
    }
    parts.add(
        0,
        new StudyReport.Drawing(
            name(),
            "What is gained over the columns, a point for each dataset: above 0 the columns are"
                + " passed. R² of numbers, accuracy of classes; means over the seeds",
            new Figure(panels, panels.size())));
    meaning.add(
        "A context says which rows belong together, and features are what such rows have in common."
            + " That helps where the target follows it and a linear model of the columns does not."
            + " Where the target follows a few columns directly, features smooth away what it needs."
            + " So keep the columns: put features beside them, and believe the comparison on your"
            + " own rows, which contexture pretrain makes.");
    return new StudyReport(how(settings), parts, meaning);
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Of each dataset 70 %% of the rows made the context %s, and a network was trained on"
                + " them as contexture pretrain does it (%s, %s, %s steps). Labels were"
                + " not looked at. Linear models were fitted on the labels of another 15 %%, all of"
                + " them or as many as the table says, and scored on the last 15 %%: on the"
                + " features, on the columns as they are after preprocessing, on both, and on"
                + " nothing, which is always the mean or the most frequent class. So were boosted"
                + " trees on the columns, unless that would take long.",
            settings.text("context"),
            settings.text("objective"),
            settings.text("dim").equals(USUAL)
                ? "as many features as suit the number of rows"
                : settings.text("dim") + " features",
            settings.text("steps")),
        "R² is the share of the squared error of the mean that is not made: 1 is perfect, 0 is no"
            + " better than the mean, and less than 0 is worse. Accuracy is the share of the rows"
            + " whose class is right. Of both, more is better.",
        settings.count("seeds") == 1
            ? Text.format(
                "There is one seed, so that numbers have no spread. Better and worse are differences"
                    + " that have the same sign in the middle %.0f %% of %d resamples of the scored"
                    + " rows; what is not is called even.",
                100 * ProbeComparison.LEVEL, ProbeComparison.RESAMPLES)
            : Text.format(
                "Numbers are means ± standard deviations over %d seeds, each with other rows and"
                    + " first weights. Better and worse are differences that are more than %.0f"
                    + " standard errors from 0, by the seeds; what is not is called even. A dataset"
                    + " with one seed so far is judged by resamples of its scored rows.",
                settings.count("seeds"), CLEAR));
  }

  /** A dataset with some number of labels: its row in a table. */
  private record Line(String dataset, List<Row> rows) {

    static List<Line> all(List<Row> finished, String labels) {
      List<Row> own = finished.stream().filter(row -> row.text("labels").equals(labels)).toList();
      return Row.distinct(own, "dataset").stream()
          .map(
              name ->
                  new Line(
                      name, own.stream().filter(row -> row.text("dataset").equals(name)).toList()))
          .toList();
    }

    double mean(Predictor predictor) {
      return Spread.of(rows, share(predictor)).mean();
    }

    double gain(Predictor predictor) {
      return mean(predictor) - mean(Predictor.COLUMNS);
    }

    /** How a predictor stands to another: by the seeds, or where there is one by its rows. */
    Standing standing(Predictor one, Predictor other) {
      if (rows.size() > 1) {
        Spread gain =
            Spread.of(
                rows.stream()
                    .mapToDouble(row -> row.number(share(one)) - row.number(share(other)))
                    .toArray());
        double least = CLEAR * gain.deviation() / Math.sqrt(gain.n());
        return gain.mean() > least
            ? Standing.BETTER
            : gain.mean() < -least ? Standing.WORSE : Standing.SAME;
      }
      String word = rows.get(0).text(value(one) + "_against_" + value(other));
      return Arrays.stream(Standing.values())
          .filter(standing -> standing.word().equals(word))
          .findFirst()
          .orElse(Standing.SAME);
    }

    /** Whether the mean of one is above that of another. */
    boolean above(Predictor one, Predictor other) {
      return mean(one) > mean(other);
    }

    String text(Predictor predictor) {
      return Spread.of(rows, share(predictor)).text("%.3f");
    }

    String standingText(Predictor predictor) {
      Standing standing = standing(predictor, Predictor.COLUMNS);
      return standing == Standing.SAME ? "even" : standing.word();
    }
  }

  private static String name(String labels) {
    return labels.equals(ALL) ? "all labels" : labels + " labels";
  }

  private static String meaning(String labels, List<Line> lines) {
    long trees = lines.stream().filter(line -> Double.isFinite(line.mean(Predictor.TREES))).count();
    long above =
        lines.stream().filter(line -> line.above(Predictor.TOGETHER, Predictor.TREES)).count();
    return Text.format(
        "With %s, features alone are better than the columns on %d of %d datasets and worse on %d;"
            + " columns and features together are better than the columns on %d and worse on %d."
            + " Together they are above boosted trees on %d of the %d datasets that have these.",
        name(labels),
        count(lines, Predictor.FEATURES, Standing.BETTER),
        lines.size(),
        count(lines, Predictor.FEATURES, Standing.WORSE),
        count(lines, Predictor.TOGETHER, Standing.BETTER),
        count(lines, Predictor.TOGETHER, Standing.WORSE),
        above,
        trees);
  }

  private static long count(List<Line> lines, Predictor predictor, Standing wanted) {
    return lines.stream()
        .filter(line -> line.standing(predictor, Predictor.COLUMNS) == wanted)
        .count();
  }

  private static StudyReport.Table table(Settings settings, String labels, List<Line> lines) {
    List<List<String>> table = new ArrayList<>();
    for (Line line : lines) {
      Row first = line.rows.get(0);
      table.add(
          List.of(
              line.dataset,
              first.text("rows"),
              first.text("dimension"),
              first.text("fitted"),
              first.text(METRIC).equals("accuracy") ? "accuracy" : "R²",
              line.text(Predictor.FEATURES),
              line.text(Predictor.COLUMNS),
              line.text(Predictor.TOGETHER),
              line.text(Predictor.TREES),
              line.text(Predictor.NOTHING),
              line.standingText(Predictor.FEATURES),
              line.standingText(Predictor.TOGETHER)));
    }
    return new StudyReport.Table(
        Text.format("How well the target is predicted with %s, %s", name(labels), settings.means()),
        List.of(
            "dataset",
            "rows to learn from",
            "features learned",
            "labels",
            "measure",
            "features",
            "columns",
            "both",
            "trees",
            "nothing",
            "features against columns",
            "both against columns"),
        table);
  }

  private static Panel panel(String labels, List<Line> lines) {
    double[] columns = lines.stream().mapToDouble(line -> line.mean(Predictor.COLUMNS)).toArray();
    List<Note> notes = new ArrayList<>();
    for (Line line : lines) {
      notes.add(
          Note.label(line.mean(Predictor.COLUMNS), line.gain(Predictor.FEATURES), line.dataset));
    }
    notes.add(Note.horizontal(0, "the columns"));
    return new Panel(
        name(labels),
        Axis.linear("R² or accuracy of the columns"),
        Axis.linear("gain over the columns"),
        List.of(
            Series.points("features", columns, gains(lines, Predictor.FEATURES)),
            Series.points("columns and features", columns, gains(lines, Predictor.TOGETHER))),
        notes);
  }

  private static double[] gains(List<Line> lines, Predictor predictor) {
    return lines.stream().mapToDouble(line -> line.gain(predictor)).toArray();
  }
}
