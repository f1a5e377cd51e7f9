package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.encoder.Encoders;
import ai.contexture.pretraining.Recipe;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which context, on which rows, preprocessed how. */
final class ContextOptions {

  @Option(
      names = "--context",
      paramLabel = "CONTEXT",
      description =
          "Which rows belong together, by name and options: ${bundle:known_contexts}. Default: ${bundle:default_context}")
  private String context;

  @Mixin private PreparationOptions preparation;

  /** See {@link PreparationOptions#forData}. */
  Recipe forData(Recipe recipe, Dataset data, boolean counts) {
    return preparation.forData(recipe, data, counts);
  }

  /** Warns of edges that were given, where neither the context nor the encoder reads them. */
  void warnOfUnreadEdges(DataSource source, Recipe recipe, Terminal terminal) {
    if (context == null && source.edges() != null && !Encoders.readsGraph(recipe.encoder())) {
      terminal.warn(
          "the edges are not read: "
              + recipe.context()
              + " compares columns; give --context 'walk(steps=2)', or to pretrain an encoder that"
              + " reads them, such as --encoder sgc");
    }
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
