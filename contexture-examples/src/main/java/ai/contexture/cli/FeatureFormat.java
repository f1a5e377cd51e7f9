package ai.contexture.cli;

import ai.contexture.data.Matrix;
import ai.contexture.data.NpyFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** How features are written to a file. */
enum FeatureFormat {
  /** A header f1, f2, … and a line for each row. */
  CSV {
    @Override
    void write(Matrix features, int d, OutputStream stream) throws IOException {
      StringBuilder text = new StringBuilder();
      for (int j = 1; j <= d; j++) {
        text.append(j == 1 ? "f" : ",f").append(j);
      }
      text.append('\n');
      for (int i = 0; i < features.rows(); i++) {
        for (int j = 0; j < d; j++) {
          text.append(j == 0 ? "" : ",").append(features.get(i, j));
        }
        text.append('\n');
        if (text.length() > BLOCK) {
          stream.write(text.toString().getBytes(StandardCharsets.US_ASCII));
          text.setLength(0);
        }
      }
      stream.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
  },
  /** A numpy array float64 [n, d]. */
  NPY {
    @Override
    void write(Matrix features, int d, OutputStream stream) throws IOException {
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
    void write(Matrix features, int d, OutputStream stream) throws IOException {
      ZipOutputStream zip = new ZipOutputStream(stream);
      ZipEntry entry = new ZipEntry("features.npy");
      entry.setTime(0);
      zip.putNextEntry(entry);
      NPY.write(features, d, zip);
      zip.closeEntry();
      zip.finish();
    }
  };

  private static final int BLOCK = 1 << 16;

  /** Writes the first d features of each row. */
  abstract void write(Matrix features, int d, OutputStream stream) throws IOException;
}
