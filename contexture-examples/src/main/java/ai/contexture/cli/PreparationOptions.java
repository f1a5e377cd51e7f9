package ai.contexture.cli;

import ai.contexture.data.ImageShape;
import ai.contexture.data.Preprocessing;
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
          "Shares of rows to pretrain on, to fit a linear model on, to test on. Default:"
              + " ${bundle:usual_split}")
  private String split;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "What chance depends on: the split, initial weights, batches. Default:"
              + " ${bundle:usual_seed}")
  private Long seed;

  @Option(
      names = "--impute",
      paramLabel = "HOW",
      description =
          "What replaces missing numbers: median or mean. Default: ${bundle:usual_impute}")
  private String impute;

  @Option(
      names = "--power",
      paramLabel = "HOW",
      description =
          "Make numeric columns more normal: none, yeo-johnson or quantile. Default:"
              + " ${bundle:usual_power}")
  private String power;

  @Option(
      names = "--scale",
      paramLabel = "HOW",
      description =
          "What numeric columns are centred at and divided by: standard (mean, deviation) or robust"
              + " (median, interquartile range). Default: ${bundle:usual_scale}")
  private String scale;

  @Option(
      names = "--shape",
      paramLabel = "CxHxW",
      description =
          "Rows are images of so many channels, lines and columns, such as 1x8x8; pixels keep their"
              + " places and share one scale")
  private String shape;

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
    if (shares.length != 3 || !positive || Math.abs(Arrays.stream(shares).sum() - 1) > 1e-9) {
      throw new InputException(
          "--split: expected three positive shares that add up to 1, such as 0.7,0.15,0.15, got '"
              + text
              + "'");
    }
    return new Recipe.Fractions(shares[0], shares[1], shares[2]);
  }
}
