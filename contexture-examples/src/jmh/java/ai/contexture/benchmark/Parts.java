package ai.contexture.benchmark;

import ai.contexture.torch.Torch;
import ai.contexture.context.KnnContext;
import ai.contexture.context.KnnContext.Search;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The parts of the work under JMH, on the CPU. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Dai.djl.pytorch.graph_optimizer=false", "-Dai.djl.offline=true"})
public class Parts {

  /** A benchmark of {@code contexture bench}, which JMH sets up and closes. */
  public abstract static class Whole {

    private Benchmark benchmark;

    abstract Benchmark benchmark() throws IOException;

    double run() {
      return benchmark.run();
    }

    /** Sets it up. */
    @Setup(Level.Trial)
    public void open() throws IOException {
      benchmark = benchmark();
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
      benchmark.close();
    }
  }

  /** Random rows and how many neighbours they have. */
  @State(Scope.Benchmark)
  public static class Rows extends Whole {

    /** Rows. */
    @Param("5000")
    public int n;

    /** Numbers in a row. */
    @Param("32")
    public int features;

    /** Neighbours. */
    @Param("30")
    public int k;

    @Override
    Benchmark benchmark() {
      return new NeighboursBenchmark(n, features, 0, k, Search.EXACT, Device.cpu());
    }
  }

  /** Neighbours and how many eigenvalues are wanted of them. */
  @State(Scope.Benchmark)
  public static class Eigenvalues extends Whole {

    /** Rows. */
    @Param("5000")
    public int n;

    /** How many eigenvalues. */
    @Param("64")
    public int top;

    @Override
    Benchmark benchmark() {
      return new SpectrumBenchmark(n, 32, 30, top, Device.cpu());
    }
  }

  /** A network in training. */
  @State(Scope.Benchmark)
  public static class Network extends Whole {

    private static final int STEPS = 10;
    private static final int MOST_RUNS = 10_000_000;

    /** Rows of a step. */
    @Param("128")
    public int n;

    /** Units of a hidden layer. */
    @Param("64")
    public int width;

    /** Outputs. */
    @Param("32")
    public int dim;

    @Override
    Benchmark benchmark() {
      return new StepBenchmark(n, width, dim, STEPS, MOST_RUNS, Device.cpu());
    }
  }

  /** A CSV file. */
  @State(Scope.Benchmark)
  public static class File extends Whole {

    /** Rows. */
    @Param("10000")
    public int n;

    /** Columns. */
    @Param("32")
    public int features;

    @Override
    Benchmark benchmark() throws IOException {
      return new ReadBenchmark(n, features);
    }
  }

  /** The operator of nearest neighbours and functions to apply it to. */
  @State(Scope.Benchmark)
  public static class Functions {

    /** Rows. */
    @Param("20000")
    public int n;

    /** Functions. */
    @Param("32")
    public int count;

    private NDManager manager;
    private KnnContext context;
    private NDArray values;

    /** Draws rows and values and finds the neighbours. */
    @Setup(Level.Trial)
    public void open() {
      manager = NDManager.newBaseManager(Device.cpu());
      context = KnnContext.of(RandomRows.of64(n, 8, manager), 30);
      values = RandomRows.of64(n, count, manager);
    }

    /** Gives all memory back. */
    @TearDown(Level.Trial)
    public void close() {
      manager.close();
    }
  }

  /** The exact nearest neighbours of all rows. */
  @org.openjdk.jmh.annotations.Benchmark
  public double neighbours(Rows rows) {
    return rows.run();
  }

  /** The conditional expectation of functions, a product with a sparse matrix. */
  @org.openjdk.jmh.annotations.Benchmark
  public long sparseProduct(Functions functions) {
    try (NDManager scope = functions.manager.newSubManager()) {
      NDArray view = Torch.within(functions.values, scope);
      NDArray image = functions.context.operator().apply(view);
      image.attach(scope);
      return image.size();
    }
  }

  /** The top of a spectrum. */
  @org.openjdk.jmh.annotations.Benchmark
  public double spectrum(Eigenvalues eigenvalues) {
    return eigenvalues.run();
  }

  /** One training step; every tenth reads the losses. */
  @OperationsPerInvocation(Network.STEPS)
  @org.openjdk.jmh.annotations.Benchmark
  public double step(Network network) {
    return network.run();
  }

  /** Reading a file. */
  @org.openjdk.jmh.annotations.Benchmark
  public double csv(File file) {
    return file.run();
  }
}
