package ai.contexture.cli;

import ai.contexture.context.ContextFiles;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.pretraining.PreparedData;

/**
 * A run that is there already.
 *
 * @param folder its files
 * @param options what it was started with
 * @param source where its data are now
 */
record SavedRun(RunFolder folder, RunOptions options, DataSource source) {

  /** Reads the data, which must be those of the run, as must the files that its context reads. */
  Dataset read() {
    Dataset data = source.read();
    folder.requireSame(data, options);
    ContextFiles.requireSame(options.contextFiles());
    return PreparedData.joined(data, Contexts.parse(options.recipe().context()));
  }
}
