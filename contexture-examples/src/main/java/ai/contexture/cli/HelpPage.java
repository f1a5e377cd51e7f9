package ai.contexture.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help of a command: at most 80 columns, no word broken, options in groups. */
final class HelpPage {

  static final int WIDTH = 80;

  private static final String CONTINUED = " \\";
  private static final String INDENT = " ".repeat(6);

  private static final int MARGIN = 2;
  private static final int LONGEST_LABEL = 24;

  /** What an option is about, in the order of the page. */
  private enum Group {
    DATA("Data:"),
    CONTEXT("Context and rows:"),
    OWN("Options:"),
    OUTPUT("Output:"),
    GENERAL("General:");

    private static final Set<Class<?>> OF_CONTEXT =
        Set.of(ContextOptions.class, PreparationOptions.class, RowOptions.class);

    private static final Set<String> OF_OUTPUT =
        Set.of(
            "--out",
            "--format",
            "--force",
            "--plot",
            "--json",
            "--quiet",
            "--describe",
            "--resume",
            "--checkpoint-every",
            "--keep",
            "--evaluate-every");

    private static final Set<String> OF_ALL =
        Set.of("--device", "--rows-on-disk", OptionsFile.OPTION, "--debug", "--help");

    private final String heading;

    Group(String heading) {
      this.heading = heading;
    }

    static Group of(OptionSpec option) {
      Class<?> declared =
          option.userObject() instanceof Field field ? field.getDeclaringClass() : null;
      if (declared == DataOptions.class) {
        return DATA;
      }
      if (declared != null && OF_CONTEXT.contains(declared)) {
        return CONTEXT;
      }
      String name = option.longestName();
      return OF_OUTPUT.contains(name) ? OUTPUT : OF_ALL.contains(name) ? GENERAL : OWN;
    }
  }

  private final Help help;
  private final UsageMessageSpec usage;
  private final List<String> lines = new ArrayList<>();

  private HelpPage(Help help) {
    this.help = help;
    this.usage = help.commandSpec().usageMessage();
  }

  /** Makes it the help of a command and of all below it. */
  static void show(CommandLine line) {
    line.setUsageHelpWidth(WIDTH)
        .setHelpSectionMap(Map.of("page", help -> new HelpPage(help).text()))
        .setHelpSectionKeys(List.of("page"));
  }

  private String text() {
    paragraphs(usage.header());
    lines.add("Usage: " + help.synopsis("Usage: ".length()).strip());
    lines.add("");
    paragraphs(usage.description());
    entries(
        "Arguments:",
        help.commandSpec().positionalParameters().stream()
            .map(argument -> List.of(argument.paramLabel(), described(argument)))
            .toList());
    options();
    entries(
        usage.commandListHeading(),
        help.subcommands().values().stream()
            .map(
                below ->
                    List.of(
                        below.commandSpec().name(),
                        joined(below.commandSpec().usageMessage().header())))
            .toList());
    lines.add("Examples:");
    Arrays.stream(usage.footer()).forEach(this::example);
    lines.add("");
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  /** Flowing text, with an empty line behind. */
  private void paragraphs(String[] text) {
    String all = joined(text);
    if (!all.isEmpty()) {
      lines.addAll(Wrapping.lines(all, WIDTH));
      lines.add("");
    }
  }

  /** A command for a shell, which goes on in another line with one of its options. */
  private void example(String text) {
    String rest = text;
    while (rest.length() > WIDTH) {
      int end = rest.lastIndexOf(" --", WIDTH - CONTINUED.length());
      if (end <= INDENT.length()) {
        break;
      }
      lines.add(rest.substring(0, end) + CONTINUED);
      rest = INDENT + rest.substring(end + 1);
    }
    lines.add(rest);
  }

  private void options() {
    Map<Group, List<List<String>>> groups = new EnumMap<>(Group.class);
    for (OptionSpec option : help.commandSpec().options()) {
      groups
          .computeIfAbsent(Group.of(option), group -> new ArrayList<>())
          .add(List.of(label(option), described(option)));
    }
    boolean trains = help.commandSpec().name().equals("pretrain");
    groups.forEach(
        (group, entries) ->
            entries(trains && group == Group.OWN ? "Training:" : group.heading, entries));
  }

  /** The names of an option but for former ones, which are read and not advertised. */
  private String label(OptionSpec option) {
    String value =
        help.createDefaultParamLabelRenderer()
            .renderParameterLabel(option, Help.Ansi.OFF, List.of())
            .toString();
    return Arrays.stream(option.names())
            .filter(name -> !name.startsWith("--") || name.equals(option.longestName()))
            .collect(Collectors.joining(", "))
        + value;
  }

  private static String described(ArgSpec argument) {
    return joined(argument.description());
  }

  private static String joined(String[] text) {
    return Arrays.stream(text)
        .map(line -> line.replace("%%", "%").strip())
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** A heading and labels with what they mean, with an empty line behind. */
  private void entries(String heading, Collection<List<String>> entries) {
    if (entries.isEmpty()) {
      return;
    }
    int column =
        entries.stream()
            .mapToInt(entry -> entry.get(0).length())
            .filter(length -> length <= LONGEST_LABEL)
            .max()
            .orElse(LONGEST_LABEL);
    String indent = " ".repeat(MARGIN + column + MARGIN);
    lines.add(heading);
    for (List<String> entry : entries) {
      String label = " ".repeat(MARGIN) + entry.get(0);
      List<String> text = Wrapping.lines(entry.get(1), WIDTH - indent.length());
      boolean beside = label.length() + MARGIN <= indent.length();
      if (!beside) {
        lines.add(label);
      }
      for (int i = 0; i < text.size(); i++) {
        String start = i == 0 && beside ? label + indent.substring(label.length()) : indent;
        lines.add((start + text.get(i)).stripTrailing());
      }
    }
    lines.add("");
  }
}
