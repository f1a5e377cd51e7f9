package ai.contexture.cli;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Forecast;
import ai.contexture.torch.NativeCache;
import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.cuda.CudaUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of this machine and of how it computes.
 *
 * @param versions of what is used, by name
 * @param memory bytes of the machine or its container, where Java says
 * @param heap bytes that Java takes at most
 * @param processors how many there are for this process
 * @param engine nothing if it cannot be loaded
 * @param devices with the outcome of their tests
 * @param gpu what computing on a GPU takes, and what of it is there
 * @param problem why the engine cannot be loaded, or empty
 * @param advice what to change, a sentence each
 */
record Checkup(
    Map<String, String> versions,
    OptionalLong memory,
    long heap,
    int processors,
    Optional<Natives> engine,
    List<Tested> devices,
    Gpu gpu,
    String problem,
    List<String> advice) {

  /** Rows and columns of the matrices that are multiplied. */
  private static final int SIZE = 1024;

  /** How many numbers of the product are compared. */
  private static final int COMPARED = 64;

  private static final double SECONDS = 2;
  private static final int PRODUCTS = 4;

  /**
   * The largest difference of a float32 product of such matrices, beside their standard deviation.
   */
  private static final double TOLERANCE = 1e-3;

  /** What the dynamic linker says of a library that it does not find. */
  private static final Pattern MISSING =
      Pattern.compile("(lib[^\\s:]+\\.so[^\\s:]*): cannot open shared object file");

  /**
   * The native libraries.
   *
   * @param place where they are
   * @param features what libtorch was built with
   * @param threads that an operation uses at most
   */
  record Natives(String place, TreeSet<String> features, int threads) {}

  /**
   * A device and what came of multiplying on it.
   *
   * @param problem why it does not work, or empty
   * @param gflops 10⁹ operations a second, NaN where it does not work
   * @param memory bytes of the device, where it has its own
   */
  record Tested(String device, String problem, double gflops, OptionalLong memory) {}

  /** Looks and measures. */
  static Checkup of() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("contexture", ContextureCommand.version());
    versions.put("Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("DJL", Engine.getDjlVersion());
    Optional<Natives> engine = Optional.empty();
    String problem = "";
    List<Tested> devices = new ArrayList<>();
    int gpus = 0;
    try {
      NativeCache.requireWhole();
      Engine loaded = Engine.getInstance();
      versions.put("libtorch", loaded.getVersion());
      gpus = loaded.getGpuCount();
      engine =
          Optional.of(
              new Natives(
                  LibUtils.getLibtorchPath(),
                  new TreeSet<>(JniUtils.getFeatures()),
                  JniUtils.getNumThreads()));
      devices.add(tested("cpu", Device.cpu()));
      for (int i = 0; i < gpus; i++) {
        devices.add(tested("gpu:" + i, Device.gpu(i)));
      }
    } catch (RuntimeException | LinkageError e) {
      problem = first(e);
    }
    Gpu gpu = Gpu.of(System.getenv(), engine.map(Natives::place), gpus);
    return new Checkup(
        versions,
        Forecast.memory(),
        Runtime.getRuntime().maxMemory(),
        Runtime.getRuntime().availableProcessors(),
        engine,
        devices,
        gpu,
        problem,
        advice(System.getenv(), gpu, problem));
  }

  /** Whether all that is there works. */
  boolean healthy() {
    return engine.isPresent() && devices.stream().allMatch(tested -> tested.problem.isEmpty());
  }

  /**
   * What to change.
   *
   * @param problem why the engine cannot be loaded, or empty
   */
  static List<String> advice(Map<String, String> environment, Gpu gpu, String problem) {
    List<String> advice = new ArrayList<>();
    String path = environment.get("PYTORCH_LIBRARY_PATH");
    if (path != null && !environment.containsKey("PYTORCH_FLAVOR")) {
      advice.add(
          "PYTORCH_LIBRARY_PATH needs PYTORCH_FLAVOR beside it, cpu or cu128, as "
              + path
              + " was built");
    } else if (!problem.isEmpty()) {
      advice.add(
          path == null
              ? "the natives are unpacked to DJL_CACHE_DIR, else to ~/.djl.ai, which must be"
                  + " writable and have 0.5 GB free"
              : unloadable(problem));
    }
    gpu.advice(environment).ifPresent(advice::add);
    if (!"passive".equalsIgnoreCase(environment.get("OMP_WAIT_POLICY"))) {
      advice.add(
          "set OMP_WAIT_POLICY=passive before Java starts, else steps take several times as long"
              + " as soon as another process is busy");
    }
    if (!"true".equals(environment.get("DJL_OFFLINE"))) {
      advice.add("set DJL_OFFLINE=true, so that nothing is asked of the network");
    }
    return advice;
  }

  private static String unloadable(String problem) {
    Matcher missing = MISSING.matcher(problem);
    return missing.find()
        ? "libtorch asks for "
            + missing.group(1)
            + ", which is in no folder of LD_LIBRARY_PATH and not among the system's libraries;"
            + " contexture gpu status says what an installation lacks"
        : "PYTORCH_LIBRARY_PATH must be a folder with the libraries of libtorch 2.7.1";
  }

  private static Tested tested(String name, Device device) {
    OptionalLong memory =
        device.isGpu()
            ? OptionalLong.of(CudaUtils.getGpuMemory(device).getMax())
            : OptionalLong.empty();
    try {
      double gflops = gflops(device);
      return new Tested(name, "", gflops, memory);
    } catch (RuntimeException e) {
      return new Tested(name, first(e), Double.NaN, memory);
    }
  }

  /** Multiplies for some seconds and compares some of the numbers with Java's own. */
  private static double gflops(Device device) {
    RandomGenerator random = Seed.of(0).derive("doctor").generator();
    float[] left = normal(random);
    float[] right = normal(random);
    try (NDManager manager = NDManager.newBaseManager(device)) {
      Shape shape = new Shape(SIZE, SIZE);
      NDArray a = manager.create(left, shape);
      NDArray b = manager.create(right, shape);
      float[] product;
      try (NDArray c = a.matMul(b)) {
        product = c.toFloatArray();
      }
      for (int k = 0; k < COMPARED; k++) {
        int i = random.nextInt(SIZE);
        int j = random.nextInt(SIZE);
        double exact = 0;
        for (int l = 0; l < SIZE; l++) {
          exact += (double) left[i * SIZE + l] * right[l * SIZE + j];
        }
        double got = product[i * SIZE + j];
        if (!(Math.abs(got - exact) <= TOLERANCE * Math.sqrt(SIZE))) {
          throw new ArithmeticException(
              Text.format("a product of matrices is wrong: expected %s, got %s", exact, got));
        }
      }
      double best = Double.POSITIVE_INFINITY;
      long end = System.nanoTime() + (long) (SECONDS * TimeUnit.SECONDS.toNanos(1));
      while (System.nanoTime() < end) {
        long start = System.nanoTime();
        products(a, b);
        best = Math.min(best, (System.nanoTime() - start) * 1e-9);
      }
      return 2.0 * SIZE * SIZE * SIZE * PRODUCTS / best * 1e-9;
    }
  }

  /** Multiplies several times and waits for the last number, since a GPU answers at once. */
  private static void products(NDArray a, NDArray b) {
    try (NDManager scope = a.getManager().newSubManager()) {
      NDArray last = a;
      for (int i = 0; i < PRODUCTS; i++) {
        last = a.matMul(b);
        last.attach(scope);
      }
      last.getFloat(SIZE - 1, SIZE - 1);
    }
  }

  private static float[] normal(RandomGenerator random) {
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The first line of the innermost message. */
  private static String first(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).strip();
    return message.lines().findFirst().orElse(cause.getClass().getSimpleName());
  }
}
