package ai.contexture.context;

import ai.contexture.input.Component;
import java.util.Optional;
import java.util.Set;

/**
 * A context by name: how its options are read from a text such as {@code knn(k=30)}.
 *
 * <p>Providers of your own are found through {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/ai.contexture.context.ContextProvider}.
 */
public interface ContextProvider extends Component<ContextFactory> {

  /** Returns what its contexts give, if all of them give the same. */
  default Optional<Set<Capability>> gives() {
    return Optional.empty();
  }
}
