package ai.contexture.data;

import java.util.Optional;

/**
 * How files of pictures are read.
 *
 * @param size what all are brought to; empty to take them as they are, all of one size
 * @param colour the channels they get
 * @param skipBroken whether files that are no pictures are left out, with a warning
 */
public record ImageOptions(Optional<ImageSize> size, Colour colour, boolean skipBroken) {

  /** All as they are, and no file that is not a picture. */
  public static final ImageOptions DEFAULT = new ImageOptions(Optional.empty(), Colour.AUTO, false);

  /** The channels of pictures. */
  public enum Colour {
    /** Grey where all of them are, else colours. */
    AUTO,
    /** One channel, how bright a pixel is. */
    GREY,
    /** Red, green and blue. */
    RGB
  }

  /** Returns these options with a size that pictures are brought to. */
  public ImageOptions withSize(ImageSize size) {
    return new ImageOptions(Optional.of(size), colour, skipBroken);
  }

  /** Returns these options with other channels. */
  public ImageOptions withColour(Colour colour) {
    return new ImageOptions(size, colour, skipBroken);
  }

  /** Returns these options, which leave out files that are no pictures. */
  public ImageOptions skippingBroken() {
    return new ImageOptions(size, colour, true);
  }
}
