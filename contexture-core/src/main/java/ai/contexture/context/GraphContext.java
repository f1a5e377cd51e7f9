package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.data.Graph;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Suggestions;
import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The random walk on a graph: A is the node where a walk from x is after t steps [C, §2].
 *
 * <p>P_X(u) = d(u)/Σ_v d(v) with the degree d(u) = Σ_v w(u,v), and one step is P⁺(v|u) =
 * w(u,v)/d(u); t steps are the power P^t of the matrix of one. The walk is reversible: P_A = P_X,
 * and s_i² = λ_i^{2t} for the eigenvalues λ_i of P.
 *
 * <p>A node without edges stays where it is. It counts as if it had a self loop of the mean degree
 * of the others, and adds a function of its own, with eigenvalue 1, to the top of the spectrum, as
 * every part of the graph does that is not joined to the rest. Rows that are no nodes are refused.
 */
public final class GraphContext extends MarkovContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "walk",
              "a node belongs with the nodes that a walk of a few steps reaches",
              Options::parse)
          .giving(SAMPLES, KERNEL, OPERATOR)
          .option("steps", "how many steps the walk has")
          .option("self-loops", "the weight of an edge from each node to itself")
          .option(
              "types",
              "which types of edges count, with factors, such as cites:2;shares; default: all")
          .option("window", "instead of steps: any number of steps up to this one, equally likely");

  /**
   * What the context needs to know before it sees data.
   *
   * @param steps the number of steps t
   * @param selfLoops the weight of a self loop that every node gets besides its edges, at least 0
   * @param types what the weights of each type of edges are multiplied by, other types being left
   *     out; none for all types as they are
   */
  public record Options(int steps, double selfLoops, SortedMap<String, Double> types)
      implements ContextFactory {

    /** One step along edges of all types. */
    public static final Options DEFAULT = new Options(1, 0, Collections.emptySortedMap());

    private static final String BETWEEN = ";";

    private static final int MOST_STEPS = 10_000;

    /** Copies the factors and checks the numbers. */
    public Options {
      if (steps < 1) {
        throw new InputException("walk: expected steps of at least 1, got " + steps);
      }
      if (!(selfLoops >= 0 && selfLoops <= Double.MAX_VALUE)) {
        throw new InputException(
            "walk: expected self-loops of a weight of at least 0, got " + selfLoops);
      }
      types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
      types.forEach(
          (type, factor) -> {
            if (!(factor > 0 && factor <= Double.MAX_VALUE)) {
              throw new InputException(
                  "walk: expected type '" + type + "' to have a factor above 0, got " + factor);
            }
          });
    }

    /** Returns these options with another number of steps. */
    public Options withSteps(int steps) {
      return new Options(steps, selfLoops, types);
    }

    /** Returns these options with self loops of another weight. */
    public Options withSelfLoops(double weight) {
      return new Options(steps, weight, types);
    }

    /** Returns these options with other factors of the types of edges. */
    public Options withTypes(Map<String, Double> factors) {
      return new Options(steps, selfLoops, new TreeMap<>(factors));
    }

    static ContextFactory parse(SpecOptions options) {
      Options walk = of(options);
      int window = options.integer("window", 0, 0, MOST_STEPS);
      if (window > 0 && walk.steps() != DEFAULT.steps()) {
        throw new InputException("walk: expected steps or window, got both");
      }
      return window > 0 ? new RandomSteps.Window(window, walk) : walk;
    }

    static Options of(SpecOptions options) {
      return new Options(
          options.integer("steps", DEFAULT.steps(), 1, MOST_STEPS),
          options.number("self-loops", DEFAULT.selfLoops(), 0, Double.MAX_VALUE),
          types(options.text("types", "")));
    }

    /** Reads factors such as {@code cites:2;shares}; a type without one has 1. */
    private static SortedMap<String, Double> types(String text) {
      SortedMap<String, Double> types = new TreeMap<>();
      for (String part : text.isEmpty() ? new String[0] : text.split(BETWEEN, -1)) {
        int colon = part.lastIndexOf(':');
        String name = (colon < 0 ? part : part.substring(0, colon)).strip();
        double factor = colon < 0 ? 1 : Numbers.parse(part.substring(colon + 1).strip());
        if (name.isEmpty() || !(factor > 0) || types.put(name, factor) != null) {
          throw new InputException(
              "walk: types must be different names, each perhaps with a factor above 0, such as"
                  + " types=cites:2;shares, got '"
                  + text
                  + "'");
        }
      }
      return types;
    }

    @Override
    public boolean readsEdges() {
      return true;
    }

    @Override
    public GraphContext fit(ContextData data) {
      return GraphContext.of(data, this, toString(), step -> WalkLaw.of(step, steps));
    }

    @Override
    public String toString() {
      return text("steps", steps);
    }

    /** The form on the command line with a number of steps, or what takes its place. */
    String text(String option, int count) {
      SortedMap<String, String> values = new TreeMap<>();
      values.put(option, Integer.toString(count));
      if (selfLoops > 0) {
        values.put("self-loops", Numbers.text(selfLoops));
      }
      if (!types.isEmpty()) {
        values.put(
            "types",
            types.entrySet().stream()
                .map(type -> type.getKey() + ":" + Numbers.text(type.getValue()))
                .collect(Collectors.joining(BETWEEN)));
      }
      return new Spec("walk", List.of(), values).toString();
    }
  }

  private static final Logger logger = LoggerFactory.getLogger(GraphContext.class);

  private final String text;
  private final int isolated;

  private GraphContext(
      Points points, String text, MarkovLaw law, NDArray inputWeights, int isolated) {
    super(points, points, law, inputWeights);
    this.text = text;
    this.isolated = isolated;
  }

  /**
   * Returns the random walk on a graph. How many nodes have no edges is logged as a warning.
   *
   * @param rows [n, p], the rows of the nodes, float32 or float64; their manager owns the context's
   *     arrays
   * @param graph its node i is row i
   * @throws InputException if there is no type of edges that the options name
   */
  public static GraphContext of(NDArray rows, Graph graph, Options options) {
    return of(
        Points.all(rows),
        graph,
        options,
        options.toString(),
        step -> WalkLaw.of(step, options.steps()));
  }

  /**
   * Returns another walk on the graph of the rows.
   *
   * @param options what one step is
   * @param text the form on the command line
   * @param walk the laws of the walk, given those of one step
   * @throws InputException if there is no graph, or no type of edges that the options name
   */
  static GraphContext of(
      ContextData data, Options options, String text, UnaryOperator<MarkovLaw> walk) {
    Graph graph =
        data.graph()
            .orElseThrow(
                () ->
                    new InputException(
                        Message.of(
                            "%s: expected a graph, give %s", text, Setting.EDGES.to("FILE"))));
    return of(data.points(), graph, options, text, walk);
  }

  private static GraphContext of(
      Points points, Graph graph, Options options, String text, UnaryOperator<MarkovLaw> walk) {
    int n = graph.nodes();
    if (n != points.size()) {
      throw new IllegalArgumentException("graph: expected " + points.size() + " nodes, got " + n);
    }
    double[] factors = factors(graph, options);
    Weights weights = new Weights(n, 2 * graph.edges() + n);
    for (int edge = 0; edge < graph.edges(); edge++) {
      double weight = factors[graph.type(edge)] * graph.weight(edge);
      weights.add(graph.from(edge), graph.to(edge), weight);
    }
    for (int node = 0; node < n; node++) {
      weights.add(node, node, options.selfLoops());
    }
    int[] isolated = IntStream.range(0, n).filter(node -> weights.degree[node] == 0).toArray();
    double sum = Arrays.stream(weights.degree).sum();
    double mean = isolated.length == n ? 1 : sum / (n - isolated.length);
    Arrays.stream(isolated).forEach(node -> weights.add(node, node, mean));
    if (isolated.length > 0) {
      logger.warn(
          "{}: {} of {} nodes have no edges and stay where they are, each a function of its own"
              + " with eigenvalue 1",
          text,
          isolated.length,
          n);
    }
    NDManager manager = points.manager();
    MarkovLaw step = MarkovLaw.sparse(weights.probabilities(manager));
    NDArray inputWeights = manager.create(weights.shares());
    return new GraphContext(points, text, walk.apply(step), inputWeights, isolated.length);
  }

  /** What the weights of each type are multiplied by. */
  private static double[] factors(Graph graph, Options options) {
    double[] factors = new double[Math.max(1, graph.types().size())];
    if (options.types().isEmpty()) {
      Arrays.fill(factors, 1);
    } else if (graph.types().isEmpty()) {
      throw new InputException(
          options + ": the edges have no types, expected a column type in their file");
    }
    options
        .types()
        .forEach(
            (type, factor) -> {
              int index = graph.types().indexOf(type);
              if (index < 0) {
                throw Suggestions.unknown("type", type, graph.types(), options.toString());
              }
              factors[index] = factor;
            });
    return factors;
  }

  /** A symmetric matrix of weights, collected entry by entry. */
  private static final class Weights {

    private final double[] degree;
    private final int[] row;
    private final int[] column;
    private final double[] weight;
    private int size;

    Weights(int nodes, int edges) {
      degree = new double[nodes];
      row = new int[edges];
      column = new int[edges];
      weight = new double[edges];
    }

    void add(int from, int to, double added) {
      if (added == 0) {
        return;
      }
      put(from, to, added);
      if (from != to) {
        put(to, from, added);
      }
    }

    private void put(int from, int to, double added) {
      row[size] = from;
      column[size] = to;
      weight[size++] = added;
      degree[from] += added;
    }

    /** P_X. */
    double[] shares() {
      double sum = Arrays.stream(degree).sum();
      double[] shares = Arrays.stream(degree).map(d -> d / sum).toArray();
      if (!(sum <= Double.MAX_VALUE) || Arrays.stream(shares).anyMatch(share -> share == 0)) {
        throw new InputException(
            "walk: expected weights that can be added up, got some that are too large");
      }
      return shares;
    }

    /** The matrix of one step, w(u,v)/d(u), whose entries of one place are added up. */
    SparseMatrix probabilities(NDManager manager) {
      int n = degree.length;
      long[] next = new long[n + 1];
      for (int i = 0; i < size; i++) {
        next[row[i] + 1]++;
      }
      for (int u = 0; u < n; u++) {
        next[u + 1] += next[u];
      }
      long[] offsets = next.clone();
      long[] columns = new long[size];
      double[] values = new double[size];
      for (int i = 0; i < size; i++) {
        int at = (int) next[row[i]]++;
        columns[at] = column[i];
        values[at] = weight[i] / degree[row[i]];
      }
      return SparseMatrix.of(
          n, manager.create(offsets), manager.create(columns), manager.create(values));
    }
  }

  /** Returns the number of nodes that had no edges. */
  public int isolated() {
    return isolated;
  }

  @Override
  public boolean inductive() {
    return false;
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    throw refuseNewRows();
  }

  @Override
  public String toString() {
    return text;
  }
}
