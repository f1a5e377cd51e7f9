package ai.contexture.experiment;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What cells that come after each other have in common: made for the first of them, kept until a
 * cell with another key comes, and let go before the next is made, so that no two are in memory.
 */
public final class LastValueCache<T> implements AutoCloseable {

  private final Consumer<? super T> letGo;
  private Object key;
  private T value;

  /** Starts with nothing, to be closed by {@code letGo} whenever there is something. */
  public LastValueCache(Consumer<? super T> letGo) {
    this.letGo = letGo;
  }

  /**
   * Returns what the cells of a key share.
   *
   * @param wanted the key, which is compared by {@code equals}
   * @param make makes it where it is not there; what it throws leaves nothing behind
   */
  public synchronized T of(Object wanted, Supplier<? extends T> make) {
    if (!wanted.equals(key)) {
      close();
      value = make.get();
      key = wanted;
    }
    return value;
  }

  @Override
  public synchronized void close() {
    T old = value;
    value = null;
    key = null;
    if (old != null) {
      letGo.accept(old);
    }
  }
}
