package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Interval;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The views of SimCLR for the size and the channels of images [Chen et al. 2020, app. A, B.9]: a
 * random resized crop and a mirror image; where there are colours, in 4 of 5 cases a jitter of
 * brightness, contrast, saturation and hue, and in 1 of 5 no colours; and in half of the cases a
 * blur, where images have 64 pixels each way or more.
 *
 * <p>Crops keep 8 % of the area or more, and 20 % of images with fewer pixels. Grey images have a
 * jitter of brightness and contrast. Changes are those of strength ½, which is usual for small
 * images.
 */
public record SimClr() implements ViewFactory {

  static final Component<ViewFactory> COMPONENT =
      Component.of(
          "simclr",
          "the views of SimCLR, for the images' size and channels",
          options -> new SimClr());

  /** The fewest pixels each way of an image that is not small. */
  private static final int LARGE = 64;

  private static final double JITTERED = 0.8;
  private static final double JITTER = 0.4;
  private static final double BLURRED = 0.5;

  /** Returns the views, the first one first. */
  static List<ViewFactory> views(ImageShape shape) {
    boolean large = Math.min(shape.height(), shape.width()) >= LARGE;
    List<ViewFactory> views = new ArrayList<>();
    views.add(new Crop(new Interval(large ? 0.08 : 0.2, 1), 4.0 / 3));
    views.add(Flip.DEFAULT);
    List<ViewFactory> jitter = new ArrayList<>();
    jitter.add(new Brightness(JITTER));
    jitter.add(new Contrast(JITTER));
    if (shape.channels() == ColourMix.CHANNELS) {
      jitter.add(new Saturation(JITTER));
      jitter.add(Hue.DEFAULT);
    }
    views.add(new Sometimes(JITTERED, new Augmentation(jitter)));
    if (shape.channels() == ColourMix.CHANNELS) {
      views.add(Greyscale.DEFAULT);
    }
    if (large) {
      views.add(new Sometimes(BLURRED, new Blur(new Interval(0.1, 2))));
    }
    return views;
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    ImageShape given = ImageView.required(this, shape, "3x32x32");
    return new NamedView(
        toString(), new Augmentation(views(given)).fit(rows, columns, Optional.of(given)));
  }

  @Override
  public boolean readsRows() {
    return false;
  }

  @Override
  public String toString() {
    return "simclr";
  }
}
