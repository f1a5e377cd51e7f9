package ai.contexture.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;

/** The arrays that a manager holds, to see that none of what was made since is left there. */
public final class Held {

  private final NDManager manager;
  private final int before;

  private Held(NDManager manager) {
    this.manager = manager;
    this.before = manager.getManagedArrays().size();
  }

  /** Counts what a manager holds now. */
  public static Held by(NDManager manager) {
    return new Held(manager);
  }

  /** Requires that the manager holds as many arrays as before. */
  public void assertNoMore() {
    assertMore(0);
  }

  /** Requires that the manager holds so many arrays more than before. */
  public void assertMore(int arrays) {
    assertThat(manager.getManagedArrays().size() - before)
        .as("arrays that were left")
        .isEqualTo(arrays);
  }
}
