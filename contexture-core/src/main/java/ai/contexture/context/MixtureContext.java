package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.random.RandomGenerator;

/** The convex combination of contexts. */
final class MixtureContext {

  private static final double SUM_TOLERANCE = 1e-9;

  private final String text;
  private final double[] weights;
  private final List<? extends Context> parts;

  /** The place of each part among the sets of values that are kept apart. */
  private final int[] setOf;

  /** The length of a value of A, and whether values are marked with a tag. */
  private final boolean tagged;

  private final int width;

  private MixtureContext(double[] weights, List<? extends Context> parts, boolean apart) {
    this.text = text(weights, parts, apart);
    this.weights = weights;
    this.parts = parts;
    setOf = new int[parts.size()];
    int sets = 0;
    for (int i = 0; i < setOf.length; i++) {
      setOf[i] = -1;
      for (int j = 0; j < i && !apart && setOf[i] < 0; j++) {
        if (haveTheSameValues(parts.get(i), parts.get(j))) {
          setOf[i] = setOf[j];
        }
      }
      if (setOf[i] < 0) {
        setOf[i] = sets++;
      }
    }
    int[] widths = parts.stream().mapToInt(MixtureContext::width).toArray();
    int widest = 0;
    boolean different = false;
    for (int w : widths) {
      different |= w != widths[0];
      widest = Math.max(widest, w);
    }
    tagged = different;
    width = different ? widest + sets : widest;
  }

  /** Whether the laws of both are probabilities over the same values, which can be added. */
  private static boolean haveTheSameValues(Context first, Context second) {
    return first instanceof FiniteContext left
        && second instanceof FiniteContext right
        && left.contexts().isSameAs(right.contexts())
        && left.law(left.points()).hasProbabilities()
        && right.law(right.points()).hasProbabilities();
  }

  /** The length of a value of A, drawn once where nothing else tells it. */
  private static int width(Context part) {
    if (part instanceof FiniteContext finite) {
      return finite.contexts().width();
    }
    if (part instanceof SampledContext sampled) {
      try (NDManager scope = part.points().manager().newSubManager()) {
        Points one = part.points().select(scope.create(new long[] {0}));
        RandomGenerator random = Seed.of(0).derive("width").generator();
        return sampled.sample(one, 1, random).width();
      }
    }
    return part.points().width();
  }

  static String text(double[] weights, List<?> parts, boolean apart) {
    StringJoiner text = new StringJoiner(", ", "mix(", ")");
    for (int i = 0; i < weights.length; i++) {
      text.add(Numbers.text(weights[i]) + ": " + parts.get(i));
    }
    if (apart) {
      text.add("apart=true");
    }
    return text.toString();
  }

  static Context of(double[] weights, List<? extends Context> parts, boolean apart) {
    Mixing.requireSamePoints("mix", parts);
    double sum = 0;
    for (double weight : weights) {
      if (!(weight >= 0)) {
        throw new IllegalArgumentException("weights: expected at least 0, got " + weight);
      }
      sum += weight;
    }
    if (weights.length != parts.size() || Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new IllegalArgumentException(
          Text.format(
              "weights: expected one for each of %d parts, which sum to 1, got %d of sum %s",
              parts.size(), weights.length, sum));
    }
    return new MixtureContext(weights.clone(), List.copyOf(parts), apart).assemble();
  }

  private Context assemble() {
    boolean sampled = parts.stream().allMatch(SampledContext.class::isInstance);
    boolean finite = parts.stream().allMatch(FiniteContext.class::isInstance);
    boolean kernels = parts.stream().allMatch(KernelContext.class::isInstance);
    if (!sampled && !kernels) {
      throw new InputException(
          text
              + ": expected parts that all give samples, or all the dual kernel, so that there is"
              + " something to combine");
    }
    boolean inductive = parts.stream().allMatch(Context::inductive);
    Points points = parts.get(0).points();
    Laws laws = finite ? new Laws() : null;
    return CompositeContext.of(
        text,
        points,
        inductive,
        !tagged && parts.stream().allMatch(Context::yieldsInputs),
        sampled ? (x, samples, random) -> sample(laws, x, samples, random) : null,
        finite ? new CompositeContext.Laws(laws.contexts, laws.operator, laws::law) : null,
        kernels ? this::kernel : null);
  }

  /** Σ w_i k_i, of parts that keep their own A and have P_X in common. */
  private NDArray kernel(Points x, Points y) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray sum = scope.zeros(new Shape(x.size(), y.size()), DataType.FLOAT64);
      for (int i = 0; i < weights.length; i++) {
        NDArray part = ((KernelContext) parts.get(i)).kernel(x.within(scope), y);
        sum = sum.add(part.mul(weights[i]));
      }
      sum.attach(manager);
      return sum;
    }
  }

  /** The probability of each part at each point, [b, parts]: w_i p_i(x) / Σ_j w_j p_j(x). */
  private NDArray shares(Laws laws, Points x, NDManager owner) {
    Points points = parts.get(0).points();
    if (laws != null && laws.shares != null && x.positionsIn(points).isPresent()) {
      NDArray known = laws.shares.get(x.positionsIn(points).get());
      known.attach(owner);
      return known;
    }
    try (NDArray row = owner.create(weights)) {
      return row.reshape(1, -1).repeat(0, x.size());
    }
  }

  /** Values of part i [b, q] as values of the combination. */
  private NDArray values(NDArray rows, int i) {
    if (!tagged) {
      return rows;
    }
    NDManager manager = rows.getManager();
    long own = rows.getShape().get(1);
    NDArray all = manager.zeros(new Shape(rows.getShape().get(0), width), rows.getDataType());
    all.set(new NDIndex(":, 0:{}", own), rows);
    int tag = width - 1 - Arrays.stream(setOf).max().orElseThrow() + setOf[i];
    all.set(new NDIndex(":, {}", tag), 1);
    return all;
  }

  private Points sample(Laws laws, Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      long[] chosen =
          new DenseLaw(shares(laws, x, scope)).draw(samples, random, scope).toLongArray();
      List<List<Long>> places = new ArrayList<>();
      parts.forEach(part -> places.add(new ArrayList<>()));
      for (int i = 0; i < chosen.length; i++) {
        places.get((int) chosen[i]).add((long) i);
      }
      long[] order = new long[chosen.length];
      NDList rows = new NDList();
      NDList index = new NDList();
      int next = 0;
      for (int i = 0; i < places.size(); i++) {
        if (places.get(i).isEmpty()) {
          continue;
        }
        long[] of = places.get(i).stream().mapToLong(place -> place / samples).toArray();
        Points drawn =
            ((SampledContext) parts.get(i)).sample(x.subset(scope.create(of)), 1, random);
        if (laws != null) {
          index.add(drawn.positions().orElseThrow().add(laws.offsets[setOf[i]]));
        } else {
          rows.add(values(drawn.rows(), i));
        }
        for (long place : places.get(i)) {
          order[(int) place] = next++;
        }
      }
      NDArray back = scope.create(order);
      if (laws != null) {
        NDArray positions = NDArrays.concat(index).get(back);
        positions.attach(manager);
        return laws.contexts.select(positions);
      }
      NDArray values = NDArrays.concat(rows).get(back);
      values.attach(manager);
      return Points.of(values);
    }
  }

  /** The laws of finite parts. */
  private final class Laws {

    private final Points contexts;
    private final ExpectationOperator operator;

    /** Where the values of each set begin. */
    private final long[] offsets;

    /** The probability of each part at each point [n, parts]; null where it is w everywhere. */
    private final NDArray shares;

    Laws() {
      Points points = parts.get(0).points();
      NDManager manager = points.manager();
      List<Points> sets = new ArrayList<>();
      for (int i = 0; i < setOf.length; i++) {
        if (setOf[i] == sets.size()) {
          sets.add(((FiniteContext) parts.get(i)).contexts());
        }
      }
      offsets = new long[sets.size() + 1];
      for (int s = 0; s < sets.size(); s++) {
        offsets[s + 1] = offsets[s] + sets.get(s).size();
      }
      contexts = sets.size() == 1 ? sets.get(0) : union(sets, manager);
      double[] p = new double[points.size()];
      double[][] joint = new double[points.size()][weights.length];
      boolean same = true;
      double[] first = null;
      for (int i = 0; i < weights.length; i++) {
        double[] own = Torch.doubles(((FiniteContext) parts.get(i)).operator().inputWeights());
        first = i == 0 ? own : first;
        for (int x = 0; x < p.length; x++) {
          joint[x][i] = weights[i] * own[x];
          p[x] += joint[x][i];
          same &= Math.abs(own[x] - first[x]) <= 1e-12 * first[x];
        }
      }
      if (same) {
        shares = null;
        p = first;
      } else {
        for (int x = 0; x < p.length; x++) {
          for (int i = 0; i < weights.length; i++) {
            joint[x][i] /= p[x];
          }
        }
        shares = manager.create(joint);
      }
      operator = law(points).operator(manager.create(p));
    }

    private Points union(List<Points> sets, NDManager manager) {
      try (NDManager scope = manager.newSubManager()) {
        NDList rows = new NDList();
        for (int s = 0; s < sets.size(); s++) {
          int part = 0;
          while (setOf[part] != s) {
            part++;
          }
          rows.add(values(sets.get(s).within(scope).rows(), part));
        }
        NDArray all = NDArrays.concat(rows);
        all.attach(manager);
        return Points.all(all);
      }
    }

    ConditionalLaw law(Points x) {
      List<ConditionalLaw> laws = new ArrayList<>();
      for (Context part : parts) {
        laws.add(((FiniteContext) part).law(x));
      }
      return new Sum(laws, shares == null ? null : shares(this, x, x.manager()));
    }

    /** Σ_i share_i(x) E_i[g(A)|x]. */
    private final class Sum implements ConditionalLaw {

      private final List<ConditionalLaw> laws;
      private final NDArray shares;

      Sum(List<ConditionalLaw> laws, NDArray shares) {
        this.laws = laws;
        this.shares = shares;
      }

      @Override
      public int points() {
        return laws.get(0).points();
      }

      @Override
      public int contexts() {
        return Math.toIntExact(offsets[offsets.length - 1]);
      }

      /** The share of part i at the points, [b, 1] or [1, 1]. */
      private NDArray share(int i, NDArray like, NDManager scope) {
        NDArray share =
            shares == null
                ? scope.create(new double[] {weights[i]}, new Shape(1, 1))
                : shares.get(new NDIndex(":, {}:{}", i, i + 1));
        share.attach(scope);
        return share.toType(like.getDataType(), false);
      }

      @Override
      public boolean hasProbabilities() {
        return laws.stream().allMatch(ConditionalLaw::hasProbabilities);
      }

      @Override
      public long multiplications() {
        return laws.stream().mapToLong(ConditionalLaw::multiplications).sum();
      }

      @Override
      public NDArray expectation(NDArray g) {
        NDManager manager = g.getManager();
        try (NDManager scope = manager.newSubManager()) {
          NDArray values = Torch.within(g, scope);
          NDArray sum = null;
          for (int i = 0; i < laws.size(); i++) {
            NDArray own =
                offsets.length == 2
                    ? values
                    : values.get(new NDIndex("{}:{}", offsets[setOf[i]], offsets[setOf[i] + 1]));
            NDArray part = laws.get(i).expectation(own).mul(share(i, g, scope));
            sum = sum == null ? part : sum.add(part);
          }
          sum.attach(manager);
          return sum;
        }
      }

      @Override
      public NDArray transposed(NDArray f) {
        NDManager manager = f.getManager();
        try (NDManager scope = manager.newSubManager()) {
          NDArray values = Torch.within(f, scope);
          NDArray[] sums = new NDArray[offsets.length - 1];
          for (int i = 0; i < laws.size(); i++) {
            NDArray part = laws.get(i).transposed(values.mul(share(i, f, scope)));
            sums[setOf[i]] = sums[setOf[i]] == null ? part : sums[setOf[i]].add(part);
          }
          NDArray all = sums.length == 1 ? sums[0] : NDArrays.concat(new NDList(sums));
          all.attach(manager);
          return all;
        }
      }
    }
  }
}
