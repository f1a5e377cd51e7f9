package ai.contexture.experiment;

/**
 * What can be chosen of a study.
 *
 * @param name without the leading dashes
 * @param label what stands for the value in the help
 * @param usual the value where none is given
 * @param quick the same for the small version
 * @param description one sentence for the help, without the default
 */
public record StudyOption(
    String name, String label, String usual, String quick, String description) {

  /** Which datasets to take. */
  public static StudyOption datasets(String usual, String quick) {
    return new StudyOption(
        "only", "NAMES", usual, quick, "The datasets to take, separated by commas");
  }

  /** How often to do all of it. */
  public static StudyOption seeds(int usual, int quick) {
    return new StudyOption(
        "seeds",
        "N",
        Integer.toString(usual),
        Integer.toString(quick),
        "How often to do all of it, with other rows, first weights and samples");
  }
}
