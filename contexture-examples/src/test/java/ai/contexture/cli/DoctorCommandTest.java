package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertThat(doctor.out())
        .containsPattern("(?m)^GPU +(none can be used: |there (is|are) )")
        .containsPattern("(?m)^  driver +\\S")
        .containsPattern("(?m)^  CUDA +\\S")
        .containsPattern("(?m)^  libtorch +built for ")
        .containsPattern("(?m)^  bridge +for ");
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
    JsonObject gpu = json.getAsJsonObject("gpu");
    assertThat(gpu.get("count").getAsInt()).isEqualTo(Engine.getInstance().getGpuCount());
    for (String part : List.of("driver", "CUDA", "libtorch", "bridge")) {
      assertThat(gpu.getAsJsonObject(part).get("text").getAsString()).isNotBlank();
      assertThat(gpu.getAsJsonObject(part).has("there")).isTrue();
    }
  }

  private static final Gpu.Part YES = new Gpu.Part(true, "there");
  private static final Gpu.Part NO = new Gpu.Part(false, "not there");

  private static final Gpu NOTHING = new Gpu(NO, NO, NO, NO, false, 0);
  private static final Gpu WORKS = new Gpu(YES, YES, YES, YES, true, 1);

  @Test
  void whyThereIsNoGpu() {
    assertThat(WORKS.verdict()).isEqualTo("there is one");
    assertThat(NOTHING.verdict())
        .isEqualTo("none can be used: missing driver, CUDA, libtorch, bridge");
    assertThat(new Gpu(YES, NO, YES, YES, true, 0).verdict()).endsWith(": missing CUDA");
    assertThat(new Gpu(YES, YES, YES, NO, true, 0).verdict()).endsWith(": missing bridge");
    // the system's CUDA counts a GPU that this libtorch cannot use
    assertThat(new Gpu(YES, YES, NO, NO, true, 1).verdict()).endsWith(": missing libtorch, bridge");
    assertThat(new Gpu(YES, YES, YES, YES, true, 2).verdict()).isEqualTo("there are 2");
    assertThat(new Gpu(YES, YES, YES, YES, true, 0).verdict()).contains("driver shows none");
  }

  @Test
  void theDriverIsFoundByItsFiles(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("version");
    Path windows = folder.resolve("libcuda.so.1");
    assertThat(Gpu.driver(List.of(file, windows)))
        .isEqualTo(new Gpu.Part(false, "no NVIDIA driver is loaded: there is no " + file));
    Files.writeString(windows, "");
    assertThat(Gpu.driver(List.of(file, windows)))
        .isEqualTo(new Gpu.Part(true, windows.toString()));
    Files.writeString(
        file,
        """
        NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build
        GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)
        """);
    assertThat(Gpu.driver(List.of(file, windows))).isEqualTo(new Gpu.Part(true, "570.124.06"));
  }

  @Test
  void theBridgeIsOneThatDjlBrings() {
    assertThat(Gpu.bridge("cu128")).isEqualTo(new Gpu.Part(true, "for cu128"));
    assertThat(Gpu.bridge("cpu")).isEqualTo(new Gpu.Part(false, "for processors only"));
    assertThat(Gpu.bridge("cu99").there()).isFalse();
    assertThat(Gpu.bridge("cu99").text()).contains("cu99");
  }

  @Test
  void libtorchForCudaIsKnownByItsFiles(@TempDir Path folder) throws IOException {
    assertThat(Gpu.of(Map.of(), Optional.of(folder.toString()), 0).libtorch().there()).isFalse();
    Files.writeString(folder.resolve("libtorch_cuda.so"), "");
    assertThat(Gpu.of(Map.of(), Optional.of(folder.toString()), 0).libtorch())
        .isEqualTo(new Gpu.Part(true, "built for CUDA"));
    Map<String, String> own = Map.of("PYTORCH_LIBRARY_PATH", folder.toString());
    assertThat(Gpu.of(own, Optional.empty(), 0).libtorch().there()).isTrue();
  }

  @Test
  void adviceIsForWhatIsWrong() {
    assertThat(Checkup.advice(GOOD, NOTHING, "")).isEmpty();
    assertThat(Checkup.advice(GOOD, WORKS, "")).isEmpty();
    assertThat(Checkup.advice(Map.of(), NOTHING, ""))
        .hasSize(2)
        .anyMatch(text -> text.contains("OMP_WAIT_POLICY=passive"))
        .anyMatch(text -> text.contains("DJL_OFFLINE=true"));
    assertOnly(GOOD, new Gpu(YES, NO, NO, NO, false, 0), "", "contexture gpu install");
    assertOnly(GOOD, new Gpu(YES, YES, NO, NO, false, 1), "", "contexture gpu install");
    Gpu unused = new Gpu(YES, NO, NO, NO, true, 0);
    assertOnly(GOOD, unused, "", "contexture gpu status");
    assertOnly(with("CONTEXTURE_GPU", "off"), unused, "", "unset CONTEXTURE_GPU");
    assertOnly(GOOD, new Gpu(YES, YES, YES, NO, true, 0), "", "PYTORCH_FLAVOR=cu128");
    assertOnly(GOOD, new Gpu(YES, NO, YES, YES, true, 0), "", "libcudart.so.12");
    Gpu hidden = new Gpu(YES, YES, YES, YES, true, 0);
    assertOnly(GOOD, hidden, "", "nvidia-smi");
    assertOnly(with("CUDA_VISIBLE_DEVICES", "3"), hidden, "", "CUDA_VISIBLE_DEVICES=3");
    assertOnly(GOOD, NOTHING, "no space", "DJL_CACHE_DIR");
    assertOnly(with("PYTORCH_LIBRARY_PATH", "/torch"), NOTHING, "", "needs PYTORCH_FLAVOR");
    Map<String, String> own = with("PYTORCH_LIBRARY_PATH", "/torch");
    own.put("PYTORCH_FLAVOR", "cpu");
    assertThat(Checkup.advice(own, NOTHING, "")).isEmpty();
    assertOnly(own, NOTHING, "not found", "libtorch 2.7.1");
    assertOnly(own, unused, "", "unset PYTORCH_LIBRARY_PATH");
    assertOnly(
        own,
        NOTHING,
        "/torch/libtorch_cuda.so: libcudnn.so.9: cannot open shared object file: No such file or"
            + " directory",
        "asks for libcudnn.so.9,");
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put(name, value);
    return environment;
  }

  private static void assertOnly(
      Map<String, String> environment, Gpu gpu, String problem, String what) {
    List<String> advice = Checkup.advice(environment, gpu, problem);
    assertThat(advice).hasSize(1);
    assertThat(advice.get(0)).contains(what);
  }
}
