package ai.contexture.context;

import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user's own context is found by its name, and mixes with the others. */
class JitterProviderTest implements ContextContract.Sampled {

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private URLClassLoader loader;

  /** The tests of other modules, which see these classes, know no such context. */
  @BeforeEach
  void findProviders() {
    URL providers = Objects.requireNonNull(getClass().getResource("/providers/"));
    loader = new URLClassLoader(new URL[] {providers}, before);
    Thread.currentThread().setContextClassLoader(loader);
  }

  @AfterEach
  void findThemNoMore() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    loader.close();
  }

  @Override
  public SampledContext context(NDManager manager) {
    return (SampledContext)
        Contexts.parse("jitter(scale=0.5)").fit(ContextData.of(normal(manager, "points", 40, 3)));
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 3);
  }

  @Override
  public void itsTextIsItsFormOnTheCommandLine() {
    // a lambda has no text of its own
    assertThat(Contexts.registry().names()).contains("jitter");
  }

  @Test
  void itMixesWithOthers() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "points", 40, 3));
      for (String text :
          new String[] {
            "conv(knn(k=3), jitter(scale=0.5))",
            "mix(0.5: knn(k=3), 0.5: jitter(scale=0.5))",
            "concat(knn(k=3), jitter(scale=0.5))"
          }) {
        Context mixed = Contexts.parse(text).fit(data);
        assertThat(Capability.of(mixed))
            .containsExactlyInAnyOrder(Capability.SAMPLES, Capability.NEW_ROWS);
        assertThat(mixed).hasToString(text);
      }
    }
  }
}
