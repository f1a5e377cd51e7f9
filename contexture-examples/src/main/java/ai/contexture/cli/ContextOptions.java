package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.pretraining.Recipe;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which context, on which rows, preprocessed how. */
final class ContextOptions {

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
