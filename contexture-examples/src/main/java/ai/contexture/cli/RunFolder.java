package ai.contexture.cli;

import ai.contexture.data.AtomicFile;
import ai.contexture.data.Dataset;
import ai.contexture.input.InputException;
import ai.contexture.representation.Representation;
import ai.contexture.training.Evaluation;
import ai.djl.Device;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a run.
 *
 * <p>A finished run holds {@value #RUN}, {@value #METRICS}, {@value #RESULT} and the files of its
 * {@link Representation}; one that is not finished holds {@value #CHECKPOINT}.
 */
final class RunFolder {

  static final String RUN = "run.json";
  static final String METRICS = "metrics.csv";
  static final String CHECKPOINT = "checkpoint.npz";
  static final String RESULT = "result.json";

  /** Where runs go unless a folder is given. */
  static final Path RUNS = Path.of("runs");

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /**
   * Makes the folder of a new run.
   *
   * @param wanted the folder, or null for the first free {@code runs/NAME-N}
   */
  static RunFolder create(Path wanted, String name) throws IOException {
    if (wanted != null) {
      Path parent = wanted.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try {
        return new RunFolder(Files.createDirectory(wanted));
      } catch (FileAlreadyExistsException e) {
        throw new InputException("--out: " + wanted + " is there already", e);
      }
    }
    Files.createDirectories(RUNS);
    int n = 1;
    while (true) {
      try {
        return new RunFolder(Files.createDirectory(RUNS.resolve(name + "-" + n)));
      } catch (FileAlreadyExistsException e) {
        n++;
      }
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

  /** Writes what repeats the run. */
  void write(RunOptions options) throws IOException {
    AtomicFile.write(file(RUN), GSON.toJson(options) + "\n");
  }

  /** Reads what repeats the run. */
  RunOptions options() throws IOException {
    Path file = file(RUN);
    try {
      JsonObject json = GSON.fromJson(Files.readString(file), JsonObject.class);
      int format = json.get("format").getAsInt();
      if (format != RunOptions.FORMAT) {
        throw new InputException(
            file + ": expected format " + RunOptions.FORMAT + ", got " + format);
      }
      RunOptions options = GSON.fromJson(json, RunOptions.class);
      if (options.data() == null || options.fingerprint() == null || options.recipe() == null) {
        throw new InputException(file + ": damaged, it does not say what repeats the run");
      }
      return options;
    } catch (JsonParseException | CharacterCodingException e) {
      throw new InputException(file + ": damaged, not the JSON of a run", e);
    } catch (NullPointerException | IllegalStateException | UnsupportedOperationException e) {
      throw new InputException(file + ": damaged, not the JSON of a run", e);
    } catch (RuntimeException e) {
      if (e instanceof InputException) {
        throw e;
      }
      throw new InputException(file + ": damaged: " + e.getMessage(), e);
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
    try {
      Representation loaded = Representation.load(path, device);
      boolean whole = false;
      try {
        whole = loaded.eigenvalues().length == loaded.dimension();
        Evaluation.recipe(loaded);
      } finally {
        if (!whole) {
          loaded.close();
        }
      }
      if (!whole) {
        throw new InputException(path + ": the saved representation is damaged: dimension");
      }
      return loaded;
    } catch (EOFException | UTFDataFormatException e) {
      throw damaged(e);
    } catch (IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException
        | NullPointerException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | ArithmeticException e) {
      if (e instanceof InputException input && input.getMessage().startsWith(path.toString())) {
        throw input;
      }
      throw damaged(e);
    }
  }

  private InputException damaged(Exception e) {
    String why =
        e.getMessage() == null ? "it ends too early or holds something else" : e.getMessage();
    return new InputException(path + ": the saved representation is damaged: " + why, e);
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
