package ai.contexture.data;

/**
 * Pictures as bytes, and the input that each byte of a channel becomes.
 *
 * @param pictures [n][c·h·w], channel after channel and line after line, from 0 to 255 without a
 *     sign; they must not be changed
 * @param inputs [c][256], what a byte of a channel becomes, rounded to float32
 */
public record PixelBytes(byte[][] pictures, float[][] inputs) {

  /** How many values a byte has. */
  public static final int VALUES = 1 << Byte.SIZE;
}
