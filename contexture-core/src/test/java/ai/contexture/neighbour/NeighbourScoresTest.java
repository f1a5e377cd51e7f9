package ai.contexture.neighbour;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.testing.Numeric;
import ai.contexture.torch.Tiles;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighbourScoresTest {

  private static final int QUERIES = 20;
  private static final int POINTS = 60;

  /** What is promised of every score, against distances in many digits. */
  @ParameterizedTest
  @CsvSource({
    "false, FLOAT32, 3, 0", "false, FLOAT32, 3, 1", "false, FLOAT32, 40, 6",
        "false, FLOAT32, 5, 12",
    "false, FLOAT64, 3, 0", "false, FLOAT64, 3, 1", "false, FLOAT64, 40, 6",
        "false, FLOAT64, 5, 12",
    "true, FLOAT32, 3, 0", "true, FLOAT32, 3, 1", "true, FLOAT32, 40, 6", "true, FLOAT32, 5, 12",
    "true, FLOAT64, 3, 0", "true, FLOAT64, 3, 1", "true, FLOAT64, 40, 6", "true, FLOAT64, 5, 12"
  })
  void boundsHold(boolean manhattan, DataType type, int p, int magnitudes) {
    RandomGenerator random = Numeric.random("rows");
    double[] points = new double[POINTS * p];
    double[] queries = new double[QUERIES * p];
    for (int j = 0; j < POINTS; j++) {
      double unit = magnitudes == 0 ? 1 : Math.pow(10, random.nextInt(2 * magnitudes) - magnitudes);
      for (int c = 0; c < p; c++) {
        points[j * p + c] = unit * random.nextGaussian();
        if (j < QUERIES) {
          // near to a point, so that the score is a small difference of large numbers
          queries[j * p + c] =
              points[j * p + c]
                  * (1 + Math.pow(10, -1 - random.nextInt(10)) * random.nextGaussian());
        }
      }
    }
    try (NDManager scope = NDManager.newBaseManager()) {
      NDArray x = scope.create(points, new Shape(POINTS, p));
      NDArray q = scope.create(queries, new Shape(QUERIES, p));
      NeighbourScores scores = new NeighbourScores(q, x, manhattan, type, scope);
      NDArray left = scores.left(q);
      NDArray right = scores.right(x, scope);
      assertThat(left.getDataType()).isEqualTo(type);
      NDArray values = manhattan ? Tiles.manhattan(left, right) : left.matMul(right.transpose());
      double[] got = values.toType(DataType.FLOAT64, false).toDoubleArray();
      NDArray normArray = scores.norms(q);
      double[] norms = normArray.toDoubleArray();
      for (int i = 0; i < QUERIES; i++) {
        double[] distances = new double[POINTS];
        double[] thresholds = new double[POINTS];
        for (int j = 0; j < POINTS; j++) {
          distances[j] = distance(queries, i * p, points, j * p, p, manhattan);
          thresholds[j] = scores.threshold(norms[i], distances[j]);
          String what = "score of " + j + " for " + i + ", " + reproduce();
          assertThat(got[i * POINTS + j]).as(what).isLessThanOrEqualTo(thresholds[j]);
          assertThat(distances[j])
              .as(what)
              .isLessThanOrEqualTo(scores.reach(norms[i], got[i * POINTS + j]) * (1 + 1e-14));
        }
        NDArray same =
            scores.thresholds(
                normArray.get(i + ":" + (i + 1)), scope.create(distances, new Shape(1, POINTS)));
        double largest = Math.max(norms[i] * norms[i], 1e-300);
        for (double threshold : thresholds) {
          largest = Math.max(largest, Math.abs(threshold));
        }
        assertClose(same.toDoubleArray(), thresholds, 1e-14 * largest);
      }
    }
  }

  private static double distance(
      double[] a, int atA, double[] b, int atB, int p, boolean manhattan) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int c = 0; c < p; c++) {
      BigDecimal difference = new BigDecimal(a[atA + c]).subtract(new BigDecimal(b[atB + c]));
      sum = sum.add(manhattan ? difference.abs() : difference.multiply(difference));
    }
    return manhattan
        ? sum.doubleValue()
        : sum.round(new MathContext(60)).sqrt(new MathContext(40)).doubleValue();
  }
}
