package ai.contexture.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jline.utils.Signals;

/**
 * Ctrl-C, or a polite request to end, as a wish that is granted between two steps. A second one
 * ends the process at once.
 */
final class Interruption implements AutoCloseable {

  private final Map<String, Object> before = new LinkedHashMap<>();
  private final Runnable first;
  private volatile String signal;

  /**
   * Starts to listen.
   *
   * @param first runs when the wish comes, on another thread
   */
  Interruption(Runnable first) {
    this.first = first;
    for (String name : new String[] {"INT", "TERM"}) {
      before.put(name, Signals.register(name, () -> heard(name)));
    }
  }

  private void heard(String name) {
    before.keySet().forEach(Signals::registerDefault);
    signal = name;
    first.run();
  }

  /** Returns whether the training shall stop. */
  boolean wished() {
    return signal != null;
  }

  /** Returns the exit code of a process that was ended by this signal. */
  int exitCode() {
    return "TERM".equals(signal) ? 143 : 130;
  }

  @Override
  public void close() {
    before.forEach(Signals::unregister);
  }
}
