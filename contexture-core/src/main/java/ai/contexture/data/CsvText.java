package ai.contexture.data;

import ai.contexture.input.InputException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.CharConversionException;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** The text of a CSV file; what is no such file is recognised by how it begins. */
final class CsvText {

  private static final int BEGINNING = 64;

  private static final String GZIP = "\u001F\u008B";
  private static final String MARK = "\u00EF\u00BB\u00BF";

  /** What files of other kinds begin with, a character for each byte, and what they are. */
  private static final Map<String, String> OTHERS = new LinkedHashMap<>();

  static {
    String workbook = "save the sheet as CSV in UTF-8";
    OTHERS.put("PK\u0003\u0004", "a zip archive or workbook (.xlsx); unpack it, or " + workbook);
    OTHERS.put("\u00D0\u00CF\u0011\u00E0", "a workbook (.xls); " + workbook);
    OTHERS.put("BZh", "a file compressed by bzip2; decompress it, or compress it by gzip");
    OTHERS.put("\u00FD7zXZ", "a file compressed by xz; decompress it, or compress it by gzip");
    OTHERS.put(
        "(\u00B5/\u00FD", "a file compressed by zstd; decompress it, or compress it by gzip");
    OTHERS.put("PAR1", "a Parquet file; write its table as CSV");
    OTHERS.put("\u0093NUMPY", "an array of NumPy; give its file a name that ends in .npy");
    OTHERS.put("\u00FF\u00FE", "a text in UTF-16; convert it to UTF-8");
    OTHERS.put("\u00FE\u00FF", "a text in UTF-16; convert it to UTF-8");
    OTHERS.put("version https://git-lfs", "a pointer of Git LFS; fetch the file by git lfs pull");
    OTHERS.put("<!doctype", "a web page; download the file itself");
    OTHERS.put("<html", "a web page; download the file itself");
    OTHERS.put("<?xml", "an XML file; write its table as CSV");
  }

  private static final Pattern JSON =
      Pattern.compile("\\s*(\\{\\s*\"|\\[\\s*[\\[{]).*", Pattern.DOTALL);
  private static final Pattern SEPARATOR =
      Pattern.compile("\"?sep=.?\"?\\s*[\r\n].*", Pattern.DOTALL);

  private CsvText() {}

  /**
   * Returns the text of a file, unzipped where it is gzip-compressed.
   *
   * @param raw the bytes, of which the beginning can be read twice
   * @throws InputException if it is a file of another kind
   */
  static Reader of(String name, InputStream raw) throws IOException {
    InputStream bytes = raw;
    String beginning = beginning(bytes);
    if (beginning.startsWith(GZIP)) {
      bytes = new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16);
      beginning = beginning(bytes);
    }
    if (beginning.startsWith(MARK)) {
      beginning = beginning.substring(MARK.length());
      bytes.skipNBytes(MARK.length());
    }
    requireCsv(name, beginning);
    // A decoder made this way reports bytes that are not UTF-8; one made from the charset would
    // replace them.
    return new BufferedReader(
        new NoNul(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder())));
  }

  private static String beginning(InputStream bytes) throws IOException {
    bytes.mark(BEGINNING);
    String beginning = new String(bytes.readNBytes(BEGINNING), StandardCharsets.ISO_8859_1);
    bytes.reset();
    return beginning;
  }

  private static void requireCsv(String name, String beginning) {
    String lower = beginning.toLowerCase(Locale.ROOT);
    String other = JSON.matcher(beginning).matches() ? "JSON; write its table as CSV" : null;
    for (Map.Entry<String, String> kind : OTHERS.entrySet()) {
      boolean same = beginning.startsWith(kind.getKey()) || lower.startsWith(kind.getKey());
      other = same ? kind.getValue() : other;
    }
    if (other != null) {
      throw new InputException(name + ": expected a CSV file, got " + other);
    }
    if (SEPARATOR.matcher(lower).matches()) {
      throw new InputException(
          name
              + ": line 1 tells a spreadsheet program the separator, expected the header; take this"
              + " line out");
    }
  }

  /** Refuses NUL characters, which no text holds, and which spoil names without being seen. */
  private static final class NoNul extends FilterReader {

    NoNul(Reader text) {
      super(text);
    }

    @Override
    public int read() throws IOException {
      char[] one = new char[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] buffer, int start, int length) throws IOException {
      int count = super.read(buffer, start, length);
      for (int i = start; i < start + count; i++) {
        if (buffer[i] == 0) {
          throw new CharConversionException("NUL");
        }
      }
      return count;
    }
  }
}
