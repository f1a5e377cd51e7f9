package ai.contexture.testing;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;

import ai.contexture.context.MarkovContext;
import ai.contexture.context.MarkovLaw;
import ai.contexture.context.Points;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/** Small finite contexts with any joint law, and their singular values by a dense decomposition. */
public final class FiniteCases {

  private FiniteCases() {}

  /** A context of given laws, which knows no new rows. */
  public static MarkovContext of(
      Points points, Points contexts, NDArray probabilities, NDArray inputWeights) {
    return new MarkovContext(points, contexts, MarkovLaw.dense(probabilities), inputWeights) {
      @Override
      public boolean inductive() {
        return false;
      }

      @Override
      protected MarkovLaw lawOfNew(NDArray rows) {
        throw refuseNewRows();
      }

      @Override
      public String toString() {
        return "any";
      }
    };
  }

  /** Random conditional laws [n, m]; about a third of the probabilities are zero. */
  public static NDArray laws(NDManager manager, String label, int n, int m) {
    RandomGenerator random = random(label);
    double[] values = new double[n * m];
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int j = 0; j < m; j++) {
        double value = random.nextInt(3) == 0 && j != i % m ? 0 : -Math.log(random.nextDouble());
        values[i * m + j] = value;
        sum += value;
      }
      for (int j = 0; j < m; j++) {
        values[i * m + j] /= sum;
      }
    }
    return manager.create(values, new Shape(n, m));
  }

  /** Random weights [n], which sum to 1. */
  public static NDArray weights(NDManager manager, String label, int n) {
    RandomGenerator random = random(label);
    NDArray weights = manager.create(random.doubles(n, 0.2, 2).toArray());
    return weights.div(weights.sum());
  }

  /** Points with a row of one number each. */
  public static Points points(NDManager manager, String label, int n) {
    return Points.all(normal(manager, label, n, 1));
  }

  /**
   * The squared singular values but the constant's of diag(p)^½ P diag(q)^−½, largest first.
   *
   * @param joint P⁺(x, a) [n, m] without empty rows; empty columns are dropped
   */
  public static double[] eigenvalues(NDArray joint) {
    NDArray p = joint.sum(new int[] {1}, true);
    NDArray q = joint.sum(new int[] {0}, true);
    NDArray scale = q.gt(0).toType(q.getDataType(), false).div(q.maximum(1e-300).sqrt());
    double[] s = LinearAlgebra.svd(joint.div(p.sqrt()).mul(scale)).values().toDoubleArray();
    double[] squares = new double[s.length - 1];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = s[i + 1] * s[i + 1];
    }
    return squares;
  }
}
