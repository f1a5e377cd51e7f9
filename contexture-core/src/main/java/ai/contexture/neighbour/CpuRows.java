package ai.contexture.neighbour;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.DoubleBuffer;

/** Points in float64 on the CPU, read where they lie, and exact distances to them. */
final class CpuRows {

  /** Values of a buffer, which holds at most 2 GiB. */
  private static final int BUFFER_VALUES = 1 << 27;

  private final DoubleBuffer[] buffers;
  private final int bufferRows;
  private final int p;
  private final boolean manhattan;

  /**
   * Opens points.
   *
   * @param points float64 [n, p]
   * @param scope the points can be read until it is closed
   */
  CpuRows(NDArray points, boolean manhattan, NDManager scope) {
    this.manhattan = manhattan;
    long n = points.getShape().get(0);
    p = Math.toIntExact(points.getShape().get(1));
    bufferRows = Math.max(1, BUFFER_VALUES / Math.max(1, p));
    buffers = new DoubleBuffer[Math.toIntExact((n + bufferRows - 1) / bufferRows)];
    for (int i = 0; i < buffers.length; i++) {
      long start = (long) i * bufferRows;
      NDArray part = points.get(start + ":" + Math.min(n, start + bufferRows));
      part.attach(scope);
      buffers[i] = part.toByteBuffer(true).asDoubleBuffer();
    }
  }

  /** Returns Σ_c (q_c − x_c)² or Σ_c |q_c − x_c|, added up in the order of the columns. */
  double sum(double[] query, int point) {
    DoubleBuffer values = buffers[point / bufferRows];
    int at = point % bufferRows * p;
    double sum = 0;
    if (manhattan) {
      for (int c = 0; c < p; c++) {
        sum += Math.abs(query[c] - values.get(at + c));
      }
    } else {
      for (int c = 0; c < p; c++) {
        double difference = query[c] - values.get(at + c);
        sum += difference * difference;
      }
    }
    return sum;
  }

  /** Returns the distance that such a sum stands for. */
  double distance(double sum) {
    return manhattan ? sum : Math.sqrt(sum);
  }
}
