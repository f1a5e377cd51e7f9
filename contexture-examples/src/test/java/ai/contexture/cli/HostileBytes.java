package ai.contexture.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Files with something wrong: bits, ranges and tokens of a good one changed at random. */
final class HostileBytes {

  private static final List<String> TOKENS =
      List.of(
          "",
          ",",
          ";",
          "\t",
          "|",
          "\"",
          "'",
          "\n",
          "\r",
          "\r\n",
          "\0",
          "\ufeff",
          "\u2028",
          "-",
          "+",
          "NaN",
          "nan",
          "inf",
          "-inf",
          "null",
          "true",
          "0",
          "-1",
          "1e160",
          "1e308",
          "1e999",
          "1e-999",
          "9223372036854775807",
          "-9223372036854775808",
          "99999999999999999999999",
          "0x1p3",
          "1_000",
          "1,234.5",
          "١٢",
          "½",
          "２",
          "e",
          "E5",
          ".",
          "..",
          "{",
          "}",
          "[",
          "]",
          "[[[[[[[[",
          "{\"a\":",
          ":",
          "#",
          "*a",
          "&a",
          "<<: *a",
          "!!java.io.File",
          "---",
          "...",
          "%",
          "$",
          "\\",
          "\\u0000",
          "(",
          ")",
          "((((((((",
          "knn(",
          "=",
          "'descr'",
          "'<f8'",
          "'>f4'",
          "'|O'",
          "'shape': (",
          "(9223372036854775807, 9)",
          "True",
          "PK\3\4",
          "\u001f\u008b",
          "\u00ff\u00fe",
          "😀",
          "é",
          "x".repeat(300),
          "9".repeat(400),
          "../../etc/passwd",
          "/dev/null",
          " ",
          "\u00a0",
          "NA",
          "?");

  private HostileBytes() {}

  /** Returns a hostile token. */
  static String token(RandomGenerator random) {
    return TOKENS.get(random.nextInt(TOKENS.size()));
  }

  /** Returns changed bytes: most often one change, sometimes several. */
  static byte[] of(byte[] good, RandomGenerator random) {
    byte[] bytes = good;
    do {
      bytes = once(bytes, random);
    } while (random.nextInt(3) == 0);
    return bytes;
  }

  private static byte[] once(byte[] bytes, RandomGenerator random) {
    int n = bytes.length;
    int at = random.nextInt(n + 1);
    int to = Math.min(n, at + 1 + random.nextInt(random.nextBoolean() ? 8 : n + 1));
    byte[] token =
        token(random)
            .getBytes(
                random.nextInt(4) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    return switch (random.nextInt(8)) {
      case 0 -> flipped(bytes, random);
      case 1 -> Arrays.copyOf(bytes, at);
      case 2 -> joined(bytes, 0, at, new byte[0], to, n);
      case 3 -> joined(bytes, 0, to, new byte[0], at, n); // a range twice
      case 4 -> joined(bytes, 0, at, token, at, n);
      case 5 -> joined(bytes, 0, at, token, to, n);
      case 6 -> number(bytes, random);
      default -> Arrays.copyOfRange(bytes, at, n);
    };
  }

  private static byte[] flipped(byte[] bytes, RandomGenerator random) {
    byte[] changed = bytes.clone();
    if (changed.length > 0) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  /** Another number in the place of one. */
  private static byte[] number(byte[] bytes, RandomGenerator random) {
    int start = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    while (start < bytes.length && !digit(bytes[start])) {
      start++;
    }
    int end = start;
    while (end < bytes.length && digit(bytes[end])) {
      end++;
    }
    byte[] token = token(random).getBytes(StandardCharsets.UTF_8);
    return joined(bytes, 0, start, token, end, bytes.length);
  }

  private static boolean digit(byte b) {
    return (b >= '0' && b <= '9') || b == '.' || b == '-';
  }

  private static byte[] joined(byte[] bytes, int from, int to, byte[] middle, int then, int end) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(bytes, from, to - from);
    all.writeBytes(middle);
    all.write(bytes, then, end - then);
    return all.toByteArray();
  }
}
