package ai.contexture.data;

import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Finds out how cells may be meant that are no numbers as files are usually written. */
final class NumberHints {

  /** What to advise. */
  record Hint(CsvColumn.Example example, Message advice) {}

  /** So many cells without a number show that a column holds none. */
  private static final int ENOUGH = 256;

  /** A way to write numbers, how often it fitted, and where first. */
  private static final class Way {

    private final NumberStyle style;
    private final Message settings;
    private int fits;
    private CsvColumn.Example example;

    Way(char decimal, Character thousands, Setting.Choice... settings) {
      this.style = new NumberStyle(decimal, Optional.ofNullable(thousands));
      this.settings = Message.joined(" ", List.of(settings));
    }

    Optional<NumberStyle.Quantity> number(String cell) {
      return style
          .quantity(cell)
          .filter(found -> found.unit().isEmpty() || found.isPercentOrMoney());
    }
  }

  /** The simpler ones first; of two with the same sign before the fraction, those count. */
  private final List<Way> ways =
      List.of(
          new Way('.', ',', Setting.THOUSANDS.to(",")),
          new Way(',', null, Setting.DECIMAL.to(",")),
          new Way(',', '.', Setting.DECIMAL.to(","), Setting.THOUSANDS.to(".")),
          new Way('.', ' ', Setting.THOUSANDS.to("' '")),
          new Way(',', ' ', Setting.DECIMAL.to(","), Setting.THOUSANDS.to("' '")),
          new Way('.', '\'', Setting.THOUSANDS.to("\"'\"")));

  private int added;

  /** Looks at a cell that is no number. */
  void add(String cell, LongSupplier line) {
    added++;
    if (cell.length() > 40 || cell.chars().noneMatch(Character::isDigit)) {
      return;
    }
    for (Way way : ways) {
      if ((way.fits > 0 || added <= ENOUGH) && way.number(cell).isPresent()) {
        if (way.fits++ == 0) {
          way.example = new CsvColumn.Example(cell, line.getAsLong());
        }
      }
    }
  }

  /**
   * Returns the ways of writing that fit most of the cells that are no numbers.
   *
   * @param words the number of these cells
   * @param points whether the column holds numbers with a decimal point, too
   */
  Optional<Hint> best(int words, boolean points) {
    int most = 0;
    for (Way way : ways) {
      most = points && way.style.decimal() == ',' ? most : Math.max(most, way.fits);
    }
    if (2 * most <= words) {
      return Optional.empty();
    }
    List<Way> best = new ArrayList<>();
    for (Way way : ways) {
      boolean possible = way.fits == most && !(points && way.style.decimal() == ',');
      if (possible && best.stream().noneMatch(b -> b.style.decimal() == way.style.decimal())) {
        best.add(way);
      }
    }
    CsvColumn.Example example = best.get(0).example;
    List<Message> options = new ArrayList<>();
    for (Way way : best) {
      String meant =
          way.number(example.cell()).map(q -> " for " + Numbers.plain(q.value())).orElse("");
      options.add(Message.of("%s%s", way.settings, meant));
    }
    return Optional.of(new Hint(example, Message.joined(" or ", options)));
  }
}
