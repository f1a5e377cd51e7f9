package ai.contexture.representation;

import ai.contexture.context.Capability;
import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.ContextProvider;
import ai.contexture.context.FeatureContext;
import ai.contexture.data.Matrix;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes the context of a teacher: A is what a trained representation gives for the row, see {@link
 * FeatureContext} (distillation, [C, §2.2]).
 *
 * <p>The teacher reads the columns of the table that it was trained on.
 */
public final class TeacherProvider implements ContextProvider {

  private static final String NAME = "teacher";

  /** Creates what {@link java.util.ServiceLoader} finds. */
  public TeacherProvider() {}

  /**
   * Which teacher, and how much of what it says.
   *
   * @param run the folder of the teacher, as {@link Representation#save} wrote it
   * @param dimension how many of its features count; 0 for all
   * @param cut directions of a smaller share of the largest variance are cut off, 0 ≤ cut &lt; 1
   */
  public record Options(Path run, int dimension, double cut) implements ContextFactory {

    @Override
    public List<Path> files() {
      return List.of(
          run.resolve(Representation.DESCRIPTION), run.resolve(Representation.PARAMETERS));
    }

    @Override
    public Context fit(ContextData data) {
      Table table =
          data.table()
              .orElseThrow(
                  () -> new InputException(this + ": expected data that come from a table"));
      try (Representation teacher = Representation.load(run)) {
        if (dimension > teacher.dimension()) {
          throw new InputException(
              Text.format(
                  "teacher: expected dim of at most %d, the features of %s, got %d",
                  teacher.dimension(), run, dimension));
        }
        Matrix embedded = teacher.embed(table);
        try (NDArray all = embedded.array(data.points().manager());
            NDArray some = all.get(":, 0:" + (dimension == 0 ? teacher.dimension() : dimension))) {
          return FeatureContext.of(toString(), data.points(), some, cut);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      SortedMap<String, String> values = new TreeMap<>();
      values.put("run", run.toString());
      if (dimension != 0) {
        values.put("dim", Integer.toString(dimension));
      }
      if (cut != FeatureContext.DEFAULT_CUT) {
        values.put("cut", Numbers.text(cut));
      }
      return new Spec(NAME, List.of(), values).toString();
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "rows belong together if a trained encoder finds them alike";
  }

  @Override
  public String example() {
    return "teacher(run=my-run)";
  }

  @Override
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("run", "the folder of a finished training");
    options.put("dim", "how many of its features count, the best first; 0 for all");
    options.put("cut", "directions of a smaller share of the largest variance are left out");
    return options;
  }

  @Override
  public Optional<Set<Capability>> gives() {
    return Optional.of(EnumSet.of(Capability.KERNEL, Capability.OPERATOR));
  }

  @Override
  public ContextFactory parse(SpecOptions options) {
    Path run = options.path("run");
    int dimension = options.integer("dim", 0, 0, Integer.MAX_VALUE);
    double cut = options.number("cut", FeatureContext.DEFAULT_CUT, 0, 1);
    if (run == null) {
      throw new InputException(
          "teacher: expected the folder of a finished training, such as teacher(run=my-run)");
    }
    return new Options(run, dimension, cut);
  }
}
