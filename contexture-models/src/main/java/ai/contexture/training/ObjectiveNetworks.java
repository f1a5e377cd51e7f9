package ai.contexture.training;

import ai.contexture.encoder.EncoderFactory;
import ai.contexture.objective.Head;
import ai.contexture.objective.Networks;
import ai.contexture.objective.Variable;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The encoders and heads of an objective, whose parameters belong to one manager. */
final class ObjectiveNetworks {

  private final NDManager manager;
  private final ParameterStore store;
  private final Map<Variable, Block> encoders = new EnumMap<>(Variable.class);
  private final Map<String, Head> heads = new LinkedHashMap<>();
  private final Map<String, Map<String, NDArray>> headParameters = new LinkedHashMap<>();
  private final List<Pair<String, Parameter>> parameters = new ArrayList<>();

  /**
   * Builds freshly initialised networks; the same seed gives the same.
   *
   * @param rows rows of the kind that each encoder sees
   */
  ObjectiveNetworks(
      Map<Variable, NDArray> rows,
      EncoderFactory encoder,
      int outputs,
      List<Head> declared,
      Seed seed,
      NDManager manager) {
    this.manager = manager;
    store = new ParameterStore(manager, false);
    rows.forEach(
        (variable, like) -> {
          String name = variable == Variable.INPUT ? "phi" : "psi";
          Block block = encoder.build(outputs, seed.derive("encoder").derive(name));
          block.initialize(manager, like.getDataType(), like.getShape());
          encoders.put(variable, block);
          for (Pair<String, Parameter> parameter : block.getParameters()) {
            add(name + "/" + parameter.getKey(), parameter.getValue());
          }
        });
    NDArray like = rows.values().iterator().next();
    for (Head head : declared) {
      Seed own = seed.derive("head").derive(head.name());
      Map<String, NDArray> made = head.parameters(like.getDataType(), own, manager);
      heads.put(head.name(), head);
      headParameters.put(head.name(), made);
      made.forEach((name, array) -> add(head.name() + "/" + name, parameter(name, array)));
    }
  }

  private void add(String name, Parameter parameter) {
    parameters.add(new Pair<>(name, parameter));
  }

  private static Parameter parameter(String name, NDArray array) {
    Parameter made =
        Parameter.builder()
            .setName(name)
            .setType(name.startsWith("weight") ? Parameter.Type.WEIGHT : Parameter.Type.BIAS)
            .build();
    made.setShape(array.getShape());
    made.setArray(array);
    return made;
  }

  Block encoder(Variable variable) {
    return encoders.get(variable);
  }

  ParameterStore store() {
    return store;
  }

  /** All parameters by name. */
  List<Pair<String, Parameter>> parameters() {
    return parameters;
  }

  /** The networks in training, whose results belong to a step's scope. */
  Networks within(NDManager scope, ObjectiveNetworks averages) {
    return new Networks() {
      @Override
      public NDArray phi(NDArray rows) {
        return encode(Variable.INPUT, rows, scope);
      }

      @Override
      public NDArray psi(NDArray rows) {
        return encode(Variable.CONTEXT, rows, scope);
      }

      @Override
      public NDArray head(String name, NDArray inputs) {
        return heads.get(name).apply(inputs, headParameters.get(name), scope);
      }

      @Override
      public Networks averages() {
        return averages == null ? Networks.super.averages() : averages.within(scope, null);
      }
    };
  }

  private NDArray encode(Variable variable, NDArray rows, NDManager scope) {
    NDArray lent = rows.reshape(rows.getShape()); // a view, so that results join the scope
    lent.attach(scope);
    return encoders.get(variable).forward(store, new NDList(lent), true).singletonOrThrow();
  }

  /** Moves these parameters towards others: θ̄ ← m·θ̄ + (1 − m)·θ. */
  void average(ObjectiveNetworks others, double momentum) {
    try (NDManager scope = manager.newSubManager()) {
      for (int i = 0; i < parameters.size(); i++) {
        NDArray mean = parameters.get(i).getValue().getArray();
        NDArray other = others.parameters.get(i).getValue().getArray().stopGradient();
        other.attach(scope);
        NDArray before = mean.stopGradient();
        before.attach(scope);
        Torch.copy(
            Torch.times(before, momentum).add(Torch.times(other, 1 - momentum)), mean);
      }
    }
  }
}
