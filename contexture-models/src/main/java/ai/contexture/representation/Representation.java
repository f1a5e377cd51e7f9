package ai.contexture.representation;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFiles;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Nodes;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.data.Checksums;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.Encoders;
import ai.contexture.encoder.GraphInputs;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.torch.Handover;
import ai.contexture.torch.Torch;
import ai.contexture.view.GraphView;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A trained encoder with its preprocessing, centring and Rayleigh–Ritz rotation.
 *
 * <p>Its features are ordered by the eigenvalues λ_i that they reach, have mean 0 and variance 1 on
 * the pretraining rows, and can be cut at any dimension. A folder with four files holds it: {@value
 * #DESCRIPTION}, for people, {@value #PARAMETERS}, DJL's parameter format, {@value Checksums#FILE},
 * with which damage to these two is found, and {@value #SERVING}, with which DJL's {@code Criteria}
 * and DJL Serving load the folder as a model, see {@link RepresentationTranslatorFactory}. A
 * representation owns its arrays and is closed after use. Threads may share it for embedding, with
 * the same bits as from one; an encoder of your own must not change in a forward pass then.
 */
public final class Representation implements AutoCloseable {

  /** The file that says what the representation is, in JSON. */
  public static final String DESCRIPTION = "representation.json";

  /** The file with the parameters of encoder and projection. */
  public static final String PARAMETERS = "encoder.params";

  /** The file that says how DJL loads the folder. */
  public static final String SERVING = "serving.properties";

  /** What the description calls the fingerprints of the files that the context read. */
  public static final String CONTEXT_FILES = "contextFiles";

  /** What the description calls whether outputs are scaled to length 1; without it they are not. */
  static final String NORMALISED = "normalised";

  private static final int ROWS_AT_ONCE = 8_192;

  private final NDManager manager;
  private final Preprocessing preprocessing;
  private final ProjectedEncoder encoder;
  private final JsonObject description;
  private final ParameterStore store;
  private final DataType dataType;

  Representation(
      NDManager manager,
      Preprocessing preprocessing,
      ProjectedEncoder encoder,
      JsonObject description) {
    this.manager = manager;
    this.preprocessing = preprocessing;
    this.encoder = encoder;
    this.description = description;
    this.store = new ParameterStore(manager, false);
    this.dataType = encoder.dataType();
  }

  /**
   * Makes a representation of a trained encoder, whose parameters are copied.
   *
   * @param preprocessing how raw rows become the encoder's inputs
   * @param encoder a trained encoder
   * @param fresh an encoder of the same kind without parameters
   * @param normalised whether outputs are scaled to length 1, see {@link
   *     ai.contexture.objective.Objective#normalises}
   * @param projection made on the pretraining rows
   * @param averageOver for an encoder Ψ on contexts, the context that averages it, else null
   * @param samples how many samples of each row are averaged where that context is not finite
   * @param description what it was made with; must hold {@code context}, {@code encoder} and {@code
   *     outputs} for the folder to be loadable
   */
  public static Representation of(
      Preprocessing preprocessing,
      Block encoder,
      Block fresh,
      boolean normalised,
      RayleighRitz projection,
      Context averageOver,
      int samples,
      JsonObject description) {
    NDManager manager = projection.mean().getManager().newSubManager();
    NDArray first = encoder.getParameters().get(0).getValue().getArray();
    Shape[] inputs = encoder.describeInput().values().toArray(new Shape[0]);
    fresh.initialize(manager, first.getDataType(), inputs);
    for (int i = 0; i < encoder.getParameters().size(); i++) {
      NDArray trained = encoder.getParameters().get(i).getValue().getArray();
      Torch.copy(trained, fresh.getParameters().get(i).getValue().getArray());
    }
    MonteCarloAverage drawn = drawn(averageOver, samples, description);
    ProjectedEncoder projected =
        ProjectedEncoder.of(fresh, normalised, projection, averageOver, drawn, manager);
    JsonObject complete = description.deepCopy();
    complete.addProperty("format", RepresentationFolder.FORMAT);
    complete.addProperty("inputs", preprocessing.names().size());
    complete.addProperty("dimension", projection.dimension());
    complete.addProperty(NORMALISED, normalised);
    complete.addProperty("averaged", averageOver != null);
    complete.addProperty("draws", samples);
    JsonArray eigenvalues = new JsonArray();
    Arrays.stream(projection.eigenvalues()).limit(projection.dimension()).forEach(eigenvalues::add);
    complete.add("eigenvalues", eigenvalues);
    complete.add("preprocessing", preprocessing.toJson());
    return new Representation(manager, preprocessing, projected, complete);
  }

  /** Returns the number of features d. */
  public int dimension() {
    return description.get("dimension").getAsInt();
  }

  /** Returns λ_1 ≥ … ≥ λ_d, the estimates of the context's s_i² that the features reach. */
  public double[] eigenvalues() {
    return description.getAsJsonArray("eigenvalues").asList().stream()
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  /** Returns how raw rows become the encoder's inputs. */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /** Returns what the representation is and what it was made with, a copy. */
  public JsonObject description() {
    return description.deepCopy();
  }

  /**
   * Returns the fingerprints of the files that the context read besides the data, see {@link
   * ContextFiles#fingerprints}.
   */
  public SortedMap<String, String> contextFiles() {
    return contextFiles(description);
  }

  static SortedMap<String, String> contextFiles(JsonObject description) {
    SortedMap<String, String> files = new TreeMap<>();
    if (description.has(CONTEXT_FILES)) {
      description
          .getAsJsonObject(CONTEXT_FILES)
          .asMap()
          .forEach((path, fingerprint) -> files.put(path, fingerprint.getAsString()));
    }
    return files;
  }

  /** Returns the network from inputs [b, p] to features float64 [b, d], which is not copied. */
  public Block block() {
    return encoder;
  }

  /**
   * Reads a file of rows as the data were read that the representation was pretrained on: the same
   * names and numbers, missing values, separator and header. Only the columns that are needed are
   * read, in any order and whatever others hold.
   *
   * @param file a CSV file, perhaps gzipped, or an array of numbers, {@code .npy}
   * @return a table for {@link #embed(Table)}
   * @throws InputException if the file cannot be read or a cell does not fit; the message says
   *     where
   */
  public Table read(Path file) {
    return Table.read(file, preprocessing.reading());
  }

  /**
   * Returns the features of raw rows.
   *
   * <p>What a cell means was settled by the data that the representation was pretrained on, so a
   * row has the same features however its table was made.
   *
   * @param table has the columns that the representation was pretrained on; others are ignored
   * @return [rows, d]
   * @throws InputException if a column is missing or does not fit, or a feature is not finite
   */
  public Matrix embed(Table table) {
    if (readsGraph()) {
      throw new InputException(
          table.source()
              + ": the encoder reads the edges between rows too, expected a graph with them");
    }
    Matrix inputs = preprocessing.apply(table);
    int d = dimension();
    double[] features = new double[Math.multiplyExact(inputs.rows(), d)];
    for (int start = 0; start < inputs.rows(); start += ROWS_AT_ONCE) {
      int end = Math.min(inputs.rows(), start + ROWS_AT_ONCE);
      try (NDManager scope = manager.newSubManager()) {
        double[] block =
            Arrays.copyOfRange(inputs.values(), start * inputs.columns(), end * inputs.columns());
        NDArray rows = scope.create(block, new Shape(end - start, inputs.columns()));
        double[] values = embed(rows).toDoubleArray();
        for (double value : values) {
          if (!Double.isFinite(value)) {
            throw new InputException(
                table.source()
                    + ": a feature of rows "
                    + (start + 1)
                    + " to "
                    + end
                    + " is "
                    + value);
          }
        }
        System.arraycopy(values, 0, features, start * d, values.length);
      }
    }
    return Matrix.of(inputs.rows(), d, features);
  }

  /**
   * Returns the features of the rows of a dataset. An encoder that reads a graph reads that of the
   * dataset, which need not be the one that it was trained on.
   *
   * @return [rows, d]
   * @throws InputException if a column or the graph is missing, or a feature is not finite
   */
  public Matrix embed(Dataset data) {
    if (!readsGraph()) {
      return embed(data.features());
    }
    synchronized (encoder) { // another thread may embed another graph
      GraphInputs before = encoder.read(graphInputs(data));
      try (NDManager scope = manager.newSubManager()) {
        double[] features = embed(Nodes.rows(data.rows(), scope)).toDoubleArray();
        if (!Arrays.stream(features).allMatch(Double::isFinite)) {
          throw new InputException(data.name() + ": a feature of its nodes is not finite");
        }
        return Matrix.of(data.rows(), dimension(), features);
      } finally {
        encoder.read(before);
      }
    }
  }

  /** Returns whether the encoder reads the edges between rows, so that it needs a graph. */
  public boolean readsGraph() {
    return encoder.readsGraph();
  }

  /**
   * Has an encoder that reads a graph read that of a dataset from now on; {@link #outputs} then
   * takes {@link Nodes} of it.
   *
   * @throws InputException if it has no graph, or a column is missing
   */
  public void readGraph(Dataset data) {
    synchronized (encoder) {
      encoder.read(graphInputs(data));
    }
  }

  private GraphInputs graphInputs(Dataset data) {
    Optional<GraphView> view = Contexts.parse(description.get("context").getAsString()).graphView();
    return GraphInputs.of(data, preprocessing, encoder.isAveraged() ? view : Optional.empty());
  }

  /**
   * Returns the features of the rows of a file, as {@link #read} and {@link #embed(Table)} do. Of a
   * CSV file, memory holds the features and some thousands of rows.
   *
   * @param options how to read it, most often {@code preprocessing().reading()}
   * @return [rows, d]
   */
  public Matrix embed(Path file, CsvOptions options) {
    List<Matrix> blocks = new ArrayList<>();
    Table.read(file, options, ROWS_AT_ONCE, block -> blocks.add(embed(block)));
    int rows = blocks.stream().mapToInt(Matrix::rows).reduce(0, Math::addExact);
    double[] features = new double[Math.multiplyExact(rows, dimension())];
    int at = 0;
    for (Matrix block : blocks) {
      System.arraycopy(block.values(), 0, features, at, block.values().length);
      at += block.values().length;
    }
    return Matrix.of(rows, dimension(), features);
  }

  /**
   * Returns the features of preprocessed rows.
   *
   * @param rows [b, p]; its manager owns the result
   * @return float64 [b, d]
   */
  public NDArray embed(NDArray rows) {
    return apply(
        rows, inputs -> encoder.forward(store, new NDList(inputs), false).singletonOrThrow());
  }

  /**
   * Returns the encoder's outputs of preprocessed rows, before centring and rotation.
   *
   * @param rows [b, p]; its manager owns the result
   * @return [b, d₁]
   */
  public NDArray outputs(NDArray rows) {
    return apply(rows, inputs -> encoder.outputs(store, inputs, false));
  }

  private NDArray apply(NDArray rows, UnaryOperator<NDArray> network) {
    if (!readsGraph()) {
      return applied(rows, network);
    }
    synchronized (encoder) { // so that it is the graph that was meant
      return applied(rows, network);
    }
  }

  private NDArray applied(NDArray rows, UnaryOperator<NDArray> network) {
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray inputs = Torch.within(rows, scope);
      NDArray result = Torch.withoutGradient(() -> network.apply(inputs.toType(dataType, false)));
      result.attach(rows.getManager());
      return result;
    }
  }

  /**
   * Writes the representation to a folder, which is made where it is missing.
   *
   * <p>Each file is written completely or not at all, the description last.
   */
  public void save(Path folder) throws IOException {
    RepresentationFolder.write(folder, description, encoder);
  }

  /** Loads a representation onto the CPU. */
  public static Representation load(Path folder) throws IOException {
    return load(folder, Device.cpu());
  }

  /**
   * Loads a representation that {@link #save} wrote.
   *
   * @param device where its arrays shall live
   * @throws InputException if the folder holds none, or one that is damaged or too new, or whose
   *     encoder is not one of {@link Encoders#registry}
   */
  public static Representation load(Path folder, Device device) throws IOException {
    return load(folder, null, NDManager.newBaseManager(device));
  }

  /** Loads a representation with an encoder of your own onto the CPU. */
  public static Representation load(Path folder, EncoderFactory encoder) throws IOException {
    return load(folder, encoder, Device.cpu());
  }

  /**
   * Loads a representation with an encoder of your own.
   *
   * @param encoder the options that it was trained with; their text must be the same
   * @param device where its arrays shall live
   * @throws InputException if the folder holds none, or one that is damaged or too new, or of
   *     another encoder
   */
  public static Representation load(Path folder, EncoderFactory encoder, Device device)
      throws IOException {
    return load(folder, Objects.requireNonNull(encoder), NDManager.newBaseManager(device));
  }

  /**
   * Loads a representation.
   *
   * @param encoder of your own; null for that which the description names
   * @param manager is given to the representation, also if it cannot be loaded
   */
  static Representation load(Path folder, EncoderFactory encoder, NDManager manager)
      throws IOException {
    return Handover.of(manager, owner -> RepresentationFolder.read(folder, encoder, owner));
  }

  /**
   * Returns all that a context which averages an encoder may be fitted to, since a saved
   * representation fits it again to these: the rows, their groups and a seed.
   *
   * @param points the pretraining rows as the encoder's inputs [n, p]
   * @param seed of what the context chooses at random when it is fitted
   * @param nodes whether the rows are {@link Nodes} of a graph
   */
  public static ContextData data(
      Points points, Preprocessing preprocessing, Seed seed, boolean nodes) {
    ContextData bare = ContextData.of(points).withSeed(seed);
    if (nodes) {
      return bare.withNodes();
    }
    ContextData made = bare.withGroups(preprocessing.groups());
    return preprocessing.options().images().map(made::withShape).orElse(made);
  }

  static MonteCarloAverage drawn(Context context, int samples, JsonObject description) {
    return context instanceof SampledContext sampled && !(context instanceof FiniteContext)
        ? new MonteCarloAverage(sampled, samples, seed(description).derive("average"))
        : null;
  }

  /** The seed of the training, 0 where none is written down. */
  static Seed seed(JsonObject description) {
    JsonObject recipe = description.getAsJsonObject("recipe");
    return Seed.of(recipe == null ? 0 : recipe.getAsJsonObject("training").get("seed").getAsLong());
  }

  @Override
  public String toString() {
    return Text.format("%d features of %d columns", dimension(), preprocessing.columns().size());
  }

  @Override
  public void close() {
    manager.close();
  }
}
