package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LabelSpreadingTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** (1 − ηTT*)⁻¹ of the labels by a dense solve, with P_X = 1/n. */
  @Test
  void classesAndNumbersByDenseMatrices() {
    int n = 30;
    KnnContext context = KnnContext.of(normal(manager, "rows", n, 2), 5);
    int[] labelled = {3, 17, 22};
    double eta = 0.8;
    NDArray kernel = context.kernel(context.points(), context.points());
    NDArray system = identity(manager, n).sub(kernel.mul(eta / n));
    double[] given = new double[n * 4];
    double[] numbers = {5, -1, 7};
    int[] codes = {0, 1, 0};
    for (int i = 0; i < 3; i++) {
      given[labelled[i] * 4 + codes[i]] = n;
      given[labelled[i] * 4 + 2] = n * numbers[i];
      given[labelled[i] * 4 + 3] = n;
    }
    NDArray dense = LinearAlgebra.solve(system, manager.create(given, new Shape(n, 4)));

    Held held = Held.by(manager);
    Matrix classes;
    Matrix values;
    try (NDManager owner = manager.newSubManager()) {
      LabelSpreading ofClasses =
          LabelSpreading.of(
              context, eta, labelled, Target.Classes.of("c", List.of("a", "b"), codes), owner);
      classes = ofClasses.values();
      values =
          LabelSpreading.of(context, eta, labelled, Target.Values.of("y", numbers), owner).values();
    }
    held.assertNoMore();
    assertClose(classes.values(), dense.get(":, 0:2").toDoubleArray(), 1e-8);
    for (int i = 0; i < n; i++) {
      double[] row = dense.get(i).toDoubleArray();
      if (row[3] > 1e-9) {
        assertClose("number " + i, values.get(i, 0), row[2] / row[3], 1e-8);
      }
    }
  }

  /** A new point gets the label of its neighbours. */
  @Test
  void newPoints() {
    double[] rows = {0, 0.1, 0.2, 9, 9.1, 9.2};
    KnnContext context = KnnContext.of(manager.create(rows, new Shape(6, 1)), 3);
    Target target = Target.Classes.of("c", List.of("a", "b"), 0, 1);
    LabelSpreading spread = LabelSpreading.of(context, 0.9, new int[] {0, 5}, target, manager);
    Matrix found = spread.at(Points.of(manager.create(new double[] {0.15, 9.05}, new Shape(2, 1))));
    assertThat(found.get(0, 0)).isGreaterThan(found.get(0, 1) + 1);
    assertThat(found.get(1, 1)).isGreaterThan(found.get(1, 0) + 1);
  }
}
