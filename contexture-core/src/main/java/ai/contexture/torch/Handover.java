package ai.contexture.torch;

/**
 * Makes something that takes a resource over, such as a manager of arrays, and closes the resource
 * if that fails.
 */
public final class Handover {

  private Handover() {}

  /**
   * Makes one thing of another.
   *
   * @param <R> the resource
   * @param <T> what is made
   * @param <E> what may go wrong; nothing that is checked where it is inferred
   */
  @FunctionalInterface
  public interface Maker<R, T, E extends Exception> {

    /** Makes it. */
    T make(R resource) throws E;
  }

  /**
   * Returns what is made of a resource, which is closed if it cannot be made.
   *
   * @param maker of something that closes the resource in its turn
   * @throws E what the maker throws; a failure to close is suppressed by it
   */
  public static <R extends AutoCloseable, T, E extends Exception> T of(
      R resource, Maker<? super R, T, E> maker) throws E {
    try {
      return maker.make(resource);
    } catch (Throwable failure) { // whatever it is, it goes on
      try {
        resource.close();
      } catch (Exception second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }
}
