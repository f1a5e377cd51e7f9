package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelContextTest
    implements ContextContract.SampledFinite<LabelContext>,
        ContextContract.KernelFinite<LabelContext> {

  private static final int ROWS = 12;

  /** Three classes, and two rows of which none is known. */
  private static ContextData data(NDManager manager) {
    int[] codes = {0, 1, 2, 0, 1, 0, 1, -1, 0, 2, -1, 0};
    return ContextData.of(normal(manager, "points", ROWS, 2))
        .withTarget(Target.Classes.of("y", List.of("a", "b", "c"), codes));
  }

  @Override
  public LabelContext context(NDManager manager) {
    return (LabelContext) Contexts.parse("label").fit(data(manager));
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 5, 2);
  }

  @Test
  void lawsOfClasses() {
    try (NDManager manager = NDManager.newBaseManager()) {
      LabelContext context = context(manager);
      NDArray law = context.law(context.points()).dense(manager);
      assertClose(law.get(1).toDoubleArray(), new double[] {0, 1, 0}, 0);
      assertClose(law.get(7).toDoubleArray(), new double[] {0.5, 0.3, 0.2}, 1e-15);
      assertThat(context.contexts().rows().toDoubleArray())
          .containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
    }
  }

  /** k(x, x′) = 1[y = y′] / P(y), where every class is known. */
  @Test
  void asManyEigenvaluesOfOneAsClassesLessOne() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data =
          ContextData.of(normal(manager, "points", 6, 2))
              .withTarget(Target.Classes.of("y", List.of("a", "b", "c"), 0, 1, 2, 0, 1, 0));
      for (String text : List.of("label", "label(values=row)")) {
        FiniteContext context = (FiniteContext) Contexts.parse(text).fit(data);
        assertThat(context).hasToString(text);
        assertClose(
            context.kernel(context.points(), context.points()).get(0).toDoubleArray(),
            new double[] {2, 0, 0, 2, 0, 2},
            1e-14);
        assertClose(
            Spectra.of(context, 5, manager).eigenvalues(), new double[] {1, 1, 0, 0, 0}, 1e-14);
      }
    }
  }

  @Test
  void aRowStandsForARowOfItsClass() {
    try (NDManager manager = NDManager.newBaseManager()) {
      FiniteContext context =
          (FiniteContext) Contexts.parse("label(values=row)").fit(data(manager));
      assertThat(context.contexts()).isSameAs(context.points());
      NDArray law = context.law(context.points()).dense(manager);
      double[] first = new double[ROWS];
      for (int row : new int[] {0, 3, 5, 8, 11}) {
        first[row] = 0.2;
      }
      assertClose(law.get(0).toDoubleArray(), first, 1e-15);
      double[] unknown = new double[ROWS];
      Arrays.fill(unknown, 0.1);
      unknown[7] = 0;
      unknown[10] = 0;
      assertClose(law.get(7).toDoubleArray(), unknown, 1e-15);
    }
  }

  @Test
  void numbersMakeOneEigenvalueOfOne() {
    try (NDManager manager = NDManager.newBaseManager()) {
      double[] y = {3, 1, 4, 1, 5};
      ContextData data =
          ContextData.of(normal(manager, "points", 5, 2)).withTarget(Target.Values.of("y", y));
      FeatureContext context = (FeatureContext) Contexts.parse("label").fit(data);
      assertThat(context).hasToString("label");
      assertClose(Spectra.of(context, 4, manager).eigenvalues(), new double[] {1, 0, 0, 0}, 1e-14);
      // mean 2.8, variance 2.56: k(0, 2) = 1 + 0.2·1.2 / 2.56
      assertThat(context.kernel(context.points(), context.points()).getDouble(0, 2))
          .isCloseTo(1 + 0.2 * 1.2 / 2.56, org.assertj.core.data.Offset.offset(1e-14));
    }
  }

  /** As among classes: a row of an unknown number has the law of all others. */
  @Test
  void anUnknownNumberSaysNothing() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "points", 5, 2);
      Target target = Target.Values.of("y", 1, Double.NaN, 3, 5, Double.NaN);

      FiniteContext context =
          (FiniteContext) Contexts.parse("label").fit(ContextData.of(rows).withTarget(target));

      NDArray kernel = context.kernel(context.points(), context.points());
      // of the known ones, mean 3 and variance 8/3: k(0, 3) = 1 − 2·2 / (8/3)
      assertThat(kernel.getDouble(0, 3))
          .isCloseTo(1 - 4 / (8.0 / 3), org.assertj.core.data.Offset.offset(1e-14));
      assertClose(kernel.get(1).toDoubleArray(), new double[] {1, 1, 1, 1, 1}, 1e-14);
      assertClose(kernel.get(4).toDoubleArray(), new double[] {1, 1, 1, 1, 1}, 1e-14);
      // three rows of five tell their number
      assertClose(
          Spectra.of(context, 2, manager).eigenvalues(), new double[] {0.6, 0, 0, 0}, 1e-14);
    }
  }

  @Test
  void refusals() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "points", 4, 2);
      assertThatThrownBy(() -> Contexts.parse("label").fit(ContextData.of(rows)))
          .isInstanceOf(InputException.class)
          .hasMessage("label: the data have no target, give one");
      Target nothing = Target.Values.of("y", Double.NaN, Double.NaN, Double.NaN, Double.NaN);
      assertThatThrownBy(
              () -> Contexts.parse("label").fit(ContextData.of(rows).withTarget(nothing)))
          .isInstanceOf(InputException.class)
          .hasMessage("label: target 'y' is missing in all pretraining rows");
      assertThatThrownBy(() -> context(manager).law(Points.of(newRows(manager))))
          .isInstanceOf(InputException.class)
          .hasMessage("context label is only known for its pretraining rows, not for new ones");
    }
  }

  @Test
  void itKnowsNoRowsOfItsOwn() {
    try (NDManager manager = NDManager.newBaseManager()) {
      assertThat(context(manager).inductive()).isFalse();
      assertThat(context(manager).points().rows().getShape()).isEqualTo(new Shape(ROWS, 2));
    }
  }
}
