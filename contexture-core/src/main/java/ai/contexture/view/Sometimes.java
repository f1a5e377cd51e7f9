package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;

/**
 * A view that is made of some rows by chance, and of the others not.
 *
 * @param probability how often a row is changed
 * @param view what changes it
 */
public record Sometimes(double probability, ViewFactory view) implements ViewFactory {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("sometimes", "a view applied to some rows at random", Sometimes::of)
          .example("sometimes(blur, probability=0.5)")
          .option("probability", "the probability of changing a row");

  private static final double DEFAULT_PROBABILITY = 0.5;

  /** Requires a probability. */
  public Sometimes {
    Scarf.requireProbability("sometimes", "probability", probability);
  }

  private static Sometimes of(SpecOptions options) {
    Spec.Part part = options.parts(1, 1).get(0);
    if (part.weight().isPresent()) {
      throw new InputException("sometimes: its view takes no weight, got '" + part + "'");
    }
    double probability = options.number("probability", DEFAULT_PROBABILITY, 0, 1);
    return new Sometimes(probability, Views.parse(part.spec()));
  }

  /** Fits the view. */
  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    View fitted = view.fit(rows, columns, shape);
    return new NamedView(
        toString(),
        (all, random) ->
            Draws.within(
                all,
                (scope, unchanged) -> {
                  int b = Math.toIntExact(unchanged.getShape().get(0));
                  double[] chance =
                      Draws.each(b, random, r -> r.nextDouble() < probability ? 1 : 0);
                  NDArray chosen =
                      Draws.array(scope, chance, new Shape(b, 1), DataType.FLOAT32)
                          .toType(DataType.BOOLEAN, false)
                          .broadcast(unchanged.getShape());
                  return NDArrays.where(chosen, fitted.apply(unchanged, random), unchanged);
                }));
  }

  @Override
  public boolean readsRows() {
    return view.readsRows();
  }

  @Override
  public String toString() {
    return "sometimes(" + view + ", probability=" + Numbers.text(probability) + ")";
  }
}
