package ai.contexture.cli;

import ai.contexture.input.InputException;
import ai.contexture.pretraining.Recipe;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What repeats a run, as {@code run.json} holds it.
 *
 * @param format the version of this file
 * @param name the name of the data
 * @param data where the data are
 * @param fingerprint of the data, see {@link ai.contexture.data.Dataset#fingerprint}
 * @param contextFiles the same of files that the context read, see {@link
 *     ai.contexture.context.ContextFiles#fingerprints}; null for none
 * @param recipe what is learned and how
 * @param device where it was asked to compute
 * @param rowsOnDisk whether the encoder's inputs are in a file beside the run
 * @param evaluateEvery steps between two measures, 0 for none, null for as often as a tenth of the
 *     time allows
 * @param checkpointEvery the {@link Cadence} between two checkpoints
 * @param keep how many checkpoints are kept
 */
record RunOptions(
    int format,
    String name,
    DataSource data,
    String fingerprint,
    Map<String, String> contextFiles,
    Recipe recipe,
    String device,
    boolean rowsOnDisk,
    Integer evaluateEvery,
    String checkpointEvery,
    int keep) {

  /** The version of the file that this program writes and reads. */
  static final int FORMAT = 2;

  /** The first version, in which checkpoints were counted in steps and the last one kept. */
  private static final int STEPS_ONLY = 1;

  /** The usual interval between two checkpoints. */
  static final String CHECKPOINT_EVERY = "5min";

  /** The usual number of checkpoints that are kept: one more where the last one is damaged. */
  static final int KEEP = 2;

  /** The components, here and within, that need not be there. */
  static final Set<String> OPTIONAL =
      Stream.concat(
              Recipe.OPTIONAL.stream(),
              Stream.of(
                  "contextFiles",
                  "evaluateEvery",
                  "file",
                  "target",
                  "task",
                  "separator",
                  "decimal",
                  "thousands",
                  "header",
                  "edges",
                  "id",
                  "features",
                  "size",
                  "colour",
                  "skipBroken",
                  "elsewhere",
                  "splitColumn",
                  "keys"))
          .collect(Collectors.toUnmodifiableSet());

  /** Puts none in place of null, and checks the numbers. */
  RunOptions {
    contextFiles = contextFiles == null ? Map.of() : contextFiles;
    if (keep < 1) {
      throw new InputException("keep: expected at least 1, got " + keep);
    }
    Cadence.parse("checkpointEvery", checkpointEvery);
  }

  /** Returns what a file of an earlier version says, as this one would have written it. */
  static JsonObject current(JsonObject file) {
    JsonObject current = file.deepCopy();
    if (file.get("format").getAsInt() == STEPS_ONLY) {
      current.addProperty("format", FORMAT);
      if (file.get("checkpointEvery") instanceof JsonPrimitive steps) {
        current.addProperty("checkpointEvery", steps.getAsString());
      }
      current.addProperty("keep", KEEP);
    }
    unlessThere(current, "rowsOnDisk");
    if (current.get("data") instanceof JsonObject data) {
      unlessThere(data, "noDefaultMissing");
    }
    return current;
  }

  /** Puts false where a file was written before there was the option. */
  private static void unlessThere(JsonObject json, String key) {
    if (!json.has(key)) {
      json.addProperty(key, false);
    }
  }

  /** Returns how often there is a checkpoint. */
  Cadence checkpoints() {
    return Cadence.parse("--checkpoint-every", checkpointEvery);
  }
}
