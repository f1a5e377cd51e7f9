package ai.contexture.cli;

import ai.contexture.data.Dataset;
import ai.contexture.data.ImageShape;
import ai.contexture.data.Preprocessing;
import ai.contexture.encoder.Encoders;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.pretraining.Recipe;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** Which rows serve what, and how they are preprocessed. */
final class PreparationOptions {

  @Option(
      names = "--split",
      paramLabel = "A,B,C",
      description =
          "Shares of rows to pretrain on, to fit a linear model on, and to test on. With 1"
              + " first, all rows are pretrained on, and the other two are shares of them. Default:"
              + " ${bundle:default_split}, for a graph 1,0.15,0.15")
  private String split;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "The seed of everything random: the split, initial weights, batches. Default:"
              + " ${bundle:default_seed}")
  private Long seed;

  @Option(
      names = "--impute",
      paramLabel = "HOW",
      description =
          "What replaces missing numbers: median or mean. Default: ${bundle:default_impute}")
  private String impute;

  @Option(
      names = "--power",
      paramLabel = "HOW",
      description =
          "Bring numeric columns closer to a normal distribution: none, yeo-johnson or"
              + " quantile. Default: ${bundle:default_power}")
  private String power;

  @Option(
      names = "--scale",
      paramLabel = "HOW",
      description =
          "How numeric columns are scaled: standard (by mean and standard deviation) or"
              + " robust (by median and interquartile range). For counts: rows divides each row by"
              + " its sum, lengths by its length. Default: ${bundle:default_scale}; rows for"
              + " --features with gcn or sgc")
  private String scale;

  @Option(
      names = "--shape",
      paramLabel = "CxHxW",
      description =
          "Rows are images with this many channels, lines and columns, such as 1x8x8."
              + " Pixels keep their places, and those of a channel share one scale")
  private String shape;

  /**
   * Returns a recipe that suits data where these options do not say otherwise: all nodes of a graph
   * are pretrained on, and rows of counts are divided by their sums for an encoder that reads it.
   *
   * @param counts whether the data are counts, such as the words of documents
   * @throws InputException if both these options and the data say which rows serve what
   */
  Recipe forData(Recipe recipe, Dataset data, boolean counts) {
    if (split != null && data.split().isPresent()) {
      throw new InputException("--split and --split-column: expected one of them, got both");
    }
    Recipe changed = recipe;
    if (split == null && data.graph().isPresent()) {
      Recipe.Fractions shares = recipe.fractions();
      changed = recipe.withFractions(new Recipe.Fractions(1, shares.labelled(), shares.test()));
    }
    return scale == null && counts && Encoders.readsGraph(recipe.encoder())
        ? changed.withPreprocessing(changed.preprocessing().withScale(Preprocessing.Scale.ROWS))
        : changed;
  }

  /** Returns the recipe with these options. */
  Recipe apply(Recipe recipe) {
    Recipe changed = recipe;
    if (split != null) {
      changed = changed.withFractions(fractions(split));
    }
    if (seed != null) {
      changed = changed.withSeed(seed);
    }
    Preprocessing.Options how = changed.preprocessing();
    if (impute != null) {
      how = how.withImpute(Converters.choice(Preprocessing.Impute.class, "--impute", impute));
    }
    if (power != null) {
      how = how.withPower(Converters.choice(Preprocessing.Power.class, "--power", power));
    }
    if (scale != null) {
      how = how.withScale(Converters.choice(Preprocessing.Scale.class, "--scale", scale));
    }
    if (shape != null) {
      how = how.withShape(shape());
    }
    return changed.withPreprocessing(how);
  }

  private ImageShape shape() {
    try {
      return ImageShape.parse(shape);
    } catch (InputException e) {
      throw new InputException("--" + e.getMessage(), e);
    }
  }

  private static Recipe.Fractions fractions(String text) {
    double[] shares = Arrays.stream(text.split(",", -1)).mapToDouble(Numbers::parse).toArray();
    boolean positive = Arrays.stream(shares).allMatch(share -> share > 0);
    double sum = Arrays.stream(shares).sum();
    boolean transductive = shares[0] == 1 && sum <= 2;
    if (shares.length != 3 || !positive || !(transductive || Math.abs(sum - 1) <= 1e-9)) {
      throw new InputException(
          "--split: expected three positive shares that add up to 1, such as 0.7,0.15,0.15, or 1 and"
              + " two shares of all rows, such as 1,0.15,0.15, got '"
              + text
              + "'");
    }
    return new Recipe.Fractions(shares[0], shares[1], shares[2]);
  }
}
