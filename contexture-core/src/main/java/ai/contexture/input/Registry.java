package ai.contexture.input;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The components of one kind by name, such as all contexts.
 *
 * @param <T> what the text of a component stands for
 * @param <C> what is known of each component
 */
public final class Registry<T, C extends Component<T>> {

  private final String kind;
  private final SortedMap<String, C> components;

  private Registry(String kind, SortedMap<String, C> components) {
    this.kind = kind;
    this.components = Collections.unmodifiableSortedMap(components);
  }

  /**
   * Returns the components of a kind.
   *
   * @param kind in the singular, such as {@code context}
   * @throws InputException if two have the same name
   */
  public static <T, C extends Component<T>> Registry<T, C> of(
      String kind, Collection<? extends C> components) {
    SortedMap<String, C> known = new TreeMap<>();
    for (C component : components) {
      C other = known.put(component.name(), component);
      if (other != null) {
        throw new InputException(
            Text.format(
                "two components of kind %s are named '%s': %s and %s",
                kind,
                component.name(),
                other.getClass().getName(),
                component.getClass().getName()));
      }
    }
    return new Registry<>(kind, known);
  }

  /** Returns these components and more of their kind. */
  public Registry<T, C> with(Iterable<? extends C> more) {
    List<C> all = new ArrayList<>(components.values());
    more.forEach(all::add);
    return of(kind, all);
  }

  /** Returns what these components are, in the singular, such as {@code context}. */
  public String kind() {
    return kind;
  }

  /** Returns the names that are known, in alphabetical order. */
  public List<String> names() {
    return List.copyOf(components.keySet());
  }

  /** Returns the components, in the order of their names. */
  public List<C> components() {
    return List.copyOf(components.values());
  }

  /** Returns whether a name is known. */
  public boolean knows(String name) {
    return components.containsKey(name);
  }

  /**
   * Returns the component with this name.
   *
   * @throws InputException if there is none, with the names there are
   */
  public C component(String name) {
    C component = components.get(name);
    if (component == null) {
      throw Suggestions.unknown(kind, name, components.keySet());
    }
    return component;
  }

  /**
   * Returns what a text such as {@code knn(k=30)} stands for.
   *
   * @throws InputException if the name or an option is not known, or an option is out of range
   */
  public T parse(String text) {
    return parse(Spec.parse(text));
  }

  /**
   * Returns what a specification stands for.
   *
   * @throws InputException if the name or an option is not known, or an option is out of range
   */
  public T parse(Spec spec) {
    SpecOptions options = spec.options();
    T parsed = component(spec.name()).parse(options);
    options.done();
    return parsed;
  }
}
