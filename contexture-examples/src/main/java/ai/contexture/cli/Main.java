package ai.contexture.cli;

import ai.contexture.input.InputException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The {@code contexture} command. */
public final class Main {

  private static final List<Subcommand> SUBCOMMANDS =
      List.of(
          new Subcommand(PretrainCommand.class, t -> new CommandLine(new PretrainCommand(t))),
          new Subcommand(ContextsCommand.class, t -> new CommandLine(new ContextsCommand(t))),
          new Subcommand(SpectrumCommand.class, t -> new CommandLine(new SpectrumCommand(t))),
          new Subcommand(CompareCommand.class, t -> new CommandLine(new CompareCommand(t))),
          new Subcommand(
              CompatibilityCommand.class, t -> new CommandLine(new CompatibilityCommand(t))),
          new Subcommand(PredictCommand.class, t -> new CommandLine(new PredictCommand(t))),
          new Subcommand(AlignCommand.class, t -> new CommandLine(new AlignCommand(t))),
          new Subcommand(ProbeCommand.class, t -> new CommandLine(new ProbeCommand(t))),
          new Subcommand(EmbedCommand.class, t -> new CommandLine(new EmbedCommand(t))),
          new Subcommand(NewProjectCommand.class, t -> new CommandLine(new NewProjectCommand(t))),
          new Subcommand(ExperimentCommand.class, ExperimentCommand::of),
          new Subcommand(BenchCommand.class, BenchCommand::of),
          new Subcommand(GpuCommand.class, GpuCommand::of),
          new Subcommand(DoctorCommand.class, t -> new CommandLine(new DoctorCommand(t))),
          new Subcommand(CompletionCommand.class, t -> new CommandLine(new CompletionCommand(t))),
          new Subcommand(HelpCommand.class, t -> new CommandLine(new HelpCommand(t))),
          new Subcommand(VersionCommand.class, t -> new CommandLine(new VersionCommand(t))));

  /** What Java puts in the place of bytes that it cannot decode. */
  private static final char UNREADABLE = '\uFFFD';

  private Main() {}

  /**
   * A command below the first.
   *
   * @param type the class whose annotation says what it does
   */
  private record Subcommand(Class<?> type, Function<Terminal, CommandLine> make) {

    private Command command() {
      return type.getAnnotation(Command.class);
    }

    private CommandLine whole(Terminal terminal, HelpTexts texts) {
      CommandLine command = make.apply(terminal);
      complete(command, texts);
      return command;
    }

    /** The command without its options, as a list of commands shows it. */
    private CommandLine headline() {
      CommandSpec spec = CommandSpec.create().name(command().name());
      spec.usageMessage().header(command().header());
      return new CommandLine(spec);
    }
  }

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
    int code;
    try {
      CommandLine line = commandLine(terminal, List.of(args));
      requireReadable(args);
      OptionsFile options = OptionsFile.of(line, args);
      reportFailures(line, terminal, options);
      code = line.execute(options.arguments());
    } catch (Throwable e) { // whatever it is, a line and a code
      code = new Failures(terminal, debug()).thrown(e);
    }
    if (!terminal.flush() && code == 0) {
      return new Failures(terminal, false).report("standard output: cannot be written", 1);
    }
    return code;
  }

  private static void reportFailures(CommandLine line, Terminal terminal, OptionsFile options) {
    line.setParameterExceptionHandler(
        (e, given) -> new Failures(terminal, false, options).arguments(e));
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> new Failures(terminal, debug(parsed), options).thrown(e));
  }

  /** Requires that the locale of the process could express what was typed. */
  private static void requireReadable(String... args) {
    for (String arg : args) {
      if (arg.indexOf(UNREADABLE) >= 0) {
        throw new InputException(
            "'"
                + arg
                + "': the locale of this process cannot express these characters; set LC_ALL=C.UTF-8"
                + " before Java starts");
      }
    }
  }

  /** Returns the parser of the command line, which holds the names and help of all options. */
  static CommandLine commandLine(Terminal terminal) {
    HelpTexts texts = new HelpTexts();
    return parser(terminal, SUBCOMMANDS.stream().map(one -> one.whole(terminal, texts)).toList());
  }

  /**
   * Returns a parser that is enough for these arguments, in a fraction of the time: without the
   * options of all commands but one.
   */
  private static CommandLine commandLine(Terminal terminal, List<String> args) {
    if (args.isEmpty() || (args.size() == 1 && args.get(0).startsWith("-"))) {
      return parser(terminal, SUBCOMMANDS.stream().map(Subcommand::headline).toList());
    }
    return SUBCOMMANDS.stream()
        .filter(one -> one.command().name().equals(args.get(0)))
        .findFirst()
        .map(one -> parser(terminal, List.of(one.whole(terminal, new HelpTexts()))))
        .orElseGet(() -> commandLine(terminal));
  }

  private static CommandLine parser(Terminal terminal, List<CommandLine> subcommands) {
    CommandLine line = new CommandLine(new ContextureCommand(terminal));
    subcommands.forEach(line::addSubcommand);
    line.setOut(writer(terminal.out()))
        .setErr(writer(terminal.err()))
        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
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
    HelpPage.show(line);
    Converters.register(line);
    return line;
  }

  /** Gives a command and all below it the options that they have in common. */
  private static void complete(CommandLine command, HelpTexts texts) {
    addCommonOptions(command);
    command.setResourceBundle(texts);
    command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
    command.getSubcommands().values().forEach(below -> complete(below, texts));
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
    return debug();
  }

  private static boolean debug() {
    return "1".equals(System.getenv("CONTEXTURE_DEBUG"));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
