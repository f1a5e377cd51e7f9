package ai.contexture.pretraining;

import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Nodes;
import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.DistanceShares;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Split;
import ai.contexture.data.Table;
import ai.contexture.encoder.Encoders;
import ai.contexture.encoder.GraphInputs;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.representation.Representation;
import ai.contexture.torch.Torch;
import ai.contexture.training.EarlyStopping;
import ai.contexture.view.GraphView;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dataset as a recipe uses it: which rows are for what, and how columns become inputs, fitted to
 * the rows that contexts and encoders are made of.
 */
public final class PreparedData {

  /** Rows that are preprocessed at once. */
  private static final int ROWS_AT_ONCE = 16_384;

  private static final Logger logger = LoggerFactory.getLogger(PreparedData.class);

  private final Dataset data;
  private final int[] rows;
  private final Recipe recipe;
  private final Preprocessing preprocessing;

  /** Null until it is asked for. */
  private Optional<DistanceShares.Dominant> dominant;

  private PreparedData(Dataset data, int[] rows, Recipe recipe, Preprocessing preprocessing) {
    this.data = data;
    this.rows = rows;
    this.recipe = recipe;
    this.preprocessing = preprocessing;
  }

  /**
   * Prepares the pretraining rows of a dataset.
   *
   * <p>The context's own columns are no inputs. A column that makes up most of the distance between
   * rows is logged as a warning.
   *
   * @throws InputException if a part of the split would be empty, or the columns are no inputs
   */
  public static PreparedData of(Dataset data, Recipe recipe, ContextFactory context) {
    return of(data, split(data, recipe).pretrain(), recipe, context);
  }

  /**
   * Prepares some rows of a dataset, which need not be those that the recipe's split says.
   *
   * @param rows n positions in the dataset
   * @throws InputException if the columns are no inputs
   */
  public static PreparedData of(Dataset data, int[] rows, Recipe recipe, ContextFactory context) {
    return of(data, rows, recipe, context, Set.of());
  }

  /**
   * Prepares some rows of a dataset.
   *
   * @param leftOut columns that are no inputs, besides the context's own
   * @throws InputException if the columns are no inputs
   */
  public static PreparedData of(
      Dataset data, int[] rows, Recipe recipe, ContextFactory context, Set<String> leftOut) {
    Set<String> own = new TreeSet<>(leftOut);
    own.addAll(context.ownColumns());
    Table all = data.select(rows).features();
    Table columns = own.isEmpty() ? all : all.without(own);
    Preprocessing fitted = Preprocessing.fit(columns, recipe.preprocessing());
    PreparedData prepared = new PreparedData(data, rows.clone(), recipe, fitted);
    prepared.dominant = DistanceShares.dominant(fitted, columns);
    prepared.dominant.ifPresent(found -> logger.warn("{}", found.message()));
    return prepared;
  }

  /** Returns the pretraining rows of a dataset with what was fitted to them before. */
  public static PreparedData of(Dataset data, Recipe recipe, Preprocessing preprocessing) {
    int[] rows = split(data, recipe).pretrain();
    return new PreparedData(data, rows, recipe, preprocessing);
  }

  /**
   * Returns a dataset without the rows that one of some contexts cannot be made of, such as rows
   * without a partner. A pretraining splits what is left.
   *
   * @throws InputException if nothing is left
   */
  public static Dataset joined(Dataset data, ContextFactory... contexts) {
    int[] rows = ContextFactory.commonRows(data, List.of(contexts));
    return rows.length == data.rows() ? data : data.select(rows);
  }

  /**
   * Returns the same with other labels of the same rows, as where a context must not see all.
   *
   * @param other the dataset with another target
   */
  public PreparedData withData(Dataset other) {
    return new PreparedData(other, rows, recipe, preprocessing);
  }

  /** Returns the dataset. */
  public Dataset data() {
    return data;
  }

  /** Returns the positions of the n rows that contexts and encoders are made of. */
  public int[] rows() {
    return rows.clone();
  }

  /** Returns the recipe. */
  public Recipe recipe() {
    return recipe;
  }

  /**
   * Returns which rows the recipe has for pretraining, labels and tests.
   *
   * @throws InputException if a part would be empty
   */
  public Split split() {
    return split(data, recipe);
  }

  /**
   * Returns whether the encoder reads the graph, so that its rows are {@link Nodes} and not the
   * inputs that columns become.
   */
  public boolean nodes() {
    return Encoders.readsGraph(recipe.encoder());
  }

  /**
   * Returns the pretraining rows as an encoder of nodes reads them.
   *
   * @param view of the graph that the context has
   * @throws InputException if there is no graph
   */
  GraphInputs graphInputs(Optional<GraphView> view) {
    return GraphInputs.of(data.select(rows), preprocessing, view);
  }

  /** Returns the column that makes up most of the distance between the rows, if one does. */
  Optional<DistanceShares.Dominant> dominant() {
    if (dominant == null) {
      dominant = DistanceShares.dominant(preprocessing, data.select(rows).features());
    }
    return dominant;
  }

  /** Returns how columns become inputs. */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /**
   * Returns what contexts are fitted to: the encoder's inputs float32 [n, p] of the rows, and what
   * is known of them.
   *
   * @param owner the manager of the inputs, and so of the contexts that are fitted to them
   */
  public ContextData contextData(NDManager owner) {
    return contextData(Placement.on(owner.getDevice()), owner);
  }

  /** The same with inputs that are where the placement says. */
  ContextData contextData(Placement placement, NDManager owner) {
    Dataset known = data.select(rows);
    Seed seed = Seed.of(recipe.training().seed()).derive("context");
    ContextData made =
        Representation.data(points(known, placement, owner), preprocessing, seed, nodes())
            .withTable(known.features())
            .withExactRows(() -> exactInputs(preprocessing, known, owner))
            .withReading(known.reading())
            .withPositions(rows, data.rows());
    ContextData labelled = known.target().map(made::withTarget).orElse(made);
    return known.graph().map(labelled::withGraph).orElse(labelled);
  }

  private Points points(Dataset known, Placement placement, NDManager owner) {
    return nodes()
        ? Points.all(Nodes.rows(known.rows(), owner))
        : placement.points(preprocessing, known, owner);
  }

  /**
   * Returns the encoder's inputs of any rows, float32 [b, p].
   *
   * @param some positions in the dataset
   * @throws InputException if they are too many for one array
   */
  public NDArray inputs(int[] some, NDManager owner) {
    return inputs(preprocessing, data.select(some), owner);
  }

  /**
   * Returns the inputs of any rows before they are rounded, float64 [b, p]: what contexts take
   * distances from.
   *
   * @param some positions in the dataset
   */
  public NDArray exactInputs(int[] some, NDManager owner) {
    return exactInputs(preprocessing, data.select(some), owner);
  }

  /**
   * Returns the split of a dataset that a recipe asks for, without the rows that are held out for
   * early stopping.
   *
   * @throws InputException if a part would be empty
   */
  public static Split split(int rows, Recipe recipe) {
    return withoutHeldOut(whole(rows, recipe), recipe);
  }

  /**
   * Returns the split that came with a dataset, or else that which a recipe asks for, without the
   * rows that are held out for early stopping.
   *
   * @throws InputException if a part would be empty
   */
  public static Split split(Dataset data, Recipe recipe) {
    return withoutHeldOut(whole(data, recipe), recipe);
  }

  private static Split withoutHeldOut(Split whole, Recipe recipe) {
    int pretrain = whole.pretrain().length;
    return whole.withPretrain(pretrain - share(pretrain, recipe));
  }

  /** Returns the rows that are held out for early stopping, in none of the parts of the split. */
  public static int[] heldOut(Dataset data, Recipe recipe) {
    int[] pretrain = whole(data, recipe).pretrain();
    int kept = pretrain.length - share(pretrain.length, recipe);
    return Arrays.copyOfRange(pretrain, kept, pretrain.length);
  }

  private static int share(int pretrain, Recipe recipe) {
    EarlyStopping stopping = recipe.training().stopping();
    int rows = (int) Math.round(stopping.share() * pretrain);
    if (stopping.used() && (rows == 0 || rows == pretrain)) {
      throw new InputException(
          Text.format(
              "hold-out: expected some of the %d pretraining rows and not all, got %s of them",
              pretrain, Numbers.text(stopping.share())));
    }
    return rows;
  }

  private static Split whole(Dataset data, Recipe recipe) {
    return data.split().orElseGet(() -> whole(data.rows(), recipe));
  }

  private static Split whole(int rows, Recipe recipe) {
    return Split.random(
        rows,
        recipe.fractions().pretrain(),
        recipe.fractions().labelled(),
        recipe.fractions().test(),
        Seed.of(recipe.training().seed()).derive("split"));
  }

  /**
   * Returns the encoder's inputs float32 [b, p] of all rows, which belong to the owner.
   *
   * @throws InputException if they are too many for one array
   */
  public static NDArray inputs(Preprocessing preprocessing, Dataset rows, NDManager owner) {
    int width = preprocessing.names().size();
    if ((long) rows.rows() * width > Integer.MAX_VALUE - 8) {
      throw new InputException(
          Message.of(
              "%s: %d rows of %d inputs are too many for one array, expected at most %d rows; keep"
                  + " them on disk, with %s",
              rows.name(),
              rows.rows(),
              width,
              (Integer.MAX_VALUE - 8) / width,
              Setting.ROWS_ON_DISK));
    }
    NDArray all = owner.create(new Shape(rows.rows(), width), DataType.FLOAT32);
    inBlocks(
        preprocessing,
        rows,
        (start, inputs) -> {
          float[] rounded = new float[inputs.length];
          for (int i = 0; i < inputs.length; i++) {
            rounded[i] = (float) inputs[i];
          }
          copy(owner.create(rounded, new Shape(inputs.length / width, width)), all, start);
        });
    return all;
  }

  /** Copies rows to where they belong, and closes them. */
  private static void copy(NDArray block, NDArray all, int start) {
    try (NDArray some = block;
        NDArray place = all.get(start + ":" + (start + block.getShape().get(0)))) {
      Torch.copy(some, place);
    }
  }

  /**
   * Returns the encoder's inputs of all rows before they are rounded, float64 [b, p], which belong
   * to the owner: what contexts take distances from.
   */
  public static NDArray exactInputs(Preprocessing preprocessing, Dataset rows, NDManager owner) {
    int width = preprocessing.names().size();
    NDArray all = owner.create(new Shape(rows.rows(), width), DataType.FLOAT64);
    inBlocks(
        preprocessing,
        rows,
        (start, inputs) ->
            copy(owner.create(inputs, new Shape(inputs.length / width, width)), all, start));
    return all;
  }

  /** What takes the inputs of the rows from a position on. */
  @FunctionalInterface
  interface Block {
    void take(int start, double[] inputs);
  }

  /** Hands over the inputs of all rows, some rows at a time. */
  static void inBlocks(Preprocessing preprocessing, Dataset rows, Block block) {
    for (int start = 0; start < rows.rows(); start += ROWS_AT_ONCE) {
      int end = Math.min(rows.rows(), start + ROWS_AT_ONCE);
      int[] some = IntStream.range(start, end).toArray();
      block.take(start, preprocessing.apply(rows.features().select(some)).values());
    }
  }
}
