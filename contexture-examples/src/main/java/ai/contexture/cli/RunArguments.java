package ai.contexture.cli;

import java.io.IOException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which run to look at. */
final class RunArguments {

  @Parameters(paramLabel = "RUN", description = "The folder of a run")
  private String run;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Where the run's data are now. Default: where they were")
  private String data;

  SavedRun open() throws IOException {
    return SavedRun.open(Outputs.path("RUN", run), data);
  }
}
