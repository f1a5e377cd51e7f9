package ai.contexture.spectrum;

import ai.contexture.input.Component;
import ai.contexture.input.Registry;
import ai.contexture.input.SpecOptions;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/**
 * A way to compute a spectrum; its text is the form on the command line, such as {@code
 * subsample(rows=600)}.
 */
public sealed interface SpectralMethod {

  /** Chooses by the size and structure of the context; what was chosen stands in the spectrum. */
  record Auto() implements SpectralMethod {
    @Override
    public String toString() {
      return "auto";
    }
  }

  /**
   * Decomposes the dense matrix of the smaller side, inputs or contexts; gives every eigenvalue.
   */
  record Dense() implements SpectralMethod {
    @Override
    public String toString() {
      return "dense";
    }
  }

  /**
   * Block Lanczos on the applied operator, to residuals below 10⁻⁸.
   *
   * @param start a spectrum of a similar context on the same points, with whose functions to start
   */
  record Krylov(Optional<Spectrum> start) implements SpectralMethod {

    /** Starts from random functions. */
    public Krylov() {
      this(Optional.empty());
    }

    @Override
    public String toString() {
      return "krylov";
    }
  }

  /**
   * The best functions in the span of random functions to which the operator was applied a few
   * times: fast and rough, as the residuals tell [Halko, Martinsson, Tropp, SIAM Review 2011].
   *
   * @param power how many times the operator is applied, at least 1
   * @param oversampling how many functions more than wanted, at least 1
   * @param seed of the random functions
   */
  record Sketch(int power, int oversampling, Seed seed) implements SpectralMethod {

    static final int DEFAULT_POWER = 3;
    static final int DEFAULT_OVERSAMPLING = 32;

    /** Checks the numbers. */
    public Sketch {
      if (power < 1 || oversampling < 1) {
        throw new IllegalArgumentException(
            "sketch: expected power and oversampling of at least 1, got "
                + power
                + " and "
                + oversampling);
      }
    }

    private static Sketch of(SpecOptions options) {
      return new Sketch(
          options.integer("power", DEFAULT_POWER, 1, Integer.MAX_VALUE),
          options.integer("oversampling", DEFAULT_OVERSAMPLING, 1, Integer.MAX_VALUE),
          SpectralMethod.seedOption(options));
    }

    /** The sketch that is made unless asked otherwise. */
    public Sketch() {
      this(DEFAULT_POWER, DEFAULT_OVERSAMPLING, Seed.of(0));
    }

    @Override
    public String toString() {
      StringJoiner text = new StringJoiner(", ", "sketch(", ")");
      text.add("oversampling=" + oversampling).add("power=" + power);
      return text.add("seed=" + seed.value()).toString();
    }
  }

  /**
   * Estimates eigenvalues, with their errors, from the dual kernel at a random part of the points;
   * that takes Θ(d₀ log d₀) of them for d₀ eigenvalues [C, app. E].
   *
   * @param rows how many points; for d functions d·ln d where it is not given
   * @param seed of their choice
   */
  record SubSample(OptionalInt rows, Seed seed) implements SpectralMethod {

    /** Checks the number. */
    public SubSample {
      if (rows.isPresent() && rows.getAsInt() < 2) {
        throw new IllegalArgumentException(
            "subsample: expected at least 2 rows, got " + rows.getAsInt());
      }
    }

    private static SubSample of(SpecOptions options) {
      int rows = options.integer("rows", 0, 2, Integer.MAX_VALUE);
      return new SubSample(
          rows == 0 ? OptionalInt.empty() : OptionalInt.of(rows),
          SpectralMethod.seedOption(options));
    }

    /** Takes so many points. */
    public SubSample(int rows, Seed seed) {
      this(OptionalInt.of(rows), seed);
    }

    @Override
    public String toString() {
      StringJoiner text = new StringJoiner(", ", "subsample(", ")");
      rows.ifPresent(r -> text.add("rows=" + r));
      return text.add("seed=" + seed.value()).toString();
    }
  }

  /**
   * The best functions in the span of an encoder's outputs, see {@link RayleighRitz}.
   *
   * @param encoder rows [b, p] to outputs [b, d₁], with the manager of the rows
   */
  record Encoder(UnaryOperator<NDArray> encoder) implements SpectralMethod {
    @Override
    public String toString() {
      return "encoder";
    }
  }

  /** Returns the methods that are known. */
  static Registry<SpectralMethod, Component<SpectralMethod>> registry() {
    return Registry.of(
        "method",
        List.of(
            Component.of(
                "auto", "chooses by the size and structure of the context", options -> new Auto()),
            Component.of("dense", "all eigenvalues of the whole matrix", options -> new Dense()),
            Component.of(
                "krylov",
                "block Lanczos: exact, without forming the matrix",
                options -> new Krylov()),
            Component.<SpectralMethod>of(
                    "sketch", "a randomised sketch: fast and rough", Sketch::of)
                .option("power", "how many times the context is applied to random functions")
                .option("oversampling", "how many extra functions to compute")
                .option("seed", "the seed of the random functions"),
            Component.<SpectralMethod>of(
                    "subsample", "estimates from some of the rows, with errors", SubSample::of)
                .option("rows", "how many rows; default: as many as the functions need")
                .option("seed", "the seed of the choice of rows")));
  }

  /**
   * Returns the method that a text such as {@code krylov} or {@code subsample(rows=600)} names.
   *
   * @throws ai.contexture.input.InputException if the name or an option is not known
   */
  static SpectralMethod parse(String text) {
    return registry().parse(text);
  }

  private static Seed seedOption(SpecOptions options) {
    return Seed.of(options.integer("seed", 0, 0, Integer.MAX_VALUE));
  }
}
