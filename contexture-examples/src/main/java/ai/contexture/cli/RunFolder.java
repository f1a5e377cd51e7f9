package ai.contexture.cli;

import ai.contexture.data.AtomicFile;
import ai.contexture.data.Dataset;
import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Message;
import ai.contexture.input.Text;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.representation.Representation;
import ai.contexture.torch.Handover;
import ai.djl.Device;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a run.
 *
 * <p>A finished run holds {@value #RUN}, {@value #REPEAT}, {@value #METRICS}, {@value #RESULT} and
 * the files of its {@link Representation}; one that is not finished holds its last checkpoints,
 * {@code checkpoint-STEP.npz}. Files that end in {@code .part} were being written when a process
 * was killed.
 */
final class RunFolder {

  static final String RUN = "run.json";
  static final String METRICS = "metrics.csv";
  static final String RESULT = "result.json";

  /** What {@value OptionsFile#OPTION} takes to repeat the run. */
  static final String REPEAT = "options.yaml";

  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{1,9})\\.npz");
  private static final String PART = ".part";

  /** Where runs go unless a folder is given. */
  static final Path RUNS = Path.of("runs");

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /** Returns the folder that a new run will be in, which need not be there yet. */
  static Path parent(Path wanted) {
    return wanted == null ? RUNS : wanted.toAbsolutePath().getParent();
  }

  /**
   * Makes the folder of a new run, which holds {@value #RUN} and {@value #REPEAT} from its first
   * moment on.
   *
   * @param wanted the folder, or null for the first free {@code runs/NAME-N}
   * @param repeat the content of {@value #REPEAT}
   */
  static RunFolder create(Path wanted, RunOptions options, String repeat) throws IOException {
    Path parent = parent(wanted);
    Files.createDirectories(parent);
    String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    Path made = Files.createDirectory(parent.resolve(".run-" + unique + PART));
    boolean moved = false;
    try {
      AtomicFile.write(made.resolve(REPEAT), repeat);
      AtomicFile.write(made.resolve(RUN), GSON.toJson(options) + "\n");
      Path place = wanted;
      for (int n = 1; !moved; n++) {
        place = wanted == null ? RUNS.resolve(options.name() + "-" + n) : wanted;
        moved = move(made, place);
        if (!moved && wanted != null) {
          throw new InputException("--out: " + wanted + " is there already");
        }
      }
      return new RunFolder(place);
    } finally {
      if (!moved) {
        Files.deleteIfExists(made.resolve(REPEAT));
        Files.deleteIfExists(made.resolve(RUN));
        Files.deleteIfExists(made);
      }
    }
  }

  /** Moves a folder to a place that is free, else returns false. */
  private static boolean move(Path folder, Path place) throws IOException {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      Files.move(folder, place, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (FileSystemException e) {
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        return false; // another process was faster
      }
      throw e;
    }
  }

  /** Opens the folder of a run. */
  static RunFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new InputException(path + ": expected the folder of a run, found none");
    }
    if (!Files.isRegularFile(path.resolve(RUN))) {
      throw new InputException(path + ": expected the folder of a run, found no " + RUN + " in it");
    }
    return new RunFolder(path);
  }

  /** Returns where the folder is, as it was given. */
  Path path() {
    return path;
  }

  /** Returns one of the files. */
  Path file(String name) {
    return path.resolve(name);
  }

  /** Returns whether a file is there. */
  boolean has(String name) {
    return Files.isRegularFile(file(name));
  }

  /** Returns the checkpoints, the newest first. */
  List<Path> checkpoints() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> step(file) >= 0)
          .sorted(Comparator.comparingInt(RunFolder::step).reversed())
          .toList();
    }
  }

  /** The step of a checkpoint, −1 for another file. */
  private static int step(Path file) {
    Matcher matcher = CHECKPOINT.matcher(file.getFileName().toString());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** Writes a checkpoint, and only then deletes all but the newest. */
  void checkpoint(Pretraining job, int keep) throws IOException {
    job.checkpoint(file("checkpoint-" + job.trainer().finishedSteps() + ".npz"));
    delete(checkpoints().stream().skip(keep).toList());
  }

  /**
   * Continues from the newest checkpoint that can be read, if there is one at all, and deletes what
   * a killed process left half-written.
   *
   * @param warnings hears which ones cannot be read
   * @throws InputException if none of them can be read
   */
  void restore(Pretraining job, Consumer<String> warnings) throws IOException {
    List<Path> damaged = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (Path file : checkpoints()) {
      try {
        job.restore(file);
        reasons.forEach(warnings);
        delete(damaged);
        break;
      } catch (IOException e) {
        reasons.add(Failures.io(FileErrors.of(file, e)));
      } catch (InputException e) {
        reasons.add(OptionNames.text(e));
      }
      damaged.add(file);
    }
    if (!damaged.isEmpty() && job.trainer().finishedSteps() == 0) {
      throw new InputException(
          reasons.get(0)
              + "; no other checkpoint can be read, and without any of them the run would begin"
              + " anew");
    }
    try (Stream<Path> files = Files.list(path)) {
      delete(files.filter(file -> file.toString().endsWith(PART)).toList());
    }
  }

  /** Deletes the checkpoints of a run that is complete. */
  void deleteCheckpoints() throws IOException {
    delete(checkpoints());
  }

  private static void delete(List<Path> files) throws IOException {
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** Reads what repeats the run. */
  RunOptions options() throws IOException {
    Path file = file(RUN);
    try {
      JsonObject json = GSON.fromJson(Files.readString(file), JsonObject.class);
      int format = json.get("format").getAsInt();
      if (format < 1 || format > RunOptions.FORMAT) {
        throw new InputException(
            Text.format(
                "%s: written by another version of contexture (format %d, this one reads up to %d);"
                    + " go on with that version",
                file, format, RunOptions.FORMAT));
      }
      return JsonFields.of(file.toString(), RunOptions.current(json))
          .record(RunOptions.class, RunOptions.OPTIONAL);
    } catch (JsonParseException
        | CharacterCodingException
        | NullPointerException
        | NumberFormatException
        | IllegalStateException
        | UnsupportedOperationException e) {
      throw new InputException(file + ": damaged, not the JSON of a run", e);
    }
  }

  /** Loads the representation. */
  Representation representation(Device device) throws IOException {
    if (!has(Representation.DESCRIPTION) && has(RUN)) {
      throw new InputException(
          path + ": the training is not finished; pretrain --resume " + path + " finishes it");
    }
    if (has(Representation.DESCRIPTION) && !has(Representation.PARAMETERS)) {
      throw new InputException(
          path
              + ": the saved representation is damaged: "
              + Representation.PARAMETERS
              + " is missing");
    }
    return Handover.of(
        Representation.load(path, device),
        loaded -> {
          try {
            Evaluation.recipe(loaded);
            return loaded;
          } catch (InputException e) {
            throw new InputException(Message.of("%s: %s", path, e.said()), e);
          }
        });
  }

  /** Requires that data are those of the run. */
  void requireSame(Dataset data, RunOptions options) {
    if (!data.fingerprint().equals(options.fingerprint())) {
      throw new InputException(
          options.data()
              + ": the data are not those of the run "
              + path
              + ": names, types or values of the columns, or edges, changed since");
    }
  }
}
