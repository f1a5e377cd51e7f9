package ai.contexture.cli;

import ai.contexture.cuda.CudaBuild;
import ai.contexture.cuda.CudaInstallation;
import ai.djl.engine.EngineException;
import ai.djl.util.cuda.CudaUtils;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What it takes to compute on an NVIDIA GPU, and what of it is there.
 *
 * @param driver of the system
 * @param cuda its runtime, under the name by which DJL looks for it to count GPUs
 * @param libtorch a build for CUDA
 * @param bridge DJL's library for such a build
 * @param installed whether {@code contexture gpu install} has run
 * @param count the GPUs that DJL counts
 */
record Gpu(Part driver, Part cuda, Part libtorch, Part bridge, boolean installed, int count) {

  private static final List<Path> DRIVERS =
      List.of(Path.of("/proc/driver/nvidia/version"), Path.of("/usr/lib/wsl/lib/libcuda.so.1"));

  private static final Pattern VERSION = Pattern.compile("Module.*?(\\d+(\\.\\d+)+)");

  /** The flavour of a bridge for processors. */
  private static final String CPU = "cpu";

  /**
   * Something that is there or is not.
   *
   * @param text which, or why not
   */
  record Part(boolean there, String text) {}

  /**
   * Looks.
   *
   * @param natives the folder of libtorch, where it could be loaded
   */
  static Gpu of(Map<String, String> environment, Optional<String> natives, int count) {
    CudaBuild build = CudaBuild.current();
    return new Gpu(
        count > 0 && !driver(DRIVERS).there ? new Part(true, "answers") : driver(DRIVERS),
        cuda(count),
        libtorch(natives.or(() -> Optional.ofNullable(environment.get("PYTORCH_LIBRARY_PATH")))),
        bridge(environment.getOrDefault("PYTORCH_FLAVOR", CPU)),
        new CudaInstallation(build, CudaInstallation.cache(environment)).exists(),
        count);
  }

  /**
   * Returns the driver.
   *
   * @param files of which one is there where a driver is loaded
   */
  static Part driver(List<Path> files) {
    Optional<Path> file = files.stream().filter(Files::exists).findFirst();
    if (file.isEmpty()) {
      return new Part(false, "no NVIDIA driver is loaded: there is no " + files.get(0));
    }
    try {
      if (file.get().equals(files.get(0))) {
        Matcher version = VERSION.matcher(Files.readString(file.get()));
        if (version.find()) {
          return new Part(true, version.group(1));
        }
      }
    } catch (IOException e) {
      // then which it is stays unsaid
    }
    return new Part(true, file.get().toString());
  }

  private static Part cuda(int count) {
    try {
      NativeLibrary.getInstance("cudart");
    } catch (UnsatisfiedLinkError e) {
      return new Part(false, "its runtime is not found under the name libcudart.so");
    }
    try {
      String version = CudaUtils.getCudaVersionString();
      return new Part(
          true,
          version.substring(0, 2)
              + "."
              + version.substring(2)
              + (count == 0 ? "" : ", compute capability " + CudaUtils.getComputeCapability(0)));
    } catch (EngineException e) {
      return new Part(true, "found, and it answers: " + e.getMessage());
    }
  }

  private static Part libtorch(Optional<String> folder) {
    boolean there =
        folder.map(Path::of).filter(f -> Files.exists(f.resolve("libtorch_cuda.so"))).isPresent();
    return new Part(there, there ? "built for CUDA" : "built for processors only");
  }

  /** Returns the bridge of a flavour. */
  static Part bridge(String flavour) {
    String library = "/jnilib/linux-x86_64/" + flavour + "/libdjl_torch.so";
    if (Gpu.class.getResource(library) == null) {
      return new Part(false, "DJL brings none of the flavour " + flavour);
    }
    return flavour.equals(CPU)
        ? new Part(false, "for processors only")
        : new Part(true, "for " + flavour);
  }

  /** Returns the parts by name. */
  Map<String, Part> parts() {
    Map<String, Part> parts = new LinkedHashMap<>();
    parts.put("driver", driver);
    parts.put("CUDA", cuda);
    parts.put("libtorch", libtorch);
    parts.put("bridge", bridge);
    return parts;
  }

  /** Returns in a few words whether a GPU can be used, and if not, what is missing. */
  String verdict() {
    List<String> missing =
        parts().entrySet().stream()
            .filter(part -> !part.getValue().there)
            .map(Map.Entry::getKey)
            .toList();
    if (!missing.isEmpty()) {
      return "none can be used: missing " + String.join(", ", missing);
    }
    return switch (count) {
      case 0 -> "none can be used: the driver shows none to this process";
      case 1 -> "there is one";
      default -> "there are " + count;
    };
  }

  /** Returns what to do where there is a driver, and yet no GPU that can be used. */
  Optional<String> advice(Map<String, String> environment) {
    if (!driver.there) {
      return Optional.empty();
    }
    if (!libtorch.there) {
      return Optional.of(
          installed
              ? unused(environment)
              : "contexture gpu install brings what is missing for the GPU");
    }
    if (!bridge.there) {
      return Optional.of("set PYTORCH_FLAVOR=cu128, DJL's bridge to this libtorch");
    }
    if (!cuda.there) {
      return Optional.of(
          "no GPU is counted without libcudart.so: make a link of this name to libcudart.so.12 in a"
              + " folder of LD_LIBRARY_PATH");
    }
    if (count > 0) {
      return Optional.empty();
    }
    String visible = environment.get("CUDA_VISIBLE_DEVICES");
    return Optional.of(
        visible == null
            ? "nvidia-smi says whether the driver sees a GPU; CUDA 12 needs driver 525 or newer"
            : "CUDA_VISIBLE_DEVICES=" + visible + " may hide the GPU");
  }

  private static String unused(Map<String, String> environment) {
    if (environment.containsKey("PYTORCH_LIBRARY_PATH")) {
      return "unset PYTORCH_LIBRARY_PATH, so that the installed libtorch for CUDA is used";
    }
    return "off".equals(environment.get("CONTEXTURE_GPU"))
        ? "unset CONTEXTURE_GPU, so that the installed libtorch for CUDA is used"
        : "set what contexture gpu status prints, or start with the contexture script, so that the"
            + " installed libtorch for CUDA is used";
  }
}
