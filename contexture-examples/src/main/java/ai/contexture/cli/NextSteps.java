package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.measure.Diagnosis.Signature;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Orthonormality;
import ai.contexture.objective.Variable;
import ai.contexture.pretraining.LabelledRows;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Commands that follow from what a run has shown, each of which a shell takes as it stands. */
final class NextSteps {

  /** Contexts that are fitted to inputs alone, so that an encoder can be averaged over them. */
  private static final Set<String> OF_INPUTS =
      Set.of("knn", "rbf", "masked-knn", "masked-rbf", "kernel-walk");

  /** Comparing a context of all pairs of rows takes minutes on more rows than this. */
  private static final int MOST_ROWS_FOR_PAIRS = 5000;

  private static final int MORE_STEPS = 3;

  private static final int GAMMA_DIGITS = 3;

  /**
   * A command.
   *
   * @param why what it is for
   * @param command the whole line
   */
  record Step(String why, String command) {}

  private final String contexture;
  private final Pretraining job;
  private final RunFolder folder;
  private final RunOptions options;
  private final Measured<ProbeComparison> probes;
  private final Set<Signature> seen;
  private final Set<Path> taken = new HashSet<>();

  private NextSteps(String contexture, PretrainingResult result) {
    this.contexture = contexture;
    job = result.job();
    folder = result.folder();
    options = result.options();
    probes = result.probes();
    seen =
        result.diagnosis().findings().stream()
            .map(found -> found.signature())
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns what to do after a run.
   *
   * @param contexture how the command was called
   */
  static List<Step> of(String contexture, PretrainingResult result) {
    return new NextSteps(contexture, result).steps();
  }

  /** Returns whether a context is made of distances between rows, wholly or in a part. */
  static boolean isOfDistances(String context) {
    return isOfDistances(Spec.parse(context));
  }

  private static boolean isOfDistances(Spec spec) {
    return OF_INPUTS.contains(spec.name())
        || spec.parts().stream().anyMatch(part -> isOfDistances(part.spec()));
  }

  private List<Step> steps() {
    if (!canBeReadAgain(options.data())) {
      return List.of();
    }
    List<Step> steps = new ArrayList<>();
    if (folder.has(RunFolder.REPEAT)) {
      steps.addAll(otherTrainings());
    }
    boolean context =
        Stream.of(
                Signature.ASSOCIATION_TOO_STRONG,
                Signature.ASSOCIATION_TOO_WEAK,
                Signature.TASK_INCOMPATIBLE,
                Signature.LEARNED_BY_HEART,
                Signature.WORSE_THAN_COLUMNS)
            .anyMatch(seen::contains);
    if (context || steps.isEmpty()) {
      if (canBeCompared()) {
        steps.add(compare());
      } else if (job.isExact()) {
        steps.add(spectrum());
      }
    }
    Step embed =
        new Step(
            "the features of every row",
            contexture + " embed " + path(folder.path()) + " --out " + path(free("features.csv")));
    steps.add(seen.isEmpty() ? 0 : steps.size(), embed);
    return steps;
  }

  /** A pipe was read once. */
  private static boolean canBeReadAgain(DataSource data) {
    return Stream.of(data.file(), data.edges(), data.features())
        .filter(Objects::nonNull)
        .map(Path::of)
        .allMatch(path -> Files.isRegularFile(path) || Files.isDirectory(path));
  }

  /** The same run with something else, where something else may help. */
  private List<Step> otherTrainings() {
    List<Step> steps = new ArrayList<>();
    Recipe recipe = job.recipe();
    if (seen.contains(Signature.ONE_COLUMN)) {
      String column = job.dominant().orElseThrow().column();
      List<String> drop = new ArrayList<>(options.data().drop());
      drop.add(column);
      steps.add(
          again(
              "the same without '" + column + "', so that other columns count, too",
              PretrainLine.list("--drop", drop)));
    }
    boolean stopped = job.trainer().finishedSteps() < recipe.training().steps();
    if (seen.contains(Signature.FEATURES_FAR) && !stopped) {
      int epochs = recipe.epochs();
      steps.add(
          again(
              "the same for longer, since the features are not yet close to the best",
              epochs > 0
                  ? " --epochs " + MORE_STEPS * epochs
                  : " --steps " + MORE_STEPS * recipe.training().steps()));
    }
    if (seen.contains(Signature.NOT_CARRIED_OVER)) {
      int fewer = recipe.dimension() / 2;
      if (canBeAveraged()) {
        steps.add(
            again(
                "the same with features that are averages over near rows, which carry over better",
                " --objective non-contrastive"));
      } else if (fewer > 0) {
        steps.add(
            again(
                "the same with fewer features, the first of which carry over best",
                " --dim " + fewer));
      }
    }
    if (seen.contains(Signature.DIMENSION_COLLAPSED) && canBeWhitened()) {
      steps.add(again("the same with features that are kept apart", " --orthonormality whitening"));
    }
    return steps;
  }

  private boolean canBeAveraged() {
    Recipe recipe = job.recipe();
    return OF_INPUTS.contains(Spec.parse(recipe.context()).name())
        && recipe.orthonormality().isEmpty()
        && Objective.parse(recipe.objective()).learned() == Variable.INPUT;
  }

  private boolean canBeWhitened() {
    String given = job.recipe().orthonormality();
    if (given.isEmpty() || Spec.parse(given).name().equals("whitening")) {
      return false;
    }
    try {
      Objective.parse(job.recipe().objective(), Orthonormality.parse("whitening"));
      return true;
    } catch (InputException e) {
      return false;
    }
  }

  /** A run with all options of this one but some. */
  private Step again(String why, String changed) {
    boolean amongRuns = folder.path().startsWith(RunFolder.RUNS);
    return new Step(
        why,
        contexture
            + " pretrain --config "
            + path(folder.file(RunFolder.REPEAT))
            + changed
            + (amongRuns ? "" : " --out " + path(free(folder.path().toString()))));
  }

  /** The first name like this that is free and not in another step. */
  private Path free(String name) {
    int dot = name.endsWith(".csv") ? name.length() - ".csv".length() : name.length();
    Path path = Path.of(name);
    for (int n = 2; Files.exists(path) || !taken.add(path); n++) {
      path = Path.of(name.substring(0, dot) + "-" + n + name.substring(dot));
    }
    return path;
  }

  /** Contexts are judged by the target, or else by columns that vary. */
  private boolean canBeCompared() {
    Dataset data = job.data();
    int[] labelled = job.split().labelled();
    if (data.target().isPresent() && LabelledRows.refusal(data, job.recipe()).isEmpty()) {
      return true;
    }
    Matrix rows = job.preprocessing().apply(data.features().select(labelled));
    return labelled.length > 2
        && IntStream.range(0, rows.values().length)
            .anyMatch(i -> rows.values()[i] != rows.values()[i % rows.columns()]);
  }

  private Step spectrum() {
    return new Step(
        "what the context is worth, without training",
        contexture
            + " spectrum"
            + data(options.data())
            + preparation(job.recipe())
            + device()
            + option("--context", job.recipe().context()));
  }

  private String device() {
    return option("--device", options.device().equals("auto") ? null : options.device());
  }

  private Step compare() {
    String target = options.data().target();
    String better =
        seen.contains(Signature.ASSOCIATION_TOO_STRONG)
            ? "whether a weaker context does better"
            : seen.contains(Signature.ASSOCIATION_TOO_WEAK)
                ? "whether a stronger context does better"
                : "whether another context does better";
    return new Step(
        (target == null ? better : better + " for '" + target + "'") + ", without training",
        contexture
            + " compare"
            + data(options.data())
            + preparation(job.recipe())
            + device()
            + contexts().stream()
                .map(text -> option("--context", text))
                .collect(Collectors.joining()));
  }

  /** The run's own context, if it has a spectrum, and some beside it. */
  private List<String> contexts() {
    Spec own = Spec.parse(Contexts.parse(job.recipe().context()).toString());
    int n = job.split().pretrain().length;
    List<String> wanted = new ArrayList<>();
    if (job.isExact()) {
      wanted.add(
          Contexts.withPaths(job.recipe().context(), path -> Path.of(near(path.toString()))));
    }
    String k = own.values().get("k");
    String gamma = Spec.parse(job.context().toString()).values().get("gamma");
    String walked = own.values().get("steps");
    boolean graph = options.data().edges() != null;
    if (walked != null) {
      others(Integer.parseInt(walked), n, 2).forEach(s -> wanted.add(with(own, "steps", s)));
    } else if (k != null) {
      others(Integer.parseInt(k), n, 3).forEach(near -> wanted.add(with(own, "k", near)));
    } else if (gamma != null) {
      gammas(Numbers.parse(gamma)).forEach(near -> wanted.add(with(own, "gamma", near)));
    } else if (graph) {
      IntStream.of(1, 2, 4).forEach(steps -> wanted.add("walk(steps=" + steps + ")"));
    } else {
      IntStream.of(10, 30)
          .filter(near -> near <= n / 2)
          .forEach(near -> wanted.add("knn(k=" + near + ")"));
    }
    if (!graph && (n <= MOST_ROWS_FOR_PAIRS || wanted.size() < 2)) {
      wanted.add("rbf");
    }
    if (seen.contains(Signature.LEARNED_BY_HEART)) {
      wanted.add("knn(k=" + Math.min(30, n / 2) + ")");
    }
    if (probes.known() && treesDoBetter(probes.value())) {
      wanted.add("trees");
    }
    Map<String, String> distinct = new LinkedHashMap<>();
    wanted.forEach(text -> distinct.putIfAbsent(Contexts.parse(text).toString(), text));
    return List.copyOf(distinct.values());
  }

  /** The target of the rows to pretrain on then makes the context, as it makes the trees. */
  private static boolean treesDoBetter(ProbeComparison probes) {
    return probes.predictors().contains(Predictor.TREES)
        && probes.better(Predictor.TREES, Predictor.FEATURES);
  }

  private static String with(Spec spec, String option, Number value) {
    Map<String, String> values = new LinkedHashMap<>(spec.values());
    values.put(option, value.toString());
    return new Spec(spec.name(), spec.parts(), new TreeMap<>(values)).toString();
  }

  /** Numbers that make a context weaker, which larger ones do, or stronger, or both. */
  private List<Integer> others(int number, int rows, int factor) {
    IntFunction<Integer> larger = times -> number * times;
    IntFunction<Integer> smaller = times -> number / times;
    Stream<Integer> some =
        seen.contains(Signature.ASSOCIATION_TOO_STRONG)
            ? Stream.of(larger.apply(factor), larger.apply(factor * factor))
            : seen.contains(Signature.ASSOCIATION_TOO_WEAK)
                ? Stream.of(smaller.apply(factor), smaller.apply(factor * factor))
                : Stream.of(smaller.apply(factor), larger.apply(factor));
    return some.filter(one -> one >= 1 && one <= rows / 2).toList();
  }

  /** The same of γ, where smaller numbers make a context weaker. */
  private List<Double> gammas(double gamma) {
    double[] factors =
        seen.contains(Signature.ASSOCIATION_TOO_STRONG)
            ? new double[] {1.0 / 4, 1.0 / 16}
            : seen.contains(Signature.ASSOCIATION_TOO_WEAK)
                ? new double[] {4, 16}
                : new double[] {1.0 / 4, 4};
    return Arrays.stream(factors)
        .mapToObj(factor -> Numbers.rounded(factor * gamma, GAMMA_DIGITS))
        .toList();
  }

  /** Returns the options that read data again. */
  static String data(DataSource data) {
    if (data.embedded()) {
      return "";
    }
    return option("--data", near(data.file()))
        + option("--edges", near(data.edges()))
        + option("--id", quoted(data.id()))
        + option("--features", near(data.features()))
        + option("--target", quoted(data.target()))
        + option("--split-column", quoted(data.splitColumn()))
        + option("--task", data.task() == null ? null : Constants.text(data.task()))
        + PretrainLine.list("--drop", data.drop())
        + PretrainLine.list("--nominal", data.nominal())
        + PretrainLine.list("--numeric", data.numeric())
        + PretrainLine.list("--missing", data.missing())
        + (data.noDefaultMissing() ? " --no-default-missing" : "")
        + option("--separator", "\t".equals(data.separator()) ? "tab" : data.separator())
        + option("--decimal", data.decimal())
        + option("--thousands", data.thousands())
        + option("--header", data.header())
        + option("--size", data.size())
        + option("--colour", data.colour() == null ? null : Constants.text(data.colour()))
        + (Boolean.TRUE.equals(data.skipBroken()) ? " --skip-broken" : "");
  }

  /** Returns the options that split and prepare rows as a recipe says, where it is not as usual. */
  static String preparation(Recipe recipe) {
    Recipe defaults = Recipe.DEFAULT;
    Recipe.Fractions shares = recipe.fractions();
    Preprocessing.Options how = recipe.preprocessing();
    Preprocessing.Options usually = defaults.preprocessing();
    String split =
        Stream.of(shares.pretrain(), shares.labelled(), shares.test())
            .map(Numbers::text)
            .collect(Collectors.joining(","));
    long seed = recipe.training().seed();
    return option("--split", shares.equals(defaults.fractions()) ? null : split)
        + option("--seed", seed == defaults.training().seed() ? null : Long.toString(seed))
        + option("--impute", unusual(how.impute(), usually.impute()))
        + option("--power", unusual(how.power(), usually.power()))
        + option("--scale", unusual(how.scale(), usually.scale()))
        + option("--shape", how.shape() == null ? null : how.shape().toString());
  }

  private static String unusual(Enum<?> value, Enum<?> defaults) {
    return value == defaults ? null : Constants.text(value);
  }

  private static String quoted(String name) {
    return name == null ? null : Names.quoted(name);
  }

  private static String option(String name, String value) {
    return value == null ? "" : " " + PretrainLine.option(name, value);
  }

  private static String path(Path path) {
    String text = path.toString();
    return Names.word(text.startsWith("-") ? "./" + text : text);
  }

  /** Returns a path as it is seen from the working folder, if it is in there. */
  private static String near(String path) {
    Path here = Path.of("").toAbsolutePath();
    return path == null || !Path.of(path).startsWith(here)
        ? path
        : here.relativize(Path.of(path)).toString();
  }
}
