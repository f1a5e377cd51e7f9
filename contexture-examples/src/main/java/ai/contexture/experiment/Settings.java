package ai.contexture.experiment;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The value of each option of a study.
 *
 * @param quick whether it is the small version
 * @param seed the first seed
 * @param values by the name of the option
 */
public record Settings(boolean quick, long seed, Map<String, String> values) {

  private static final long MOST_SEED = 1L << 52;

  /** Copies the values. */
  public Settings {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    if (Math.abs(seed) > MOST_SEED) {
      throw new InputException("--seed: expected a number of at most 52 bits, got " + seed);
    }
  }

  /**
   * Returns the settings of a study.
   *
   * @param given values by the name of their option, for those that were given
   */
  public static Settings of(Study study, boolean quick, long seed, Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    for (StudyOption option : study.options()) {
      String defaults = quick ? option.quick() : option.defaults();
      values.put(option.name(), given.getOrDefault(option.name(), defaults));
    }
    return new Settings(quick, seed, values);
  }

  /** Returns the text of an option. */
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no option --" + name);
    }
    return value;
  }

  /** Returns a whole number from 1. */
  public int count(String name) {
    return count(name, text(name));
  }

  /**
   * Says what numbers are over the seeds.
   *
   * @param other what is new with each seed, such as {@code other rows}
   */
  public String spread(String other) {
    int seeds = count("seeds");
    return seeds == 1
        ? "There is one seed, so that numbers have no spread."
        : Text.format(
            "Numbers are means ± standard deviations over the %d seeds, each with %s.",
            seeds, other);
  }

  /** Returns {@code one seed}, or what numbers are over the seeds. */
  public String means() {
    return count("seeds") == 1 ? "one seed" : "means ± standard deviations over the seeds";
  }

  /** Returns a whole number from 1, as an option holds it. */
  public static int count(String name, String text) {
    double value = Numbers.parse(text.strip());
    if (!(value >= 1 && value <= Integer.MAX_VALUE && value == Math.rint(value))) {
      throw new InputException(
          Text.format("--%s: expected a whole number of at least 1, got '%s'", name, text));
    }
    return (int) value;
  }

  /** Returns whole numbers from 1, separated by commas. */
  public List<Integer> counts(String name) {
    return texts(name).stream().map(text -> count(name, text)).toList();
  }

  /** Returns different texts, separated by commas outside of brackets. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (char c : (text(name) + ",").toCharArray()) {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c != ',' || depth > 0) {
        text.append(c);
        continue;
      }
      String found = text.toString().strip();
      if (found.isEmpty() || texts.contains(found)) {
        throw new InputException(
            Text.format(
                "--%s: expected different values separated by commas, got '%s'", name, text(name)));
      }
      texts.add(found);
      text.setLength(0);
    }
    return texts;
  }

  /** Returns the seeds: the first and those that follow it. */
  public List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < count("seeds"); i++) {
      seeds.add(seed + i);
    }
    return seeds;
  }
}
