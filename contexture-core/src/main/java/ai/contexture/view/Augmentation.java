package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * A chain of views, each made from the result of the one before it.
 *
 * @param views at least one, the first one first
 */
public record Augmentation(List<ViewFactory> views) implements ViewFactory {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("augment", "one view after the other", Augmentation::of)
          .example("augment(masking(rate=0.2), noise(scale=0.1))");

  /** Requires at least one view. */
  public Augmentation {
    views = List.copyOf(views);
    if (views.isEmpty()) {
      throw new InputException("augment: expected at least one view, got none");
    }
  }

  private static Augmentation of(SpecOptions options) {
    List<Spec.Part> parts = options.parts(1, Integer.MAX_VALUE);
    for (Spec.Part part : parts) {
      if (part.weight().isPresent()) {
        throw new InputException("augment: its views take no weights, got '" + part + "'");
      }
    }
    return new Augmentation(parts.stream().map(part -> Views.parse(part.spec())).toList());
  }

  /** Fits each view to the same rows, as they are before any view. */
  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    return chain(views.stream().map(view -> view.fit(rows, columns, shape)).toList());
  }

  @Override
  public boolean readsRows() {
    return views.stream().anyMatch(ViewFactory::readsRows);
  }

  /** Returns the view that makes one view after the other, the first one first. */
  public static View chain(List<View> views) {
    List<View> links = List.copyOf(views);
    if (links.isEmpty()) {
      throw new IllegalArgumentException("views: expected at least one, got none");
    }
    return new NamedView(
        text(links),
        (rows, random) ->
            Draws.within(
                rows,
                (scope, view) -> {
                  NDArray changed = view;
                  for (View link : links) {
                    changed = link.apply(changed, random);
                  }
                  return changed;
                }));
  }

  @Override
  public String toString() {
    return text(views);
  }

  private static String text(List<?> views) {
    StringJoiner text = new StringJoiner(", ", "augment(", ")");
    views.forEach(view -> text.add(view.toString()));
    return text.toString();
  }
}
