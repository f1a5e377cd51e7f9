package ai.contexture.representation;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.encoder.Encoding;
import ai.contexture.encoder.GraphInputs;
import ai.contexture.encoder.GraphNetwork;
import ai.contexture.objective.Similarity;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An encoder followed by centring and rotation: rows [b, p] to ordered features [b, d] of variance
 * 1.
 *
 * <p>Outputs of the encoder are scaled to length 1 where its objective saw no others. Where the
 * encoder Ψ was trained on contexts, the outputs are averaged first: Φ(x) = E[Ψ(A) | x] over the
 * exact conditional law, or over samples where that is not known. All parameters, the projection in
 * float64, are DJL parameters and are saved and loaded as such.
 */
final class ProjectedEncoder extends AbstractBlock {

  private static final byte VERSION = 1;

  private final Block encoder;

  /** Whether the encoder's outputs are scaled to length 1. */
  private final boolean normalised;

  private final Parameter mean;
  private final Parameter rotation;

  /**
   * The pretraining rows of the context that Ψ is averaged over, or one where that is enough; null
   * where the encoder is Φ itself.
   */
  private final Parameter points;

  private FiniteContext context;
  private NDArray contextOutputs;

  /** What averages where the context is not finite. */
  private MonteCarloAverage drawn;

  private ProjectedEncoder(Block encoder, boolean normalised, boolean averaged) {
    super(VERSION);
    this.normalised = normalised;
    this.encoder = addChildBlock("encoder", encoder);
    mean = addParameter(parameter("mean"));
    rotation = addParameter(parameter("rotation"));
    points = averaged ? addParameter(parameter("points")) : null;
  }

  private static Parameter parameter(String name) {
    return Parameter.builder()
        .setName(name)
        .setType(Parameter.Type.OTHER)
        .optRequiresGrad(false)
        .build();
  }

  /** An encoder without a projection yet, into which saved parameters are loaded. */
  static ProjectedEncoder empty(Block encoder, boolean normalised, boolean averaged) {
    return new ProjectedEncoder(encoder, normalised, averaged);
  }

  /**
   * An encoder with its projection.
   *
   * @param normalised whether the encoder's outputs are scaled to length 1
   * @param averageOver the context whose conditional law averages the outputs, or null
   * @param drawn what averages them where the context is not finite, or null
   * @param owner the manager of the copies that are made
   */
  static ProjectedEncoder of(
      Block encoder,
      boolean normalised,
      RayleighRitz projection,
      Context averageOver,
      MonteCarloAverage drawn,
      NDManager owner) {
    ProjectedEncoder block = new ProjectedEncoder(encoder, normalised, averageOver != null);
    block.inputShapes = encoder.describeInput().values().toArray(new Shape[0]);
    block.mean.setArray(copy(projection.mean(), owner));
    block.rotation.setArray(copy(projection.rotation(), owner));
    if (averageOver != null) {
      block.points.setArray(pointsOf(averageOver, owner));
      block.averageOver(averageOver, drawn);
    }
    return block;
  }

  /**
   * The pretraining rows that the context is fitted to again: the first, where one tells it all.
   */
  private static NDArray pointsOf(Context context, NDManager owner) {
    if (context.readsPoints()) {
      return copy(context.points().rows(), owner);
    }
    try (NDArray first = owner.create(new long[] {0})) {
      NDArray one = context.points().subset(first).rows();
      one.attach(owner);
      return one;
    }
  }

  private static NDArray copy(NDArray array, NDManager owner) {
    NDArray copy = array.duplicate();
    copy.attach(owner);
    return copy;
  }

  /** The shapes of the parameters beside those of the encoder, as they are saved before these. */
  static Map<String, Shape> shapes(long inputs, long outputs, long features, boolean averaged) {
    Map<String, Shape> own = new LinkedHashMap<>();
    own.put("mean", new Shape(1, outputs));
    own.put("rotation", new Shape(outputs, features));
    if (averaged) {
      own.put("points", new Shape(-1, inputs));
    }
    return own;
  }

  /** Whether the encoder reads a graph. */
  boolean readsGraph() {
    return encoder instanceof GraphNetwork;
  }

  /** Has an encoder that reads a graph read another one, and returns the one before. */
  GraphInputs read(GraphInputs graph) {
    return ((GraphNetwork) encoder).read(graph);
  }

  boolean isAveraged() {
    return points != null;
  }

  /** In what the encoder computes, which its inputs must have. */
  DataType dataType() {
    return encoder.getParameters().get(0).getValue().getArray().getDataType();
  }

  /** The number of features. */
  int features() {
    return Math.toIntExact(rotation.getArray().getShape().get(1));
  }

  /** The pretraining rows [n, p] that the outputs are averaged over. */
  NDArray points() {
    return points.getArray();
  }

  /** Sets what averages the outputs, fitted to {@link #points()}. */
  void averageOver(Context fitted, MonteCarloAverage average) {
    context = fitted instanceof FiniteContext finite ? finite : null;
    drawn = context == null ? average : null;
    contextOutputs = null;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray rows = inputs.singletonOrThrow();
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray outputs = outputs(store, rows, training);
      outputs.attach(scope);
      NDArray centred = outputs.toType(DataType.FLOAT64, false).sub(mean.getArray());
      NDArray features = centred.matMul(rotation.getArray());
      features.attach(rows.getManager());
      return new NDList(features);
    }
  }

  /** The outputs [b, d₁] before the projection. */
  NDArray outputs(ParameterStore store, NDArray rows, boolean training) {
    return points == null ? encode(store, rows, training) : average(store, rows, training);
  }

  private NDArray encode(ParameterStore store, NDArray rows, boolean training) {
    if (!training) {
      return Encoding.of(encoder, store, rows, normalised);
    }
    NDArray outputs = encoder.forward(store, new NDList(rows), true).singletonOrThrow();
    return normalised ? Similarity.normalised(outputs) : outputs;
  }

  private NDArray average(ParameterStore store, NDArray rows, boolean training) {
    if (drawn != null) {
      return drawn.of(Points.of(rows), samples -> encode(store, samples, training));
    }
    if (context == null) {
      throw new IllegalStateException("the context that averages the encoder was not set");
    }
    return context.expectation(Points.of(rows), contextOutputs(store, training));
  }

  /** Ψ of all contexts, computed once, whichever thread comes first. */
  private synchronized NDArray contextOutputs(ParameterStore store, boolean training) {
    if (contextOutputs == null) {
      contextOutputs =
          Torch.withoutGradient(() -> encode(store, context.contexts().rows(), training));
    }
    return contextOutputs;
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(inputShapes[0].get(0), features())};
  }
}
