package ai.contexture.notebook;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import jdk.jshell.execution.DirectExecutionControl;

/** Runs cells in this process, one after the other on a thread of their own, and keeps values. */
final class CellControl extends DirectExecutionControl {

  private final ExecutorService cells;
  private Object value;

  CellControl() {
    // JShell makes its loader that of this thread; DJL finds its engines by that of the cells'
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    cells =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "cells");
              thread.setDaemon(true);
              thread.setContextClassLoader(loader);
              return thread;
            });
  }

  @Override
  protected String invoke(Method method) throws Exception {
    try {
      value = cells.submit(() -> method.invoke(null)).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    return "";
  }

  /** Returns the value of what ran last, once. */
  Object take() {
    Object taken = value;
    value = null;
    return taken;
  }

  @Override
  public void close() {
    cells.shutdownNow();
    super.close();
  }
}
