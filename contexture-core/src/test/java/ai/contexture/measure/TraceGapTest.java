package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.spectrum.RayleighRitz;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TraceGapTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void ratioTraceByHand() {
    RatioTrace trace = RatioTrace.of(new double[] {0.7, 0.3}, new double[] {0.8, 0.45, 0.1});
    assertThat(trace.value()).isEqualTo(1, within(1e-14));
    assertThat(trace.most()).isEqualTo(1.25, within(1e-14));
    assertThat(trace.share()).isEqualTo(0.8, within(1e-14));
    assertThat(trace).hasToString("ratio trace: 1.000 of at most 1.250 with 2 features, 80.0 %");
    assertThat(RatioTrace.of(new double[] {0}, new double[] {0}).share()).isEqualTo(1);
    assertThatThrownBy(() -> RatioTrace.of(new double[2], new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eigenvalues: expected at least as many as features, at least 1, got 1 for 2");
  }

  /** Σ to d′ + 1 less λ to d′: 0.64, 0.04 + 0.36, 0.04 + 0.3 + 0.04, 0.04 + 0.3 + 0.04 + 0.01. */
  @Test
  void aGapByHand() {
    double[] s = {0.64, 0.36, 0.04, 0.01, 0};
    TraceGap gap = TraceGap.of(new double[] {0.6, 0.06, 0}, s);
    assertThat(gap.gap()).isEqualTo(Math.sqrt(0.38), within(1e-14));
    assertThat(gap.dimension()).isEqualTo(2);
    // (0.64 − 0.49 + 0.8 TG)/(0.64 − 0.38), which is above 1
    assertThat(gap.bound(0.3)).isEqualTo(1);
    TraceGap better = TraceGap.of(new double[] {0.64, 0.36, 0.03}, s);
    assertThat(better.gap()).isEqualTo(Math.sqrt(0.02), within(1e-14));
    assertThat(better.dimension()).isEqualTo(3);
    assertThat(better.bound(0.3))
        .isEqualTo((0.64 - 0.49 + 0.8 * Math.sqrt(0.02)) / (0.64 - 0.02), within(1e-14));
    assertThat(better.bound(0.1)).isZero();
    assertThat(better)
        .hasToString(
            "trace gap: 0.141, between 0 and s_1 = 0.800 (no function that the first 3 features"
                + " miss has a compatibility above it)");
  }

  @Test
  void exactAndUselessFeatures() {
    double[] s = {0.64, 0.36, 0.04, 0.01};
    assertThat(TraceGap.of(new double[] {0.64, 0.36}, s).gap()).isEqualTo(0.2, within(1e-14));
    TraceGap useless = TraceGap.of(new double[] {0, 0}, s);
    assertThat(useless.gap()).isEqualTo(0.8, within(1e-14));
    assertThat(useless.dimension()).isZero();
    assertThat(useless.bound(0.3)).isEqualTo(1);
    assertThat(TraceGap.of(new double[0], s).bound(0.3)).isEqualTo(1);
    assertThatThrownBy(() -> useless.bound(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epsilon: expected 0 to 1, got -1.0");
    assertThatThrownBy(() -> TraceGap.of(s, new double[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eigenvalues: expected at least one, got none");
  }

  /** On random laws and features: the worst-case error within the bound, and RT within its own. */
  @Test
  void boundsTheWorstCaseError() {
    RandomGenerator random = random("features");
    int telling = 0;
    for (int i = 0; i < 60; i++) {
      JointLaw law = JointLaw.random(manager, 14, 10, 4 + 20 * random.nextDouble(), random);
      double[] s = law.eigenvalues();
      int d = 1 + random.nextInt(6);
      NDArray outputs =
          normal(manager, "noise " + i, 14, d)
              .mul(Math.pow(10, -3 * random.nextDouble()))
              .add(law.functions().get(":, 0:" + d));
      RayleighRitz ritz = RayleighRitz.of(outputs, law, d);
      TraceGap gap = TraceGap.of(ritz.eigenvalues(), s);
      RatioTrace trace = RatioTrace.of(ritz.eigenvalues(), s);
      assertThat(trace.value()).as(reproduce()).isLessThanOrEqualTo(trace.most() + 1e-9);
      double epsilon = 1 - Math.sqrt(s[0] * (1 - 0.3 * random.nextDouble()));
      double error = WorstCaseError.ofEncoder(outputs, law, epsilon);
      double bound = gap.bound(epsilon);
      telling += bound < 1 ? 1 : 0;
      assertThat(error).as(reproduce()).isLessThanOrEqualTo(bound + 1e-9);
    }
    assertThat(telling).as("bounds below 1").isGreaterThan(5);
  }
}
