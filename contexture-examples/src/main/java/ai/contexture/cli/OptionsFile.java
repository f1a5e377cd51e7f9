package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import java.io.IOException;
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
import org.snakeyaml.engine.v2.common.FlowStyle;
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

  private OptionsFile() {}

  /**
   * Puts the options of the file that {@value #OPTION} names behind the name of the command.
   *
   * @return the same arguments where none is named
   * @throws InputException if the file cannot be read or holds something else
   */
  static String[] expand(CommandLine line, String[] args) {
    CommandLine command = line;
    int first = 0;
    while (first < args.length && command.getSubcommands().containsKey(args[first])) {
      command = command.getSubcommands().get(args[first++]);
    }
    List<String> given = Arrays.asList(args).subList(first, args.length);
    String file = first == 0 ? null : file(given);
    if (file == null) {
      return args;
    }
    List<String> all = new ArrayList<>(Arrays.asList(args).subList(0, first));
    for (Map.Entry<?, ?> entry : read(Outputs.path(OPTION, file)).entrySet()) {
      OptionSpec option = option(file, command.getCommandSpec(), entry.getKey());
      String name = option.longestName();
      if (given.stream().noneMatch(arg -> (arg + "=").startsWith(name + "="))) {
        all.addAll(arguments(file, option, entry.getValue()));
      }
    }
    all.addAll(given);
    return all.toArray(String[]::new);
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
      content = new Load(settings).loadFromString(Files.readString(file));
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

  private static OptionSpec option(String file, CommandSpec command, Object name) {
    OptionSpec option = command.findOption("--" + name);
    if (option == null || OPTION.equals("--" + name) || option.usageHelp()) {
      Set<String> known = new TreeSet<>();
      command.options().forEach(o -> known.add(o.longestName().substring(2)));
      known.removeAll(List.of(OPTION.substring(2), "help"));
      throw new InputException(
          file + ": " + Names.unknown("option", String.valueOf(name), known).getMessage());
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
    return new InputException(
        file + ": " + name.substring(2) + ": expected " + expected + ", got '" + got + "'");
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
