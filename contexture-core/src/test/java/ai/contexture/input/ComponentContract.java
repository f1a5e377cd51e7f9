package ai.contexture.input;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds of all components of a kind. */
public final class ComponentContract {

  private ComponentContract() {}

  /** Requires that every option that is read is explained, and that examples can be parsed. */
  public static <T, C extends Component<T>> void check(Registry<T, C> registry) {
    assertThat(registry.names()).isNotEmpty().isSorted();
    for (C component : registry.components()) {
      assertThat(registry.component(component.name())).isSameAs(component);
      assertThat(component.summary()).as(component.name()).isNotBlank().hasSizeLessThan(90);
      assertThat(component.options().keySet())
          .as(component.name())
          .containsExactlyElementsOf(
              component.asked().stream().map(SpecOptions.Asked::name).toList());
      assertThat(component.options().values())
          .allSatisfy(meaning -> assertThat(meaning).isNotBlank().hasSizeLessThan(90));
      assertThat(Spec.parse(component.example()).name()).isEqualTo(component.name());
      assertThat(registry.parse(component.example())).isNotNull();
    }
  }
}
