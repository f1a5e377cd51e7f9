package ai.contexture.cli;

import ai.contexture.data.Target;
import ai.contexture.input.Names;
import ai.contexture.prediction.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Predictions as CSV: the number of the row, from 1, the prediction, and for numbers {@code low}
 * and {@code high} where there are intervals, for classes the probability {@code p_CLASS} of each
 * and, where there are sets, {@code set} with its classes between bars.
 */
final class PredictionFile {

  private PredictionFile() {}

  /**
   * Writes predictions.
   *
   * @param origin the positions in the file of the rows that were worked with
   */
  static void write(Prediction prediction, int[] origin, OutputStream stream) throws IOException {
    List<String> classes =
        prediction.rows().target() instanceof Target.Classes target ? target.classes() : List.of();
    StringBuilder text = new StringBuilder(FeatureFormat.ROW).append(",prediction");
    if (classes.isEmpty()) {
      text.append(prediction.hasMargin() ? ",low,high" : "");
    } else {
      classes.forEach(name -> text.append(',').append(Names.quoted("p_" + name)));
      text.append(prediction.hasMargin() ? ",set" : "");
    }
    text.append('\n');
    int[] asked = prediction.rows().asked();
    for (int i = 0; i < asked.length; i++) {
      List<String> cells = new ArrayList<>();
      cells.add(Integer.toString(origin[asked[i]] + 1));
      cells.add(Names.quoted(prediction.text(i)));
      for (int c = 0; c < classes.size(); c++) {
        cells.add(Double.toString(prediction.predicted().get(i, c)));
      }
      if (prediction.hasMargin()) {
        cells.addAll(classes.isEmpty() ? interval(prediction, i) : set(prediction, i, classes));
      }
      text.append(String.join(",", cells)).append('\n');
    }
    stream.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> interval(Prediction prediction, int i) {
    double middle = prediction.predicted().get(i, 0);
    return List.of(
        Double.toString(middle - prediction.margin()),
        Double.toString(middle + prediction.margin()));
  }

  private static List<String> set(Prediction prediction, int i, List<String> classes) {
    boolean[] among = prediction.among(i);
    return List.of(
        Names.quoted(
            IntStream.range(0, among.length)
                .filter(c -> among[c])
                .mapToObj(classes::get)
                .collect(Collectors.joining("|"))));
  }
}
