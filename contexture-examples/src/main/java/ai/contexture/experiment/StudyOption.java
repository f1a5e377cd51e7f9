package ai.contexture.experiment;

/**
 * What can be chosen of a study.
 *
 * @param name without the leading dashes
 * @param label what stands for the value in the help
 * @param defaults the value where none is given
 * @param quick the same for the small version
 * @param description one sentence for the help, without the default
 */
public record StudyOption(
    String name, String label, String defaults, String quick, String description) {

  /** Which datasets to take. */
  public static StudyOption datasets(String defaults, String quick) {
    return new StudyOption(
        "only", "NAMES", defaults, quick, "The datasets to take, separated by commas");
  }

  /** How often to do all of it. */
  public static StudyOption seeds(int defaults, int quick) {
    return new StudyOption(
        "seeds",
        "N",
        Integer.toString(defaults),
        Integer.toString(quick),
        "How often to do all of it, with other rows, first weights and samples");
  }
}
