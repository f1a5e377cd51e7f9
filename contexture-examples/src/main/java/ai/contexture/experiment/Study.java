package ai.contexture.experiment;

import ai.djl.Device;
import java.util.List;
import java.util.function.Function;

/**
 * A question that a grid of runs answers: many cells, each of which turns a few parameters into a
 * few measures, and a report on those that are finished.
 *
 * <p>What runs the cells, keeps them and goes on after a stop is the same for all studies, see
 * {@link StudyFolder}.
 */
public interface Study {

  /** Returns the name on the command line. */
  String name();

  /** Returns what a report on it is headed, in a few words. */
  String title();

  /** Returns what is asked, in one plain sentence. */
  String question();

  /** Returns the published figure or table that asks it. */
  String source();

  /** Returns how long it takes, in words. */
  String time();

  /** Returns a number that grows when the same options begin to mean other cells. */
  default int version() {
    return 1;
  }

  /** Returns whether several cells can be measured at once, which trainings cannot. */
  default boolean concurrent() {
    return false;
  }

  /** Returns what can be chosen, in the order of the help. */
  List<StudyOption> options();

  /** Returns the names of what a cell is given; together they tell cells apart. */
  List<String> parameters();

  /** Returns the names of what a cell finds. */
  List<String> measures();

  /**
   * Returns the cells and what measures them.
   *
   * @param settings a value for each of the {@link #options}
   * @throws ai.contexture.input.InputException if a value or a dataset is not right
   */
  Grid grid(Settings settings, DatasetFolder data, Device device);

  /**
   * Returns what the finished cells say.
   *
   * @param rows those of the grid that were finished or failed, at least one of them finished, in
   *     any order
   */
  StudyReport report(Settings settings, List<CellResult> rows);

  /** The cells of a study and what they share. */
  interface Grid extends AutoCloseable {

    /** Returns cells that share nothing, each measured by itself. */
    static Grid of(List<Cell> cells, Function<Cell, Measures> measure) {
      List<Cell> all = List.copyOf(cells);
      return new Grid() {

        @Override
        public List<Cell> cells() {
          return all;
        }

        @Override
        public Measures measure(Cell cell) {
          return measure.apply(cell);
        }
      };
    }

    /** Returns all cells in the order in which to measure them. */
    List<Cell> cells();

    /** Measures a cell. Whatever it throws is written down as the reason why there is no result. */
    Measures measure(Cell cell);

    @Override
    default void close() {}
  }
}
