package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.input.Spec;
import ai.contexture.pretraining.Recipe;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which context, on which rows, preprocessed how. */
final class ContextOptions {

  private static final Set<String> WALKS = Set.of("walk", "ppr");

  @Option(
      names = "--context",
      paramLabel = "CONTEXT",
      description =
          "Which rows belong together, by name and options: ${bundle:known_contexts}. Default: ${bundle:default_context}, with --edges"
              + " ${bundle:graph_context}")
  private String context;

  @Mixin private PreparationOptions preparation;

  /** See {@link PreparationOptions#forData}. */
  Recipe forData(Recipe recipe, Dataset data, boolean counts) {
    return preparation.forData(recipe, data, counts);
  }

  /** Says whether the context is made of edges: a walk along them, or views of the graph. */
  boolean readsEdges() {
    return context == null
        || Contexts.parse(context).graphView().isPresent()
        || walks(Spec.parse(context));
  }

  private static boolean walks(Spec spec) {
    return WALKS.contains(spec.name())
        || spec.parts().stream().anyMatch(part -> walks(part.spec()));
  }

  /** Returns the recipe with these options, checked as far as they can be without data. */
  Recipe apply(Recipe recipe) {
    Recipe changed = recipe;
    if (context != null) {
      Contexts.parse(context);
      changed = changed.withContext(context);
    }
    return preparation.apply(changed);
  }
}
