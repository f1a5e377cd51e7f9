package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a picture is.
 *
 * @param height pixels from top to bottom
 * @param width pixels from left to right
 */
public record ImageSize(int height, int width) {

  private static final Pattern FORM = Pattern.compile("\\s*(\\d{1,5})\\s*[x×]\\s*(\\d{1,5})\\s*");

  /** Requires at least one pixel each way. */
  public ImageSize {
    if (height < 1 || width < 1) {
      throw new InputException(
          Text.format("size: expected at least 1x1 pixels, got %dx%d", height, width));
    }
  }

  /**
   * Returns the size that a text stands for.
   *
   * @param text height and width, such as {@code 32x32}
   * @throws InputException if the text is not of this form
   */
  public static ImageSize parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new InputException(
          "size: expected height and width, such as 32x32, got '" + text + "'");
    }
    return new ImageSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
