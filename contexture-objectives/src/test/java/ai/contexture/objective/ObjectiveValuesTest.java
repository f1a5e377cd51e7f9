package ai.contexture.objective;

import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.relativeError;
import static ai.contexture.objective.Cases.value;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.MarkovContext;
import ai.contexture.context.Points;
import ai.contexture.objective.Cases.Case;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every objective with every orthonormality: its value, its gradient, and both in float32. */
class ObjectiveValuesTest {

  private static final int D = 3;
  private static final double PROGRESS = 0.25;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  static List<Case> cases() {
    return Cases.all();
  }

  /** A case with its context, and free vectors of Φ and, below them, of Ψ. */
  private final class Trial {

    private final Case of;
    private final MarkovContext context;
    private final Points batch;
    private final Weights weights;

    private final Cases.Free networks;

    /** The vectors [n + m, D], of which some variances are below 1 and some above, and heads. */
    private final NDArray start;

    Trial(Case of) {
      this.of = of;
      context = of.batch().context(manager);
      batch = of.batch().points(context, manager);
      weights = of.batch().weights(context);
      List<Head> heads = of.objective().heads(context, D);
      Cases.Free free = new Cases.Free(context, heads, D, manager);
      int rows = context.points().size() + context.contexts().size();
      NDArray scale = manager.create(new double[] {0.3, 1, 2});
      NDArray table = normal(manager, "table", rows, D).mul(scale).add(1).reshape(-1);
      NDArray rest = normal(manager, "heads", 1, free.size()).reshape(-1);
      start = table.concat(rest.get(rows * D + ":"));
      networks = free.at(normal(manager, "averages", 1, free.size()).reshape(-1));
    }

    Loss loss(NDArray at) {
      State state = State.of(of.objective().state(context, D, manager));
      Cases.Free free = networks.at(at).withAverages(networks);
      return of.objective()
          .loss(new Step<>(context, batch, weights, free, state, random("samples"), PROGRESS));
    }

    double total(double[] at) {
      try (NDManager scope = manager.newSubManager()) {
        return value(loss(scope.create(at)).total());
      }
    }

    Map<String, Double> formula() {
      double[][] vectors = vectors(start);
      double[][] targets = vectors(networks.numbers());
      long[] at = of.batch().positions();
      int n = context.points().size();
      double[] p = Plain.inputs(context);
      double[][] phi = Arrays.copyOfRange(vectors, 0, n);
      return new Formulas(
              of.orthonormality(),
              PROGRESS,
              of.batch().full(),
              p,
              Plain.conditional(context),
              at,
              of.batch().rows(p),
              Plain.rows(batch.rows()),
              Plain.select(vectors, at, 0),
              Plain.rows(context.contexts().rows()),
              Arrays.copyOfRange(vectors, n, vectors.length),
              Arrays.copyOfRange(targets, n, targets.length),
              this::drawn,
              phi,
              (name, inputs) -> head(networks.at(start), name, inputs),
              (name, inputs) -> head(networks, name, inputs))
          .terms(of.objective());
    }

    private double[][] vectors(NDArray numbers) {
      int rows = context.points().size() + context.contexts().size();
      return Plain.rows(numbers.get("0:" + rows * D).reshape(rows, D));
    }

    /** The contexts that the objective drew. */
    private long[] drawn(int samples) {
      Points drawn = context.sample(batch, samples, random("samples"));
      return drawn.positionsIn(context.contexts()).orElseThrow().toLongArray();
    }

    private double[][] head(Networks of, String name, double[][] inputs) {
      if (inputs == null) {
        return Plain.rows(of.head(name, null).reshape(1, -1));
      }
      double[] flat = Arrays.stream(inputs).flatMapToDouble(Arrays::stream).toArray();
      NDArray rows = manager.create(flat, new Shape(inputs.length, inputs[0].length));
      return Plain.rows(of.head(name, rows.duplicate()));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void termsAreThoseOfTheFormula(Case of) {
    Trial trial = new Trial(of);
    Map<String, NDArray> terms = trial.loss(trial.start).terms();
    Map<String, Double> expected = trial.formula();
    assertThat(terms.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    expected.forEach((name, term) -> assertClose(name, value(terms.get(name)), term, tiny(term)));
    double sum = expected.values().stream().mapToDouble(Double::doubleValue).sum();
    assertClose("total", value(trial.loss(trial.start).total()), sum, tiny(sum));
  }

  private static double tiny(double value) {
    return 1e-11 * (1 + Math.abs(value));
  }

  /** Along four random directions. */
  @ParameterizedTest
  @MethodSource("cases")
  void gradientIsTheSlope(Case of) {
    Trial trial = new Trial(of);
    double[] gradient = gradient(at -> trial.loss(at).total(), trial.start);
    double[] at = doubles(trial.start);
    double size = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
    double h = 1e-5;
    for (int k = 0; k < 4; k++) {
      double[] direction = doubles(normal(manager, "direction " + k, 1, at.length));
      double numeric = (moved(trial, at, direction, h) - moved(trial, at, direction, -h)) / (2 * h);
      double analytic = Plain.dot(gradient, direction);
      assertClose("slope " + k, analytic, numeric, 1e-6 * (size + 1e-3));
    }
  }

  private static double moved(Trial trial, double[] at, double[] direction, double by) {
    double[] moved = at.clone();
    Arrays.setAll(moved, i -> at[i] + by * direction[i]);
    return trial.total(moved);
  }

  /** A cast that cuts the gradient where float32 becomes float64 shows here and nowhere else. */
  @ParameterizedTest
  @MethodSource("cases")
  void float32HasTheGradientOfFloat64(Case of) {
    Trial trial = new Trial(of);
    double[] in64 = gradient(at -> trial.loss(at).total(), trial.start);
    NDArray table32 = trial.start.toType(DataType.FLOAT32, true);
    double[] in32 = gradient(at -> trial.loss(at).total(), table32);
    double size = Math.sqrt(Plain.dot(in64, in64));
    // Some draws leave no slope: float32 then has that of its rounding.
    assertThat(relativeError(in32, in64) * size).as(reproduce()).isLessThan(1e-3 * (size + 1e-2));
    double total = value(trial.loss(trial.start).total());
    double total32 = value(trial.loss(table32).total());
    assertClose("total", total32, total, 1e-4 * (1 + Math.abs(total)));
  }
}
