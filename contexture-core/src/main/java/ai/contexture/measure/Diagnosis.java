package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.measure.ProbeComparison.Predictor;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is wrong with a context, a task, features or a training, each with the number that says so.
 *
 * <p>The limits are rules of thumb, not theorems; each is stated at the method that applies it.
 *
 * @param findings what was found, none if nothing is wrong
 */
public record Diagnosis(List<Finding> findings) {

  /** Nothing is wrong. */
  public static final Diagnosis HEALTHY = new Diagnosis(List.of());

  /** All functions of a context together count as this many, at least. */
  private static final double FEWEST_FUNCTIONS = 0.5;

  /** A row is tied to this many rows, itself among them, at least. */
  private static final double FEWEST_ROWS = 10;

  /** A task lies this far on the way from chance to the best of all tasks, at least. */
  private static final double LEAST_COMPATIBLE = 0.1;

  /** What features can refute. */
  private static final Set<Signature> SUSPICIONS =
      Set.of(Signature.ASSOCIATION_TOO_WEAK, Signature.TASK_INCOMPATIBLE);

  /** A loss rises by this many times the size of its terms, at most. */
  private static final double MOST_RISE = 10;

  /** A gradient grows by this factor, at most. */
  private static final double MOST_GROWTH = 1000;

  /** Features agree with the best ones by this squared canonical correlation, at least. */
  private static final double LEAST_CORRELATION = 0.8;

  /** On new rows that correlation is less by this, at most. */
  private static final double MOST_DROP = 0.3;

  /** The ways in which learning from a context fails. */
  public enum Signature {
    /** The context ties nearly everything together, so that little is told apart. */
    ASSOCIATION_TOO_WEAK("association too weak"),
    /** The context ties each row to hardly more than itself, so that nothing is shared. */
    ASSOCIATION_TOO_STRONG("association too strong"),
    /** What the context tells is not what the task asks. */
    TASK_INCOMPATIBLE("task incompatible"),
    /** Features are constant or depend on each other. */
    DIMENSION_COLLAPSED("dimension collapsed"),
    /** The encoder is far from the best features that the context allows. */
    FEATURES_FAR("features far from the best"),
    /** The features of new rows are not those that the rows learned from would let expect. */
    NOT_CARRIED_OVER("features do not carry over"),
    /** The encoder knows the rows it has seen, and tells nothing of others. */
    LEARNED_BY_HEART("rows learned by heart"),
    /** One column makes up most of the distance between rows. */
    ONE_COLUMN("one column decides what is near"),
    /** The columns themselves predict the target better than the features do. */
    WORSE_THAN_COLUMNS("features worse than the columns"),
    /** The loss or the gradient runs away. */
    TRAINING_DIVERGED("training diverged");

    private final String words;

    Signature(String words) {
      this.words = words;
    }

    /** Returns its words, in lower case. */
    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * One thing that is wrong.
   *
   * @param signature what it is
   * @param value the number that says so
   * @param limit what the number should be, at least or at most
   * @param reason the number in words, and what may help
   */
  public record Finding(Signature signature, double value, double limit, String reason) {

    @Override
    public String toString() {
      return signature + ": " + reason;
    }
  }

  /** Copies the list. */
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  /**
   * Looks at the strength of an association by E k_X⁺(x, x) = 1 + Σ s_i².
   *
   * <p>It is too weak where Σ_{i≥1} s_i² &lt; {@value #FEWEST_FUNCTIONS}: all functions together
   * count less than half of one that is told without doubt. It is too strong where n / (1 + Σ s_i²)
   * &lt; {@value #FEWEST_ROWS}, the number of rows that a row is tied to if all ties were equal.
   * Both are compared as they are shown, rounded to 2 decimals and to 1.
   *
   * @param complexity of the context
   */
  public static Diagnosis association(ContextComplexity complexity) {
    double trace = complexity.mean() - 1;
    double tied = complexity.points() / complexity.mean();
    if (Math.rint(100 * trace) < 100 * FEWEST_FUNCTIONS) {
      return found(
          Signature.ASSOCIATION_TOO_WEAK,
          Math.max(0, trace),
          FEWEST_FUNCTIONS,
          Text.format(
              "all its functions together count as %.2f, expected at least %.1f; tie each row to"
                  + " fewer others (fewer neighbours, less masking or noise), or put contexts side"
                  + " by side with concat",
              Math.max(0, trace), FEWEST_FUNCTIONS));
    }
    if (Math.rint(10 * tied) < 10 * FEWEST_ROWS) {
      return found(
          Signature.ASSOCIATION_TOO_STRONG,
          tied,
          FEWEST_ROWS,
          Text.format(
              "each row is tied to about %.1f of %d rows, itself among them, expected at least"
                  + " %.0f; tie it to more of them (more neighbours, more masking or noise), or"
                  + " chain contexts with conv",
              tied, complexity.points(), FEWEST_ROWS));
    }
    return HEALTHY;
  }

  /**
   * Looks at a task by its compatibility with a context.
   *
   * <p>Pure noise has ρ² = Σ_{i≥1} s_i² / (n − 1) on average, and no task has more than s_1². A
   * task is incompatible where its ρ² lies less than {@value #LEAST_COMPATIBLE} of the way from the
   * one to the other; a context without such a way says nothing of the task.
   *
   * @param squared ρ²; of an estimate the upper end of its interval
   * @param strongest s_1²
   * @param complexity of the context
   * @throws IllegalArgumentException if ρ² or s_1² is not within [0, 1]
   */
  public static Diagnosis task(double squared, double strongest, ContextComplexity complexity) {
    require(squared >= 0 && squared <= 1, "squared: expected 0 to 1, got ", squared);
    require(strongest >= 0 && strongest <= 1, "strongest: expected 0 to 1, got ", strongest);
    double chance = Math.max(0, complexity.mean() - 1) / Math.max(1, complexity.points() - 1);
    double way = strongest - chance;
    double gone = squared - chance;
    if (!(way > Eigenvalues.ZERO) || gone >= LEAST_COMPATIBLE * way - Eigenvalues.ZERO) {
      return HEALTHY;
    }
    double share = Math.max(0, gone / way);
    return found(
        Signature.TASK_INCOMPATIBLE,
        share,
        LEAST_COMPATIBLE,
        Text.format(
            "averaged over what belongs together, hardly more of the target is left than of random"
                + " numbers (ρ = %.3f and %.3f; 1 is all of it, this context's best target has %.3f); another"
                + " context may tell more of it, such as trees, which is made of the target",
            Math.sqrt(squared), Math.sqrt(chance), Math.sqrt(strongest)));
  }

  /**
   * Looks at an encoder's outputs: they collapsed where their rank is below the number of features
   * that are wanted of them.
   *
   * @param rank of the outputs, such as that of {@link ai.contexture.spectrum.RayleighRitz}
   * @param features d, at most the number of outputs
   */
  public static Diagnosis features(int rank, int features) {
    return rank < features
        ? collapsed(
            rank,
            features,
            Text.format(
                "the encoder's outputs span only %d dimensions, expected at least %d",
                rank, features))
        : HEALTHY;
  }

  /**
   * Looks at how close features are to the best ones of their context, by the squared canonical
   * correlation.
   *
   * <p>They are far from them where it is below {@value #LEAST_CORRELATION} on the rows learned
   * from, and do not carry over where it is less by {@value #MOST_DROP} or more on new rows. Both
   * are compared as they are shown, rounded to 3 decimals.
   *
   * @param learned on the rows learned from
   * @param onNewRows on other rows, or null where it is not known
   */
  public static Diagnosis alignment(Alignment learned, Alignment onNewRows) {
    long cca = Math.round(1000 * learned.cca());
    Diagnosis far =
        cca < Math.round(1000 * LEAST_CORRELATION)
            ? found(
                Signature.FEATURES_FAR,
                learned.cca(),
                LEAST_CORRELATION,
                Text.format(
                    "the squared canonical correlation with them is %.3f, expected at least %.1f;"
                        + " train longer, or a larger encoder",
                    learned.cca(), LEAST_CORRELATION))
            : HEALTHY;
    if (onNewRows == null) {
      return far;
    }
    long drop = cca - Math.round(1000 * onNewRows.cca());
    return drop < Math.round(1000 * MOST_DROP)
        ? far
        : far.and(
            found(
                Signature.NOT_CARRIED_OVER,
                drop / 1000.0,
                MOST_DROP,
                Text.format(
                    "the squared canonical correlation falls from %.3f to %.3f on new rows, expected"
                        + " to lose less than %.1f; learn fewer features or from more rows, or stop"
                        + " early",
                    learned.cca(), onNewRows.cca(), MOST_DROP)));
  }

  /**
   * Looks at features of a context that knows no new rows: they were learned by heart where they
   * agree with the best functions on the rows learned from, but predict a target of other rows no
   * better than nothing does.
   *
   * @param learned on the rows learned from
   * @param probes how well the target of other rows is predicted
   */
  public static Diagnosis byHeart(Alignment learned, ProbeComparison probes) {
    boolean near = Math.round(1000 * learned.cca()) >= Math.round(1000 * LEAST_CORRELATION);
    if (!near
        || probes.scored() < ProbeComparison.FEWEST_ROWS
        || probes.better(Predictor.FEATURES, Predictor.NOTHING)) {
      return HEALTHY;
    }
    double features = probes.score(Predictor.FEATURES).value();
    double nothing = probes.score(Predictor.NOTHING).value();
    String metric = probes.metric().title();
    return found(
        Signature.LEARNED_BY_HEART,
        features,
        nothing,
        Text.format(
            "the squared canonical correlation is %.3f on the rows seen, but on others %s is %.4g,"
                + " and %.4g with no features: the encoder's inputs do not tell what this context"
                + " knows of a row; a context that knows new rows, such as knn, may do better",
            learned.cca(), metric, features, nothing));
  }

  /**
   * Says that one column makes up most of the distance between rows.
   *
   * @param column its name
   * @param share of the mean squared distance
   * @param limit what the share should be, at most
   */
  public static Diagnosis oneColumn(String column, double share, double limit) {
    return found(
        Signature.ONE_COLUMN,
        share,
        limit,
        Text.format(
            "'%s' makes up %d %% of the squared distance between rows; the others may tell more"
                + " without it",
            column, Math.round(100 * share)));
  }

  /**
   * Returns this without what was suspected of the context, too weak or incompatible, where its
   * features show otherwise.
   *
   * @param serves whether the features are of use for the target
   */
  public Diagnosis refutedIf(boolean serves) {
    return serves
        ? new Diagnosis(
            findings.stream().filter(found -> !SUSPICIONS.contains(found.signature())).toList())
        : this;
  }

  /** Looks at features beside the columns that they were made of, see {@link ProbeComparison}. */
  public static Diagnosis probes(ProbeComparison probes) {
    double features = probes.score(Predictor.FEATURES).value();
    double columns = probes.score(Predictor.COLUMNS).value();
    return probes.better(Predictor.COLUMNS, Predictor.FEATURES)
        ? found(
            Signature.WORSE_THAN_COLUMNS,
            features,
            columns,
            Text.format(
                "a linear model has %s %.4g on them and %.4g on the columns; compare other contexts,"
                    + " or use the columns",
                probes.lowerIsBetter() ? "RMSE" : "accuracy", features, columns))
        : HEALTHY;
  }

  /**
   * Looks at a training's loss: it diverged where the loss rose by more than {@value #MOST_RISE}
   * times the size of its terms.
   *
   * @param start the loss at the start
   * @param size the sum of the absolute values of its terms at the start
   * @param loss the loss now, which may not be finite
   */
  public static Diagnosis loss(double start, double size, double loss) {
    if (loss <= start + MOST_RISE * size) {
      return HEALTHY;
    }
    return found(
        Signature.TRAINING_DIVERGED,
        loss,
        start + MOST_RISE * size,
        Text.format(
            "the loss is %.3g and was %.3g at the start; a lower learning rate may help",
            loss, start));
  }

  /**
   * Looks at a training's gradient: it diverges where its norm grew by more than {@value
   * #MOST_GROWTH} times.
   *
   * @param start the largest norm at the start
   * @param norm the norm now, which may not be finite
   */
  public static Diagnosis gradient(double start, double norm) {
    if (!(start > 0) || norm <= MOST_GROWTH * start) {
      return HEALTHY;
    }
    return found(
        Signature.TRAINING_DIVERGED,
        norm,
        MOST_GROWTH * start,
        Text.format(
            "the gradient has the norm %.3g and had at most %.3g at the start; a lower learning"
                + " rate, or clipping the gradient, may help",
            norm, start));
  }

  /**
   * Says that features collapsed.
   *
   * @param value how many dimensions they use, or how much they vary
   * @param limit what was expected at least
   * @param reason the same in words
   */
  public static Diagnosis collapsed(double value, double limit, String reason) {
    return found(
        Signature.DIMENSION_COLLAPSED,
        value,
        limit,
        reason + "; an orthonormality such as whitening keeps them apart");
  }

  private static Diagnosis found(Signature signature, double value, double limit, String reason) {
    return new Diagnosis(List.of(new Finding(signature, value, limit, reason)));
  }

  private static void require(boolean holds, String message, double value) {
    if (!holds) {
      throw new IllegalArgumentException(message + value);
    }
  }

  /** Returns the findings of both, those of this first. */
  public Diagnosis and(Diagnosis other) {
    return new Diagnosis(Stream.concat(findings.stream(), other.findings.stream()).toList());
  }

  /** Returns whether nothing is wrong. */
  public boolean healthy() {
    return findings.isEmpty();
  }

  /** Returns one line with all findings. */
  public String verdict() {
    return healthy()
        ? "nothing looks wrong"
        : findings.stream().map(Finding::toString).collect(Collectors.joining("; "));
  }

  @Override
  public String toString() {
    return "diagnosis: " + verdict();
  }
}
