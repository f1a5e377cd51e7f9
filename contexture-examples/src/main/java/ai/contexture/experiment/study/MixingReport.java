package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What the cells of {@link MixingStudy} say. */
final class MixingReport {

  private MixingReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    Standing standing = Standing.of(rows.stream().filter(CellResult::finished).toList());
    MixingStudy.Method single = standing.best(method -> method.kind() == MixingStudy.Kind.SINGLE);
    MixingStudy.Method mixture = standing.best(method -> method.kind() == MixingStudy.Kind.MIXTURE);
    List<StudyReport.Part> parts = new ArrayList<>();
    parts.add(ranks(standing));
    if (single != null && mixture != null) {
      parts.add(errors(standing, single, mixture));
      parts.add(
          new StudyReport.Drawing(
              MixingStudy.NAME,
              "Errors as multiples of that of boosted trees, a point for each dataset: below the"
                  + " upper line the mixture passes boosted trees, left of the other the single"
                  + " context does",
              figure(standing, single, mixture)));
    }
    return new StudyReport(how(settings), parts, meaning(standing, single, mixture));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Of each dataset %s rows at most were dealt into %s folds. For each fold, 7 in 10 of"
                + " the other rows made contexts and encoders, and a ridge regression on the"
                + " features was fitted to the other 3 in 10, whose labels no context has seen."
                + " Penalty and number of functions (4, 8 or 16 of each context) are those of"
                + " the least leave-one-out error among these rows. The fold itself took part in"
                + " the last measurement only.",
            settings.text("rows"), settings.text("folds")),
        "scarf and cutmix are rows of which columns were replaced (6 in 10, from any row; 3 in 10,"
            + " from one other row); label is the class, or the tenth of the rows with like"
            + " numbers; trees are the leaves of boosted trees. conv draws a row of the same class"
            + " and corrupts it, mix is either with equal weights, minmax is either with the"
            + " weights of the worst case (by as many functions as classes tell apart, on 150"
            + " rows), and a plus puts features side by side that were learned apart.",
        Text.format(
            "Encoders (two layers of 64, exact orthonormality) took %s steps, a third of them"
                + " where they see labels; of %s boosted trees the exact functions are known. Each"
                + " function counts as much as its context ties it. XGBoost and the columns"
                + " themselves got all rows to learn from; XGBoost's depth and number of trees are"
                + " chosen on the 3 in 10.",
            settings.text("steps"), settings.text("rounds")),
        "A rank of 1 is the least error among all methods on a dataset, by the mean over the"
            + " folds. The sizes and rates above, the same for all methods, were settled by trials"
            + " on abalone, diabetes, kr-vs-kp, Wine and yeast with the same folds, which makes"
            + " what is shown for these a little too good for contexts beside XGBoost.");
  }

  private static StudyReport.Table ranks(Standing standing) {
    List<List<String>> table = new ArrayList<>();
    for (MixingStudy.Method method : standing.ordered()) {
      List<String> passed = standing.passes(method, MixingStudy.BOOSTING);
      table.add(
          List.of(
              method.name(),
              switch (method.kind()) {
                case BASELINE -> "no context";
                case SINGLE -> "one context";
                case MIXTURE -> "mixture";
              },
              Text.format("%.2f", standing.ranks.get(method.name())),
              method.name().equals(MixingStudy.BOOSTING) ? "–" : Integer.toString(passed.size()),
              method.name().equals(MixingStudy.BOOSTING) ? "–" : String.join(", ", passed)));
    }
    return new StudyReport.Table(
        Text.format(
            "Mean rank over %d datasets, of %d methods", standing.datasets.size(), table.size()),
        List.of("features", "kind", "mean rank", "passes boosted trees on", "which are"),
        table);
  }

  private static StudyReport.Table errors(
      Standing standing, MixingStudy.Method single, MixingStudy.Method mixture) {
    List<List<String>> table = new ArrayList<>();
    for (String dataset : standing.datasets) {
      Difference against = standing.difference(dataset, mixture.name(), MixingStudy.BOOSTING);
      MixingStudy.Method least =
          MixingStudy.METHODS.stream()
              .filter(method -> method.kind() == MixingStudy.Kind.MIXTURE)
              .filter(method -> standing.known(dataset, method.name()))
              .min(Comparator.comparingDouble(method -> standing.error(dataset, method.name())))
              .orElseThrow();
      table.add(
          List.of(
              dataset + " (" + standing.metric(dataset) + ")",
              text(standing, dataset, MixingStudy.COLUMNS),
              text(standing, dataset, MixingStudy.BOOSTING),
              text(standing, dataset, single.name()),
              text(standing, dataset, mixture.name()),
              against == null ? "–" : against.verdict(),
              text(standing, dataset, least.name()) + " " + least.name()));
    }
    return new StudyReport.Table(
        "The error on each dataset: mean and deviation over the folds",
        List.of(
            "dataset (error)",
            MixingStudy.COLUMNS,
            MixingStudy.BOOSTING,
            "best single context: " + single.name(),
            "best mixture: " + mixture.name(),
            "this mixture and boosted trees",
            "the least of any mixture"),
        table);
  }

  private static String text(Standing standing, String dataset, String method) {
    return standing.known(dataset, method)
        ? Spread.of(standing.rows(dataset, method), "error").text()
        : "–";
  }

  private static Figure figure(
      Standing standing, MixingStudy.Method single, MixingStudy.Method mixture) {
    List<Note> notes = new ArrayList<>();
    List<double[]> points = new ArrayList<>();
    for (String dataset : standing.datasets) {
      double trees = standing.error(dataset, MixingStudy.BOOSTING);
      double x = standing.error(dataset, single.name()) / trees;
      double y = standing.error(dataset, mixture.name()) / trees;
      if (Double.isFinite(x) && Double.isFinite(y)) {
        points.add(new double[] {x, y});
        notes.add(Note.label(x, y, dataset));
      }
    }
    notes.add(Note.horizontal(1, "boosted trees"));
    notes.add(Note.vertical(1, "boosted trees"));
    double[] x = points.stream().mapToDouble(point -> point[0]).toArray();
    double[] y = points.stream().mapToDouble(point -> point[1]).toArray();
    return Figure.of(
        new Panel(
            "error as a multiple of that of boosted trees",
            Axis.linear(single.name()),
            Axis.linear(mixture.name()),
            List.of(Series.points("datasets", x, y)),
            notes));
  }

  private static List<String> meaning(
      Standing standing, MixingStudy.Method single, MixingStudy.Method mixture) {
    if (single == null || mixture == null) {
      return List.of("Too few cells are finished to compare mixtures with single contexts.");
    }
    double alone = standing.ranks.get(single.name());
    double together = standing.ranks.get(mixture.name());
    List<String> passed = standing.passes(mixture, MixingStudy.BOOSTING);
    MixingStudy.Method plain =
        standing.best(
            m -> m.kind() == MixingStudy.Kind.MIXTURE && !m.contexts().contains(MixingFold.TREES));
    return List.of(
        Text.format(
                "The best mixture, %s, has mean rank %.2f; the best single context, %s, has %.2f.",
                mixture.name(), together, single.name(), alone)
            + (together < alone
                ? " So the best mixture is ahead of each context alone, as was published."
                : " So no mixture is ahead of the best single context here, other than was"
                    + " published."),
        Text.format(
            "Without the context of trees, the best mixture is %s, of mean rank %.2f: %s the best"
                + " single context. Functions of corrupted rows tell what columns have in common,"
                + " which need not be what the target follows.",
            plain.name(),
            standing.ranks.get(plain.name()),
            standing.ranks.get(plain.name()) < alone ? "ahead of" : "not ahead of"),
        Text.format(
            "The best mixture passes boosted trees on %d of %d datasets%s. XGBoost has mean rank"
                + " %.2f.",
            passed.size(),
            standing.datasets.size(),
            passed.isEmpty() ? "" : " (" + String.join(", ", passed) + ")",
            standing.ranks.get(MixingStudy.BOOSTING)),
        "The best of many mixtures is chosen by the errors that are shown, so that its rank is a"
            + " little too good; that of a mixture chosen beforehand would not be.");
  }

  /**
   * The mean difference of two methods' errors over the folds.
   *
   * @param mean negative where the first is better
   * @param error its standard error
   */
  private record Difference(double mean, double error) {

    String verdict() {
      return (mean < 0 ? "better" : mean > 0 ? "worse" : "equal")
          + (Math.abs(mean) > 2 * error ? ", beyond the spread" : ", within the spread");
    }
  }

  /**
   * How methods stand, by the datasets that were measured with all of them.
   *
   * @param ranks the mean rank of each method by its name
   */
  private record Standing(
      List<String> datasets,
      Map<String, Map<String, List<CellResult>>> all,
      Map<String, Double> ranks) {

    static Standing of(List<CellResult> rows) {
      Map<String, Map<String, List<CellResult>>> all = new HashMap<>();
      List<String> names = CellResult.distinct(rows, "dataset");
      for (CellResult row : rows) {
        all.computeIfAbsent(row.text("dataset"), name -> new HashMap<>())
            .computeIfAbsent(row.text("method"), name -> new ArrayList<>())
            .add(row);
      }
      Map<String, Double> ranks = new HashMap<>();
      List<String> whole =
          names.stream()
              .filter(name -> all.get(name).size() == MixingStudy.METHODS.size())
              .toList();
      for (String name : whole) {
        double[] errors =
            MixingStudy.METHODS.stream()
                .mapToDouble(m -> mean(all.get(name).get(m.name())))
                .toArray();
        double[] own = CrossValidation.ranks(errors);
        for (int i = 0; i < own.length; i++) {
          ranks.merge(MixingStudy.METHODS.get(i).name(), own[i] / whole.size(), Double::sum);
        }
      }
      return new Standing(names, all, ranks);
    }

    private static double mean(List<CellResult> rows) {
      return rows.stream().mapToDouble(row -> row.number("error")).average().orElseThrow();
    }

    List<MixingStudy.Method> ordered() {
      return MixingStudy.METHODS.stream()
          .filter(method -> ranks.containsKey(method.name()))
          .sorted(Comparator.comparingDouble(method -> ranks.get(method.name())))
          .toList();
    }

    MixingStudy.Method best(Predicate<MixingStudy.Method> which) {
      return ordered().stream().filter(which).findFirst().orElse(null);
    }

    boolean known(String dataset, String method) {
      return all.get(dataset).containsKey(method);
    }

    List<CellResult> rows(String dataset, String method) {
      return all.get(dataset).getOrDefault(method, List.of());
    }

    /** NaN where it is not known. */
    double error(String dataset, String method) {
      return known(dataset, method) ? mean(rows(dataset, method)) : Double.NaN;
    }

    String metric(String dataset) {
      return all.get(dataset).values().iterator().next().get(0).text("metric");
    }

    List<String> passes(MixingStudy.Method method, String other) {
      return datasets.stream()
          .filter(
              dataset -> CrossValidation.less(error(dataset, method.name()), error(dataset, other)))
          .toList();
    }

    /** On the folds that both were measured on; null for fewer than two. */
    Difference difference(String dataset, String method, String other) {
      double[] differences =
          rows(dataset, method).stream()
              .flatMapToDouble(
                  row ->
                      rows(dataset, other).stream()
                          .filter(same -> same.text("fold").equals(row.text("fold")))
                          .mapToDouble(same -> row.number("error") - same.number("error")))
              .toArray();
      if (differences.length < 2) {
        return null;
      }
      Spread spread = Spread.of(differences);
      return new Difference(spread.mean(), spread.deviation() / Math.sqrt(spread.n()));
    }
  }
}
