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
      description = "Where the run's data are now, if they have moved")
  private String data;

  @Option(
      names = "--edges",
      paramLabel = "FILE",
      description = "Where the edges of the run's graph are now, if they have moved")
  private String edges;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description = "Where the features of the run's graph are now, if they have moved")
  private String features;

  SavedRun open() throws IOException {
    RunFolder folder = RunFolder.open(Outputs.path("RUN", run));
    RunOptions options = folder.options();
    DataSource saved = options.data();
    boolean moved = data != null || edges != null || features != null;
    DataSource source =
        (moved ? saved : saved.again())
            .at(
                Outputs.given("--data", data),
                Outputs.given("--edges", edges),
                Outputs.given("--features", features));
    return new SavedRun(folder, options, source);
  }
}
