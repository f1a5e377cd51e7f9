package ai.contexture.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import org.junit.jupiter.api.Test;

class MetricTest {

  @Test
  void filesAndTextsCallItByItsShortName() {
    assertThat(Metric.RMSE).hasToString("rmse");
    assertThat(Metric.ACCURACY).hasToString("accuracy");
    assertThat(new Gson().toJson(Metric.values())).isEqualTo("[\"rmse\",\"accuracy\"]");
  }

  @Test
  void anAccuracyAsAnErrorIsTheErrorRate() {
    assertThat(Metric.ACCURACY.error(0.75)).isEqualTo(0.25);
    assertThat(Metric.ACCURACY.errorTitle()).isEqualTo("error rate");
    assertThat(Metric.RMSE.error(0.75)).isEqualTo(0.75);
    assertThat(Metric.RMSE.errorTitle()).isEqualTo("RMSE");
  }
}
