package ai.contexture.context;

import ai.contexture.input.Constants;
import java.util.EnumSet;
import java.util.Set;

/** What a context can give; objectives and measures say which of it they need. */
public enum Capability {
  /** Draws a ~ P⁺(·|x), as {@link SampledContext} does. */
  SAMPLES("what belongs to a row can be drawn at random"),
  /** Evaluates the dual kernel k_X⁺, as {@link KernelContext} does. */
  KERNEL("how much any two rows belong together is known"),
  /** Knows the whole expectation operator, and so an exact spectrum, as {@link FiniteContext}. */
  OPERATOR("all of it is known, and so its exact spectrum and best functions"),
  /** Knows rows that were not among its pretraining points, see {@link Context#inductive}. */
  NEW_ROWS("it also knows rows that it was not made of");

  private final String meaning;

  Capability(String meaning) {
    this.meaning = meaning;
  }

  /** Returns a few words on it, for those who did not read the papers. */
  public String meaning() {
    return meaning;
  }

  /** Returns what a fitted context gives. */
  public static Set<Capability> of(Context context) {
    EnumSet<Capability> given = EnumSet.noneOf(Capability.class);
    if (context instanceof SampledContext) {
      given.add(SAMPLES);
    }
    if (context instanceof KernelContext) {
      given.add(KERNEL);
    }
    if (context instanceof FiniteContext) {
      given.add(OPERATOR);
    }
    if (context.inductive()) {
      given.add(NEW_ROWS);
    }
    return given;
  }

  /** Returns the name in words, such as {@code new rows}. */
  @Override
  public String toString() {
    return Constants.text(this).replace('-', ' ');
  }
}
