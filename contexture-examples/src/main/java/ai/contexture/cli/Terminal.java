package ai.contexture.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** Where a command prints, and what is known of it. */
final class Terminal {

  private static final String INDENT = "  ";

  private final PrintStream out;
  private final PrintStream err;
  private final int columns;
  private final String command;
  private final Set<String> warnings = new LinkedHashSet<>();
  private boolean accepted;
  private boolean describes;

  /**
   * Creates a terminal.
   *
   * @param out results
   * @param err messages
   * @param columns the width of a terminal for messages, 0 if they go elsewhere
   * @param command how the command was called
   */
  Terminal(PrintStream out, PrintStream err, int columns, String command) {
    this.out = out;
    this.err = err;
    this.columns = columns;
    this.command = command;
  }

  /** Returns the terminal of this process; the launcher says what it is. */
  static Terminal ofProcess() {
    return new Terminal(
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        Integer.getInteger("contexture.columns", 0),
        System.getProperty("contexture.command", "contexture"));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new Output(descriptor), true, StandardCharsets.UTF_8);
  }

  /** A stream of the process, which is content when its reader has seen enough, as head has. */
  private static final class Output extends FileOutputStream {

    private boolean enough;

    private Output(FileDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (enough) {
        return;
      }
      try {
        super.write(bytes, offset, length);
      } catch (IOException e) {
        enough = "Broken pipe".equals(e.getMessage());
        if (!enough) {
          throw e;
        }
      }
    }
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Returns how wide the terminal is, 0 if messages do not go to one. */
  int columns() {
    return columns;
  }

  /** Returns how the command was called, for commands that can be copied. */
  String command() {
    return command;
  }

  /** Prints a warning once, but not until {@link #accepted}: an error shall stand alone. */
  void warn(String message) {
    warn(message, false);
  }

  /**
   * Prints a warning likewise.
   *
   * @param described whether a description of the columns says the same
   */
  void warn(String message, boolean described) {
    if ((!described || !describes) && warnings.add(message) && accepted) {
      print(message);
    }
  }

  /** Prints no warnings from here on that a description of the columns repeats. */
  void describes() {
    describes = true;
  }

  private void print(String warning) {
    say("warning: " + warning);
  }

  /**
   * Prints a message in lines that end between words and, but for the first, are indented. They fit
   * the terminal or, where messages go elsewhere, {@value Report#WIDTH} columns.
   */
  void say(String message) {
    Wrapping.lines(message, columns == 0 ? Report.WIDTH : columns, INDENT).forEach(err::println);
  }

  /** Prints a message and a command to be copied into a shell below it. */
  void say(String message, String line) {
    say(message);
    Wrapping.shell(line, Report.WIDTH, INDENT).forEach(err::println);
  }

  /** Says that what was given is right, and prints the warnings about it. */
  void accepted() {
    if (!accepted) {
      accepted = true;
      warnings.forEach(this::print);
    }
  }

  /** Returns whether all output could be written. */
  boolean flush() {
    err.flush();
    return !out.checkError();
  }
}
