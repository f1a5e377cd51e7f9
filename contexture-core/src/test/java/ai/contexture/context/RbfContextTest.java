package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.measure.DecayRate;
import ai.contexture.spectrum.Spectra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RbfContextTest
    implements ContextContract.SampledFinite<RbfContext>, ContextContract.KernelFinite<RbfContext> {

  @Override
  public RbfContext context(NDManager manager) {
    return RbfContext.of(normal(manager, "points", 40, 3), 0.7);
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 3);
  }

  @Test
  void lawsOnALine() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {0, 1, 3}, new Shape(3, 1));
      RbfContext context = RbfContext.of(rows, 0.5);
      double a = Math.exp(-0.5);
      double b = Math.exp(-4.5);
      double c = Math.exp(-2);
      double[] expected = {
        1 / (1 + a + b), a / (1 + a + b), b / (1 + a + b),
        a / (1 + a + c), 1 / (1 + a + c), c / (1 + a + c),
        b / (1 + b + c), c / (1 + b + c), 1 / (1 + b + c)
      };
      assertClose(context.law(context.points()).dense(manager).toDoubleArray(), expected, 1e-14);
      // a new point half way between the first two
      double near = Math.exp(-0.125);
      double far = Math.exp(-3.125);
      Points x = Points.of(manager.create(new double[] {0.5}, new Shape(1, 1)));
      assertClose(
          context.law(x).dense(manager).toDoubleArray(),
          new double[] {near / (2 * near + far), near / (2 * near + far), far / (2 * near + far)},
          1e-14);
    }
  }

  @Test
  void tiledLawsAreThoseThatAreStored() {
    try (NDManager manager = NDManager.newBaseManager()) {
      RbfContext context = context(manager);
      NDArray points = context.points().rows();
      MarkovLaw stored = context.law(context.points());
      MarkovLaw tiled =
          TiledLaw.unstored(
              points, 40, x -> RbfContext.squaredDistances(x, points).mul(-0.7).softmax(1));
      NDArray g = normal(manager, "g", 40, 3);
      assertClose(tiled.expectation(g), stored.expectation(g), 1e-13);
      assertClose(tiled.transposed(g), stored.transposed(g), 1e-13);
      assertClose(tiled.dense(manager), stored.dense(manager), 1e-13);
      assertThat(tiled.draw(5, random("draw"), manager).toLongArray())
          .isEqualTo(stored.draw(5, random("draw"), manager).toLongArray());
    }
  }

  /** However many tiles there are, one sum is held, not a part of it for each. */
  @Test
  void aSumOverTilesHoldsOne() {
    try (NDManager manager = NDManager.newBaseManager()) {
      int contexts = 1 << 20; // four rows a tile
      List<Integer> held = new ArrayList<>();
      MarkovLaw law =
          TiledLaw.unstored(
              normal(manager, "rows", 40, 1),
              contexts,
              x -> {
                held.add(x.getManager().getParentManager().getManagedArrays().size());
                return x.getManager().ones(new Shape(4, contexts), DataType.FLOAT64);
              });

      NDArray sum = law.transposed(manager.ones(new Shape(40, 1), DataType.FLOAT64));

      assertThat(sum.get(7).toDoubleArray()).containsExactly(40);
      assertThat(held).hasSize(10).containsOnly(held.get(0));
    }
  }

  @Test
  void aLargerGammaMakesTheAssociationStronger() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "uniform", 150, 2);
      double[] rates =
          Arrays.stream(new double[] {0.01, 0.1, 1, 10, 100})
              .map(gamma -> decayRate(rows, gamma, manager))
              .toArray();
      for (int i = 1; i < rates.length; i++) {
        assertThat(rates[i]).isLessThan(rates[i - 1]);
      }
    }
  }

  private static double decayRate(NDArray rows, double gamma, NDManager manager) {
    return DecayRate.of(Spectra.of(RbfContext.of(rows, gamma), 20, manager).eigenvalues());
  }

  @Test
  void theMedianHeuristic() {
    try (NDManager manager = NDManager.newBaseManager()) {
      // squared distances 1, 4, 9 of the three pairs: the median is 4
      NDArray rows = manager.create(new double[] {0, 1, 3}, new Shape(3, 1));
      RbfContext context = (RbfContext) Contexts.parse("rbf").fit(ContextData.of(rows));
      assertThat(context.gamma()).isEqualTo(0.25);
      assertThat(context).hasToString("rbf(gamma=0.25)");
      NDArray equal = manager.create(new double[] {1, 1, 1, 1, 2}, new Shape(5, 1));
      assertThatThrownBy(() -> Contexts.parse("rbf").fit(ContextData.of(equal)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("more than half of the rows are equal");
    }
  }

  /** So that the reported one can be given, and gives the same. */
  @ParameterizedTest
  @CsvSource({"rbf, 0.1111", "kernel-walk(kernel=laplace), 0.3333"})
  void aChosenGammaHasFourDigits(String text, double expected) {
    try (NDManager manager = NDManager.newBaseManager()) {
      // squared distances 1, 9, 16: the median is 9
      NDArray rows = manager.create(new double[] {0, 1, 4}, new Shape(3, 1));
      Context chosen = Contexts.parse(text).fit(ContextData.of(rows));
      assertThat(chosen.toString()).contains("gamma=" + expected);
      Context given = Contexts.parse(chosen.toString()).fit(ContextData.of(rows));
      assertThat(given).hasToString(chosen.toString());
      double[] exact = Spectra.of((FiniteContext) chosen, 2, manager).eigenvalues();
      assertThat(Spectra.of((FiniteContext) given, 2, manager).eigenvalues()).isEqualTo(exact);
    }
  }

  @Test
  void refusesGammasThatAreNotPositive() {
    assertThatThrownBy(() -> Contexts.parse("rbf(gamma=0)"))
        .isInstanceOf(InputException.class)
        .hasMessage("rbf: gamma must be a number greater than 0, got '0'");
  }
}
