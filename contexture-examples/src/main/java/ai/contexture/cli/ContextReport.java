package ai.contexture.cli;

import static java.util.stream.Collectors.joining;

import ai.contexture.context.Capability;
import ai.contexture.context.ContextProvider;
import ai.contexture.context.Contexts;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.input.Text;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.CompatibilityEstimate;
import ai.contexture.measure.Diagnosis;
import ai.contexture.pretraining.Recipe;
import java.util.Arrays;
import java.util.List;

/** What contexts are and what they are worth, in words and tables. */
final class ContextReport {

  private final Report report;
  private final String command;

  ContextReport(Terminal terminal) {
    this.report = new Report(terminal, true);
    this.command = terminal.command();
  }

  /** Prints all contexts. */
  void contexts(List<ContextProvider> all) {
    report.line(
        "A context says which rows belong together. There are, with their options' defaults:");
    for (ContextProvider provider : all) {
      report.heading("  " + ComponentHelp.form(provider));
      report.line("      " + provider.summary());
      report.line("      gives " + gives(provider));
    }
    report.heading("What a context gives");
    report.table(
        Arrays.stream(Capability.values())
            .map(capability -> List.of(capability.toString()))
            .toList(),
        Arrays.stream(Capability.values()).map(Capability::meaning).toList());
    report.heading("Try next");
    report.table(
        List.of(List.of(command + " contexts " + Spec.parse(Recipe.DEFAULT.context()).name())),
        List.of("what its options mean"));
  }

  /** Prints one context. */
  void context(ContextProvider provider) {
    report.line(provider.name() + ": " + provider.summary());
    new ComponentHelp(report).options(provider);
    report.heading("Gives");
    report.line("  " + gives(provider));
    report.heading("Example");
    String example = Contexts.parse(provider.example()).toString();
    report.line("  " + command + " spectrum --context " + Names.word(example));
  }

  private static String gives(ContextProvider provider) {
    return provider
        .gives()
        .map(
            given ->
                Arrays.stream(Capability.values())
                    .filter(given::contains)
                    .map(Capability::toString)
                    .collect(joining(", ")))
        .orElse("what all its parts give");
  }

  /** Prints how much of a target a context tells. */
  void compatibility(
      String context,
      String target,
      int rows,
      Compatibility exact,
      CompatibilityEstimate estimate,
      Diagnosis diagnosis) {
    report.line(Text.format("How much of %s the context %s tells", target, context));
    report.line("");
    if (exact != null) {
      report.entry(
          "exact", Text.format("ρ = %.3f, from the target of all %d rows", exact.rho(), rows));
    }
    report.entry(
        "estimated",
        Text.format(
            "ρ = %.3f, between %.3f and %.3f with %s %% confidence, from %d labelled rows",
            estimate.rho(),
            Math.sqrt(estimate.low()),
            Math.sqrt(estimate.high()),
            Numbers.text(100 * estimate.level()),
            estimate.labels()));
    report.line("");
    report.paragraph("  ", meaning(exact == null ? estimate.squared() : exact.squared()));
    report.diagnosis(diagnosis);
  }

  /** Says what ρ² means: the share of the target's variance that the context keeps. */
  private static String meaning(double squared) {
    return Text.format(
        "Averaged over what belongs together, the target keeps %.0f %% of its variance. That does"
            + " not say which of two contexts is better: one that ties a row to itself alone keeps"
            + " all, and rbf shrinks whatever it tells. contexture compare ranks them.",
        100 * squared);
  }
}
