package ai.contexture.experiment;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Preprocessing;
import ai.contexture.input.Text;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.ProbeScore;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.random.Seed;
import ai.contexture.training.Evaluation;
import ai.contexture.training.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Where contexts are worth most: the error of a linear model on the best functions of a context
 * against the strength of its association, which theory expects to rise at both ends [C, fig. 2].
 *
 * <p>Contexts of four kinds at several strengths are fitted to datasets, several times with other
 * rows to pretrain on, to label and to test on. Nothing is trained: the functions are exact. Their
 * number is the one that the usefulness τ advises, and beside it a fixed one.
 */
public final class AssociationShape {

  /** The datasets of the figure. */
  public static final List<String> DATASETS =
      List.of("abalone", "diabetes", "Wine", "dna", "kr-vs-kp");

  /** The number of functions beside the advised one. */
  public static final int FIXED = 16;

  private static final List<String> NEIGHBOURS = List.of("knn", "masked-knn");
  private static final List<String> KINDS = List.of("rbf", "knn", "masked-rbf", "masked-knn");

  /** γ times the mean squared distance of two rows: all rows alike, to no row like another. */
  private static final double WEAKEST_GAMMA = 0.1;

  private static final double STRONGEST_GAMMA = 100;

  /** K, and its share of the rows where all rows are nearly alike. */
  private static final int STRONGEST_K = 2;

  private static final double WEAKEST_K = 0.95;

  /** An end is higher than the best setting if the mean difference is so many standard errors. */
  private static final double ERRORS = 2;

  /**
   * How large the study is.
   *
   * @param strengths how many settings each kind of context has
   * @param seeds how many splits
   * @param rows the largest number of rows of a dataset, which is sampled down to it
   */
  public record Options(int strengths, int seeds, int rows) {

    /** What the figure in the documentation shows. */
    public static final Options FULL = new Options(7, 5, 1200);

    /** Under a minute for a small dataset. */
    public static final Options QUICK = new Options(4, 2, 400);
  }

  /**
   * A context on one split.
   *
   * @param kind rbf, knn, …
   * @param setting γ or K
   * @param seed of the split
   * @param decayRate large where the association is weak
   * @param tau the usefulness
   * @param dimension the advised number of functions
   * @param metric what the errors are: the share of wrong classes, or the root mean squared error
   * @param error from the advised number of functions
   * @param errorFixed from a fixed number of functions
   * @param raw from the preprocessed columns
   * @param nothing without any
   */
  public record Cell(
      String dataset,
      String kind,
      double setting,
      int seed,
      double decayRate,
      double tau,
      int dimension,
      String metric,
      double error,
      double errorFixed,
      double raw,
      double nothing) {

    /** The names of the values of {@link #csv}. */
    public static final String HEADER =
        "dataset,kind,setting,seed,decay_rate,tau,dimension,metric,error,error_fixed,raw,nothing";

    /** Returns a line of a CSV file. */
    public String csv() {
      return Text.format(
          "%s,%s,%s,%d,%s,%s,%d,%s,%s,%s,%s,%s",
          dataset,
          kind,
          setting,
          seed,
          decayRate,
          tau,
          dimension,
          metric,
          error,
          errorFixed,
          raw,
          nothing);
    }
  }

  /**
   * The shape of the error of one kind of contexts on one dataset, means over the splits.
   *
   * @param strongest the error at the strongest setting
   * @param best the least error of all settings
   * @param weakest the error at the weakest setting
   * @param risesStrong whether the error of the strongest setting is higher than the best beyond
   *     chance: two standard errors of the mean difference over splits
   * @param risesWeak whether that of the weakest setting is
   */
  public record Shape(
      String dataset,
      String kind,
      double strongest,
      double best,
      double weakest,
      boolean risesStrong,
      boolean risesWeak) {}

  private AssociationShape() {}

  /** A kind of context at a strength. */
  private record Setting(String kind, double value) {

    String context() {
      return NEIGHBOURS.contains(kind)
          ? Text.format("%s(k=%.0f)", kind, value)
          : Text.format("%s(gamma=%s)", kind, value);
    }
  }

  /** What a dataset is asked, one context on one split at a time. */
  public static final class Plan {

    private final Dataset data;
    private final Options options;
    private final List<Setting> settings;

    /** Prepares a dataset with a target. */
    public Plan(Dataset data, Options options) {
      this.data = sampled(data, options.rows);
      this.options = options;
      this.settings = settings(this.data, options.strengths);
    }

    /** Returns how many cells there are. */
    public int size() {
      return settings.size() * options.seeds;
    }

    /** Measures the i-th cell. */
    public Cell cell(int i, Device device) {
      Setting setting = settings.get(i % settings.size());
      int seed = i / settings.size();
      var measures =
          ContextMeasures.of(
              Contexts.parse(setting.context()),
              data,
              Recipe.DEFAULT.withSeed(seed),
              new ContextMeasures.Options(
                  false,
                  ContextMeasures.Options.DEFAULT.beta(),
                  ContextMeasures.Options.DEFAULT.d0(),
                  List.of(ContextMeasures.Options.ADVISED, FIXED)),
              device);
      ProbeScore advised = measures.probes().get(0).score();
      ProbeScore fixed = measures.probes().get(1).score();
      boolean rmse = advised.metric().equals(LinearProbe.RMSE);
      return new Cell(
          data.name(),
          setting.kind,
          setting.value,
          seed,
          measures.decayRate(),
          measures.usefulness().tau(),
          measures.usefulness().dimension(),
          rmse ? "RMSE" : "error rate",
          rmse ? advised.value() : 1 - advised.value(),
          rmse ? fixed.value() : 1 - fixed.value(),
          rmse ? advised.rawFeatures() : 1 - advised.rawFeatures(),
          rmse ? advised.meanPredictor() : 1 - advised.meanPredictor());
    }
  }

  private static Dataset sampled(Dataset data, int most) {
    if (data.rows() <= most) {
      return data;
    }
    var random = Seed.of(0).derive("rows").generator();
    return data.select(random.ints(0, data.rows()).distinct().limit(most).sorted().toArray());
  }

  private static List<Setting> settings(Dataset data, int strengths) {
    int inputs = Preprocessing.fit(data.features(), Recipe.DEFAULT.preprocessing()).names().size();
    int n = Evaluation.split(data.rows(), Recipe.DEFAULT).pretrain().length;
    List<Setting> settings = new ArrayList<>();
    for (String kind : KINDS) {
      for (int i = 0; i < strengths; i++) {
        double share = (double) i / (strengths - 1);
        // inputs have variance 1, so that the mean squared distance is twice their number
        double gamma =
            STRONGEST_GAMMA * Math.pow(WEAKEST_GAMMA / STRONGEST_GAMMA, share) / (2.0 * inputs);
        double k = STRONGEST_K * Math.pow(WEAKEST_K * n / STRONGEST_K, share);
        settings.add(new Setting(kind, NEIGHBOURS.contains(kind) ? Math.rint(k) : gamma));
      }
    }
    return settings;
  }

  /** Returns the shapes of all kinds on all datasets. */
  public static List<Shape> shapes(List<Cell> cells) {
    List<Shape> shapes = new ArrayList<>();
    for (String dataset : datasets(cells)) {
      for (String kind : KINDS) {
        List<List<Cell>> settings = settings(cells, dataset, kind);
        if (settings.isEmpty()) {
          continue;
        }
        List<Cell> best =
            settings.stream().min(Comparator.comparingDouble(s -> mean(s, Cell::error))).get();
        List<Cell> strongest = settings.get(0);
        List<Cell> weakest = settings.get(settings.size() - 1);
        shapes.add(
            new Shape(
                dataset,
                kind,
                mean(strongest, Cell::error),
                mean(best, Cell::error),
                mean(weakest, Cell::error),
                higher(strongest, best),
                higher(weakest, best)));
      }
    }
    return shapes;
  }

  private static List<String> datasets(List<Cell> cells) {
    return cells.stream().map(Cell::dataset).distinct().toList();
  }

  /** The cells of each setting, the strongest first, those of one in the order of their seeds. */
  private static List<List<Cell>> settings(List<Cell> cells, String dataset, String kind) {
    List<Cell> own =
        cells.stream().filter(c -> c.dataset.equals(dataset) && c.kind.equals(kind)).toList();
    List<List<Cell>> settings = new ArrayList<>();
    for (double value : own.stream().mapToDouble(Cell::setting).distinct().toArray()) {
      settings.add(
          own.stream()
              .filter(c -> c.setting == value)
              .sorted(Comparator.comparingInt(Cell::seed))
              .toList());
    }
    settings.sort(Comparator.comparingDouble(s -> mean(s, Cell::decayRate)));
    return settings;
  }

  private static boolean higher(List<Cell> cells, List<Cell> than) {
    double[] differences =
        IntStream.range(0, cells.size())
            .mapToDouble(i -> cells.get(i).error - than.get(i).error)
            .toArray();
    return Arrays.stream(differences).average().orElse(0) > ERRORS * standardError(differences)
        && cells != than;
  }

  private static double mean(List<Cell> cells, ToDoubleFunction<Cell> value) {
    return cells.stream().mapToDouble(value).average().orElseThrow();
  }

  private static double standardError(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
  }

  /**
   * Draws the errors with the advised number of functions, or with the fixed one: means over the
   * splits and one standard error to both sides.
   */
  public static Figure figure(List<Cell> cells, boolean advised) {
    ToDoubleFunction<Cell> error = advised ? Cell::error : Cell::errorFixed;
    List<Panel> panels = new ArrayList<>();
    for (String dataset : datasets(cells)) {
      List<Series> series = new ArrayList<>();
      for (String kind : KINDS) {
        List<List<Cell>> settings = settings(cells, dataset, kind);
        double[] rates = settings.stream().mapToDouble(s -> mean(s, Cell::decayRate)).toArray();
        double[] means = settings.stream().mapToDouble(s -> mean(s, error)).toArray();
        double[] half =
            settings.stream()
                .mapToDouble(s -> standardError(s.stream().mapToDouble(error).toArray()))
                .toArray();
        series.add(
            Series.markedLine(kind, rates, means)
                .within(
                    IntStream.range(0, half.length).mapToDouble(i -> means[i] - half[i]).toArray(),
                    IntStream.range(0, half.length)
                        .mapToDouble(i -> means[i] + half[i])
                        .toArray()));
      }
      List<Cell> all = cells.stream().filter(c -> c.dataset.equals(dataset)).toList();
      Note raw = Note.horizontal(mean(all, Cell::raw), "columns themselves");
      Note nothing = Note.horizontal(mean(all, Cell::nothing), "nothing");
      panels.add(
          new Panel(
              dataset,
              Axis.logarithmic("decay rate λ (strong to weak)").between(2e-4, 20),
              Axis.linear(all.get(0).metric + " on test rows"),
              series,
              List.of(raw, nothing)));
    }
    return new Figure(panels, Math.min(3, panels.size()));
  }
}
