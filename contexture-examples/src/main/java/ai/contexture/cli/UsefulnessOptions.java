package ai.contexture.cli;

import ai.contexture.input.InputException;
import ai.contexture.measure.Usefulness;
import picocli.CommandLine.Option;

/** How the usefulness of a context is measured. */
final class UsefulnessOptions {

  @Option(
      names = "--beta",
      paramLabel = "B",
      description =
          "The weight β in the usefulness τ: how much more features cost. Default:"
              + " ${bundle:default_beta}")
  private Double beta;

  @Option(
      names = "--d0",
      paramLabel = "N",
      description = "How many eigenvalues count in the usefulness τ. Default: ${bundle:default_d0}")
  private Integer d0;

  void check() {
    Converters.requirePositive("--d0", d0);
    if (beta != null && !(beta > 0)) {
      throw new InputException("--beta: expected a number above 0, got " + beta);
    }
  }

  double beta() {
    return beta == null ? Usefulness.DEFAULT_BETA : beta;
  }

  int d0() {
    return d0 == null ? Usefulness.DEFAULT_D0 : d0;
  }
}
