package ai.contexture.cli;

import ai.contexture.input.InputException;
import ai.contexture.input.Suggestions;
import ai.contexture.input.Text;
import ai.contexture.training.DivergedException;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line and an exit code. */
final class Failures {

  /** What was given is wrong. */
  static final int INPUT = 2;

  /** Something failed. */
  static final int FAILED = 1;

  /** How many characters of a message are shown. */
  private static final int LONGEST = 2000;

  private final Terminal terminal;
  private final boolean trace;
  private final OptionsFile options;

  /**
   * Creates a reporter.
   *
   * @param trace whether to print stack traces too
   */
  Failures(Terminal terminal, boolean trace) {
    this(terminal, trace, OptionsFile.NONE);
  }

  /**
   * Creates a reporter.
   *
   * @param options says which options were not typed
   */
  Failures(Terminal terminal, boolean trace, OptionsFile options) {
    this.terminal = terminal;
    this.trace = trace;
    this.options = options;
  }

  /** Prints a line and returns the code. */
  int report(String message, int code) {
    terminal.err().println("contexture: " + shortened(firstLine(message)));
    return code;
  }

  /** Reports arguments that cannot be parsed. */
  int arguments(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      return report(unknown(unmatched), INPUT);
    }
    String message = e.getMessage();
    return report(
        options.place(
            Character.toLowerCase(message.charAt(0))
                + message.substring(1)
                + help(e.getCommandLine().getCommandSpec())),
        INPUT);
  }

  private static String unknown(UnmatchedArgumentException e) {
    String given = e.getUnmatched().get(0);
    CommandSpec command = e.getCommandLine().getCommandSpec();
    if (!given.startsWith("-")) {
      return command.subcommands().isEmpty()
          ? "unexpected argument '" + given + "'" + help(command)
          : Suggestions.unknown("command", given, command.subcommands().keySet()).getMessage();
    }
    String name = given.contains("=") ? given.substring(0, given.indexOf('=')) : given;
    List<String> known = command.options().stream().map(OptionSpec::longestName).toList();
    String meant =
        Suggestions.closest(name, known).map(c -> " (did you mean " + c + "?)").orElse("");
    return "unknown option '" + name + "'" + meant + help(command);
  }

  private static String help(CommandSpec command) {
    return "; " + command.qualifiedName() + " --help lists the options";
  }

  /** Reports what a command threw. */
  int thrown(Throwable thrown) {
    if (trace) {
      thrown.printStackTrace(terminal.err());
    }
    if (thrown instanceof InputException e) {
      return report(options.place(OptionNames.text(e)), INPUT);
    }
    if (thrown instanceof DivergedException) {
      return report(thrown.getMessage(), FAILED);
    }
    if (thrown instanceof IOException e) {
      return report(io(e), FAILED);
    }
    if (thrown instanceof UncheckedIOException e) {
      return report(io(e.getCause()), FAILED);
    }
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof OutOfMemoryError) {
      return report(memory(String.valueOf(root.getMessage())), FAILED);
    }
    if (root instanceof StackOverflowError) {
      return report(
          "the stack of "
              + Thread.currentThread().getName()
              + " is too small: something that was given is nested too deeply; if it has to be,"
              + " CONTEXTURE_JAVA_OPTS=-Xss64m makes room",
          FAILED);
    }
    String message = firstLine(String.valueOf(root.getMessage()));
    if (engine(thrown) && root instanceof IOException && message.contains("space left")) {
      return report(
          "libtorch cannot be unpacked to "
              + Utils.getEngineCacheDir("pytorch")
              + ": "
              + message
              + "; DJL_CACHE_DIR names another folder for it",
          FAILED);
    }
    if (thrown instanceof LinkageError || engine(thrown)) {
      return report("libtorch cannot be loaded or failed: " + message, FAILED);
    }
    return report(
        "unexpected failure: "
            + root.getClass().getSimpleName()
            + ": "
            + message
            + " (CONTEXTURE_DEBUG=1 shows where)",
        FAILED);
  }

  /** Returns which memory was too small, and what makes it larger. */
  private static String memory(String reason) {
    if (reason.contains("thread")) {
      return "the system allows no further thread (" + reason + ")";
    }
    if (reason.contains("array size")) {
      return "an array would be longer than Java allows: this takes fewer rows or columns at a time";
    }
    if (reason.contains("irect")) {
      return "the memory beside the Java heap is too small (" + reason + ")";
    }
    return Text.format(
        "the Java heap of %d MiB is too small for this; CONTEXTURE_JAVA_OPTS=-Xmx16g makes it"
            + " larger",
        Runtime.getRuntime().maxMemory() >> 20);
  }

  private static boolean engine(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at.getClass().getName().startsWith("ai.djl.")) {
        return true;
      }
    }
    return false;
  }

  /** Returns what happened to which file, in words. */
  static String io(IOException e) {
    if (e instanceof FileSystemException file && file.getFile() != null) {
      String why = file.getReason();
      if (e instanceof AccessDeniedException) {
        why = "no permission";
      } else if (e instanceof NoSuchFileException) {
        why = "no such file or folder";
      }
      return file.getFile() + ": " + (why == null ? e.getClass().getSimpleName() : why);
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Returns a line without its middle where it is so long that nobody would read it. */
  private static String shortened(String line) {
    int rest = LONGEST / 4;
    return line.length() <= LONGEST
        ? line
        : line.substring(0, LONGEST - rest) + " … " + line.substring(line.length() - rest);
  }

  /** Returns the first line of a text, without control characters. */
  static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("").replaceAll("\\p{Cntrl}+", " ");
  }
}
