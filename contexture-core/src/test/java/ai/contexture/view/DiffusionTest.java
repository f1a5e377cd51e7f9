package ai.contexture.view;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Noise and its schedules against their closed forms and moments. */
class DiffusionTest {

  private static final double SIGMAS = 5;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** The published schedule: β from 10⁻⁴ to 0.02 in a thousand steps. */
  @Test
  void theLinearScheduleIsThePublishedOne() {
    NoiseSchedule schedule = NoiseSchedule.linear(1000);
    assertThat(schedule.steps()).isEqualTo(1000);
    double logarithm = 0;
    for (int t = 1; t <= 1000; t++) {
      logarithm += Math.log1p(-(1e-4 + (0.02 - 1e-4) * (t - 1) / 999));
      assertThat(Math.abs(schedule.alphaBar(t) / Math.exp(logarithm) - 1)).isLessThan(1e-12);
    }
    assertThat(schedule.alphaBar(1)).isEqualTo(0.9999);
    // the known end of DDPM's schedule
    assertThat(schedule.alphaBar(1000)).isBetween(4.0e-5, 4.1e-5);
    // with fewer steps about as much is left at the end
    assertThat(NoiseSchedule.linear(250).alphaBar(250)).isBetween(3e-5, 4.1e-5);
    assertThat(NoiseSchedule.linear(1).alphaBar(1)).isBetween(0.9 - 1e-12, 0.9 + 1e-12);
  }

  @Test
  void theCosineScheduleIsThePublishedOne() {
    for (int steps : new int[] {1000, 50, 4}) {
      NoiseSchedule schedule = NoiseSchedule.cosine(steps);
      for (int t = 1; t < steps; t++) {
        double top = Math.cos((t / (double) steps + 0.008) / 1.008 * Math.PI / 2);
        double start = Math.cos(0.008 / 1.008 * Math.PI / 2);
        double expected = top * top / (start * start);
        // β_T alone is cut off
        assertThat(Math.abs(schedule.alphaBar(t) / expected - 1)).isLessThan(1e-9);
      }
      double last = schedule.alphaBar(steps) / schedule.alphaBar(steps - 1);
      assertThat(last).isBetween(0.001 - 1e-9, 0.001 + 1e-9);
    }
  }

  @Test
  void schedulesFallFromOneToZero() {
    for (NoiseSchedule schedule :
        new NoiseSchedule[] {
          NoiseSchedule.linear(3), NoiseSchedule.linear(300), NoiseSchedule.cosine(300)
        }) {
      double before = 1;
      for (int t = 1; t <= schedule.steps(); t++) {
        assertThat(schedule.alphaBar(t)).isPositive().isLessThan(before);
        before = schedule.alphaBar(t);
      }
    }
  }

  @Test
  void aLevelIsTheShareOfNoise() {
    NoiseSchedule schedule = NoiseSchedule.level(0.3);
    assertThat(schedule.steps()).isEqualTo(1);
    assertThat(schedule.alphaBar(1)).isEqualTo(0.7);
  }

  @Test
  void withoutNoiseTheRowsComeBack() {
    NDArray rows = normal(manager, "rows", 7, 3);
    for (View view : new View[] {new Noise(0), new Diffusion(NoiseSchedule.level(0))}) {
      assertClose(view.apply(rows, random("view")), rows, 0);
      NDArray narrow = rows.toType(DataType.FLOAT32, true);
      assertClose(view.apply(narrow, random("view")), narrow, 0);
    }
  }

  @Test
  void noiseHasItsMoments() {
    int n = 40_000;
    NDArray rows = manager.full(new Shape(n / 4, 4), 2f, DataType.FLOAT64);
    assertMoments(new Noise(0.5).apply(rows, random("view")), 2, 0.5);
    assertMoments(
        new Diffusion(NoiseSchedule.level(0.36)).apply(rows, random("view")), 2 * 0.8, 0.6);
    assertMoments(new Diffusion(NoiseSchedule.level(1)).apply(rows, random("view")), 0, 1);
  }

  private static void assertMoments(NDArray views, double mean, double deviation) {
    double[] values = views.toDoubleArray();
    int n = values.length;
    double average = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    assertThat(Math.abs(average - mean))
        .as(reproduce())
        .isLessThan(SIGMAS * deviation / Math.sqrt(n));
    assertThat(Math.abs(variance / (deviation * deviation) - 1))
        .as(reproduce())
        .isLessThan(SIGMAS * Math.sqrt(2.0 / n));
  }

  @Test
  void stepsAreUniform() {
    int n = 10_000;
    Diffusion diffusion = new Diffusion(NoiseSchedule.cosine(4));
    int[] counts = new int[5];
    for (long step :
        diffusion.draw(normal(manager, "rows", n, 1), random("view")).steps().toLongArray()) {
      counts[(int) step]++;
    }
    assertThat(counts[0]).isZero();
    for (int t = 1; t <= 4; t++) {
      assertThat(Math.abs(counts[t] - n / 4.0))
          .as(reproduce())
          .isLessThan(SIGMAS * Math.sqrt(n * 0.25 * 0.75));
    }
  }

  @Test
  void stepAndNoiseComeWithTheRows() {
    NoiseSchedule schedule = NoiseSchedule.linear(100);
    Diffusion diffusion = new Diffusion(schedule);
    for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
      NDArray rows = normal(manager, "rows", 20, 3).toType(type, true);
      NDArray before = rows.duplicate();
      Held held = Held.by(manager);
      try (Diffusion.Diffused drawn = diffusion.draw(rows, random("view"))) {
        held.assertMore(4);
        assertThat(drawn.steps().getShape()).isEqualTo(new Shape(20));
        assertThat(drawn.steps().getDataType()).isEqualTo(DataType.INT64);
        assertThat(drawn.noise().getDataType()).isEqualTo(type);
        assertThat(drawn.alphaBars().getDataType()).isEqualTo(type);
        double[] left =
            Arrays.stream(drawn.steps().toLongArray())
                .mapToDouble(t -> schedule.alphaBar((int) t))
                .toArray();
        NDArray column = manager.create(left, new Shape(20, 1));
        assertClose(drawn.alphaBars(), column, 1e-7);
        NDArray expected =
            before
                .toType(DataType.FLOAT64, true)
                .mul(column.sqrt())
                .add(
                    drawn.noise().toType(DataType.FLOAT64, true).mul(column.mul(-1).add(1).sqrt()));
        assertClose(drawn.rows(), expected, type == DataType.FLOAT64 ? 1e-14 : 1e-6);
        assertClose(diffusion.apply(rows, random("view")), drawn.rows(), 0);
      }
      assertClose(rows, before, 0);
    }
  }

  @Test
  void optionsAreChecked() {
    assertRefused(() -> new Noise(-1), "noise: scale must be a number of at least 0, got '-1.0'");
    assertRefused(
        () -> NoiseSchedule.level(1.5), "noise: level must be a number from 0 to 1, got '1.5'");
    assertRefused(
        () -> NoiseSchedule.cosine(0),
        "noise: steps must be a whole number from 1 to 1000000, got '0'");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }
}
