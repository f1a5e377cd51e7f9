package ai.contexture.context;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Rows that stand for the nodes of a graph, for encoders that read the graph: the position of a
 * node, and the number of the view in which it is seen, 0 for the graph as it is.
 */
public final class Nodes {

  /** How many numbers such a row has. */
  public static final int WIDTH = 2;

  /** More nodes could not be told apart in float32. */
  public static final int MOST = 1 << 24;

  private Nodes() {}

  /** Returns the rows of all n nodes of a graph as it is, float32 [n, 2]. */
  public static NDArray rows(int n, NDManager owner) {
    return rows(n, 0, owner);
  }

  /** Returns the rows of all n nodes of a graph in one of its views, float32 [n, 2]. */
  public static NDArray rows(int n, int view, NDManager owner) {
    float[] rows = new float[n * WIDTH];
    for (int i = 0; i < n; i++) {
      rows[i * WIDTH] = i;
      rows[i * WIDTH + 1] = view;
    }
    try (NDArray shared = owner.create(rows, new Shape(n, WIDTH))) {
      return shared.duplicate();
    }
  }

  /** Returns what rows hold: the node of row i at 2i and its view behind it. <b>[2b]</b> */
  public static int[] read(NDArray rows) {
    try (NDArray doubles = rows.toType(DataType.FLOAT64, true)) {
      return Arrays.stream(Torch.doubles(doubles)).mapToInt(number -> (int) number).toArray();
    }
  }
}
