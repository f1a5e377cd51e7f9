package ai.contexture.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ScaleTest {

  private static Scale linear(double... values) {
    return Scale.of(Axis.linear("x"), DoubleStream.of(values));
  }

  private static Scale logarithmic(double... values) {
    return Scale.of(Axis.logarithmic("x"), DoubleStream.of(values));
  }

  private static List<String> names(Scale scale, double names) {
    return scale.ticks(names).stream().map(Scale.Tick::text).filter(t -> !t.isEmpty()).toList();
  }

  @Test
  void stepsAreRoundAndHaveTheSameDecimals() {
    assertThat(names(linear(0, 1), 5)).containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
    assertThat(names(linear(0.21, 0.38), 4)).containsExactly("0.25", "0.30", "0.35");
    assertThat(names(linear(-3, 2.9), 6)).containsExactly("−3", "−2", "−1", "0", "1", "2");
    assertThat(names(linear(0, 40_000), 4))
        .containsExactly("0", "10,000", "20,000", "30,000", "40,000");
    assertThat(names(linear(0, 2e-7), 2)).containsExactly("0.00", "1.00e−07", "2.00e−07");
  }

  @Test
  void aStepThatBinaryNumbersMissIsStillThere() {
    assertThat(names(linear(0.1, 0.3), 2)).containsExactly("0.1", "0.2", "0.3");
    assertThat(names(linear(-0.3, 0.7), 10)).hasSize(11).contains("−0.3", "0.0", "0.7");
  }

  @Test
  void decadesAreNamedAsFarAsThereIsRoom() {
    assertThat(names(logarithmic(1, 512), 4)).containsExactly("1", "10", "100");
    assertThat(names(logarithmic(1, 512), 7)).containsExactly("1", "3", "10", "30", "100", "300");
    assertThat(names(logarithmic(2, 21), 5)).containsExactly("2", "3", "5", "10", "20");
    assertThat(names(logarithmic(1e-9, 1), 5)).containsExactly("10⁻⁸", "10⁻⁶", "10⁻⁴", "0.01", "1");
    assertThat(names(logarithmic(0.001, 1e5), 9)).contains("0.001", "0.01", "1000", "10⁴", "10⁵");
  }

  @Test
  void everyMultipleOfADecadeHasAMark() {
    List<Double> marks = logarithmic(0.1, 10).ticks(3).stream().map(Scale.Tick::value).toList();

    double[] expected = {
      0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    };
    assertThat(marks.stream().mapToDouble(v -> v).toArray())
        .containsExactly(expected, within(1e-12));
  }

  @Test
  void valuesHaveTheirPlace() {
    Scale linear = linear(2, 6);
    Scale logarithmic = logarithmic(1, 100);

    assertThat(linear.at(4)).isCloseTo(0.5, within(1e-15));
    assertThat(logarithmic.at(10)).isCloseTo(0.5, within(1e-15));
    assertThat(linear.at(2)).isBetween(0.01, 0.05);
    assertThat(linear.at(2) + linear.at(6)).isCloseTo(1, within(1e-15));
    assertThat(new double[] {logarithmic.at(0), logarithmic.at(-1), linear.at(Double.NaN)})
        .containsOnly(Double.NaN);
    assertThat(linear.shows(6)).isTrue();
    assertThat(linear.shows(7)).isFalse();
  }

  @Test
  void limitsComeFromWhatHasAPlaceOrFromTheAxis() {
    double[] values = {Double.NaN, 0, -4, 3, 30, Double.POSITIVE_INFINITY};

    assertThat(logarithmic(values)).isEqualTo(new Scale(true, 3, 30));
    assertThat(linear(values)).isEqualTo(new Scale(false, -4, 30));
    assertThat(Scale.of(Axis.linear("x").between(0, 1), Arrays.stream(values)))
        .isEqualTo(new Scale(false, 0, 1));
  }

  @Test
  void oneValueOrNoneIsEnough() {
    assertThat(linear(5)).isEqualTo(new Scale(false, 2.5, 7.5));
    assertThat(linear(0)).isEqualTo(new Scale(false, -1, 1));
    assertThat(logarithmic(8).at(8)).isBetween(0.2, 0.8);
    assertThat(linear(Double.NaN).ticks(4)).isNotEmpty();
    assertThat(logarithmic(-1).ticks(4)).isNotEmpty();
  }

  @Test
  void axesRefuseLimitsThatAreNone() {
    assertThatThrownBy(() -> Axis.linear("τ").between(2, 1)).hasMessageContaining("τ", "2.0, 1.0");
    assertThatThrownBy(() -> Axis.linear("τ").between(0, Double.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Axis.logarithmic("d").between(0, 1)).hasMessageContaining("positive");
  }
}
