package ai.contexture.context;

import ai.contexture.input.Component;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.view.ViewFactory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A context of this library: a component, and what it gives. */
record BuiltInContext(Component.Declared<ContextFactory> component, Optional<Set<Capability>> gives)
    implements ContextProvider {

  /** Returns a context without options that gives what its parts give. */
  static BuiltInContext of(
      String name, String summary, Function<SpecOptions, ? extends ContextFactory> parser) {
    return new BuiltInContext(Component.of(name, summary, parser), Optional.empty());
  }

  /** Returns a view as a context: a row belongs together with its views. */
  static BuiltInContext of(Component<ViewFactory> view) {
    Component.Declared<ContextFactory> context =
        new Component.Declared<>(
            view.name(),
            view.summary(),
            view.example(),
            view.options(),
            options -> new AugmentationContext.Options(view.parse(options)));
    boolean hasParts = !Spec.parse(view.example()).parts().isEmpty();
    return new BuiltInContext(
        context,
        hasParts ? Optional.empty() : Optional.of(Set.of(Capability.SAMPLES, Capability.NEW_ROWS)));
  }

  BuiltInContext giving(Capability... all) {
    return new BuiltInContext(component, Optional.of(Set.of(all)));
  }

  BuiltInContext option(String option, String meaning) {
    return new BuiltInContext(component.option(option, meaning), gives);
  }

  BuiltInContext example(String text) {
    return new BuiltInContext(component.example(text), gives);
  }

  @Override
  public String name() {
    return component.name();
  }

  @Override
  public String summary() {
    return component.summary();
  }

  @Override
  public String example() {
    return component.example();
  }

  @Override
  public Map<String, String> options() {
    return component.options();
  }

  @Override
  public ContextFactory parse(SpecOptions options) {
    return component.parse(options);
  }
}
