package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LbfgsTest {

  /** Rosenbrock's function (1 − x)² + 100 (y − x²)², whose minimum is at (1, 1). */
  private static double rosenbrock(double[] at, double[] gradient) {
    double rest = at[1] - at[0] * at[0];
    gradient[0] = -2 * (1 - at[0]) - 400 * at[0] * rest;
    gradient[1] = 200 * rest;
    return (1 - at[0]) * (1 - at[0]) + 100 * rest * rest;
  }

  @Test
  void findsTheMinimumOfACurvedValley() {
    double[] at = {-1.2, 1};

    double gradient = Lbfgs.minimise(LbfgsTest::rosenbrock, at);

    assertClose(at, new double[] {1, 1}, 1e-8);
    assertThat(gradient).isLessThan(1e-7);
  }

  @Test
  void whatIsAtItsMinimumStaysThere() {
    double[] at = {1, 1};

    assertThat(Lbfgs.minimise(LbfgsTest::rosenbrock, at)).isZero();
    assertThat(at).containsExactly(1, 1);
  }
}
