package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.torch.Images.Outside;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/** Rows as images, and pixels moved by whole steps. */
final class Pixels {

  /**
   * What a view does to images [b, channels, height, width], which it returns in the same shape.
   */
  @FunctionalInterface
  interface Change {
    NDArray apply(NDManager scope, NDArray images, RandomGenerator random);
  }

  private Pixels() {}

  /**
   * Returns a view of images.
   *
   * @param change returns a new array
   */
  static View view(ImageView options, ImageShape shape, Change change) {
    return new NamedView(
        options.toString(),
        (rows, random) ->
            Draws.within(
                rows,
                (scope, view) -> {
                  shape.requireInputs(view.getShape().get(1));
                  NDArray images =
                      view.reshape(-1, shape.channels(), shape.height(), shape.width());
                  return change.apply(scope, images, random).reshape(view.getShape());
                }));
  }

  /** Returns the number of images. */
  static int count(NDArray images) {
    return Math.toIntExact(images.getShape().get(0));
  }

  /** Returns one number for each image, to be added to its pixels or multiplied with them. */
  static NDArray numbers(NDManager scope, double[] values, NDArray images) {
    return Draws.array(scope, values, new Shape(values.length, 1, 1, 1), images.getDataType());
  }

  /**
   * Returns images whose pixel (i, j) is the pixel (lines[i], columns[j]) of the given ones.
   *
   * @param lines of the first image, then of the second, and so on; b·height numbers, of which
   *     those outside the image are allowed
   * @param columns b·width numbers of the same kind
   */
  static NDArray pick(
      NDManager scope, NDArray images, long[] lines, long[] columns, Outside outside) {
    Shape shape = images.getShape();
    long b = shape.get(0);
    long height = shape.get(2);
    long width = shape.get(3);
    NDArray line = scope.create(clamped(lines, height), new Shape(b, 1, height, 1));
    NDArray column = scope.create(clamped(columns, width), new Shape(b, 1, 1, width));
    Shape flat = new Shape(b, shape.get(1), height * width);
    NDArray index = line.mul(width).add(column).broadcast(shape).reshape(flat);
    NDArray picked = images.reshape(flat).gather(index, 2).reshape(shape);
    if (outside == Outside.EDGE) {
      return picked;
    }
    NDArray in =
        scope
            .create(inside(lines, height), new Shape(b, 1, height, 1))
            .logicalAnd(scope.create(inside(columns, width), new Shape(b, 1, 1, width)));
    return NDArrays.where(in.broadcast(shape), picked, picked.zerosLike());
  }

  /** Returns which of the places lie inside. */
  private static boolean[] inside(long[] places, long size) {
    boolean[] inside = new boolean[places.length];
    for (int i = 0; i < places.length; i++) {
      inside[i] = places[i] >= 0 && places[i] < size;
    }
    return inside;
  }

  private static long[] clamped(long[] places, long size) {
    long[] clamped = new long[places.length];
    for (int i = 0; i < places.length; i++) {
      clamped[i] = Math.max(0, Math.min(size - 1, places[i]));
    }
    return clamped;
  }
}
