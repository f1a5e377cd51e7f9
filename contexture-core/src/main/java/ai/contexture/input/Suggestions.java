package ai.contexture.input;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Answers to a name that is not known: which ones are, and which one was probably meant. */
public final class Suggestions {

  private static final int LISTED = 24;

  private Suggestions() {}

  /**
   * Returns the error for an unknown name, such as {@code unknown context 'knm'; known: knn, rbf
   * (did you mean knn?)}.
   *
   * @param kind what was named, in the singular
   * @param name what the user gave
   * @param known the names there are, in the order in which to list them
   */
  public static InputException unknown(String kind, String name, Collection<String> known) {
    return new InputException("unknown " + kind + " '" + name + "'; " + knownNames(name, known));
  }

  /**
   * Returns the error for a name that is unknown in a place, such as a file, which the message
   * begins with.
   */
  public static InputException unknown(
      String kind, String name, Collection<String> known, String place) {
    return unknown(kind, name, known, Message.plain(place));
  }

  /** Returns the error for a name that is unknown where a setting has it. */
  public static InputException unknown(
      String kind, String name, Collection<String> known, Message place) {
    return new InputException(
        Message.of("%s: unknown %s '%s'; %s", place, kind, name, knownNames(name, known)));
  }

  /** Returns {@code known: a, b (did you mean a?)}, cut after {@value #LISTED} names. */
  public static String knownNames(String name, Collection<String> known) {
    if (known.isEmpty()) {
      return "there are none";
    }
    String meant =
        closest(name, known).map(c -> " (did you mean " + Names.quoted(c) + "?)").orElse("");
    return "known: " + Names.list(known, LISTED) + meant;
  }

  /** Returns the known name that is a few keystrokes away, if there is one. */
  public static Optional<String> closest(String name, Collection<String> known) {
    String given = name.toLowerCase(Locale.ROOT);
    int least = Math.max(1, given.length() / 3) + 1;
    String best = null;
    for (String candidate : known) {
      int distance = distance(given, candidate.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The least number of insertions, deletions, replacements and swaps of neighbours. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
