package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.SparseMatrix;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** The concatenation of two contexts, A = (A₁, A₂) drawn independently given x. */
final class Concatenation {

  /** Pairs of values up to so many are listed; more make the context one that only samples. */
  private static final long MOST_PAIRS = 30_000_000;

  /** Laws of up to so many probabilities are listed though few of them may be zero. */
  private static final long MOST_DENSE = 4_000_000;

  private Concatenation() {}

  static Context of(String text, Context first, Context second) {
    boolean sampled = first instanceof SampledContext && second instanceof SampledContext;
    Pairs pairs = null;
    if (first instanceof FiniteContext left && second instanceof FiniteContext right) {
      pairs = Pairs.of(text, left, right, sampled);
    } else if (!sampled) {
      throw new InputException(
          text + ": expected two contexts that both give samples or both have a finite operator");
    }
    Pairs found = pairs;
    SampledContext.Sampler sampler =
        sampled
            ? (x, samples, random) ->
                sample((SampledContext) first, (SampledContext) second, found, x, samples, random)
            : null;
    CompositeContext.Laws laws =
        pairs == null
            ? null
            : new CompositeContext.Laws(pairs.contexts, pairs.operator, pairs::law);
    boolean inductive = first.inductive() && second.inductive();
    return CompositeContext.of(text, first.points(), inductive, false, sampler, laws, null);
  }

  private static Points sample(
      SampledContext first,
      SampledContext second,
      Pairs pairs,
      Points x,
      int samples,
      RandomGenerator random) {
    NDManager manager = x.manager();
    if (pairs != null) {
      return pairs.sample(x, samples, random);
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray left = first.sample(x.within(scope), samples, random).rows();
      NDArray right = second.sample(x.within(scope), samples, random).rows();
      NDArray both = left.concat(right, 1);
      both.attach(manager);
      return Points.of(both);
    }
  }

  /** The pairs of values that occur, in ascending order of a₁·m₂ + a₂. */
  private static final class Pairs {

    private final FiniteContext first;
    private final FiniteContext second;
    private final long[] keys;
    private final Points contexts;
    private final MarkovLaw law;
    private final ExpectationOperator operator;

    private Pairs(FiniteContext first, FiniteContext second, Rows rows, NDArray weights) {
      this.first = first;
      this.second = second;
      keys = Arrays.stream(rows.keys).sorted().distinct().toArray();
      NDManager manager = first.points().manager();
      law = rows.law(keys, null, manager);
      operator = law.operator(weights);
      long width = second.contexts().size();
      try (NDManager scope = manager.newSubManager()) {
        NDArray left =
            first
                .contexts()
                .rows()
                .get(scope.create(Arrays.stream(keys).map(k -> k / width).toArray()));
        NDArray right =
            second
                .contexts()
                .rows()
                .get(scope.create(Arrays.stream(keys).map(k -> k % width).toArray()));
        left.attach(scope);
        right.attach(scope);
        NDArray both = left.concat(right.toType(left.getDataType(), false), 1);
        both.attach(manager);
        contexts = Points.all(both);
      }
    }

    /** The pairs, or null where they are too many and samples will do. */
    static Pairs of(String text, FiniteContext first, FiniteContext second, boolean sampled) {
      double[] p = Torch.doubles(first.operator().inputWeights());
      double[] other = Torch.doubles(second.operator().inputWeights());
      for (int i = 0; i < p.length; i++) {
        if (Math.abs(p[i] - other[i]) > 1e-12) {
          throw new InputException(
              Text.format(
                  "%s: %s and %s give the rows different probabilities, expected the same",
                  text, first, second));
        }
      }
      for (FiniteContext part : List.of(first, second)) {
        if (!part.law(part.points()).hasProbabilities()) {
          if (sampled) {
            return null;
          }
          throw new InputException(
              Text.format(
                  "%s: %s gives expectations of linear functions only, expected probabilities of"
                      + " values, whose pairs can be listed",
                  text, part));
        }
      }
      SparseMatrix left = listed(first, first.points(), first.points().manager());
      SparseMatrix right = listed(second, second.points(), second.points().manager());
      if (left == null || right == null || Rows.count(left, right) > MOST_PAIRS) {
        if (sampled) {
          return null;
        }
        throw new InputException(
            text + ": the pairs of values are too many to be listed, and there are no samples");
      }
      return new Pairs(first, second, new Rows(left, right), first.operator().inputWeights());
    }

    /** The laws of points as a sparse matrix, or null where they are too many. */
    private static SparseMatrix listed(FiniteContext context, Points x, NDManager owner) {
      ConditionalLaw law = context.law(x);
      if (law instanceof SparseLaw sparse) {
        return sparse.probabilities();
      }
      if ((long) law.points() * law.contexts() > MOST_DENSE) {
        return null;
      }
      try (NDArray dense = law.dense(owner)) {
        return SparseMatrix.ofDense(dense);
      }
    }

    MarkovLaw law(Points x) {
      if (x.isSameAs(contexts) || x.isSameAs(first.points())) {
        return law;
      }
      if (x.positionsIn(first.points()).isPresent()) {
        return law.select(x.positionsIn(first.points()).get(), x.manager());
      }
      SparseMatrix left = listed(first, x, x.manager());
      SparseMatrix right = listed(second, x, x.manager());
      double[] marginal = Torch.doubles(operator.contextWeights());
      return new Rows(left, right).law(keys, marginal, x.manager());
    }

    Points sample(Points x, int samples, RandomGenerator random) {
      NDManager manager = x.manager();
      try (NDManager scope = manager.newSubManager()) {
        return contexts.select(law(x.within(scope)).draw(samples, random, manager));
      }
    }
  }

  /** The products of two laws, row after row. */
  private static final class Rows {

    private final int[] starts;
    private final long[] keys;
    private final double[] values;

    Rows(SparseMatrix left, SparseMatrix right) {
      SparseMatrix.Entries a = left.entries();
      SparseMatrix.Entries b = right.entries();
      int total = Math.toIntExact(count(left, right));
      starts = new int[left.rows() + 1];
      keys = new long[total];
      values = new double[total];
      int next = 0;
      for (int x = 0; x < left.rows(); x++) {
        for (int i = (int) a.offsets()[x]; i < a.offsets()[x + 1]; i++) {
          for (int j = (int) b.offsets()[x]; j < b.offsets()[x + 1]; j++) {
            keys[next] = a.columns()[i] * right.columns() + b.columns()[j];
            values[next++] = a.values()[i] * b.values()[j];
          }
        }
        starts[x + 1] = next;
      }
    }

    static long count(SparseMatrix left, SparseMatrix right) {
      long[] a = left.entries().offsets();
      long[] b = right.entries().offsets();
      long count = 0;
      for (int x = 0; x < left.rows(); x++) {
        count += (a[x + 1] - a[x]) * (b[x + 1] - b[x]);
      }
      return count;
    }

    /**
     * The laws over known pairs; the rest of a law that falls on unknown pairs is shared among the
     * known, and a law of unknown pairs only becomes the marginal.
     */
    MarkovLaw law(long[] known, double[] marginal, NDManager owner) {
      int rows = starts.length - 1;
      long[] offsets = new long[rows + 1];
      long[] columns = new long[keys.length];
      double[] probabilities = new double[keys.length];
      int next = 0;
      for (int x = 0; x < rows; x++) {
        double sum = 0;
        int begin = next;
        for (int i = starts[x]; i < starts[x + 1]; i++) {
          int column = Arrays.binarySearch(known, keys[i]);
          if (column >= 0) {
            columns[next] = column;
            probabilities[next++] = values[i];
            sum += values[i];
          }
        }
        if (marginal != null && sum > 0) {
          for (int i = begin; i < next; i++) {
            probabilities[i] /= sum;
          }
        } else if (marginal != null) {
          int needed = next + marginal.length;
          columns = Arrays.copyOf(columns, Math.max(columns.length, needed) + keys.length);
          probabilities = Arrays.copyOf(probabilities, columns.length);
          for (int a = 0; a < marginal.length; a++) {
            columns[next] = a;
            probabilities[next++] = marginal[a];
          }
        }
        offsets[x + 1] = next;
      }
      return MarkovLaw.sparse(
          SparseMatrix.of(
              known.length,
              owner.create(offsets),
              owner.create(Arrays.copyOf(columns, next)),
              owner.create(Arrays.copyOf(probabilities, next))));
    }
  }
}
