package ai.contexture.cli;

import ai.contexture.comparison.Comparison;
import ai.contexture.context.Contexts;
import ai.contexture.encoder.Encoders;
import ai.contexture.input.Constants;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.measure.CompatibilityEstimate;
import ai.contexture.measure.Usefulness;
import ai.contexture.objective.Objectives;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Optimisers;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.SpectralMethod;
import ai.contexture.training.TrainingOptions;
import java.util.List;
import java.util.ListResourceBundle;

/** The defaults and names in the help of options, so that the help says what the program does. */
final class HelpTexts extends ListResourceBundle {

  @Override
  protected Object[][] getContents() {
    Recipe recipe = Recipe.DEFAULT;
    Recipe.Fractions shares = recipe.fractions();
    TrainingOptions training = recipe.training();
    return new Object[][] {
      {"known_contexts", list(Contexts.registry().names())},
      {"default_context", recipe.context()},
      {"graph_context", Recipe.GRAPH.context()},
      {"graph_encoder", Recipe.GRAPH.encoder()},
      {"features_encoder", Recipe.GRAPH_WITH_FEATURES.encoder()},
      {"features_ridge", Numbers.text(Recipe.GRAPH_WITH_FEATURES.ridge())},
      {
        "compared",
        Text.format(
            "%s; with --edges %s", list(CompareCommand.OF_ROWS), list(CompareCommand.OF_GRAPHS))
      },
      {"known_methods", list(SpectralMethod.registry().names())},
      {"known_objectives", list(Objectives.registry().names())},
      {"default_objective", recipe.objective()},
      {"known_orthonormalities", list(Objectives.orthonormalities().names())},
      {"known_encoders", list(Encoders.registry().names())},
      {"default_encoder", recipe.encoder()},
      {"default_samples", Integer.toString(recipe.samples())},
      {"default_dimension", Integer.toString(recipe.dimension())},
      {
        "default_dimensions",
        Text.format(
            "%d below %d rows to learn from, %d from %d on, else %d; no more than the context"
                + " has",
            recipe.withDefaultDimension(0).dimension(),
            Recipe.FEW_ROWS,
            recipe.withDefaultDimension(Recipe.MANY_ROWS).dimension(),
            Recipe.MANY_ROWS,
            recipe.dimension())
      },
      {
        "default_split",
        String.join(
            ",",
            Numbers.text(shares.pretrain()),
            Numbers.text(shares.labelled()),
            Numbers.text(shares.test()))
      },
      {"default_steps", Integer.toString(training.steps())},
      {
        "default_batch",
        Text.format(
            "full up to %d rows to learn from, else %d",
            Recipe.BATCHES_THAT_PAY * Recipe.DEFAULT_BATCH, Recipe.DEFAULT_BATCH)
      },
      {"known_optimisers", list(Optimisers.registry().names())},
      {"default_optimiser", training.optimiser().toString()},
      {"default_rates", list(Optimisers.registry().names().stream().map(HelpTexts::rate).toList())},
      {"known_schedules", list(Schedule.registry().names())},
      {"default_schedule", training.schedule().toString()},
      {"default_decay", Numbers.text(training.weightDecay())},
      {"default_clip", Numbers.text(training.clip())},
      {"default_patience", Integer.toString(training.stopping().patience())},
      {"default_seed", Long.toString(training.seed())},
      {"default_impute", Constants.text(recipe.preprocessing().impute())},
      {"default_power", Constants.text(recipe.preprocessing().power())},
      {"default_scale", Constants.text(recipe.preprocessing().scale())},
      {"default_level", Numbers.text(CompatibilityEstimate.DEFAULT_LEVEL)},
      {"default_d0", Integer.toString(Usefulness.DEFAULT_D0)},
      {"most_functions", Integer.toString(Comparison.MOST)},
      {"default_beta", Numbers.text(Usefulness.DEFAULT_BETA)},
    };
  }

  private static String rate(String optimiser) {
    return Numbers.text(Optimiser.parse(optimiser).defaultRate()) + " with " + optimiser;
  }

  private static String list(List<String> names) {
    return String.join(", ", names);
  }
}
