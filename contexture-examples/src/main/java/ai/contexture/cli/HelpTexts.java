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
      {"usual_context", recipe.context()},
      {"known_methods", list(SpectralMethod.registry().names())},
      {"known_objectives", list(Objectives.registry().names())},
      {"usual_objective", recipe.objective()},
      {"known_orthonormalities", list(Objectives.orthonormalities().names())},
      {"known_encoders", list(Encoders.registry().names())},
      {"usual_encoder", recipe.encoder()},
      {"usual_draws", Integer.toString(recipe.draws())},
      {"usual_dimension", Integer.toString(recipe.dimension())},
      {
        "usual_dimensions",
        Text.format(
            "%d below %d rows to learn from, %d from %d on, else %d; no more than the context"
                + " has",
            recipe.withUsualDimension(0).dimension(),
            Recipe.FEW_ROWS,
            recipe.withUsualDimension(Recipe.MANY_ROWS).dimension(),
            Recipe.MANY_ROWS,
            recipe.dimension())
      },
      {
        "usual_split",
        String.join(
            ",",
            Numbers.text(shares.pretrain()),
            Numbers.text(shares.labelled()),
            Numbers.text(shares.test()))
      },
      {"usual_steps", Integer.toString(training.steps())},
      {
        "usual_batch",
        Text.format(
            "full up to %d rows to learn from, else %d",
            Recipe.BATCHES_THAT_PAY * Recipe.USUAL_BATCH, Recipe.USUAL_BATCH)
      },
      {"known_optimisers", list(Optimisers.registry().names())},
      {"usual_optimiser", training.optimiser().toString()},
      {"usual_rates", list(Optimisers.registry().names().stream().map(HelpTexts::rate).toList())},
      {"known_schedules", list(Schedule.registry().names())},
      {"usual_schedule", training.schedule().toString()},
      {"usual_decay", Numbers.text(training.weightDecay())},
      {"usual_clip", Numbers.text(training.clip())},
      {"usual_patience", Integer.toString(training.stopping().patience())},
      {"usual_seed", Long.toString(training.seed())},
      {"usual_impute", Constants.text(recipe.preprocessing().impute())},
      {"usual_power", Constants.text(recipe.preprocessing().power())},
      {"usual_scale", Constants.text(recipe.preprocessing().scale())},
      {"usual_level", Numbers.text(CompatibilityEstimate.DEFAULT_LEVEL)},
      {"usual_d0", Integer.toString(Usefulness.DEFAULT_D0)},
      {"most_functions", Integer.toString(Comparison.MOST)},
      {"usual_beta", Numbers.text(Usefulness.DEFAULT_BETA)},
    };
  }

  private static String rate(String optimiser) {
    return Numbers.text(Optimiser.parse(optimiser).usualRate()) + " with " + optimiser;
  }

  private static String list(List<String> names) {
    return String.join(", ", names);
  }
}
