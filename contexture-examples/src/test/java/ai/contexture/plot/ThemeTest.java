package ai.contexture.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThemeTest {

  private static final int COLOURS = 10;

  /**
   * How eyes see linear RGB: G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, A
   * physiologically-based model for simulation of color vision deficiency (2009), severity 1.
   */
  private record Eyes(String name, double... matrix) {

    /** The colour as CIE L*a*b*, in which distances are about as large as they seem. */
    double[] lab(Color colour) {
      double[] linear =
          IntStream.of(colour.getRed(), colour.getGreen(), colour.getBlue())
              .mapToDouble(v -> v / 255.0)
              .map(v -> v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4))
              .toArray();
      double[] seen = times(matrix, linear);
      double[] rgb = Arrays.stream(seen).map(v -> Math.min(1, Math.max(0, v))).toArray();
      double[] xyz =
          times(
              new double[] {0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505},
              rgb);
      double x = bent(xyz[0] / 0.95047);
      double y = bent(xyz[1]);
      double z = bent(xyz[2] / 1.08883);
      return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
    }

    static double[] times(double[] matrix, double[] v) {
      return IntStream.range(0, 3)
          .mapToDouble(
              i -> matrix[3 * i] * v[0] + matrix[3 * i + 1] * v[1] + matrix[3 * i + 2] * v[2])
          .toArray();
    }

    static double bent(double t) {
      return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116.0;
    }

    double distance(Color one, Color other) {
      double[] a = lab(one);
      double[] b = lab(other);
      return Math.sqrt(IntStream.range(0, 3).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum());
    }
  }

  static List<Eyes> eyes() {
    return List.of(
        new Eyes("normal", 1, 0, 0, 0, 1, 0, 0, 0, 1),
        new Eyes(
            "protan", 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882,
            -0.048116, 1.051998),
        new Eyes(
            "deutan", 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820,
            0.042940, 0.968881),
        new Eyes(
            "tritan", 1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733,
            0.691367, 0.303900));
  }

  /** A distance of 2.3 can just be told; dots and lines of a few pixels need far more. */
  @ParameterizedTest
  @MethodSource("eyes")
  void tenColoursAreToldApart(Eyes eyes) {
    for (int i = 0; i < COLOURS; i++) {
      assertThat(eyes.distance(Theme.colour(i), Theme.PAPER))
          .as("%d on paper", i)
          .isGreaterThan(30);
      for (int j = 0; j < i; j++) {
        assertThat(eyes.distance(Theme.colour(i), Theme.colour(j)))
            .as("colours %d and %d", j, i)
            .isGreaterThan(15);
      }
    }
    assertThat(Theme.colour(COLOURS)).isEqualTo(Theme.colour(0));
  }
}
