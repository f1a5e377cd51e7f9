package ai.contexture.pretraining;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.data.Preprocessing;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Orthonormality;
import ai.contexture.objective.Whitening;
import ai.contexture.training.TrainingOptions;
import com.google.gson.annotations.SerializedName;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What to learn and how, in the words of the command line.
 *
 * @param context the context, such as {@code knn(k=30)}
 * @param objective the objective, such as {@code kise}
 * @param orthonormality how Cov[Φ] = I is imposed, such as {@code whitening}; empty for the
 *     objective's usual way
 * @param encoder the encoder, such as {@code mlp(width=512,depth=3)}
 * @param dimension the number of features d
 * @param outputs the encoder's outputs d₁ ≥ d, of which d features are kept; 0 for a good choice
 * @param samples how many samples of each row are averaged, where the encoder is an average over a
 *     context whose law is not known
 * @param epochs passes over the pretraining rows, in place of the training's steps; 0 for those
 * @param preprocessing how columns become inputs
 * @param fractions the shares of rows for pretraining, labelled and test
 * @param training how the encoder is trained
 * @param ridge what is added to the variance of the encoder's outputs before features are put in
 *     order, as a share of their mean; null for nothing
 */
public record Recipe(
    String context,
    String objective,
    String orthonormality,
    String encoder,
    int dimension,
    int outputs,
    @SerializedName("draws") int samples,
    int epochs,
    Preprocessing.Options preprocessing,
    Fractions fractions,
    TrainingOptions training,
    Double ridge) {

  /** d₁ / d where nothing else is asked for: spare outputs guard against dimensional collapse. */
  static final int OUTPUTS_PER_FEATURE = 4;

  /**
   * The shares of rows, which sum to 1.
   *
   * @param pretrain for the context and the encoder
   * @param labelled for the probe
   * @param test for the probe's score and the alignment on new rows
   */
  public record Fractions(double pretrain, double labelled, double test) {}

  /** KISE on 30 nearest neighbours with an MLP 512×3 and 32 features, split 70/15/15. */
  public static final Recipe DEFAULT =
      new Recipe(
          "knn(k=30)",
          "kise",
          "",
          "mlp(width=512,depth=3)",
          32,
          0,
          64,
          0,
          Preprocessing.Options.DEFAULT,
          new Fractions(0.70, 0.15, 0.15),
          TrainingOptions.DEFAULT,
          null);

  /** Random walks of two steps on a graph with a graph convolutional network. */
  public static final Recipe GRAPH = DEFAULT.withContext("walk(steps=2)").withEncoder("gcn");

  /**
   * The same for nodes with many sparse features, such as words: the best functions of features
   * that went along the edges, without training.
   */
  public static final Recipe GRAPH_WITH_FEATURES =
      GRAPH.withEncoder("sgc(hops=10,restart=0.1,start=pca)").withSteps(0).withRidge(1);

  /** The components, here and within, that files from before need not hold. */
  public static final Set<String> OPTIONAL =
      Set.of("shape", "scale", "precision", "stopping", "ridge");

  /** The rows of a step where not all of them are. */
  public static final int DEFAULT_BATCH = 1024;

  /** With fewer batches than this, all rows are better in a step, which is quick then. */
  public static final int BATCHES_THAT_PAY = 4;

  /** With fewer rows to learn from, half of the default's features say more. */
  public static final int FEW_ROWS = 1000;

  /** With as many rows to learn from, twice the default's features say more. */
  public static final int MANY_ROWS = 2000;

  /** More outputs than their covariance could be computed of. */
  private static final int MOST_OUTPUTS = 65_536;

  /** Beyond it no direction of the outputs counts more than another. */
  private static final double MOST_RIDGE = 1e6;

  /** More samples of a row than a training has reason to. */
  private static final int MOST_SAMPLES = 1_000_000;

  /** Checks the numbers. */
  public Recipe {
    if (dimension < 1) {
      throw new InputException("dimension: expected at least 1, got " + dimension);
    }
    if (outputs > MOST_OUTPUTS) {
      throw new InputException(
          Text.format("outputs: expected at most %d, got %d", MOST_OUTPUTS, outputs));
    }
    if (outputs != 0 && outputs < dimension) {
      throw new InputException(
          Text.format(
              "outputs: expected at least the %d features, got %d outputs", dimension, outputs));
    }
    if (samples < 2 || samples > MOST_SAMPLES) {
      throw new InputException(
          Text.format("samples: expected from 2 to %d, got %d", MOST_SAMPLES, samples));
    }
    if (ridge != null && !(ridge >= 0 && ridge <= MOST_RIDGE)) {
      throw new InputException(
          "ridge: expected from 0 to " + Numbers.text(MOST_RIDGE) + ", got " + ridge);
    }
    if (epochs < 0) {
      throw new InputException("epochs: expected at least 1, got " + epochs);
    }
  }

  /**
   * Returns what the texts stand for.
   *
   * @throws InputException if one is not known, or the objective has no place for the
   *     orthonormality
   */
  public Parts parts() {
    EncoderFactory plain = EncoderFactory.parse(encoder);
    EncoderFactory network = preprocessing.images().map(plain::forImages).orElse(plain);
    return new Parts(
        ContextFactory.parse(context),
        orthonormality.isEmpty()
            ? Objective.parse(objective)
            : Objective.parse(objective, Orthonormality.parse(orthonormality)),
        network);
  }

  /** Returns this recipe with the texts of some parts. */
  Recipe naming(Parts parts) {
    return with(
        draft -> {
          draft.context = Names.of(parts.context());
          draft.objective = Names.of(parts.objective());
          draft.orthonormality = Names.of(parts.objective().orthonormality());
          draft.encoder = Names.of(parts.encoder());
        });
  }

  /** Returns this recipe with the paths in it from the root, so that it means the same anywhere. */
  public Recipe absolute() {
    return withContext(Contexts.absolute(context));
  }

  /** Returns this recipe with another context. */
  public Recipe withContext(String context) {
    return with(draft -> draft.context = context);
  }

  /** Returns this recipe with another objective. */
  public Recipe withObjective(String objective) {
    return with(draft -> draft.objective = objective);
  }

  /** Returns this recipe with another way to orthonormality. */
  public Recipe withOrthonormality(String orthonormality) {
    return with(draft -> draft.orthonormality = orthonormality);
  }

  /** Returns this recipe with another encoder. */
  public Recipe withEncoder(String encoder) {
    return with(draft -> draft.encoder = encoder);
  }

  /** Returns this recipe with another number of features. */
  public Recipe withDimension(int dimension) {
    return with(draft -> draft.dimension = dimension);
  }

  /**
   * Returns this recipe with a number of features that suits so many rows to learn from: half of
   * those of {@link #DEFAULT} where they are fewer than {@value #FEW_ROWS}, twice as many from
   * {@value #MANY_ROWS} on, and no more than the outputs where their number is given.
   */
  public Recipe withDefaultDimension(int rows) {
    int defaults = DEFAULT.dimension;
    int suits = rows < FEW_ROWS ? defaults / 2 : rows < MANY_ROWS ? defaults : 2 * defaults;
    return withDimension(outputs > 0 ? Math.min(suits, outputs) : suits);
  }

  /** Returns this recipe with another number of outputs. */
  public Recipe withOutputs(int outputs) {
    return with(draft -> draft.outputs = outputs);
  }

  /** Returns this recipe with another number of samples to average. */
  public Recipe withSamples(int samples) {
    return with(draft -> draft.samples = samples);
  }

  /** Returns this recipe with another ridge, at least 0. */
  public Recipe withRidge(double ridge) {
    return with(draft -> draft.ridge = ridge);
  }

  /** Returns the ridge, 0 where there is none. */
  double shrinkage() {
    return ridge == null ? 0 : ridge;
  }

  /** Returns this recipe with a number of epochs in place of steps. */
  public Recipe withEpochs(int epochs) {
    return with(draft -> draft.epochs = epochs);
  }

  /**
   * Returns this recipe with a batch that suits so many rows to learn from: all of them where they
   * are at most {@value #BATCHES_THAT_PAY} times {@value #DEFAULT_BATCH}, else that many of them,
   * or twice the outputs if these are more, so that the covariance of a batch is known.
   */
  public Recipe withDefaultBatch(int rows) {
    int most = outputs > 0 ? outputs : OUTPUTS_PER_FEATURE * dimension;
    int batch = Math.max(DEFAULT_BATCH, 2 * most);
    return withTraining(training.withBatch(rows <= (long) BATCHES_THAT_PAY * batch ? 0 : batch));
  }

  /** Returns this recipe with another number of steps. */
  public Recipe withSteps(int steps) {
    return withTraining(training.withSteps(steps));
  }

  /** Returns this recipe with another seed. */
  public Recipe withSeed(long seed) {
    return withTraining(training.withSeed(seed));
  }

  /** Returns this recipe with other preprocessing. */
  public Recipe withPreprocessing(Preprocessing.Options preprocessing) {
    return with(draft -> draft.preprocessing = preprocessing);
  }

  /** Returns this recipe with other shares of rows. */
  public Recipe withFractions(Fractions fractions) {
    return with(draft -> draft.fractions = fractions);
  }

  /** Returns this recipe with other training. */
  public Recipe withTraining(TrainingOptions training) {
    return with(draft -> draft.training = training);
  }

  /**
   * Returns this recipe with the number of steps that its epochs come to.
   *
   * @param n the pretraining rows
   * @throws InputException if a batch is larger, or there are too many steps
   */
  Recipe withStepsFor(int n) {
    if (training.batch() > n) {
      throw new InputException(
          Text.format(
              "batch: expected at most the %d pretraining rows, got %d", n, training.batch()));
    }
    if (epochs == 0) {
      return this;
    }
    int stepsPerEpoch =
        training.fullBatch() ? 1 : Math.max(1, n / training.batch() / training.accumulate());
    long steps = (long) epochs * stepsPerEpoch;
    if (steps > Integer.MAX_VALUE) {
      throw new InputException(
          Text.format(
              "epochs: expected at most %d, of %d steps each, got %d",
              Integer.MAX_VALUE / stepsPerEpoch, stepsPerEpoch, epochs));
    }
    return withTraining(training.withSteps((int) steps));
  }

  /**
   * d₁: four times the features, but no more than half the rows, so that their covariance is known:
   * half a batch where each batch is whitened by itself, and half the held-out rows.
   *
   * @param how the outputs are kept apart
   * @param n the pretraining rows
   */
  int outputsFor(Orthonormality how, int n, int heldOut) {
    if (outputs > 0) {
      return outputs;
    }
    boolean inverts = how instanceof Whitening whitening && whitening.momentum() == 0;
    int batch = training.fullBatch() || !inverts ? n : training.batch();
    int known = heldOut == 0 ? batch : Math.min(batch, heldOut);
    int most = Math.min(OUTPUTS_PER_FEATURE * dimension, known / 2);
    return Math.max(dimension, most);
  }

  private Recipe with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.recipe();
  }

  /** A recipe on the way from one record to the next. */
  private static final class Draft {

    private String context;
    private String objective;
    private String orthonormality;
    private String encoder;
    private int dimension;
    private int outputs;
    private int samples;
    private int epochs;
    private Preprocessing.Options preprocessing;
    private Fractions fractions;
    private TrainingOptions training;
    private Double ridge;

    private Draft(Recipe from) {
      context = from.context;
      objective = from.objective;
      orthonormality = from.orthonormality;
      encoder = from.encoder;
      dimension = from.dimension;
      outputs = from.outputs;
      samples = from.samples;
      epochs = from.epochs;
      preprocessing = from.preprocessing;
      fractions = from.fractions;
      training = from.training;
      ridge = from.ridge;
    }

    private Recipe recipe() {
      return new Recipe(
          context,
          objective,
          orthonormality,
          encoder,
          dimension,
          outputs,
          samples,
          epochs,
          preprocessing,
          fractions,
          training,
          ridge);
    }
  }
}
