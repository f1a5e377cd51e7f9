package ai.contexture.input;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * A component with its options as typed on the command line, such as {@code knn(k=30)}.
 *
 * <pre>{@code
 * kise
 * mlp(width=512, depth=3, activation=tanh, skip=true)
 * conv(knn(k=30), scarf(rate=0.3))
 * mix(0.3: knn(k=5), 0.7: rbf)
 * teacher(file="with space, comma.csv")
 * }</pre>
 *
 * <p>{@link #toString} gives one canonical text (parts first, then options by name) which parses
 * back to an equal specification. Read the options through {@link #options()}, which refuses those
 * that nobody asked for.
 *
 * @param name the component
 * @param parts the specifications nested in it, in order
 * @param values the text of each option
 */
public record Spec(String name, List<Part> parts, SortedMap<String, String> values) {

  /**
   * A nested specification.
   *
   * @param weight the number before the colon, if one was given
   * @param spec what is nested
   */
  public record Part(OptionalDouble weight, Spec spec) {

    @Override
    public String toString() {
      return weight.isPresent()
          ? Numbers.text(weight.getAsDouble()) + ": " + spec
          : spec.toString();
    }
  }

  /** Copies the parts and the options. */
  public Spec {
    parts = List.copyOf(parts);
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /**
   * Returns the weights of parts, which then sum to 1; all are equal where none is given.
   *
   * @param name of what the parts are nested in
   * @throws InputException if only some are given, one is negative, or all are 0
   */
  public static double[] weights(String name, List<Part> parts) {
    long given = parts.stream().filter(part -> part.weight().isPresent()).count();
    if (given != 0 && given != parts.size()) {
      StringJoiner all = new StringJoiner(", ", name + "(", ")");
      parts.forEach(part -> all.add(Numbers.text(1.0 / parts.size()) + ": " + part.spec()));
      throw new InputException(
          name + ": expected a weight for every part or for none, such as " + all);
    }
    double[] weights = parts.stream().mapToDouble(part -> part.weight().orElse(1)).toArray();
    for (double weight : weights) {
      if (!(weight >= 0) || Double.isInfinite(weight)) {
        throw new InputException(name + ": expected weights of at least 0, got " + weight);
      }
    }
    double sum = Arrays.stream(weights).sum();
    if (Double.isInfinite(sum)) {
      throw new InputException(
          name + ": expected weights that can be added up, got too large ones");
    }
    if (!(sum > 0)) {
      throw new InputException(name + ": expected at least one weight above 0");
    }
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  /**
   * Returns the specification that a text holds.
   *
   * @throws InputException if the text is not of this form; the message says where
   */
  public static Spec parse(String text) {
    return new SpecParser(text).parse();
  }

  /** Returns a new reader of this specification's options and parts. */
  public SpecOptions options() {
    return new SpecOptions(this);
  }

  @Override
  public String toString() {
    if (parts.isEmpty() && values.isEmpty()) {
      return name;
    }
    StringJoiner text = new StringJoiner(", ", name + "(", ")");
    parts.forEach(part -> text.add(part.toString()));
    values.forEach((key, value) -> text.add(key + "=" + SpecParser.quoteIfNeeded(value)));
    return text.toString();
  }
}
