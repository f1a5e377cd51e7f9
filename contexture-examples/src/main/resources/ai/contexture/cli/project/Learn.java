package example;

import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.representation.Representation;
import java.nio.file.Path;
import java.util.Arrays;

/** Learns features of a table without its labels, saves the encoder, loads it and uses it. */
public final class Learn {

  private Learn() {}

  /**
   * Runs the program.
   *
   * @param args a CSV file and its target column; without them 1,797 handwritten digits
   */
  public static void main(String[] args) throws Exception {
    Dataset data = args.length < 2 ? Dataset.digits() : Dataset.read(Path.of(args[0]), args[1]);
    Path folder = Path.of("encoder");

    Recipe recipe = Recipe.DEFAULT.withContext("knn(k=30)").withDimension(32).withSteps(100);
    try (Pretraining job = Pretraining.prepare(data, recipe)) {
      job.train();
      System.out.println(job.alignment()); // how close to the best features there are
      job.probe().ifPresent(System.out::println); // how well they predict the target
      job.representation().save(folder);
    }

    try (Representation encoder = Representation.load(folder)) {
      Matrix features = encoder.embed(data.features()); // or of encoder.read(file), for new rows
      System.out.println("Features of the first row: " + Arrays.toString(features.row(0)));
    }
  }
}
