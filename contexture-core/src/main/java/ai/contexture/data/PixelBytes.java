package ai.contexture.data;

/** Pictures as bytes, and the input that each byte of a channel becomes. */
public final class PixelBytes {

  /** How many values a byte has. */
  public static final int VALUES = 1 << Byte.SIZE;

  private final byte[][] pictures;
  private final float[][] inputs;

  /** Takes the arrays as its own. */
  PixelBytes(byte[][] pictures, float[][] inputs) {
    this.pictures = pictures;
    this.inputs = inputs;
  }

  /**
   * Returns the pictures themselves, which must not be changed: channel after channel and line
   * after line, from 0 to 255 without a sign. <b>[n][c·h·w]</b>
   */
  public byte[][] pictures() {
    return pictures;
  }

  /** Returns what a byte of each channel becomes, rounded to float32. <b>[c][256]</b> */
  public float[][] inputs() {
    return inputs;
  }
}
