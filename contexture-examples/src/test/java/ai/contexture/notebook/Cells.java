package ai.contexture.notebook;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** The functions that a cell can call, as IJava and JJava both have them. */
public final class Cells {

  /** Of this process, as a cell has nothing else to call. */
  private static final AtomicReference<TestKernel> KERNEL = new AtomicReference<>();

  private Cells() {}

  static void serve(TestKernel kernel) {
    KERNEL.set(kernel);
  }

  /** Returns what a cell shows, in the types that its class prefers. */
  public static DisplayData render(Object value) {
    return KERNEL.get().getRenderer().render(value);
  }

  /** Returns what a cell shows, in types such as {@code text/html}. */
  public static DisplayData render(Object value, String... types) {
    return KERNEL.get().getRenderer().renderAs(value, types);
  }

  /** Shows a value and returns the name of what is shown. */
  public static String display(Object value) {
    return show(render(value));
  }

  /** Shows a value in types such as {@code text/html} and returns the name of what is shown. */
  public static String display(Object value, String... types) {
    return show(render(value, types));
  }

  private static String show(DisplayData data) {
    String name = UUID.randomUUID().toString();
    data.setDisplayId(name);
    KERNEL.get().display(data);
    return name;
  }

  /** Calls a line magic. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as both kernels have it
  public static <T> T lineMagic(String name, List<String> arguments) {
    return (T) KERNEL.get().lineMagic(name, arguments);
  }
}
