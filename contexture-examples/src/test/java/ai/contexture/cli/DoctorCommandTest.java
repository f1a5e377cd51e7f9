package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {

  private static final Map<String, String> GOOD =
      Map.of("OMP_WAIT_POLICY", "PASSIVE", "DJL_OFFLINE", "true");

  @Test
  void thisMachineWorks() {
    Command doctor = Command.run("doctor");

    assertThat(doctor.code()).as(doctor.out()).isZero();
    assertThat(doctor.err()).isEmpty();
    assertThat(doctor.out())
        .containsPattern("(?m)^libtorch +2\\.7\\.1$")
        .containsPattern("(?m)^DJL +0\\.36\\.0$")
        .containsPattern("(?m)^memory +\\d+\\.\\d GiB, of which Java takes up to \\d+\\.\\d")
        .containsPattern("(?m)^processors +\\d+; an operation uses up to \\d+ of them$")
        .containsPattern("(?m)^built with .*MKL")
        .containsPattern("(?m)^cpu +works, [1-9]\\d* billion float32 operations a second$");
    assertThat(doctor.out().lines()).allMatch(line -> !line.contains("Exception"));
  }

  @Test
  void programsReadTheSame() {
    Command doctor = Command.run("doctor", "--json", "-");

    JsonObject json = doctor.json();
    assertThat(json.get("healthy").getAsBoolean()).isTrue();
    assertThat(json.getAsJsonObject("versions").get("libtorch").getAsString()).isEqualTo("2.7.1");
    assertThat(Path.of(json.get("natives").getAsString())).isDirectory();
    JsonObject cpu = json.getAsJsonArray("devices").get(0).getAsJsonObject();
    assertThat(cpu.get("device").getAsString()).isEqualTo("cpu");
    assertThat(cpu.get("works").getAsBoolean()).isTrue();
    assertThat(cpu.get("gflops").getAsDouble()).isPositive();
    assertThat(json.getAsJsonArray("devices")).hasSize(1 + Engine.getInstance().getGpuCount());
  }

  @Test
  void whyThereIsNoGpu() {
    assertThat(Checkup.cuda(0, false, false)).contains("no NVIDIA driver");
    assertThat(Checkup.cuda(0, true, false)).contains("a build for processors only");
    assertThat(Checkup.cuda(0, true, true)).contains("shows no GPU");
  }

  @Test
  void adviceIsForWhatIsWrong() {
    assertThat(Checkup.advice(GOOD, false, false, 0, "")).isEmpty();
    assertThat(Checkup.advice(GOOD, true, true, 1, "")).isEmpty();
    assertThat(Checkup.advice(Map.of(), false, false, 0, ""))
        .hasSize(2)
        .anyMatch(text -> text.contains("OMP_WAIT_POLICY=passive"))
        .anyMatch(text -> text.contains("DJL_OFFLINE=true"));
    assertOnly(GOOD, true, false, "", "PYTORCH_FLAVOR=cu128");
    assertOnly(GOOD, true, true, "", "nvidia-smi");
    assertOnly(with("CUDA_VISIBLE_DEVICES", "3"), true, true, "", "CUDA_VISIBLE_DEVICES=3");
    assertOnly(GOOD, false, false, "no space", "DJL_CACHE_DIR");
    assertOnly(with("PYTORCH_LIBRARY_PATH", "/torch"), false, false, "", "needs PYTORCH_FLAVOR");
    Map<String, String> own = with("PYTORCH_LIBRARY_PATH", "/torch");
    own.put("PYTORCH_FLAVOR", "cpu");
    assertThat(Checkup.advice(own, false, false, 0, "")).isEmpty();
    assertOnly(own, false, false, "not found", "libtorch 2.7.1");
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put(name, value);
    return environment;
  }

  private static void assertOnly(
      Map<String, String> environment, boolean driver, boolean build, String problem, String what) {
    List<String> advice = Checkup.advice(environment, driver, build, 0, problem);
    assertThat(advice).hasSize(1);
    assertThat(advice.get(0)).contains(what);
  }
}
