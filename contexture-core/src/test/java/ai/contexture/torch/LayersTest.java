package ai.contexture.torch;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.assertGradient;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.testing.Held;
import ai.contexture.testing.Numeric;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LayersTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray array(Shape shape, double... values) {
    return manager.create(values, shape).duplicate();
  }

  /** The finaliser of java.util.SplittableRandom, its last 24 bits. */
  private static boolean dropped(long position, long seed, double share) {
    long z = position * 0x9e3779b97f4a7c15L + seed;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return ((z ^ (z >>> 31)) & 0xffffff) < (long) (share * 0x1000000);
  }

  @Test
  void dropoutFollowsFromSeedAndPosition() {
    for (long seed : new long[] {0, 7, -1, Long.MIN_VALUE, 0x123456789abcdefL}) {
      NDArray x = normal(manager, "x", 30, 7);
      double[] values = x.toDoubleArray();
      double[] expected = new double[values.length];
      Arrays.setAll(expected, i -> dropped(i, seed, 0.3) ? 0 : values[i] / 0.7);
      assertClose(Layers.dropout(x, 0.3, seed).toDoubleArray(), expected, 1e-15);
      NDArray turned = x.transpose(); // positions are those of the array as it is seen
      double[] seen = turned.toDoubleArray();
      Arrays.setAll(expected, i -> dropped(i, seed, 0.3) ? 0 : seen[i] / 0.7);
      assertClose(Layers.dropout(turned, 0.3, seed).toDoubleArray(), expected, 1e-15);
      assertClose(Layers.dropout(x, 0, seed), x, 0);
    }
  }

  /** Of n = 40,000 ones a share p is dropped, within 5σ, and neighbours are independent. */
  @Test
  void dropoutIsUniform() {
    int n = 40_000;
    for (double share : new double[] {0.1, 0.5}) {
      float[] kept =
          Layers.dropout(manager.ones(new Shape(n)), share, Numeric.seed().value()).toFloatArray();
      double count = 0;
      double both = 0;
      for (int i = 0; i < n; i++) {
        count += kept[i] == 0 ? 1 : 0;
        both += kept[i] == 0 && kept[(i + 1) % n] == 0 ? 1 : 0;
      }
      double q = share * share;
      assertThat(count / n)
          .as(reproduce())
          .isCloseTo(share, within(5 * Math.sqrt(share * (1 - share) / n)));
      assertThat(both / n).as(reproduce()).isCloseTo(q, within(10 * Math.sqrt(q * (1 - q) / n)));
    }
  }

  @Test
  void gradientsAreSlopes() {
    NDArray x = normal(manager, "x", 4, 6);
    NDArray gamma = normal(manager, "gamma", 1, 6).reshape(6);
    NDArray beta = normal(manager, "beta", 1, 6).reshape(6);
    NDArray mean = normal(manager, "mean", 1, 6).reshape(6);
    NDArray variance = normal(manager, "variance", 1, 6).reshape(6).square().add(0.1);
    assertSlope(z -> Layers.dropout(z, 0.4, 5), x, 1e-8);
    assertSlope(z -> Layers.layerNorm(z, gamma, beta), x, 1e-7);
    assertSlope(z -> Layers.layerNorm(x, z, beta), gamma, 1e-8);
    assertSlope(z -> Layers.layerNorm(x, gamma, z), beta, 1e-8);
    for (boolean training : new boolean[] {true, false}) {
      assertSlope(z -> batchNorm(z, gamma, beta, mean, variance, training), x, 1e-7);
      assertSlope(z -> batchNorm(x, z, beta, mean, variance, training), gamma, 1e-8);
      assertSlope(z -> batchNorm(x, gamma, z, mean, variance, training), beta, 1e-8);
    }
    NDArray weight = normal(manager, "weight", 6, 3);
    NDArray bias = normal(manager, "bias", 2, 3);
    NDArray first = normal(manager, "first", 1, 3).reshape(3);
    NDArray groups = manager.create(new long[] {0, 1, 1, 0, 1, 1});
    assertSlope(z -> Layers.tokens(z, weight, bias, groups, first), x, 1e-8);
    assertSlope(z -> Layers.tokens(x, z, bias, groups, first), weight, 1e-8);
    assertSlope(z -> Layers.tokens(x, weight, z, groups, first), bias, 1e-8);
    assertSlope(z -> Layers.tokens(x, weight, bias, groups, z), first, 1e-8);
    NDArray rows = x.reshape(2, 3, 4);
    NDArray qkv = normal(manager, "qkv", 12, 4);
    NDArray shift = normal(manager, "shift", 1, 12).reshape(12);
    assertSlope(z -> Layers.attention(z, qkv, shift, 2), rows, 1e-7);
    assertSlope(z -> Layers.attention(rows, z, shift, 2), qkv, 1e-7);
    assertSlope(z -> Layers.attention(rows, qkv, z, 2), shift, 1e-7);
  }

  private static void assertSlope(UnaryOperator<NDArray> f, NDArray at, double tolerance) {
    assertGradient(f, at.duplicate(), tolerance); // gradients of one array would add up
  }

  private static NDArray batchNorm(
      NDArray x, NDArray gamma, NDArray beta, NDArray mean, NDArray variance, boolean training) {
    return Layers.batchNorm(x, gamma, beta, mean.duplicate(), variance.duplicate(), training);
  }

  /** Channel (1, 3): mean 2, variance 1, unbiased 2; running moments move by a tenth. */
  @Test
  void batchNormByHand() {
    NDArray x = array(new Shape(2, 1), 1, 3);
    NDArray gamma = array(new Shape(1), 2);
    NDArray beta = array(new Shape(1), 10);
    NDArray mean = array(new Shape(1), 0);
    NDArray variance = array(new Shape(1), 1);
    double root = Math.sqrt(1 + 1e-5);
    NDArray trained = Layers.batchNorm(x, gamma, beta, mean, variance, true);
    assertClose(trained.toDoubleArray(), new double[] {10 - 2 / root, 10 + 2 / root}, 1e-14);
    assertClose(mean.toDoubleArray(), new double[] {0.2}, 1e-15);
    assertClose(variance.toDoubleArray(), new double[] {1.1}, 1e-15);
    NDArray used = Layers.batchNorm(x, gamma, beta, mean, variance, false);
    double running = Math.sqrt(1.1 + 1e-5);
    assertClose(used.toDoubleArray(), new double[] {10 + 1.6 / running, 10 + 5.6 / running}, 1e-14);
    assertClose(mean.toDoubleArray(), new double[] {0.2}, 0);
  }

  /** A row (1, 3) in two channels: −1 and 1 over √(1 + ε). */
  @Test
  void layerNormByHand() {
    double root = Math.sqrt(1 + 1e-5);
    NDArray normalised =
        Layers.layerNorm(
            array(new Shape(2, 2), 1, 3, 5, 5),
            array(new Shape(2), 2, 3),
            array(new Shape(2), 0, 1));
    assertClose(normalised.toDoubleArray(), new double[] {-2 / root, 3 / root + 1, 0, 1}, 1e-11);
  }

  /** Inputs 1 and 2 are one-hot: their token is the embedding (3, 4) or (5, 6), and the bias. */
  @Test
  void tokensByHand() {
    NDArray tokens =
        Layers.tokens(
            array(new Shape(2, 3), 2, 1, 0, -1, 0, 1),
            array(new Shape(3, 2), 1, 2, 3, 4, 5, 6),
            array(new Shape(2, 2), 10, 20, 30, 40),
            manager.create(new long[] {0, 1, 1}),
            array(new Shape(2), 7, 8));
    assertThat(tokens.getShape()).isEqualTo(new Shape(2, 3, 2));
    assertClose(
        tokens.toDoubleArray(), new double[] {7, 8, 12, 24, 33, 44, 7, 8, 9, 18, 35, 46}, 0);
  }

  /** The formula with plain arrays. */
  @Test
  void attentionByTheFormula() {
    int b = 2;
    int t = 3;
    int w = 4;
    int heads = 2;
    NDArray x = normal(manager, "x", b * t, w).reshape(b, t, w);
    NDArray weight = normal(manager, "weight", 3 * w, w);
    NDArray bias = normal(manager, "bias", 1, 3 * w).reshape(3L * w);
    NDArray qkv = x.matMul(weight.transpose()).add(bias);
    double[] all = qkv.toDoubleArray();
    double[] expected = new double[b * t * w];
    int h = w / heads;
    for (int row = 0; row < b; row++) {
      for (int head = 0; head < heads; head++) {
        for (int i = 0; i < t; i++) {
          double[] scores = new double[t];
          for (int j = 0; j < t; j++) {
            for (int k = 0; k < h; k++) {
              double q = all[((row * t + i) * 3) * w + head * h + k];
              double key = all[((row * t + j) * 3 + 1) * w + head * h + k];
              scores[j] += q * key / Math.sqrt(h);
            }
          }
          double total = Arrays.stream(scores).map(Math::exp).sum();
          for (int j = 0; j < t; j++) {
            for (int k = 0; k < h; k++) {
              expected[(row * t + i) * w + head * h + k] +=
                  Math.exp(scores[j]) / total * all[((row * t + j) * 3 + 2) * w + head * h + k];
            }
          }
        }
      }
    }
    NDArray result = Layers.attention(x, weight, bias, heads);
    assertThat(result.getShape()).isEqualTo(new Shape(b, t, w));
    assertClose(result.toDoubleArray(), expected, 1e-13);
  }

  @Test
  void nothingIsLeft() {
    NDArray x = manager.ones(new Shape(4, 2), DataType.FLOAT32);
    NDArray gamma = manager.ones(new Shape(2), DataType.FLOAT32);
    NDArray moments = manager.ones(new Shape(2), DataType.FLOAT32);
    Held held = Held.by(manager);
    Layers.dropout(x, 0.5, 1).close();
    Layers.batchNorm(x, gamma, gamma, moments, moments, false).close();
    Layers.layerNorm(x, gamma, gamma).close();
    held.assertNoMore();
  }
}
