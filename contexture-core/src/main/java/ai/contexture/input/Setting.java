package ai.contexture.input;

import java.util.Optional;

/**
 * What a user can set, as messages of the libraries name it.
 *
 * <p>A program sets it by a method of {@code CsvOptions}, {@code Preprocessing.Options}, {@code
 * ImageOptions} or {@code Recipe}, the command line by an option of its own: a {@link Message} says
 * it in the words of either.
 */
public enum Setting {
  /** The file with the rows. */
  DATA,
  /** The column to predict. */
  TARGET,
  /** Whether the target is classes or numbers. */
  TASK,
  /** The character between cells. */
  SEPARATOR,
  /** Whether the first line of a file names the columns. */
  HEADER,
  /** The columns that hold names. */
  NOMINAL,
  /** The columns that hold numbers. */
  NUMERIC,
  /** The columns to leave out. */
  DROP,
  /** The cells that stand for a missing value. */
  MISSING,
  /** That only the given cells stand for a missing value. */
  NO_DEFAULT_MISSING,
  /** The sign before the fraction of a number. */
  DECIMAL,
  /** The sign between groups of digits. */
  THOUSANDS,
  /** How columns are scaled. */
  SCALE,
  /** What makes the distributions of columns alike. */
  POWER,
  /** The shape of images. */
  SHAPE,
  /** What pictures are brought to. */
  SIZE,
  /** That files that are no pictures are left out. */
  SKIP_BROKEN,
  /** That inputs are kept on disk. */
  ROWS_ON_DISK,
  /** The shares of the rows to learn from, to label and to test on. */
  SPLIT,
  /** The file with the edges of a graph. */
  EDGES,
  /** The column that says what the nodes of a graph are called. */
  ID,
  /** The network that computes the features. */
  ENCODER,
  /** The share of rows that are held out for early stopping. */
  HOLD_OUT,
  /** Where arrays live. */
  DEVICE;

  /**
   * A setting as a message names it.
   *
   * @param value as a shell takes it; empty where only the setting is meant
   */
  public record Choice(Setting setting, Optional<String> value) {

    /** Returns the words of the libraries, such as {@code header=no}. */
    @Override
    public String toString() {
      return setting + value.map(text -> "=" + text).orElse("");
    }
  }

  /** Returns this setting without a value. */
  Choice alone() {
    return new Choice(this, Optional.empty());
  }

  /** Returns this setting with a value, which is written as a shell takes it. */
  public Choice to(String value) {
    return new Choice(this, Optional.of(value));
  }

  /** Returns this setting with a name as its value, such as that of a column. */
  public Choice toName(String name) {
    return to(Names.argument(name));
  }

  /** Returns the name, such as {@code rows-on-disk}. */
  @Override
  public String toString() {
    return Constants.text(this);
  }
}
