package ai.contexture.training;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.Encoding;
import ai.contexture.encoder.ExplicitGradient;
import ai.contexture.objective.Head;
import ai.contexture.objective.Networks;
import ai.contexture.objective.Variable;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The encoders and heads of an objective, whose parameters belong to one manager. */
final class ObjectiveNetworks {

  private final ParameterStore store;
  private final Precision precision;
  private final List<Device> helpers;
  private final Map<Variable, Block> encoders = new EnumMap<>(Variable.class);
  private final Map<String, Head> heads = new LinkedHashMap<>();
  private final Map<String, Map<String, NDArray>> headParameters = new LinkedHashMap<>();
  private final Map<String, NDArray> arrays = new LinkedHashMap<>();
  private final List<Optimiser.Weight> weights = new ArrayList<>();

  /**
   * Builds freshly initialised networks; the same seed gives the same.
   *
   * @param rows the rows that each encoder is going to be trained on
   * @param precision of passes in training
   * @param helpers devices beside that of the rows, each of which takes its share of every pass in
   *     training
   */
  ObjectiveNetworks(
      Map<Variable, Points> rows,
      EncoderFactory encoder,
      int outputs,
      List<Head> declared,
      Seed seed,
      Precision precision,
      List<Device> helpers,
      NDManager manager) {
    this.precision = precision;
    this.helpers = List.copyOf(helpers);
    store = new ParameterStore(manager, false);
    rows.forEach(
        (variable, seen) -> {
          String name = variable == Variable.INPUT ? "phi" : "psi";
          Block block = encoder.create(seen, outputs, seed.derive("encoder").derive(name), manager);
          encoders.put(variable, block);
          add(name, block);
        });
    DataType type = rows.values().iterator().next().dataType();
    for (Head head : declared) {
      Seed own = seed.derive("head").derive(head.name());
      Map<String, NDArray> made = head.parameters(type, own, manager);
      heads.put(head.name(), head);
      headParameters.put(head.name(), made);
      made.forEach(
          (name, array) -> {
            boolean matrix = name.startsWith("weight");
            add(new Optimiser.Weight(head.name() + "/" + name, array, matrix));
          });
    }
  }

  /** Returns the rows that each encoder sees, [n, p] or [m, q]. */
  static Map<Variable, Points> rows(
      Context context, Set<Variable> variables, Seed seed, NDManager manager) {
    Map<Variable, Points> rows = new EnumMap<>(Variable.class);
    for (Variable variable : variables) {
      rows.put(
          variable,
          variable == Variable.INPUT ? context.points() : contextRows(context, seed, manager));
    }
    return rows;
  }

  private static Points contextRows(Context context, Seed seed, NDManager manager) {
    if (context instanceof FiniteContext finite) {
      return finite.contexts();
    }
    if (context.yieldsInputs() || !(context instanceof SampledContext sampled)) {
      return context.points();
    }
    Points first = context.points().select(manager.create(new long[] {0}));
    return sampled.sample(first, 1, seed.derive("width").generator());
  }

  private void add(String network, Block block) {
    boolean first = true;
    for (Pair<String, Parameter> pair : block.getParameters()) {
      String name = network + "/" + pair.getKey();
      Parameter parameter = pair.getValue();
      NDArray array = parameter.getArray();
      if (parameter.requiresGradient()) {
        boolean matrix =
            parameter.getType() == Parameter.Type.WEIGHT && array.getShape().dimension() >= 2;
        add(new Optimiser.Weight(name, array, matrix && !first));
        first = first && !matrix;
      } else {
        arrays.put(name, array);
      }
    }
  }

  private void add(Optimiser.Weight weight) {
    arrays.put(weight.name(), weight.array());
    weights.add(weight);
  }

  /** The parameters that follow gradients, matrices but for the first of each encoder so marked. */
  List<Optimiser.Weight> weights() {
    return weights;
  }

  /** All arrays by name, those without gradients included. */
  Map<String, NDArray> arrays() {
    return arrays;
  }

  Block encoder(Variable variable) {
    return encoders.get(variable);
  }

  /**
   * Encodes rows [b, p] in blocks, without gradients and not as in training.
   *
   * @param normalise whether outputs are scaled to length 1
   * @param owner the manager of the result
   */
  NDArray encode(Variable variable, NDArray rows, boolean normalise, NDManager owner) {
    Block encoder = encoders.get(variable);
    return Torch.withoutGradient(
        () -> {
          try (NDArray lent = Torch.within(rows, owner)) {
            return Encoding.of(encoder, store, lent, normalise);
          }
        });
  }

  /**
   * The networks as a loss calls them, whose results belong to a step's scope.
   *
   * @param targets or null
   * @param seed of what encoders draw in training; null outside of training
   * @param passes takes those of encoders whose gradient is written out, whose outputs are then
   *     recorded from there on; null to record all
   */
  Networks within(
      NDManager scope,
      ObjectiveNetworks targets,
      Seed seed,
      List<ExplicitGradient.Unrecorded> passes) {
    return new Networks() {

      private int calls;

      @Override
      public NDArray phi(NDArray rows) {
        return encode(Variable.INPUT, rows);
      }

      @Override
      public NDArray psi(NDArray rows) {
        return encode(Variable.CONTEXT, rows);
      }

      private NDArray encode(Variable variable, NDArray rows) {
        NDArray lent = Torch.within(rows, scope);
        Block encoder = encoders.get(variable);
        boolean plain = helpers.isEmpty() && precision == Precision.FLOAT32 && !lent.hasGradient();
        if (passes != null && plain && encoder instanceof ExplicitGradient written) {
          Optional<ExplicitGradient.Unrecorded> pass = written.unrecorded(store, lent);
          if (pass.isPresent()) {
            pass.get().outputs().setRequiresGradient(true);
            passes.add(pass.get());
            return pass.get().outputs();
          }
        }
        return seed == null
            ? encoder.forward(store, new NDList(lent), false).singletonOrThrow()
            : train(encoder, lent, seed.derive(calls++));
      }

      @Override
      public NDArray head(String name, NDArray inputs) {
        return heads.get(name).apply(inputs, headParameters.get(name), scope);
      }

      @Override
      public Networks targets() {
        return targets == null
            ? Networks.super.targets()
            : targets.within(scope, null, seed == null ? null : seed.derive("averages"), null);
      }
    };
  }

  /** The outputs of rows [b, p] in training, each device's share of them by itself. */
  private NDArray train(Block encoder, NDArray rows, Seed seed) {
    if (helpers.isEmpty()) {
      return train(encoder, store, rows, seed);
    }
    int shares = Math.toIntExact(Math.min(helpers.size() + 1, rows.getShape().get(0)));
    NDList outputs = new NDList();
    List<StepParameters> lent = new ArrayList<>();
    long start = 0;
    for (int i = 0; i < shares; i++) {
      long end = rows.getShape().get(0) * (i + 1) / shares;
      NDArray share = rows.get(start + ":" + end);
      share.attach(rows.getManager());
      if (i > 0) {
        share = Torch.onDevice(share, helpers.get(i - 1), rows.getManager());
      }
      lent.add(new StepParameters(share));
      NDArray output = train(encoder, lent.get(i), share, seed.derive(i));
      outputs.add(Torch.like(output, rows));
      start = end;
    }
    StepParameters.settle(lent);
    return NDArrays.concat(outputs);
  }

  private NDArray train(Block encoder, ParameterStore parameters, NDArray rows, Seed seed) {
    PairList<String, Object> options = new PairList<>();
    options.add(EncoderFactory.SEED, seed);
    precision.tell(options);
    return encoder.forward(parameters, new NDList(rows), true, options).singletonOrThrow();
  }

  /** Moves the arrays of these networks towards those of others: θ̄ ← m·θ̄ + (1 − m)·θ. */
  void average(ObjectiveNetworks others, double momentum) {
    List<NDArray> means = new ArrayList<>();
    List<NDArray> values = new ArrayList<>();
    arrays.forEach(
        (name, array) -> {
          if (array.getDataType().isFloating()) {
            means.add(array);
            values.add(others.arrays.get(name));
          }
        });
    Torch.average(means, values, 1 - momentum);
  }
}
