package ai.contexture.objective;

import static ai.contexture.objective.Cases.assertClose;
import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.knn;
import static ai.contexture.objective.Cases.normal;
import static ai.contexture.objective.Cases.random;
import static ai.contexture.objective.Cases.relativeError;
import static ai.contexture.objective.Cases.reproduce;
import static ai.contexture.objective.Cases.some;
import static ai.contexture.objective.Cases.step;
import static ai.contexture.objective.Cases.value;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.objective.Cases.Case;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every objective with every orthonormality: its value, its gradient, and both in float32. */
class ObjectiveValuesTest {

  private static final int N = 12;
  private static final int D = 3;
  private static final long[] SOME = {7, 2, 11, 5, 0, 9, 4};
  private static final double PROGRESS = 0.25;

  private NDManager manager;
  private KnnContext context;

  /** Free vectors of Φ and, below them, of Ψ, [2N, D]; some variances are below 1, some above. */
  private NDArray table;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    context = knn(manager, N, 4);
    table = normal(manager, "table", 2 * N, D).mul(manager.create(new double[] {0.3, 1, 2})).add(1);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  static List<Case> cases() {
    return Cases.all();
  }

  private Points batch(Case of) {
    return of.full() ? context.points() : some(context, manager, SOME);
  }

  private Loss loss(Case of, NDArray at) {
    return of.objective().loss(step(context, batch(of), at, random("samples"), PROGRESS));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void termsAreThoseOfTheFormula(Case of) {
    Map<String, NDArray> terms = loss(of, table).terms();
    Map<String, Double> expected = formula(of);
    assertThat(terms.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    expected.forEach((name, term) -> assertClose(name, value(terms.get(name)), term, 1e-11));
    double sum = expected.values().stream().mapToDouble(Double::doubleValue).sum();
    assertClose("total", value(loss(of, table).total()), sum, 1e-11);
  }

  private Map<String, Double> formula(Case of) {
    double[][] vectors = Plain.rows(table);
    Points batch = batch(of);
    long[] at = batch.index().orElseThrow().toLongArray();
    double[][] z = Plain.select(vectors, at, 0);
    if (of.objective() instanceof Kise) {
      double[][] kernel = Plain.kernel(context);
      double[][] part = new double[at.length][at.length];
      for (int i = 0; i < at.length; i++) {
        for (int j = 0; j < at.length; j++) {
          part[i][j] = kernel[(int) at[i]][(int) at[j]];
        }
      }
      return Plain.kise(of.orthonormality(), z, part, N, PROGRESS);
    }
    int views = of.objective() instanceof Svme ? 1 : 2;
    long[] drawn =
        context.sample(batch, views, random("samples")).index().orElseThrow().toLongArray();
    double[][] y = Plain.select(vectors, drawn, N);
    if (of.objective() instanceof Svme) {
      return Plain.svme(of.orthonormality(), z, y, PROGRESS);
    }
    return of.objective() instanceof NonContrastive
        ? Plain.nonContrastive(of.orthonormality(), y, PROGRESS)
        : Plain.spectralContrastive(of.orthonormality(), y, PROGRESS);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientIsTheSlope(Case of) {
    double[] analytic = gradient(at -> loss(of, at).total(), table);
    double[] at = doubles(table);
    double[] numeric = new double[at.length];
    double h = 1e-5;
    for (int i = 0; i < at.length; i++) {
      numeric[i] = (moved(of, at, i, h) - moved(of, at, i, -h)) / (2 * h);
    }
    assertThat(relativeError(analytic, numeric)).as(reproduce()).isLessThan(1e-6);
  }

  private double moved(Case of, double[] at, int i, double by) {
    double[] moved = at.clone();
    moved[i] += by;
    try (NDManager scope = manager.newSubManager()) {
      NDArray there = scope.create(moved, table.getShape());
      return value(loss(of, there).total());
    }
  }

  /** A cast that cuts the gradient where float32 becomes float64 shows here and nowhere else. */
  @ParameterizedTest
  @MethodSource("cases")
  void float32HasTheGradientOfFloat64(Case of) {
    double[] in64 = gradient(at -> loss(of, at).total(), table);
    NDArray table32 = table.toType(DataType.FLOAT32, true);
    double[] in32 = gradient(at -> loss(of, at).total(), table32);
    assertThat(relativeError(in32, in64)).as(reproduce()).isLessThan(1e-3);
    double total = value(loss(of, table).total());
    assertClose("total", value(loss(of, table32).total()), total, 1e-4 * (1 + Math.abs(total)));
  }
}
