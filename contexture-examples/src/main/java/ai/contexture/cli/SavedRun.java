package ai.contexture.cli;

import ai.contexture.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A run that is there already.
 *
 * @param folder its files
 * @param options what it was started with
 * @param source where its data are now
 */
record SavedRun(RunFolder folder, RunOptions options, DataSource source) {

  /**
   * Opens a run.
   *
   * @param data where its data are now, or null for where they were
   */
  static SavedRun open(Path path, String data) throws IOException {
    RunFolder folder = RunFolder.open(path);
    RunOptions options = folder.options();
    DataSource source =
        data == null ? options.data() : options.data().at(Outputs.path("--data", data).toString());
    return new SavedRun(folder, options, source);
  }

  /** Reads the data, which must be those of the run. */
  Dataset read() {
    Dataset data = source.read();
    folder.requireSame(data, options);
    return data;
  }
}
