package ai.contexture.cli;

import ai.contexture.input.Message;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.MessageFormatter;
import picocli.CommandLine.ParseResult;

/**
 * Prints what the libraries warn of, a plain line each, while a command runs, and what will take
 * long.
 */
final class Warnings extends AppenderBase<ILoggingEvent> {

  private final Terminal terminal;
  private final List<Appender<ILoggingEvent>> before = new ArrayList<>();
  private boolean quiet;

  Warnings(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Starts to hear what is logged, in place of those who heard it before.
   *
   * @return false where only help was asked for, which needs no logging
   */
  boolean hear(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    if (last == parsed || last.isUsageHelpRequested() || parsed.isVersionHelpRequested()) {
      return false;
    }
    quiet = last.hasMatchedOption("--quiet");
    Logger root = root();
    setContext(root.getLoggerContext());
    root.iteratorForAppenders().forEachRemaining(before::add);
    before.forEach(root::detachAppender);
    start();
    root.addAppender(this);
    return true;
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String message = Failures.firstLine(text(event));
    if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
      terminal.warn(message, isDescribed(event));
    } else if (!quiet) {
      terminal.say(message);
    }
  }

  private static boolean isDescribed(ILoggingEvent event) {
    Object[] values = event.getArgumentArray();
    return values != null
        && Arrays.stream(values).anyMatch(v -> v instanceof Message said && said.isDescribed());
  }

  private static String text(ILoggingEvent event) {
    Object[] values = event.getArgumentArray();
    if (values == null) {
      return event.getFormattedMessage();
    }
    Object[] words =
        Arrays.stream(values)
            .map(value -> value instanceof Message said ? OptionNames.text(said) : value)
            .toArray();
    return MessageFormatter.arrayFormat(event.getMessage(), words).getMessage();
  }

  @Override
  public void stop() {
    super.stop();
    root().detachAppender(this);
    before.forEach(root()::addAppender);
  }
}
