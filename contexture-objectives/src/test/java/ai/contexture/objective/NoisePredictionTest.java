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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.DiffusionContext;
import ai.contexture.context.Points;
import ai.contexture.input.InputException;
import ai.contexture.measure.Alignment;
import ai.contexture.random.Seed;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.contexture.view.Diffusion;
import ai.contexture.view.NoiseSchedule;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoisePredictionTest {

  private static final int P = 2;
  private static final int D = 3;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Ψ(a) = tanh(aM) and the head, all of whose numbers are given: M [P, D], then the head's. */
  private final class Tanh implements Networks {

    private final NDArray numbers;
    private final Head head;

    Tanh(NDArray numbers, Head head) {
      this.numbers = numbers;
      this.head = head;
    }

    @Override
    public NDArray phi(NDArray rows) {
      throw new AssertionError("not called");
    }

    @Override
    public NDArray psi(NDArray rows) {
      NDArray cast = Torch.cast(rows, numbers.getDataType());
      return cast.matMul(numbers.get("0:" + P * D).reshape(P, D)).tanh();
    }

    @Override
    public NDArray head(String name, NDArray inputs) {
      assertThat(name).isEqualTo(head.name());
      Map<String, NDArray> parameters = new LinkedHashMap<>();
      long at = P * D;
      for (var made : head.parameters(DataType.FLOAT64, Seed.of(0), manager).entrySet()) {
        Shape shape = made.getValue().getShape();
        parameters.put(made.getKey(), numbers.get(at + ":" + (at + shape.size())).reshape(shape));
        at += shape.size();
      }
      return head.apply(inputs, parameters, numbers.getManager());
    }
  }

  /** An objective with numbers of its networks. */
  private final class Trial {

    private final DiffusionContext context =
        new DiffusionContext(
            Points.all(normal(manager, "points", 9, P)), new Diffusion(NoiseSchedule.cosine(10)));
    private final NoisePrediction objective;
    private final Head head;
    private final NDArray start;
    private final Points batch;

    Trial(NoisePrediction objective) {
      this.objective = objective;
      head = objective.heads(context, D).get(0);
      long size =
          head.parameters(DataType.FLOAT64, Seed.of(0), manager).values().stream()
              .mapToLong(NDArray::size)
              .sum();
      start = normal(manager, "numbers", 1, (int) (P * D + size)).reshape(-1);
      batch = context.points().select(manager.create(new long[] {7, 2, 5, 0}));
    }

    Loss loss(NDArray numbers) {
      State state = State.of(objective.state(context, D, manager));
      return objective.loss(
          new Step<>(
              context,
              batch,
              Weights.drawn(4, 9),
              new Tanh(numbers, head),
              state,
              random("samples"),
              0.25));
    }
  }

  private static List<NoisePrediction> objectives() {
    return List.of(
        new NoisePrediction(),
        new NoisePrediction(Readout.linear(), new Frobenius(0.7), 3),
        new NoisePrediction(Readout.network(4), new Whitening(1e-2, 1e-3), 2));
  }

  @Test
  void theErrorIsThatOfTheFormula() {
    for (NoisePrediction objective : objectives()) {
      Trial trial = new Trial(objective);
      int r = objective.samples();
      Diffusion.Diffused drawn = trial.context.draw(trial.batch, r, random("samples"));
      double[][] noise = Plain.rows(drawn.noise());
      double[] left = doubles(drawn.alphaBars().reshape(-1));
      assertThat(Arrays.stream(left).distinct().count()).as("levels").isGreaterThan(1);
      Tanh networks = new Tanh(trial.start, trial.head);
      Plain.Rows rows = Plain.Rows.drawn(4, 9).withSamples(r);
      double[][] psi = Plain.centred(Plain.rows(networks.psi(drawn.rows())), rows.weights());
      var constrained = Plain.constrain(objective.orthonormality(), psi, rows, 0.25);
      double[][] told = new double[noise.length][3 * D + 2];
      for (int i = 0; i < told.length; i++) {
        for (int k = 0; k < D; k++) {
          told[i][k] = constrained.phi()[i][k];
          told[i][D + k] = constrained.phi()[i][k] * Math.sqrt(left[i]);
          told[i][2 * D + k] = constrained.phi()[i][k] * Math.sqrt(1 - left[i]);
        }
        told[i][3 * D] = Math.sqrt(left[i]);
        told[i][3 * D + 1] = Math.sqrt(1 - left[i]);
      }
      double[] flat = Arrays.stream(told).flatMapToDouble(Arrays::stream).toArray();
      NDArray inputs = manager.create(flat, new Shape(told.length, 3 * D + 2)).duplicate();
      double[][] predicted = Plain.rows(networks.head("readout", inputs));
      double error = 0;
      for (int i = 0; i < noise.length; i++) {
        for (int j = 0; j < P; j++) {
          error += Math.pow(predicted[i][j] - noise[i][j], 2) / noise.length;
        }
      }
      Map<String, Double> expected = Plain.terms(constrained, Map.of("error", error));
      Map<String, NDArray> terms = trial.loss(trial.start).terms();
      assertThat(terms.keySet()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, term) ->
              assertClose(name, value(terms.get(name)), term, 1e-11 * (1 + Math.abs(term))));
    }
  }

  @Test
  void gradientIsTheSlope() {
    for (NoisePrediction objective : objectives()) {
      Trial trial = new Trial(objective);
      double[] analytic = gradient(at -> trial.loss(at).total(), trial.start);
      double[] at = doubles(trial.start);
      double[] numeric = new double[at.length];
      double h = 1e-5;
      for (int i = 0; i < at.length; i++) {
        double[] up = at.clone();
        double[] down = at.clone();
        up[i] += h;
        down[i] -= h;
        numeric[i] =
            (value(trial.loss(manager.create(up)).total())
                    - value(trial.loss(manager.create(down)).total()))
                / (2 * h);
      }
      assertClose(objective.toString(), analytic, numeric, 1e-6);
      NDArray in32 = trial.start.toType(DataType.FLOAT32, true);
      double[] narrow = gradient(numbers -> trial.loss(numbers).total(), in32);
      assertThat(relativeError(narrow, analytic)).as(reproduce()).isLessThan(1e-3);
    }
  }

  /** Ψ(a) = bW of some given functions b of a [m, k], W [k, d]. */
  private record Basis(NDArray functions, NDArray numbers, int d, Head head) implements Networks {

    private static final String WEIGHT = "weight1";

    @Override
    public NDArray phi(NDArray rows) {
      throw new AssertionError("not called");
    }

    @Override
    public NDArray psi(NDArray rows) {
      long k = functions.getShape().get(1);
      return functions.matMul(numbers.get("0:" + k * d).reshape(k, d));
    }

    @Override
    public NDArray head(String name, NDArray inputs) {
      long at = functions.getShape().get(1) * d;
      long weights = (long) P * (3 * d + 2);
      return head.apply(
          inputs,
          Map.of(
              WEIGHT,
              numbers.get(at + ":" + (at + weights)).reshape(P, 3 * d + 2),
              "bias1",
              numbers.get((at + weights) + ":")),
          numbers.getManager());
    }
  }

  /**
   * On three points the density of A is a mixture of three normal ones, whose score is known. Among
   * the score, the row, its squares and more functions, descent finds the score; with one output
   * its leading component, and the minimum is p less what that explains.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theMinimumIsTheScore(int d) {
    double alpha = 0.5;
    int n = 3;
    int samples = 4000;
    double[] x = {3, 0, -3, 0.5, 0, -0.5};
    Points points = Points.all(manager.create(x, new Shape(n, P)).duplicate());
    DiffusionContext context =
        new DiffusionContext(points, new Diffusion(NoiseSchedule.level(1 - alpha)));
    Diffusion.Diffused drawn = context.draw(points, samples, random("samples"));
    double[][] rows = Plain.rows(drawn.rows());
    double[][] noise = Plain.rows(drawn.noise());
    int m = rows.length;
    double[] score = new double[m * P];
    double[] basis = new double[m * 7];
    for (int i = 0; i < m; i++) {
      double[] a = rows[i];
      double sum = 0;
      for (int j = 0; j < n; j++) {
        double[] gap = {a[0] - Math.sqrt(alpha) * x[2 * j], a[1] - Math.sqrt(alpha) * x[2 * j + 1]};
        double density = Math.exp(-Plain.dot(gap, gap) / (2 * (1 - alpha)));
        sum += density;
        for (int k = 0; k < P; k++) {
          // E[ε | a]: the mean of (a − √ᾱ x_j)/√(1−ᾱ)
          score[i * P + k] += density * gap[k] / Math.sqrt(1 - alpha);
        }
      }
      double[] others = {a[0], a[1], a[0] * a[0], a[0] * a[1], a[1] * a[1]};
      for (int k = 0; k < P; k++) {
        score[i * P + k] /= sum;
        basis[i * 7 + k] = score[i * P + k];
      }
      System.arraycopy(others, 0, basis, i * 7 + P, 5);
    }
    NDArray exact = manager.create(score, new Shape(m, P)).duplicate();
    NDArray functions = manager.create(basis, new Shape(m, 7)).duplicate();
    NoisePrediction objective =
        new NoisePrediction(Readout.linear(), Orthonormality.none(), samples);
    Head head = objective.heads(context, d).get(0);
    int size = 7 * d + P * (3 * d + 2) + P;
    double[] start = doubles(normal(manager, "start", 1, size).mul(0.3));
    Descent.Lowest lowest =
        Descent.lowest(
            (at, slopes) -> {
              try (NDManager scope = manager.newSubManager();
                  GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray numbers = scope.create(at);
                numbers.setRequiresGradient(true);
                NDArray lent = Torch.within(functions, scope);
                NDArray total =
                    objective
                        .loss(
                            new Step<>(
                                context,
                                points.within(scope),
                                Weights.drawn(n, n),
                                new Basis(lent, numbers, d, head),
                                State.empty(),
                                random("samples"),
                                0))
                        .total();
                collector.backward(total);
                NDArray slope = numbers.getGradient();
                slope.attach(scope);
                System.arraycopy(slope.toDoubleArray(), 0, slopes, 0, slopes.length);
                return value(total);
              }
            },
            start,
            100);
    NDArray z = exact.sub(Torch.columnMeans(exact));
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(z.transpose().matMul(z).div(m));
    double[] values = doubles(eigen.values());
    double explained = d == 1 ? values[1] : values[0] + values[1];
    double second = Plain.meanProduct(noise, noise, Plain.equal(m));
    // a mean over 12,000 rows, of products that vary by less than 2
    assertClose("minimum", lowest.value(), second - explained, 5 * 2 / Math.sqrt(m));
    assertThat(values[1] - values[0]).as("a condition").isGreaterThan(0.3);
    NDArray found =
        functions.matMul(
            manager.create(Arrays.copyOf(lowest.at(), 7 * d), new Shape(7, d)).duplicate());
    NDArray wanted = z.matMul(eigen.vectors()).get(":, " + (P - d) + ":");
    assertThat(Alignment.canonicalCorrelation(found, wanted)).as(reproduce()).isGreaterThan(0.99);
    if (d == P) {
      assertThat(Alignment.canonicalCorrelation(drawn.rows(), wanted)).as("rows").isLessThan(0.8);
    }
  }

  @Test
  void onlyContextsWithLevelsFeedIt() {
    assertThatThrownBy(() -> new NoisePrediction().requireSupported(Cases.knn(manager, 5, 2)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "objective 'diffusion' needs noisy inputs with their levels, such as noise(level=0.5),"
                + " which context knn(k=2) cannot give");
  }
}
