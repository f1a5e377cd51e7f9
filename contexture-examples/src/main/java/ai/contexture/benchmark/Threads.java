package ai.contexture.benchmark;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/** How many threads compute: those of libtorch and those of Java's parallel streams. */
public final class Threads {

  private Threads() {}

  /** Returns how many threads libtorch uses for one operation; loads the engine. */
  public static int defaults() {
    Engine.getInstance();
    return JniUtils.getNumThreads();
  }

  /**
   * Does something with so many threads, then goes back to as many as before.
   *
   * <p>It runs in a thread of its own, so that parallel streams in it keep to this number too.
   *
   * @param threads at least 1
   */
  public static <T> T with(int threads, Callable<T> work) {
    int before = defaults();
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      JniUtils.setNumThreads(threads);
      return pool.invoke(ForkJoinTask.adapt(work));
    } finally {
      JniUtils.setNumThreads(before);
      pool.shutdown();
    }
  }
}
