package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.encoder.Encoders;
import ai.contexture.input.Component;
import ai.contexture.input.Names;
import ai.contexture.input.Registry;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.objective.Objectives;
import ai.contexture.optimiser.Optimisers;
import ai.contexture.optimiser.Schedule;
import ai.contexture.spectrum.SpectralMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** What the names stand for that options take, such as {@code mlp} behind {@code --encoder}. */
final class ComponentHelp {

  /**
   * Names of one kind.
   *
   * @param plural what all of them are called
   * @param option what takes them
   */
  private record Kind(String plural, String option, Registry<?, ? extends Component<?>> registry) {}

  private static final String INDENT = "      ";

  private static final List<Kind> KINDS =
      List.of(
          new Kind("contexts", "--context", Contexts.registry()),
          new Kind("objectives", "--objective", Objectives.registry()),
          new Kind("orthonormalities", "--orthonormality", Objectives.orthonormalities()),
          new Kind("encoders", "--encoder", Encoders.registry()),
          new Kind("optimisers", "--optimiser", Optimisers.registry()),
          new Kind("schedules", "--schedule", Schedule.registry()),
          new Kind("methods", "--method", SpectralMethod.registry()));

  private final Report report;

  ComponentHelp(Report report) {
    this.report = report;
  }

  /** Returns all names that can be explained. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    KINDS.forEach(kind -> names.add(kind.plural));
    KINDS.forEach(kind -> names.addAll(kind.registry.names()));
    return names.stream().distinct().toList();
  }

  /** Prints what a name stands for, everywhere where it is known. */
  boolean print(String name) {
    boolean found = false;
    for (Kind kind : KINDS) {
      boolean all = name.equals(kind.plural);
      if (all || kind.registry.knows(name)) {
        if (found) {
          report.line("");
        }
        if (all) {
          list(kind);
        } else {
          explain(kind, kind.registry.component(name));
        }
        found = true;
      }
    }
    return found;
  }

  private void list(Kind kind) {
    report.line("For " + kind.option + ", with the defaults of their options:");
    for (Component<?> component : kind.registry.components()) {
      report.line("");
      Wrapping.lines(form(component), Report.WIDTH - 4).forEach(line -> report.line("  " + line));
      Wrapping.lines(component.summary(), Report.WIDTH - INDENT.length())
          .forEach(line -> report.line(INDENT + line));
    }
  }

  private void explain(Kind kind, Component<?> component) {
    report.paragraph(component.name() + ": " + component.summary());
    options(component);
    report.heading("Example");
    report.line("  " + kind.option + " " + Names.word(component.example()));
  }

  /** Prints the options of a component. */
  void options(Component<?> component) {
    List<SpecOptions.Asked> options = component.asked();
    if (!options.isEmpty()) {
      report.heading("Options");
      for (SpecOptions.Asked option : options) {
        report.line("  " + form(option));
        String meaning = component.options().getOrDefault(option.name(), "");
        Wrapping.lines(meaning + "; " + option.expected(), Report.WIDTH - INDENT.length())
            .forEach(line -> report.line(INDENT + line));
      }
    }
  }

  /** Returns a component with all options, as it is written. */
  static String form(Component<?> component) {
    StringJoiner form =
        new StringJoiner(", ", component.name() + "(", ")").setEmptyValue(component.name());
    Spec.parse(component.example()).parts().forEach(part -> form.add(part.toString()));
    component.asked().forEach(option -> form.add(form(option)));
    return form.toString();
  }

  private static String form(SpecOptions.Asked option) {
    return option.name() + "=" + (option.fallback() == null ? "…" : option.fallback());
  }
}
