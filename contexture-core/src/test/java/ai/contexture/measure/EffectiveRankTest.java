package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EffectiveRankTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void spectraByHand() {
    EffectiveRank equal = EffectiveRank.of(new double[] {3, 3, 3, 3}, 1e-6);
    assertThat(equal.rank()).isEqualTo(4);
    assertThat(equal.effective()).isEqualTo(4, within(1e-14));
    assertThat(equal)
        .hasToString("effective rank: not collapsed: all 4 dimensions are used, effectively 4.0");
    // entropy of 1/2, 1/4, 1/4 is 3/2 log 2
    EffectiveRank three = EffectiveRank.of(new double[] {-1e-18, 1, 2, 1}, 1e-6);
    assertThat(three.rank()).isEqualTo(3);
    assertThat(three.effective()).isEqualTo(Math.pow(2, 1.5), within(1e-14));
    assertThat(three.collapsed()).isTrue();
    assertThat(three.verdict())
        .isEqualTo("collapsed: 4 features span only 3 dimensions, effectively 2.8");
    EffectiveRank uneven = EffectiveRank.of(new double[] {1, 1e-3, 1e-3, 1e-3}, 1e-6);
    assertThat(uneven.collapsed()).isFalse();
    assertThat(uneven.verdict())
        .isEqualTo("uneven: all 4 dimensions are used, but most of the variance lies in 1.0");
    assertThat(EffectiveRank.of(new double[] {1, 1e-3, 1e-7}, 1e-4).rank()).isEqualTo(2);
  }

  /** Whitened columns mixed by known scales: C_Φ has their squares for eigenvalues. */
  @Test
  void ofFeatures() {
    NDArray white = normal(manager, "features", 100, 4);
    white = LinearAlgebra.orthonormalise(white.sub(Torch.columnMeans(white))).mul(10);
    NDArray rotation = LinearAlgebra.orthonormalise(normal(manager, "rotation", 4, 4));
    NDArray scales = manager.create(new double[] {1, 2, 3, 0});
    NDArray features = white.mul(scales).matMul(rotation).add(50);
    EffectiveRank expected = EffectiveRank.of(new double[] {1, 4, 9, 0}, 1e-6);
    Held held = Held.by(manager);
    EffectiveRank found = EffectiveRank.of(features);
    EffectiveRank single = EffectiveRank.of(features.toType(DataType.FLOAT32, false));
    held.assertMore(1);
    assertThat(found.rank()).as(reproduce()).isEqualTo(3);
    assertThat(found.effective()).isEqualTo(expected.effective(), within(1e-10));
    assertThat(found.dimension()).isEqualTo(4);
    assertThat(single.rank()).isEqualTo(3);
  }

  @Test
  void constantFeatures() {
    NDArray constant = manager.zeros(new Shape(9, 3), DataType.FLOAT64).add(0.1);
    EffectiveRank rank = EffectiveRank.of(constant);
    assertThat(rank.rank()).isZero();
    assertThat(rank.effective()).isZero();
    assertThat(rank.verdict()).isEqualTo("collapsed: all 3 features are constant");
    assertThat(EffectiveRank.of(new double[2], 0).verdict())
        .isEqualTo("collapsed: all 2 features are constant");
  }

  @Test
  void refusesWhatIsOutOfRange() {
    NDArray nan = manager.create(new double[] {1, 2, Double.NaN, 4}, new Shape(2, 2));
    assertThatThrownBy(() -> EffectiveRank.of(nan))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the features are not finite");
    assertThatThrownBy(() -> EffectiveRank.of(new double[0], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("variances: expected at least one, got none");
    assertThatThrownBy(() -> EffectiveRank.of(new double[1], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tolerance: expected 0 to 1, got 1.0");
  }
}
