package ai.contexture.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;

/** Prints what the libraries warn of, a plain line each, while a command runs. */
final class Warnings extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Terminal terminal;
  private final Logger root;
  private final List<Appender<ILoggingEvent>> before = new ArrayList<>();

  private Warnings(Terminal terminal, Logger root) {
    this.terminal = terminal;
    this.root = root;
  }

  /** Starts to hear, or returns null where only help was asked for, which needs no logging. */
  static Warnings hear(Terminal terminal, ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    if (last == parsed || last.isUsageHelpRequested() || parsed.isVersionHelpRequested()) {
      return null;
    }
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    Warnings warnings = new Warnings(terminal, root);
    warnings.setContext(root.getLoggerContext());
    Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders();
    appenders.forEachRemaining(warnings.before::add);
    warnings.before.forEach(root::detachAppender);
    warnings.start();
    root.addAppender(warnings);
    return warnings;
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
      terminal.warn(Failures.firstLine(event.getFormattedMessage()));
    }
  }

  @Override
  public void close() {
    root.detachAppender(this);
    stop();
    before.forEach(root::addAppender);
  }
}
