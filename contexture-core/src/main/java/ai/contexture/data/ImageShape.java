package ai.contexture.data;

import ai.contexture.input.InputException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the pixels of an image lie in a row: channel after channel, in each line after line.
 *
 * @param channels 1 for grey, 3 for colours
 * @param height pixels from top to bottom
 * @param width pixels from left to right
 */
public record ImageShape(int channels, int height, int width) {

  /** What red, green and blue weigh in grey [ITU-R BT.601]. */
  public static final List<Double> LUMA = List.of(0.299, 0.587, 0.114);

  private static final Pattern FORM =
      Pattern.compile("\\s*(\\d{1,5})\\s*[x×]\\s*(\\d{1,5})\\s*[x×]\\s*(\\d{1,5})\\s*");

  /** Requires at least one of each. */
  public ImageShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new InputException(
          "shape: expected at least one channel, line and column, got "
              + text(channels, height, width));
    }
    if ((long) channels * height * width > Integer.MAX_VALUE) {
      throw new InputException(
          "shape: expected at most "
              + Integer.MAX_VALUE
              + " inputs, got "
              + text(channels, height, width));
    }
  }

  /**
   * Returns the shape that a text stands for.
   *
   * @param text channels, height and width, such as {@code 1x8x8} or {@code 3×32×32}
   * @throws InputException if the text is not of this form
   */
  public static ImageShape parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new InputException(
          "shape: expected channels, height and width, such as 1x28x28, got '" + text + "'");
    }
    return new ImageShape(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }

  /** Returns the number of inputs of a row, channels · height · width. */
  public int inputs() {
    return channels * height * width;
  }

  /** Returns the number of pixels of a channel, height · width. */
  public int pixels() {
    return height * width;
  }

  /**
   * Requires that rows have as many inputs as the images.
   *
   * @throws InputException if they have not
   */
  public void requireInputs(long inputs) {
    if (inputs != inputs()) {
      throw new InputException(
          "shape: " + this + " has " + inputs() + " inputs, but the rows have " + inputs);
    }
  }

  @Override
  public String toString() {
    return text(channels, height, width);
  }

  private static String text(int channels, int height, int width) {
    return channels + "x" + height + "x" + width;
  }
}
