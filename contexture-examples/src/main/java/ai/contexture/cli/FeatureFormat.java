package ai.contexture.cli;

import ai.contexture.data.Column;
import ai.contexture.data.Matrix;
import ai.contexture.data.NpyFile;
import ai.contexture.input.Names;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** How features are written to a file. */
enum FeatureFormat {
  /** A header row, the names of kept columns, f1, f2, …, and a line for each row. */
  CSV {
    @Override
    void write(Matrix features, int d, List<Column> kept, OutputStream stream) throws IOException {
      StringBuilder text = new StringBuilder(ROW);
      kept.forEach(column -> text.append(',').append(Names.quoted(column.name())));
      for (int j = 1; j <= d; j++) {
        text.append(",f").append(j);
      }
      text.append('\n');
      for (int i = 0; i < features.rows(); i++) {
        text.append(i + 1);
        for (Column column : kept) {
          String cell = column.cell(i);
          text.append(',').append(cell.isEmpty() ? "" : Names.quoted(cell));
        }
        for (int j = 0; j < d; j++) {
          text.append(',').append(features.get(i, j));
        }
        text.append('\n');
        if (text.length() > BLOCK) {
          stream.write(text.toString().getBytes(StandardCharsets.UTF_8));
          text.setLength(0);
        }
      }
      stream.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  },
  /** A numpy array float64 [n, d]. */
  NPY {
    @Override
    void write(Matrix features, int d, List<Column> kept, OutputStream stream) throws IOException {
      stream.write(NpyFile.header("<f8", features.rows(), d));
      ByteBuffer row = ByteBuffer.allocate(Double.BYTES * d).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < features.rows(); i++) {
        row.clear();
        for (int j = 0; j < d; j++) {
          row.putDouble(features.get(i, j));
        }
        stream.write(row.array());
      }
    }
  },
  /** A numpy archive with one array, {@code features}. */
  NPZ {
    @Override
    void write(Matrix features, int d, List<Column> kept, OutputStream stream) throws IOException {
      ZipOutputStream zip = new ZipOutputStream(stream);
      ZipEntry entry = new ZipEntry("features.npy");
      entry.setTime(0);
      zip.putNextEntry(entry);
      NPY.write(features, d, kept, zip);
      zip.closeEntry();
      zip.finish();
    }
  };

  /** The name of the first column, which holds the number of a row, from 1. */
  static final String ROW = "row";

  private static final int BLOCK = 1 << 16;

  /**
   * Writes the first d features of each row.
   *
   * @param kept columns that CSV has beside them; arrays hold features alone
   */
  abstract void write(Matrix features, int d, List<Column> kept, OutputStream stream)
      throws IOException;
}
