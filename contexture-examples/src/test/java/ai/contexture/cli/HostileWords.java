package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.encoder.Encoders;
import ai.contexture.objective.Objectives;
import ai.contexture.optimiser.Optimisers;
import ai.contexture.optimiser.Schedule;
import ai.contexture.view.Views;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Specs and options that are often wrong, made from the names that are known. */
final class HostileWords {

  private static final List<String> KEYS =
      List.of(
          "k",
          "gamma",
          "rate",
          "width",
          "depth",
          "beta",
          "file",
          "target",
          "trees",
          "rows",
          "weight",
          "keep",
          "self",
          "metric",
          "distance",
          "noise",
          "std",
          "temperature",
          "momentum",
          "ridge",
          "p",
          "steps",
          "length",
          "laziness",
          "id",
          "run",
          "apart",
          "dim",
          "views",
          "columns",
          "activation",
          "normalise",
          "draws",
          "masks",
          "learningRate",
          "decay",
          "warm-up",
          "top",
          "c",
          "levels");

  private static final List<String> VALUES =
      List.of(
          "0",
          "1",
          "2",
          "3",
          "5",
          "0.5",
          "0.1",
          "1e-3",
          "-1",
          "1e160",
          "1e308",
          "NaN",
          "inf",
          "100000",
          "2147483647",
          "2147483648",
          "1e9",
          "true",
          "false",
          "no",
          "",
          "x",
          "cosine",
          "tanh",
          "relu",
          "class",
          "length",
          "colour",
          "/dev/null",
          "'",
          "3x3",
          "1x2x3",
          "8");

  /** Options that would make a command work for long, or write to where it is not asked to. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "--steps",
          "--epochs",
          "--help",
          "--version",
          "--out",
          "--resume",
          "--report-only",
          "--config",
          "--debug",
          "--json",
          "--plot",
          "--jobs",
          "--device",
          "--data",
          "--rows-on-disk",
          // each is of a size that somebody may ask for
          "--draws",
          "--accumulate",
          "--batch",
          "--width");

  private final RandomGenerator random;

  HostileWords(RandomGenerator random) {
    this.random = random;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** The names of all that a spec may begin with. */
  private String name() {
    return one(
        List.of(
            one(Contexts.registry().names()),
            one(Contexts.registry().names()),
            one(Contexts.registry().names()),
            one(Views.registry().names()),
            one(Objectives.registry().names()),
            one(Objectives.orthonormalities().names()),
            one(Encoders.registry().names()),
            one(Optimisers.registry().names()),
            one(Schedule.registry().names()),
            HostileBytes.token(random)));
  }

  /** A spec such as {@code mix(0.5: knn(k=3), 0.5: label)} or something like it. */
  String spec(int depth) {
    return spec(name(), depth);
  }

  /** A context, most often one that is known. */
  String context() {
    return random.nextInt(5) == 0 ? spec(2) : spec(one(Contexts.registry().names()), 2);
  }

  private String spec(String name, int depth) {
    int arguments = depth == 0 ? 0 : random.nextInt(4);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < arguments; i++) {
      parts.add(
          switch (random.nextInt(6)) {
            case 0 -> spec(depth - 1);
            case 1 -> spec(one(Contexts.registry().names()), depth - 1);
            case 2 -> one(VALUES) + ": " + spec(one(Contexts.registry().names()), depth - 1);
            case 3 -> HostileBytes.token(random);
            default -> one(KEYS) + "=" + one(VALUES);
          });
    }
    String text = arguments == 0 ? name : name + "(" + String.join(",", parts) + ")";
    return random.nextInt(12) == 0
        ? new String(
            HostileBytes.of(text.getBytes(StandardCharsets.UTF_8), random), StandardCharsets.UTF_8)
        : text;
  }

  /** The parser of the command line, which prints nothing. */
  static CommandLine commandLine() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return Main.commandLine(new Terminal(nowhere, nowhere, 0, "contexture"));
  }

  /** Some options of a command with values that often do not fit. */
  List<String> options(String command) {
    CommandLine line = commandLine().getSubcommands().get(command);
    Map<String, OptionSpec> known =
        line.getCommandSpec().options().stream()
            .filter(option -> !LEFT_OUT.contains(option.longestName()))
            .collect(Collectors.toMap(OptionSpec::longestName, option -> option));
    List<String> names = known.keySet().stream().sorted().toList();
    List<String> words = new ArrayList<>();
    int count = names.isEmpty() ? 0 : random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String name = one(names);
      words.add(name);
      if (known.get(name).arity().max() > 0) {
        words.add(value(name));
      }
    }
    if (random.nextInt(10) == 0) {
      words.add(HostileBytes.token(random));
    }
    return words;
  }

  private String value(String name) {
    return switch (random.nextInt(4)) {
      case 0 -> HostileBytes.token(random);
      case 1 -> spec(1);
      case 2 ->
          switch (name) {
            case "--context" -> context();
            case "--objective" -> spec(one(Objectives.registry().names()), 1);
            case "--encoder" -> spec(one(Encoders.registry().names()), 1);
            case "--orthonormality" -> spec(one(Objectives.orthonormalities().names()), 1);
            default -> one(VALUES);
          };
      default -> one(VALUES);
    };
  }
}
