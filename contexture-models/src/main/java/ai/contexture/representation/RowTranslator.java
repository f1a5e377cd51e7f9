package ai.contexture.representation;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Translates one row; DJL stacks several to a batch.
 *
 * @param named gives the values of a row by the name of their column
 */
record RowTranslator<I>(RowInputs inputs, Function<I, Map<String, ?>> named)
    implements Translator<I, float[]> {

  @Override
  public NDList processInput(TranslatorContext context, I row) {
    return new NDList(inputs.of(List.of(named.apply(row)), context.getNDManager()).squeeze(0));
  }

  @Override
  public float[] processOutput(TranslatorContext context, NDList features) {
    return RowInputs.features(features.singletonOrThrow());
  }
}
