package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Suggestions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Options in a file: YAML, of which JSON is a part, with the name of an option and its value on
 * each line. Options on the command line go before those of the file.
 */
final class OptionsFile {

  /** The option that names the file. */
  static final String OPTION = "--config";

  /** What does not change a result, or belongs to one run only. */
  private static final Set<String> NOT_REPEATED =
      Set.of(OPTION, "--out", "--resume", "--json", "--quiet", "--debug", "--help");

  /** Keeps the text of numbers as it is written. */
  private static final FailsafeSchema TEXTS = new FailsafeSchema();

  /** How deep a file may be nested, of which a list of values is the second level. */
  private static final int DEEPEST = 10;

  /** The names of 100,000 columns fit in. */
  private static final int MOST_BYTES = 2 << 20;

  /** No file. */
  static final OptionsFile NONE = new OptionsFile(null, Map.of(), new String[0]);

  private final String file;

  /** The values that are used, by the name of their option. */
  private final Map<String, String> used;

  private final String[] arguments;

  private OptionsFile(String file, Map<String, String> used, String[] arguments) {
    this.file = file;
    this.used = used;
    this.arguments = arguments;
  }

  /**
   * Reads the file that {@value #OPTION} names, if one is named.
   *
   * @throws InputException if the file cannot be read or holds something else
   */
  static OptionsFile of(CommandLine line, String[] args) {
    CommandLine command = line;
    int first = 0;
    while (first < args.length && command.getSubcommands().containsKey(args[first])) {
      command = command.getSubcommands().get(args[first++]);
    }
    List<String> given = Arrays.asList(args).subList(first, args.length);
    String file = first == 0 ? null : file(given);
    if (file == null) {
      return new OptionsFile(null, Map.of(), args);
    }
    Map<String, String> used = new LinkedHashMap<>();
    List<String> all = new ArrayList<>(Arrays.asList(args).subList(0, first));
    for (Map.Entry<?, ?> entry : read(Outputs.path(OPTION, file)).entrySet()) {
      OptionSpec option = option(file, command.getCommandSpec(), entry.getKey());
      String name = option.longestName();
      if (Arrays.stream(option.names()).noneMatch(own -> isGiven(own, given))) {
        all.addAll(arguments(file, option, entry.getValue()));
        used.put(name.substring(2), String.valueOf(entry.getValue()));
      }
    }
    all.addAll(given);
    return new OptionsFile(file, used, all.toArray(String[]::new));
  }

  private static boolean isGiven(String name, List<String> given) {
    return given.stream().anyMatch(argument -> (argument + "=").startsWith(name + "="));
  }

  /** Returns the arguments, with the options of the file behind the name of the command. */
  String[] arguments() {
    return arguments.clone();
  }

  /** Returns a message with the file and the option before it, where it is about one of them. */
  String place(String message) {
    for (Map.Entry<String, String> option : used.entrySet()) {
      String name = option.getKey();
      for (String own : List.of("--" + name + ": ", name + ": ", name.replace('-', ' ') + ": ")) {
        if (message.startsWith(own)) {
          return file + ": " + name + ": " + message.substring(own.length());
        }
      }
    }
    for (Map.Entry<String, String> option : used.entrySet()) {
      if (isAbout(message, option.getKey(), option.getValue())) {
        return file + ": " + option.getKey() + ": " + message;
      }
    }
    return message;
  }

  private static boolean isAbout(String message, String name, String value) {
    String first = value.replaceFirst("\\(.*", "");
    return message.contains("'--" + name + "'")
        || message.contains("'" + value + "'")
        || message.contains("'" + first + "'")
        || message.startsWith(first + ": ")
        || message.startsWith("--" + name + " ");
  }

  /** The last file that is named, null where none is. */
  private static String file(List<String> given) {
    String file = null;
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i).startsWith(OPTION + "=")) {
        file = given.get(i).substring(OPTION.length() + 1);
      } else if (given.get(i).equals(OPTION) && i + 1 < given.size()) {
        file = given.get(i + 1);
      }
    }
    return file;
  }

  private static Map<?, ?> read(Path file) {
    Object content;
    try {
      LoadSettings settings =
          LoadSettings.builder()
              .setSchema(TEXTS)
              .setTagConstructors(Map.of(Tag.NULL, node -> null))
              .build();
      String text = text(file);
      requireFlat(file, new Parse(settings).parseString(text));
      content = new Load(settings).loadFromString(text);
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
      throw new InputException(file + line + ": no YAML or JSON: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new InputException(file + ": no YAML or JSON: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new InputException(Failures.io(FileErrors.of(file, e)), e);
    }
    if (content instanceof Map<?, ?> options) {
      return options;
    }
    throw new InputException(
        file + ": expected lines such as \"dim: 32\", the name of an option and its value");
  }

  private static String text(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw new InputException(
          file + ": expected a file of options of at most " + (MOST_BYTES >> 20) + " MiB");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** Requires that there is no such nesting that its reader would run out of stack. */
  private static void requireFlat(Path file, Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > DEEPEST) {
        String line = event.getStartMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
        throw new InputException(
            file + line + ": nested more than " + DEEPEST + " deep, expected options and values");
      }
    }
  }

  private static OptionSpec option(String file, CommandSpec command, Object name) {
    OptionSpec option = command.findOption("--" + name);
    if (option == null || OPTION.equals("--" + name) || option.usageHelp()) {
      Set<String> known = new TreeSet<>();
      command.options().forEach(o -> known.add(o.longestName().substring(2)));
      known.removeAll(List.of(OPTION.substring(2), "help"));
      throw new InputException(
          file + ": " + Suggestions.unknown("option", String.valueOf(name), known).getMessage());
    }
    return option;
  }

  private static List<String> arguments(String file, OptionSpec option, Object value) {
    String name = option.longestName();
    if (option.arity().max() == 0) {
      return switch (String.valueOf(value)) {
        case "true" -> List.of(name);
        case "false" -> List.of();
        default -> throw wrong(file, name, "true or false", value);
      };
    }
    if (value instanceof List<?> items && items.size() != 1 && !option.isMultiValue()) {
      throw wrong(file, name, "one value", value);
    }
    List<String> arguments = new ArrayList<>();
    for (Object item : value instanceof List<?> items ? items : Arrays.asList(value)) {
      if (!(item instanceof String text) || text.isEmpty()) {
        throw wrong(file, name, "a value or a list of values", value);
      }
      boolean names = isList(option) && value instanceof List;
      arguments.add(name + "=" + (names ? Names.quoted(text) : text));
    }
    return arguments;
  }

  /** Says whether an option takes names with commas between them. */
  private static boolean isList(OptionSpec option) {
    return option.isMultiValue() && Set.of("COLUMN", "TOKEN").contains(option.paramLabel());
  }

  private static InputException wrong(String file, String name, String expected, Object got) {
    String shown =
        got instanceof Map
            ? "names with values"
            : got instanceof List<?> items ? shown(items) : "'" + got + "'";
    return new InputException(
        file + ": " + name.substring(2) + ": expected " + expected + ", got " + shown);
  }

  private static String shown(List<?> items) {
    boolean texts = items.stream().allMatch(item -> item instanceof String text && !text.isEmpty());
    return texts ? "a list of " + items.size() : "a list with something else";
  }

  /** Returns a file that repeats a command, as {@value #OPTION} takes it. */
  static String text(ParseResult given) {
    Map<String, Object> options = new LinkedHashMap<>();
    for (OptionSpec option : given.matchedOptions()) {
      String name = option.longestName();
      if (!NOT_REPEATED.contains(name)) {
        options.putIfAbsent(name.substring(2), value(option));
      }
    }
    String head =
        "# "
            + given.commandSpec().qualifiedName()
            + " "
            + OPTION
            + " with this file repeats the run.\n";
    DumpSettings settings =
        DumpSettings.builder()
            .setSchema(TEXTS)
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setSplitLines(false)
            .build();
    return head + new Dump(settings).dumpToString(options);
  }

  private static Object value(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "true";
    }
    if (isList(option)) {
      return ColumnNames.list(option.longestName(), option.originalStringValues());
    }
    List<String> values = new ArrayList<>(option.originalStringValues());
    if (option.paramLabel().equals("FILE")) {
      values.replaceAll(file -> Path.of(file).toAbsolutePath().normalize().toString());
    }
    if (option.longestName().equals("--context")) {
      values.replaceAll(Contexts::absolute);
    }
    return values.size() == 1 ? values.get(0) : values;
  }
}
