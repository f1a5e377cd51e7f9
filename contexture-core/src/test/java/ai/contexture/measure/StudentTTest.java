package ai.contexture.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StudentTTest {

  /** scipy 1.17.1: {@code stats.t.ppf(0.975, df)} and {@code ppf(0.95, df)}. */
  @Test
  void quantiles() {
    assertThat(StudentT.twoSided(0.95, 1)).isEqualTo(12.706204736174694, within(1e-8));
    assertThat(StudentT.twoSided(0.95, 2)).isEqualTo(4.302652729749462, within(1e-8));
    assertThat(StudentT.twoSided(0.95, 3)).isEqualTo(3.1824463052837078, within(1e-8));
    assertThat(StudentT.twoSided(0.95, 10)).isEqualTo(2.228138851986274, within(1e-8));
    assertThat(StudentT.twoSided(0.95, 49)).isEqualTo(2.0095752371292392, within(1e-8));
    assertThat(StudentT.twoSided(0.9, 49)).isEqualTo(1.6765508926168535, within(1e-8));
  }
}
