package ai.contexture.representation;

import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns raw rows into features where DJL loads a saved representation as a model.
 *
 * <pre>{@code
 * Criteria<Map, float[]> criteria =
 *     Criteria.builder()
 *         .setTypes(Map.class, float[].class)
 *         .optModelPath(Path.of("runs/wine-1"))
 *         .optTranslatorFactory(new RepresentationTranslatorFactory())
 *         .build();
 * try (ZooModel<Map, float[]> model = criteria.loadModel();
 *     Predictor<Map, float[]> predictor = model.newPredictor()) {
 *   float[] features = predictor.predict(Map.of("alcohol", 13.2, "hue", 1.04));
 * }
 * }</pre>
 *
 * <p>A row is a {@code Map} of values by the name of their column, as {@link Table#ofRows} takes
 * them, or, where all columns are numbers, a {@code double[]} in the order of {@link
 * Preprocessing#columns}, NaN for a missing one. Its features are a {@code float[]} of length d.
 * DJL Serving sends a row as a JSON object, or several as an array of them, and gets an array of
 * numbers, or an array of those. A row that does not fit fails with a {@link TranslateException}
 * whose cause is an {@link InputException}.
 */
public final class RepresentationTranslatorFactory implements TranslatorFactory {

  /** Creates the factory. */
  public RepresentationTranslatorFactory() {}

  @Override
  public Set<Pair<Type, Type>> getSupportedTypes() {
    return Set.of(
        new Pair<>(Map.class, float[].class),
        new Pair<>(double[].class, float[].class),
        new Pair<>(Input.class, Output.class));
  }

  @Override
  @SuppressWarnings("unchecked") // as the types asked for say
  public <I, O> Translator<I, O> newInstance(
      Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
      throws TranslateException {
    if (!(model.getBlock() instanceof ProjectedEncoder encoder)) {
      throw new TranslateException(
          model.getModelPath() + ": expected the folder of a representation");
    }
    Preprocessing preprocessing;
    try {
      preprocessing = RepresentationFolder.readPreprocessing(model.getModelPath());
    } catch (IOException e) {
      throw new TranslateException(e);
    }
    RowInputs inputs = new RowInputs(preprocessing, encoder.dataType());
    if (input == Map.class) {
      return (Translator<I, O>) new RowTranslator<Map<String, ?>>(inputs, row -> row);
    }
    if (input == double[].class) {
      return (Translator<I, O>)
          new RowTranslator<double[]>(inputs, row -> named(preprocessing.columns(), row));
    }
    if (input == Input.class) {
      return (Translator<I, O>) new JsonTranslator(inputs);
    }
    throw new TranslateException("expected rows as Map or double[], got " + input.getName());
  }

  private static Map<String, Double> named(List<String> columns, double[] row) {
    if (row.length != columns.size()) {
      throw new InputException(
          "the row: expected "
              + columns.size()
              + " numbers ("
              + Names.list(columns, 8)
              + "), got "
              + row.length);
    }
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < row.length; i++) {
      values.put(columns.get(i), row[i]);
    }
    return values;
  }
}
