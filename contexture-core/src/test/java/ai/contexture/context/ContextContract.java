package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.contexture.input.Spec;
import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What every context must do. A context's test implements the interfaces of what it can give.
 *
 * <p>Contexts should be small (tens of points); their points should have no equal distances, so
 * that a point that is looked up and the same row as a new one have the same neighbours.
 */
interface ContextContract {

  /** A context whose arrays belong to the manager. */
  Context context(NDManager manager);

  /** Rows [b, p] near the pretraining points, but not among them. */
  NDArray newRows(NDManager manager);

  /** Whether the row of a pretraining point, as a new one, has the law of that point. */
  default boolean knowsItsRows() {
    return true;
  }

  /** New points, or some that are known where the context knows no others. */
  default Points others(Context context, NDManager manager, DataType type) {
    return context.inductive()
        ? Points.of(newRows(manager).toType(type, false))
        : known(context, manager);
  }

  @Test
  default void itsTextIsItsFormOnTheCommandLine() {
    try (NDManager manager = NDManager.newBaseManager()) {
      String text = context(manager).toString();
      if (Contexts.registry().names().contains(Spec.parse(text).name())) {
        assertThat(Contexts.parse(text)).hasToString(text);
      }
    }
  }

  /** Some pretraining points, looked up. */
  static Points known(Context context, NDManager manager) {
    return context.points().select(manager.create(new long[] {3, 0, 3, 7}));
  }

  private static NDArray ones(NDManager manager, int n) {
    return manager.ones(new Shape(n, 1), DataType.FLOAT64);
  }

  /** Asserts that calls leave nothing behind but what they return. */
  private static void assertNothingLeft(NDManager manager, Supplier<NDArray[]> call) {
    for (int i = 0; i < 3; i++) {
      Held held = Held.by(manager);
      for (NDArray array : call.get()) {
        array.close();
      }
      held.assertNoMore();
    }
  }

  /** Contexts that draw samples. */
  interface Sampled extends ContextContract {

    @Override
    SampledContext context(NDManager manager);

    @Test
    default void samplesOfOnePointStandNextToEachOther() {
      try (NDManager manager = NDManager.newBaseManager()) {
        SampledContext context = context(manager);
        Points x = known(context, manager);
        Points a = context.sample(x, 5, random("samples"));
        assertThat(a.size()).isEqualTo(20);
        assertThat(a.rows().getShape().dimension()).isEqualTo(2);
        assertThat(a.manager()).isSameAs(manager);
        if (a.positions().isPresent()) {
          assertThat(a.positions().get().getShape()).isEqualTo(new Shape(20));
          if (context instanceof FiniteContext finite) {
            assertClose(a.rows(), finite.contexts().rows().get(a.positions().get()), 0);
          }
        }
      }
    }

    @Test
    default void theSameSeedGivesTheSameSamples() {
      try (NDManager manager = NDManager.newBaseManager()) {
        SampledContext context = context(manager);
        Points x = known(context, manager);
        NDArray first = context.sample(x, 50, random("samples")).rows();
        NDArray again = context.sample(x, 50, random("samples")).rows();
        NDArray other = context.sample(x, 50, random("other samples")).rows();
        assertClose(again, first, 0);
        assertThat(other.sub(first).abs().max().toType(DataType.FLOAT64, false).getDouble())
            .isPositive();
      }
    }

    @Test
    default void samplingLeavesItsInputAndNothingElse() {
      try (NDManager manager = NDManager.newBaseManager()) {
        SampledContext context = context(manager);
        for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
          Points x = others(context, manager, type);
          NDArray rows = x.rows();
          NDArray before = rows.duplicate();
          assertNothingLeft(
              manager,
              () -> {
                Points a = context.sample(x, 3, random("samples"));
                return a.positions().isPresent()
                    ? new NDArray[] {a.rows(), a.positions().get()}
                    : new NDArray[] {a.rows()};
              });
          assertClose(rows, before, 0);
        }
      }
    }
  }

  /** Contexts whose dual kernel can be evaluated. */
  interface Kernel extends ContextContract {

    @Override
    KernelContext context(NDManager manager);

    @Test
    default void theKernelIsSymmetricAndPositive() {
      try (NDManager manager = NDManager.newBaseManager()) {
        KernelContext context = context(manager);
        NDArray k = context.kernel(context.points(), context.points());
        int n = context.points().size();
        assertThat(k.getShape()).isEqualTo(new Shape(n, n));
        assertThat(k.getDataType()).isEqualTo(DataType.FLOAT64);
        assertClose(k, k.transpose(), 1e-12);
        double smallest = LinearAlgebra.eigh(k).values().min().getDouble();
        assertThat(smallest).isGreaterThan(-1e-10 * n);
        Points x = others(context, manager, DataType.FLOAT64);
        NDArray cross = context.kernel(x, context.points());
        assertThat(cross.getShape()).isEqualTo(new Shape(x.size(), n));
        assertClose(context.kernel(context.points(), x).transpose(), cross, 1e-12);
      }
    }

    @Test
    default void lookedUpPointsHaveTheKernelOfTheSameNewRows() {
      try (NDManager manager = NDManager.newBaseManager()) {
        KernelContext context = context(manager);
        assumeTrue(context.inductive() && knowsItsRows());
        Points x = known(context, manager);
        Points y = Points.of(newRows(manager));
        assertClose(context.kernel(Points.of(x.rows()), y), context.kernel(x, y), 1e-12);
      }
    }

    @Test
    default void theKernelLeavesNothingElse() {
      try (NDManager manager = NDManager.newBaseManager()) {
        KernelContext context = context(manager);
        for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
          Points x = others(context, manager, type);
          Points y = known(context, manager);
          assertThat(context.kernel(x, y).getManager()).isSameAs(manager);
          assertNothingLeft(manager, () -> new NDArray[] {context.kernel(x, y)});
          assertNothingLeft(manager, () -> new NDArray[] {context.kernel(y, x)});
        }
      }
    }
  }

  /** Contexts whose whole operator is known. */
  interface Finite extends ContextContract {

    @Override
    FiniteContext context(NDManager manager);

    @Test
    default void probabilitiesSumToOne() {
      try (NDManager manager = NDManager.newBaseManager()) {
        ExpectationOperator t = context(manager).operator();
        assertThat(t.inputWeights().getShape()).isEqualTo(new Shape(t.inputs()));
        assertThat(t.contextWeights().getShape()).isEqualTo(new Shape(t.contexts()));
        assertThat(t.inputWeights().min().getDouble()).isPositive();
        assertThat(t.contextWeights().min().getDouble()).isNotNegative();
        assertClose(new double[] {t.inputWeights().sum().getDouble()}, new double[] {1}, 1e-12);
        assertClose(new double[] {t.contextWeights().sum().getDouble()}, new double[] {1}, 1e-12);
      }
    }

    @Test
    default void expectationsOfOneAreOne() {
      try (NDManager manager = NDManager.newBaseManager()) {
        FiniteContext context = context(manager);
        ExpectationOperator t = context.operator();
        assertThat(t.inputs()).isEqualTo(context.points().size());
        assertThat(t.contexts()).isEqualTo(context.contexts().size());
        assertClose(t.apply(ones(manager, t.contexts())), ones(manager, t.inputs()), 1e-12);
        NDArray occurs = t.contextWeights().gt(0).toType(DataType.FLOAT64, false).reshape(-1, 1);
        assertClose(t.adjoint(ones(manager, t.inputs())), occurs, 1e-12);
        Points x = others(context, manager, DataType.FLOAT64);
        assertClose(
            context.expectation(x, ones(manager, t.contexts())), ones(manager, x.size()), 1e-12);
      }
    }

    @Test
    default void theAdjointIsTheAdjoint() {
      try (NDManager manager = NDManager.newBaseManager()) {
        ExpectationOperator t = context(manager).operator();
        NDArray f = normal(manager, "f", t.inputs(), 3);
        NDArray g = normal(manager, "g", t.contexts(), 2);
        NDArray p = t.inputWeights().reshape(-1, 1);
        NDArray q = t.contextWeights().reshape(-1, 1);
        NDArray left = f.mul(p).transpose().matMul(t.apply(g));
        NDArray right = t.adjoint(f).mul(q).transpose().matMul(g);
        assertClose(left, right, 1e-12);
      }
    }

    @Test
    default void float32MapsAgree() {
      try (NDManager manager = NDManager.newBaseManager()) {
        ExpectationOperator t = context(manager).operator();
        NDArray f = normal(manager, "f", t.inputs(), 3);
        NDArray g = normal(manager, "g", t.contexts(), 3);
        NDArray image = t.apply(g.toType(DataType.FLOAT32, false));
        NDArray back = t.adjoint(f.toType(DataType.FLOAT32, false));
        assertThat(image.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(back.getDataType()).isEqualTo(DataType.FLOAT32);
        assertClose(image, t.apply(g), 1e-5);
        assertClose(back, t.adjoint(f), 1e-5);
      }
    }

    @Test
    default void expectationsAtLookedUpPointsAreTheOperators() {
      try (NDManager manager = NDManager.newBaseManager()) {
        FiniteContext context = context(manager);
        Points x = known(context, manager);
        NDArray g = normal(manager, "g", context.operator().contexts(), 2);
        NDArray rows = context.operator().apply(g).get(x.positions().orElseThrow());
        assertClose(context.expectation(x, g), rows, 1e-12);
        if (context.inductive() && knowsItsRows()) {
          assertClose(context.expectation(Points.of(x.rows()), g), rows, 1e-12);
        }
      }
    }

    @Test
    default void operatorsLeaveNothingElse() {
      try (NDManager manager = NDManager.newBaseManager()) {
        FiniteContext context = context(manager);
        ExpectationOperator t = context.operator();
        NDArray f = normal(manager, "f", t.inputs(), 2);
        NDArray g = normal(manager, "g", t.contexts(), 2);
        assertNothingLeft(manager, () -> new NDArray[] {t.apply(g)});
        assertNothingLeft(manager, () -> new NDArray[] {t.adjoint(f)});
        for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
          Points x = others(context, manager, type);
          assertThat(context.expectation(x, g).getManager()).isSameAs(manager);
          assertNothingLeft(manager, () -> new NDArray[] {context.expectation(x, g)});
        }
        Points known = known(context, manager);
        assertNothingLeft(manager, () -> new NDArray[] {context.expectation(known, g)});
      }
    }
  }

  /** Contexts whose samples can be held against their whole operator. */
  interface SampledFinite<C extends SampledContext & FiniteContext> extends Sampled, Finite {

    @Override
    C context(NDManager manager);

    /** 6 σ for each of some hundred cells: a false alarm in 10⁶ seeds. */
    @Test
    default void samplesFollowTheConditionalLaw() {
      int draws = 4000;
      double sigmas = 6;
      try (NDManager manager = NDManager.newBaseManager()) {
        C context = context(manager);
        int m = context.operator().contexts();
        for (Points x :
            new Points[] {known(context, manager), others(context, manager, DataType.FLOAT64)}) {
          double[] law = context.expectation(x, identity(manager, m)).toDoubleArray();
          long[] drawn =
              context.sample(x, draws, random("law")).positions().orElseThrow().toLongArray();
          double[] counts = new double[law.length];
          for (int i = 0; i < drawn.length; i++) {
            counts[i / draws * m + (int) drawn[i]]++;
          }
          for (int i = 0; i < law.length; i++) {
            double sigma = Math.sqrt(Math.max(0, law[i] * (1 - law[i])) / draws);
            assertThat(Math.abs(counts[i] / draws - law[i]))
                .as("cell %d, %s", i, reproduce())
                .isLessThanOrEqualTo(sigmas * sigma);
          }
        }
      }
    }
  }

  /** Contexts whose kernel can be held against their whole operator. */
  interface KernelFinite<C extends KernelContext & FiniteContext> extends Kernel, Finite {

    @Override
    C context(NDManager manager);

    @Test
    default void theKernelIntegratesToOne() {
      try (NDManager manager = NDManager.newBaseManager()) {
        C context = context(manager);
        NDArray p = context.operator().inputWeights().reshape(-1, 1);
        for (Points x :
            new Points[] {context.points(), others(context, manager, DataType.FLOAT64)}) {
          NDArray integral = context.kernel(x, context.points()).matMul(p);
          assertClose(integral, ones(manager, x.size()), 1e-12);
        }
      }
    }

    @Test
    default void theKernelIsTheOperatorsOwn() {
      try (NDManager manager = NDManager.newBaseManager()) {
        C context = context(manager);
        ExpectationOperator t = context.operator();
        NDArray indicators = identity(manager, t.inputs()).div(t.inputWeights());
        NDArray k = context.kernel(context.points(), context.points());
        assertClose(k, t.apply(t.adjoint(indicators)), 1e-11);
        Points x = others(context, manager, DataType.FLOAT64);
        assertClose(
            context.kernel(x, context.points()),
            context.expectation(x, t.adjoint(indicators)),
            1e-11);
      }
    }
  }
}
