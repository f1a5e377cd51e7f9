package ai.contexture.view;

import ai.djl.ndarray.NDArray;
import java.util.random.RandomGenerator;

/**
 * A view with its form on the command line.
 *
 * @param text the form
 * @param view what it does
 */
record NamedView(String text, View view) implements View {

  @Override
  public NDArray apply(NDArray rows, RandomGenerator random) {
    return view.apply(rows, random);
  }

  @Override
  public String toString() {
    return text;
  }
}
