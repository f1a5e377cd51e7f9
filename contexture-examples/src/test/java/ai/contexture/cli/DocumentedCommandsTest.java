package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Contexts;
import ai.contexture.docs.Page;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Orthonormality;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import ai.contexture.spectrum.SpectralMethod;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The commands on all pages are commands, with options that there are. */
class DocumentedCommandsTest {

  private static final Pattern COMMAND =
      Pattern.compile("(?:\\$ )?(?:[A-Z_]+=\\S+ )*(?:\\S*/)?contexture (.*)");

  /** A word, or what ends a command: a comment, several blanks, a pipe, another command. */
  private static final Pattern WORD =
      Pattern.compile("\\G\\s?((?:'[^']*'|\"[^\"]*\"|[^\\s'\"|>;&#])+)");

  private static final Map<String, Consumer<String>> VALUES =
      Map.of(
          "--context", Contexts::parse,
          "--objective", text -> Objective.parse(text),
          "--orthonormality", text -> Orthonormality.parse(text),
          "--encoder", text -> EncoderFactory.parse(text),
          "--optimiser", Optimiser::parse,
          "--schedule", Schedule::parse,
          "--method", SpectralMethod::parse);

  private final PrintStream nowhere =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private CommandLine commandLine() {
    return Main.commandLine(new Terminal(nowhere, nowhere, 0, "contexture"));
  }

  @Test
  void commandsOfAllPagesCanBeParsed() {
    List<String> problems = new ArrayList<>();
    int parsed = 0;
    for (Page page : Page.all()) {
      for (Page.Block block : page.blocks()) {
        for (String line : block.commands()) {
          Matcher command = COMMAND.matcher(line);
          if (command.matches()) {
            parsed++;
            parse(command.group(1), true, block + ": " + line, problems);
          }
        }
      }
      for (String span : page.spans()) {
        Matcher command = COMMAND.matcher(span);
        if (command.matches() && !span.matches(".*(…|COMMAND|WORK|--class-path).*")) {
          parsed++;
          parse(command.group(1), false, page + ": " + span, problems);
        }
      }
    }
    assertThat(problems).isEmpty();
    assertThat(parsed).isGreaterThan(50);
  }

  @Test
  void optionsInTheTextAreKnown() {
    Set<String> known =
        new LinkedHashSet<>(
            // of Java, the launcher and Docker
            Set.of(
                "--enable-native-access", "--add-opens", "--class-path", "--build-arg", "--label"));
    collect(commandLine(), known);
    List<String> unknown = new ArrayList<>();
    for (Page page : Page.all()) {
      for (String span : page.spans()) {
        Matcher option = Pattern.compile("(--[a-z][a-z-]*)(?:[ =].*)?").matcher(span);
        if (option.matches() && !known.contains(option.group(1))) {
          unknown.add(page + ": " + span);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  private static void collect(CommandLine line, Set<String> known) {
    for (OptionSpec option : line.getCommandSpec().options()) {
      known.addAll(List.of(option.names()));
    }
    line.getSubcommands().values().forEach(command -> collect(command, known));
  }

  private void parse(String arguments, boolean whole, String place, List<String> problems) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(arguments);
    while (word.find()) {
      words.add(word.group(1).replaceAll("['\"]", ""));
    }
    try {
      ParseResult parsed = commandLine().parseArgs(words.toArray(String[]::new));
      while (parsed.hasSubcommand()) {
        parsed = parsed.subcommand();
      }
      for (OptionSpec option : parsed.matchedOptions()) {
        Consumer<String> parser = VALUES.get(option.longestName());
        if (parser != null) {
          Object value = option.getValue();
          for (Object one : value instanceof Collection<?> all ? all : List.of(value)) {
            if (!one.toString().matches("[A-Z]+|(along|doubled)\\b.*")) {
              parser.accept(one.toString());
            }
          }
        }
      }
    } catch (MissingParameterException e) {
      if (whole) {
        problems.add(place + ": " + e.getMessage());
      }
    } catch (ParameterException | InputException e) {
      problems.add(place + ": " + e.getMessage());
    }
  }
}
