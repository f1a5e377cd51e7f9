package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The convex combination of objectives, Σ_i w_i R_i, with fixed weights or with those of the worst
 * case, min over encoders of max over w [D, ch. 4].
 *
 * <p>All parts see the same batch of one context and share the encoders; heads and state are each
 * part's own. Parts that are quadratic in Φ under one exact whitening, R_i = c_i − ⟨Φ, K_iΦ⟩, have
 * the minimum Σ w_i c_i less the sum of the d largest eigenvalues of Σ w_i K_i, whose functions Φ
 * spans: K is TT* for {@link Kise}, {@link Svme} and {@link BalancedClassification}, TΛT* for
 * {@link Supervised}. Of other parts each pulls as its loss does, and nothing is known of the span.
 *
 * <p>Without weights of its own each step ends with w_i ∝ w_i exp(η/√t · loss_i), t the step's
 * number and the parts' losses standardised over the parts, so that the weight goes where the loss
 * is large; losses are compared as they are, so let them be of one kind. Where an encoder follows,
 * the losses of parts with weight come to be equal and no other is larger. Terms: those of the
 * parts, times their weights, by the name {@code part.term}.
 *
 * @param parts at least two objectives, which train the same encoder for the representation
 * @param weights of the parts, at least 0, which sum to 1; none to find those of the worst case
 * @param eta η, how fast weights of the worst case move at first; 0 for given weights
 */
public record Mixture(List<Objective<?>> parts, List<Double> weights, double eta)
    implements Objective<Context> {

  static final String MIX = "mix";
  static final String MIN_MAX = "minmax";

  private static final double SUM_TOLERANCE = 1e-9;
  private static final String WEIGHTS = "minmax/weights";
  private static final String STEPS = "minmax/steps";

  /** Requires parts that go together, and weights that sum to 1 or a positive η. */
  public Mixture {
    parts = List.copyOf(parts);
    weights = List.copyOf(weights);
    if (parts.size() < 2) {
      throw new IllegalArgumentException(
          "mix: expected at least two objectives, got " + parts.size());
    }
    if (weights.isEmpty()) {
      if (!(eta > 0 && eta < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("minmax: expected a positive eta, got " + eta);
      }
    } else {
      double sum = weights.stream().mapToDouble(w -> w).sum();
      boolean negative = weights.stream().anyMatch(w -> !(w >= 0));
      if (weights.size() != parts.size() || negative || Math.abs(sum - 1) > SUM_TOLERANCE) {
        throw new IllegalArgumentException(
            Text.format(
                "weights: expected one of at least 0 for each of %d parts, which sum to 1, got %s",
                parts.size(), weights));
      }
    }
    requireTogether(parts);
  }

  private static void requireTogether(List<Objective<?>> parts) {
    Objective<?> first = parts.get(0);
    for (Objective<?> part : parts) {
      if (part.learned() != first.learned()) {
        throw new InputException(
            Text.format(
                "mix: %s trains an encoder of %s and %s one of %s, so that they would share none",
                first, variable(first), part, variable(part)));
      }
    }
    List<Objective<?>> averaging =
        parts.stream().filter(part -> part.momentum(0).isPresent()).toList();
    for (Objective<?> part : averaging) {
      if (!part.momentum(0).equals(averaging.get(0).momentum(0))) {
        throw new InputException(
            Text.format(
                "mix: %s and %s average the networks they share with different momentum",
                averaging.get(0), part));
      }
    }
  }

  private static String variable(Objective<?> part) {
    return part.learned() == Variable.INPUT ? "inputs" : "contexts";
  }

  /**
   * Returns the combination with weights as given.
   *
   * @param weights one for each part, at least 0, which sum to 1
   */
  public static Mixture of(List<Double> weights, List<Objective<?>> parts) {
    return new Mixture(parts, weights, 0);
  }

  /**
   * Returns the combination with the weights of the worst case.
   *
   * @param eta how fast the weights move at first
   */
  public static Mixture minMax(double eta, List<Objective<?>> parts) {
    return new Mixture(parts, List.of(), eta);
  }

  @Override
  public String name() {
    return weights.isEmpty() ? MIN_MAX : MIX;
  }

  /** Returns that any context will do: what the parts need is checked part by part. */
  @Override
  public Need<Context> needs() {
    return Need.ANY;
  }

  @Override
  public Set<Variable> encoders() {
    Set<Variable> all = EnumSet.noneOf(Variable.class);
    parts.forEach(part -> all.addAll(part.encoders()));
    return all;
  }

  @Override
  public Variable learned() {
    return parts.get(0).learned();
  }

  /** Returns whether the losses of all parts do. */
  @Override
  public boolean normalises() {
    return parts.stream().allMatch(Objective::normalises);
  }

  /** Returns the way of all parts that have one, or none where they differ. */
  @Override
  public Orthonormality orthonormality() {
    List<Orthonormality> ways =
        parts.stream()
            .map(Objective::orthonormality)
            .filter(way -> !way.equals(Orthonormality.none()))
            .distinct()
            .toList();
    return ways.size() == 1 ? ways.get(0) : Orthonormality.none();
  }

  /** Each part's name in terms, heads and state: numbered where a name is not the only one. */
  List<String> names() {
    List<String> plain = parts.stream().map(Objective::name).toList();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      String name = plain.get(i);
      int before = Collections.frequency(plain.subList(0, i), name);
      names.add(Collections.frequency(plain, name) > 1 ? name + "-" + (before + 1) : name);
    }
    return names;
  }

  /** Returns the heads of all parts; also requires that the context feeds them. */
  @Override
  public List<Head> heads(Context context, int outputs) {
    List<Head> heads = new ArrayList<>();
    List<String> names = names();
    for (int i = 0; i < parts.size(); i++) {
      String prefix = names.get(i) + ".";
      checked(parts.get(i), context).heads(context, outputs).stream()
          .map(head -> head.named(prefix + head.name()))
          .forEach(heads::add);
    }
    return heads;
  }

  @Override
  public void requireSupported(Context context) {
    parts.forEach(part -> part.requireSupported(context));
  }

  @SuppressWarnings("unchecked") // requireSupported made sure of it
  private static Objective<? super Context> checked(Objective<?> part, Context context) {
    part.requireSupported(context);
    return (Objective<? super Context>) part;
  }

  @Override
  public OptionalDouble momentum(double progress) {
    return parts.stream()
        .map(part -> part.momentum(progress))
        .filter(OptionalDouble::isPresent)
        .findFirst()
        .orElse(OptionalDouble.empty());
  }

  @Override
  public Map<String, NDArray> state(Context context, int outputs, NDManager owner) {
    Map<String, NDArray> state = new LinkedHashMap<>();
    List<String> names = names();
    for (int i = 0; i < parts.size(); i++) {
      String prefix = names.get(i) + ".";
      checked(parts.get(i), context)
          .state(context, outputs, owner)
          .forEach((name, array) -> state.put(prefix + name, array));
    }
    if (weights.isEmpty()) {
      double[] equal = new double[parts.size()];
      Arrays.fill(equal, 1.0 / equal.length);
      NDArray made = owner.create(equal);
      state.put(WEIGHTS, made.duplicate());
      made.close();
      NDArray steps = owner.create(0.0);
      state.put(STEPS, steps.duplicate());
      steps.close();
    }
    return state;
  }

  @Override
  public Loss loss(Step<? extends Context> step) {
    List<String> names = names();
    Shared shared = new Shared(step.networks());
    List<Loss> losses = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String prefix = names.get(i) + ".";
      Step<Context> own =
          new Step<>(
              step.context(),
              step.batch(),
              step.weights(),
              shared.of(prefix),
              step.state().part(prefix),
              step.random(),
              step.progress());
      losses.add(checked(parts.get(i), step.context()).loss(own));
    }
    Map<String, NDArray> terms = new LinkedHashMap<>();
    NDArray found = weights.isEmpty() ? worst(losses, step.state()) : null;
    for (int i = 0; i < parts.size(); i++) {
      for (Map.Entry<String, NDArray> term : losses.get(i).terms().entrySet()) {
        NDArray value = term.getValue();
        terms.put(
            names.get(i) + "." + term.getKey(),
            found == null
                ? Torch.times(value, weights.get(i))
                : value.mul(Torch.cast(found.get(i), value.getDataType())));
      }
    }
    return new Loss(terms);
  }

  /** The weights of this step [parts], float64; moves them for the next one. */
  private NDArray worst(List<Loss> losses, State state) {
    NDArray like = losses.get(0).total();
    NDManager manager = like.getManager();
    NDArray now = state.get(WEIGHTS, manager);
    NDArray steps = Torch.plus(state.get(STEPS, manager), 1);
    NDArray values = null;
    for (Loss loss : losses) {
      NDArray value = Torch.cast(loss.total().stopGradient(), DataType.FLOAT64).reshape(1);
      values = values == null ? value : values.concat(value);
    }
    NDArray apart = values.sub(values.mean());
    // where all are equal this is 0/1
    NDArray deviation = apart.square().mean().sqrt();
    NDArray standardised = apart.div(deviation.add(Torch.plus(deviation.sign().neg(), 1)));
    NDArray moved = now.mul(Torch.times(standardised.div(steps.sqrt()), eta).exp());
    state.set(WEIGHTS, moved.div(moved.sum()));
    state.set(STEPS, steps);
    return now;
  }

  /** The networks of a step, of which encoders give the same outputs to all parts. */
  private static final class Shared {

    private final Networks networks;
    private final IdentityHashMap<NDArray, NDArray> phi = new IdentityHashMap<>();
    private final IdentityHashMap<NDArray, NDArray> psi = new IdentityHashMap<>();

    Shared(Networks networks) {
      this.networks = networks;
    }

    Networks of(String prefix) {
      return of(networks, prefix, this);
    }

    private static Networks of(Networks networks, String prefix, Shared shared) {
      return new Networks() {
        @Override
        public NDArray phi(NDArray rows) {
          return shared == null
              ? networks.phi(rows)
              : shared.phi.computeIfAbsent(rows, networks::phi);
        }

        @Override
        public NDArray psi(NDArray rows) {
          return shared == null
              ? networks.psi(rows)
              : shared.psi.computeIfAbsent(rows, networks::psi);
        }

        @Override
        public NDArray head(String name, NDArray inputs) {
          return networks.head(prefix + name, inputs);
        }

        @Override
        public Networks targets() {
          return of(networks.targets(), prefix, null);
        }
      };
    }
  }

  @Override
  public String toString() {
    boolean fixed = !weights.isEmpty();
    StringJoiner text = new StringJoiner(", ", name() + "(", ")");
    for (int i = 0; i < parts.size(); i++) {
      text.add((fixed ? Numbers.text(weights.get(i)) + ": " : "") + parts.get(i));
    }
    if (!fixed) {
      text.add("eta=" + Numbers.text(eta));
    }
    return text.toString();
  }
}
