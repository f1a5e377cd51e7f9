package ai.contexture.measure;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;

/**
 * The transform and the penalty of a {@link SpectralRegression} that predict best: the labels of
 * validation points, or each label from all others.
 *
 * <p>Of the transforms given, and penalties from 10⁻⁶ to 10 times the mean of K_s(x, x) in half
 * decades, those of the least mean squared error win, for classes summed over the one-hot targets.
 *
 * @param transform s
 * @param penalty β
 * @param error the mean squared error of the labels that were predicted
 * @param checked what was predicted for them, [v, c]: numbers, or a score for each class
 */
public record SpectralChoice(
    SpectralTransform transform, double penalty, double error, Matrix checked) {

  private static final int PENALTIES = 15;

  /**
   * Chooses by leaving out one label at a time, in closed form.
   *
   * @param labelled positions of m different points of the spectrum
   * @param target of these points in this order, all known
   * @param transforms to choose among
   */
  public static SpectralChoice byLeaveOneOut(
      Spectrum spectrum, int[] labelled, Target target, List<SpectralTransform> transforms) {
    return best(spectrum, labelled, target, null, null, transforms);
  }

  /**
   * Chooses by the labels of other points.
   *
   * @param labelled positions of m different points of the spectrum to fit on
   * @param target of these points in this order, all known
   * @param validation positions of v other points, v ≥ 1
   * @param validationTarget of these in this order, all known
   * @param transforms to choose among
   */
  public static SpectralChoice onValidation(
      Spectrum spectrum,
      int[] labelled,
      Target target,
      int[] validation,
      Target validationTarget,
      List<SpectralTransform> transforms) {
    return best(spectrum, labelled, target, validation, validationTarget, transforms);
  }

  private static SpectralChoice best(
      Spectrum spectrum,
      int[] labelled,
      Target target,
      int[] validation,
      Target validationTarget,
      List<SpectralTransform> transforms) {
    Matrix y = Targets.of(target);
    Matrix checkedY = validation == null ? y : Targets.of(validationTarget);
    SpectralChoice best = null;
    for (SpectralTransform transform : transforms) {
      try (NDManager scope = spectrum.functions().getManager().newSubManager()) {
        double[] scales = SpectralRegression.scales(spectrum, transform);
        NDArray functions = SpectralRegression.functions(spectrum, scales, scope);
        RidgeSystem system =
            new RidgeSystem(
                SpectralRegression.rows(functions, labelled, scope),
                y.values(),
                y.columns(),
                /* standardise= */ false,
                scope);
        NDArray onValidation =
            validation == null
                ? null
                : system.directions(
                    "functions", SpectralRegression.rows(functions, validation, scope));
        NDArray expected = checkedY.array(scope);
        double scale = Math.max(Double.MIN_NORMAL, Arrays.stream(scales).map(v -> v * v).sum());
        for (int i = 0; i < PENALTIES; i++) {
          double penalty = scale * Math.pow(10, -6 + i / 2.);
          double alpha = penalty * labelled.length;
          try (NDManager trial = scope.newSubManager()) {
            NDArray missed =
                validation == null
                    ? system.leftOut(alpha, trial)
                    : system.predictedAt(onValidation, alpha, trial).neg().add(expected);
            double error = missed.square().sum().toDoubleArray()[0] / checkedY.rows();
            if (Double.isNaN(error)) {
              throw new ArithmeticException("the regression's predictions are not finite");
            }
            if (best == null || error < best.error) {
              double[] found = expected.sub(missed).toDoubleArray();
              Matrix checked = Matrix.of(checkedY.rows(), checkedY.columns(), found);
              best = new SpectralChoice(transform, penalty, error, checked);
            }
          }
        }
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("transforms: expected at least one, got none");
    }
    return best;
  }
}
