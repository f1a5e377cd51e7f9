package ai.contexture.torch;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.function.Supplier;

/**
 * What libtorch itself prints on the standard error.
 *
 * <p>Without Python nothing reads {@code TORCH_CPP_LOG_LEVEL}, so the level is set in its memory.
 */
final class LibtorchLog {

  /** The level of libtorch's logger that leaves out warnings. */
  private static final int ERRORS = 2;

  private LibtorchLog() {}

  /** Calls libtorch without its warnings, or with them where the level is not found. */
  static <T> T withoutWarnings(Supplier<T> call) {
    Pointer level = Level.ADDRESS;
    if (level == null) {
      return call.get();
    }
    int before = level.getInt(0);
    level.setInt(0, ERRORS);
    try {
      return call.get();
    } finally {
      level.setInt(0, before);
    }
  }

  /** Found at the first use, when libtorch is loaded. */
  private static final class Level {

    static final Pointer ADDRESS = find();

    private static Pointer find() {
      try {
        return NativeLibrary.getInstance("c10").getGlobalVariableAddress("FLAGS_caffe2_log_level");
      } catch (UnsatisfiedLinkError e) {
        return null;
      }
    }
  }
}
