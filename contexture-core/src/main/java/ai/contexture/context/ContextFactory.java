package ai.contexture.context;

import ai.contexture.data.Dataset;
import ai.contexture.view.GraphView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The options of a context before it has seen data. */
@FunctionalInterface
public interface ContextFactory {

  /**
   * Returns the context that a text such as {@code knn(k=30)} stands for.
   *
   * @throws ai.contexture.input.InputException if the name or an option is not known
   */
  static ContextFactory parse(String text) {
    return Contexts.parse(text);
  }

  /**
   * Fits the context to pretraining points.
   *
   * @param data the rows and what is known of them; their manager owns the context's arrays
   * @throws ai.contexture.input.InputException if the data do not allow it
   */
  Context fit(ContextData data);

  /**
   * Returns the columns of the table that the context variable is made of, which are therefore no
   * inputs of the encoder; none unless the context says otherwise.
   */
  default Set<String> ownColumns() {
    return Set.of();
  }

  /**
   * Returns those of the {@link #ownColumns} by whose values rows are found in another table, and
   * that say nothing else of them; none unless the context says otherwise.
   */
  default Set<String> keys() {
    return Set.of();
  }

  /**
   * Returns the positions of the rows of a dataset that the context can be made of, in order: all
   * unless the context says otherwise, such as where rows are joined with those of another file.
   *
   * @throws ai.contexture.input.InputException if there are none
   */
  default int[] rows(Dataset data) {
    return IntStream.range(0, data.rows()).toArray();
  }

  /**
   * Returns the positions of the rows that all of some contexts can be made of, see {@link #rows}.
   */
  static int[] commonRows(Dataset data, List<ContextFactory> contexts) {
    BitSet common = new BitSet();
    common.set(0, data.rows());
    for (ContextFactory context : contexts) {
      BitSet own = new BitSet();
      Arrays.stream(context.rows(data)).forEach(own::set);
      common.and(own);
    }
    return common.stream().toArray();
  }

  /**
   * Returns whether the context is made of the target of the rows, {@link ContextData#target}. One
   * that does not say so is not shown the target where contexts are compared.
   */
  default boolean usesTarget() {
    return false;
  }

  /**
   * Returns whether the context is made of the edges between rows: a walk along them, or views of
   * the graph.
   */
  default boolean readsEdges() {
    return graphView().isPresent();
  }

  /**
   * Returns the views of the graph that the context is made of, which an encoder that reads the
   * graph makes; nothing for most contexts.
   *
   * @throws ai.contexture.input.InputException if parts of the context have different ones
   */
  default Optional<GraphView> graphView() {
    return Optional.empty();
  }

  /**
   * Returns the files that the context reads besides the data, so that a run knows when they have
   * changed; none unless the context says otherwise. A context whose option names a file reads it
   * by {@link ai.contexture.input.SpecOptions#path}.
   */
  default List<Path> files() {
    return List.of();
  }

  /**
   * Returns those of the {@link #files} that are tables, which {@link ContextData#read} reads; none
   * unless the context says otherwise.
   */
  default List<Path> tables() {
    return List.of();
  }
}
