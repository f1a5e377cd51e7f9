package ai.contexture.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class CudaBuildTest {

  private final CudaBuild build = CudaBuild.current();

  /** Another version would be refused by the bridge, or crash in it. */
  @Test
  void isTheOneThatTheBridgeIsFor() throws IOException {
    Properties bridge = new Properties();
    try (InputStream input =
        CudaBuildTest.class.getResourceAsStream("/jnilib/pytorch.properties")) {
      bridge.load(input);
    }

    assertThat(bridge.getProperty("jni_version")).startsWith(build.libtorch() + "-");
    assertThat(
            CudaBuildTest.class.getResource(
                "/jnilib/linux-x86_64/" + build.flavour() + "/libdjl_torch.so"))
        .isNotNull();
  }

  @Test
  void saysExactlyWhatToFetch() {
    assertThat(build.artifacts())
        .hasSizeGreaterThan(1)
        .allSatisfy(
            artifact -> {
              assertThat(artifact.coordinates()).matches("org\\.bytedeco:[a-z-]+:[^:]+:linux-.+");
              assertThat(artifact.sha256()).matches("[0-9a-f]{64}");
              assertThat(artifact.bytes()).isGreaterThan(1_000_000);
              assertThat(artifact.unpacked()).isGreaterThan(artifact.bytes() / 2);
              assertThat(artifact.folder()).isIn(CudaBuild.TORCH, CudaBuild.LIB);
            });
    assertThat(build.artifacts().get(0).path())
        .isEqualTo("org/bytedeco/pytorch/2.7.1-1.5.12/pytorch-2.7.1-1.5.12-linux-x86_64-gpu.jar");
  }

  /** DJL loads every file of libtorch's folder, so nothing else may be there. */
  @Test
  void libtorchIsAlone() {
    List<String> torch =
        build.artifacts().stream()
            .filter(artifact -> artifact.folder().equals(CudaBuild.TORCH))
            .flatMap(artifact -> artifact.libraries().stream())
            .toList();

    assertThat(torch).contains("libtorch.so", "libtorch_cuda.so", "libc10_cuda.so");
    assertThat(torch).allMatch(name -> name.matches("lib(torch|c10).*\\.so|libgomp\\.so\\.1"));
    assertThat(build.cudaLibraries())
        .contains("libcudart.so.12", "libcublas.so.12", "libcudnn.so.9")
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(torch);
  }
}
