package ai.contexture.cli;

import ai.contexture.input.InputException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The {@code contexture} command. */
public final class Main {

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true"); // figures go to files
    System.exit(execute(Terminal.ofProcess(), args));
  }

  /**
   * Runs a command within this process.
   *
   * @param out where results go
   * @param err where messages go
   * @param args the command and its options
   * @return 0, or 1 if it failed, 2 if something that was given is wrong, 130 if it was interrupted
   */
  public static int execute(PrintStream out, PrintStream err, String... args) {
    return execute(new Terminal(out, err, 0, "contexture"), args);
  }

  private static int execute(Terminal terminal, String... args) {
    CommandLine line = commandLine(terminal);
    int code;
    try {
      code = line.execute(OptionsFile.expand(line, args));
    } catch (InputException e) {
      code = new Failures(terminal, false).thrown(e);
    }
    if (!terminal.flush() && code == 0) {
      return new Failures(terminal, false).report("standard output: cannot be written", 1);
    }
    return code;
  }

  /** Returns the parser of the command line, which holds the names and help of all options. */
  static CommandLine commandLine(Terminal terminal) {
    CommandLine line =
        new CommandLine(new ContextureCommand(terminal))
            .addSubcommand(new PretrainCommand(terminal))
            .addSubcommand(new ContextsCommand(terminal))
            .addSubcommand(new SpectrumCommand(terminal))
            .addSubcommand(new CompareCommand(terminal))
            .addSubcommand(new CompatibilityCommand(terminal))
            .addSubcommand(new AlignCommand(terminal))
            .addSubcommand(new ProbeCommand(terminal))
            .addSubcommand(new EmbedCommand(terminal))
            .addSubcommand(ExperimentCommand.of(terminal))
            .addSubcommand(BenchCommand.of(terminal))
            .addSubcommand(new DoctorCommand(terminal))
            .addSubcommand(new CompletionCommand(terminal))
            .setOut(writer(terminal.out()))
            .setErr(writer(terminal.err()))
            .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
            .setUsageHelpWidth(100)
            .setUsageHelpLongOptionsMaxWidth(30)
            .setParameterExceptionHandler((e, given) -> new Failures(terminal, false).arguments(e))
            .setExecutionExceptionHandler(
                (e, command, parsed) -> new Failures(terminal, debug(parsed)).thrown(e))
            .setExecutionStrategy(
                parsed -> {
                  Warnings warnings = new Warnings(terminal);
                  boolean heard = warnings.hear(parsed);
                  try {
                    return new CommandLine.RunLast().execute(parsed);
                  } finally {
                    if (heard) {
                      warnings.stop();
                    }
                  }
                });
    complete(line, new HelpTexts());
    Converters.register(line);
    return line;
  }

  /** Gives all commands below a command the options that they have in common. */
  private static void complete(CommandLine line, HelpTexts texts) {
    for (CommandLine command : line.getSubcommands().values()) {
      addCommonOptions(command);
      command.setResourceBundle(texts);
      complete(command, texts);
    }
  }

  private static void addCommonOptions(CommandLine command) {
    command
        .getCommandSpec()
        .addOption(
            OptionSpec.builder(OptionsFile.OPTION)
                .paramLabel("FILE")
                .type(String.class)
                .description(
                    "Take further options from a YAML or JSON file, with lines such as dim: 32;"
                        + " those of the command line go first")
                .build())
        .addOption(
            OptionSpec.builder("--debug")
                .type(boolean.class)
                .description("Print the stack trace of an error")
                .build())
        .addOption(
            OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .description("Print this help")
                .build());
  }

  private static boolean debug(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      if (at.hasMatchedOption("--debug")) {
        return true;
      }
    }
    return "1".equals(System.getenv("CONTEXTURE_DEBUG"));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
