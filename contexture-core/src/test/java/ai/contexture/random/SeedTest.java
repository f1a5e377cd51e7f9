package ai.contexture.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SeedTest {

  /** Written down when the class was made: results that people reported must come back. */
  @Test
  void streamsStayWhatTheyWere() {
    assertThat(Seed.of(0).derive("split").value()).isEqualTo(3960812495295549502L);
    assertThat(Seed.of(0).derive("batch").derive(42).value()).isEqualTo(4265608294956206090L);
    assertThat(Seed.of(0).derive("").value()).isEqualTo(-8560559465370315250L);
    assertThat(Seed.of(1).derive(0).value()).isEqualTo(-1547715641947990325L);
    assertThat(Seed.of(7).generator().nextLong()).isEqualTo(7191089600892374487L);
  }

  @Test
  void consumersHaveTheirOwnSeeds() {
    Set<Long> values = new HashSet<>();
    int made = 0;
    for (long base = 0; base < 20; base++) {
      Seed seed = Seed.of(base);
      assertThat(values.add(seed.value())).isTrue();
      made++;
      for (String name : new String[] {"", "a", "b", "ab", "ba", "split", "batch", "mask", "Ω"}) {
        values.add(seed.derive(name).value());
        made++;
        for (long number = -2; number < 100; number++) {
          values.add(seed.derive(name).derive(number).value());
          made++;
        }
      }
      for (long number = -100; number < 100; number++) {
        values.add(seed.derive(number).value());
        made++;
      }
    }
    assertThat(values).hasSize(made);
  }

  @Test
  void theOrderOfDerivationMatters() {
    Seed seed = Seed.of(3);
    assertThat(seed.derive("a").derive("b")).isNotEqualTo(seed.derive("b").derive("a"));
    assertThat(seed.derive(1).derive(2)).isNotEqualTo(seed.derive(2).derive(1));
    assertThat(seed.derive("a").derive(1)).isNotEqualTo(seed.derive(1).derive("a"));
  }

  @Test
  void theSameConsumerHasTheSameStream() {
    RandomGenerator first = Seed.of(5).derive("step").derive(9).generator();
    RandomGenerator again = Seed.of(5).derive("step").derive(9).generator();
    for (int i = 0; i < 100; i++) {
      assertThat(again.nextLong()).isEqualTo(first.nextLong());
    }
  }

  /** Neighbouring seeds: the mean of n products of ±1 stays within 5/√n. */
  @Test
  void streamsOfNeighbouringNumbersAreUncorrelated() {
    int n = 10_000;
    for (long number = 0; number < 10; number++) {
      RandomGenerator left = Seed.of(0).derive(number).generator();
      RandomGenerator right = Seed.of(0).derive(number + 1).generator();
      int sum = 0;
      for (int i = 0; i < n; i++) {
        sum += left.nextBoolean() == right.nextBoolean() ? 1 : -1;
      }
      assertThat(Math.abs(sum) / (double) n).isLessThan(5 / Math.sqrt(n));
    }
  }
}
