package ai.contexture.input;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.random.Seed;
import java.math.BigDecimal;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {

  private static final long SEED = Long.getLong("contexture.test.seed", 5);

  private static void assertParsed(String text) {
    assertThat(Double.doubleToRawLongBits(Numbers.parse(text)))
        .as("%s, seed %s", text, SEED)
        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "+7",
        "1.",
        ".5",
        "1e3",
        "1E-3",
        "123456789.123456789",
        "1e22",
        "1e23",
        "1e-22",
        "9007199254740993",
        "9007199254740993.000000000000001",
        "900719925474099.3e1",
        "999999999999999999",
        "9999999999999999999",
        "9223372036854775807",
        "0.1234567890123456789",
        "4.9e-324",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "0e999999999999"
      })
  void readsWhatJavaReads(String text) {
    assertParsed(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "1 ",
        " 1",
        "1..2",
        "1d",
        "0x1p3",
        "NaN",
        "Infinity",
        "1e999",
        "1,5",
        "١"
      })
  void refusesWhatIsNoNumber(String text) {
    assertThat(Numbers.parse(text)).isNaN();
  }

  @Test
  void theShortestTextOfAnyDoubleReadsBack() {
    RandomGenerator random = Seed.of(SEED).generator();
    for (int i = 0; i < 50_000; i++) {
      double value =
          i % 2 == 0 ? random.nextGaussian() : Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Numbers.parse(Double.toString(value))).as("seed %s", SEED).isEqualTo(value);
      }
    }
  }

  @Test
  void anyDigitsAreRoundedAsJavaRoundsThem() {
    RandomGenerator random = Seed.of(SEED).generator();
    for (int i = 0; i < 50_000; i++) {
      long bound = (long) Math.pow(10, 1 + random.nextInt(18));
      assertParsed(random.nextLong(bound) + "e" + (random.nextInt(50) - 25));
    }
  }

  /** The middle between two doubles, and a last digit to either side, are the hardest to round. */
  @Test
  void halfwayCasesAreRoundedAsJavaRoundsThem() {
    RandomGenerator random = Seed.of(SEED).generator();
    BigDecimal half = new BigDecimal("0.5");
    for (int i = 0; i < 10_000; i++) {
      double value = Math.scalb(1 + random.nextDouble(), 50 + random.nextInt(8));
      BigDecimal middle =
          new BigDecimal(value).add(new BigDecimal(Math.nextUp(value))).multiply(half);
      BigDecimal last = BigDecimal.ONE.movePointLeft(middle.scale());
      assertParsed(middle.toPlainString());
      assertParsed(middle.add(last).toPlainString());
      assertParsed(middle.subtract(last).toPlainString());
      assertParsed("-" + middle.toPlainString());
    }
  }

  @Test
  void numbersAreRoundedToDigitsThatCount() {
    assertThat(Numbers.rounded(0.026442124954268897, 4)).isEqualTo(0.02644);
    assertThat(Numbers.rounded(-123456.5, 3)).isEqualTo(-123000);
    assertThat(Numbers.rounded(0, 4)).isZero();
    assertThat(Numbers.rounded(9.99996e-300, 4)).isEqualTo(1e-299);
  }
}
