package ai.contexture.plot;

import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * An axis that knows its values: where each of them is, and which of them to name.
 *
 * @param logarithmic whether equal distances are equal ratios
 * @param least the value at the beginning, but for a margin
 * @param most the value at the end, but for a margin
 */
record Scale(boolean logarithmic, double least, double most) {

  private static final double MARGIN = 0.025;
  private static final double SLACK = 1e-9;
  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  /** Numbers within these powers of ten are written out. */
  private static final int WRITTEN_OUT = 4;

  /**
   * A value on an axis.
   *
   * @param text its name; empty for a mark without one
   */
  record Tick(double value, String text) {}

  /** Returns the scale of values of which those without a place on the axis do not count. */
  static Scale of(Axis axis, DoubleStream values) {
    double[] held = values.filter(axis::holds).toArray();
    double least = Arrays.stream(held).min().orElse(1);
    double most = Arrays.stream(held).max().orElse(least);
    if (least == most) {
      double half = least == 0 ? 1 : Math.abs(least) / 2;
      least -= half;
      most += half;
    }
    return new Scale(
        axis.logarithmic(),
        Double.isNaN(axis.least()) ? least : axis.least(),
        Double.isNaN(axis.most()) ? most : axis.most());
  }

  /** Returns where a value is: 0 at the beginning, 1 at the end, NaN if it has no place. */
  double at(double value) {
    double place = (along(value) - along(least)) / (along(most) - along(least));
    return Double.isFinite(place) ? MARGIN + (1 - 2 * MARGIN) * place : Double.NaN;
  }

  private double along(double value) {
    return logarithmic ? Math.log10(value) : value;
  }

  /** Returns whether a value is drawn. */
  boolean shows(double value) {
    return at(value) >= 0 && at(value) <= 1;
  }

  /**
   * Returns the marks.
   *
   * @param names about how many can be named
   */
  List<Tick> ticks(double names) {
    return logarithmic ? decades(names) : steps(names);
  }

  /** Steps of 1, 2 or 5 times a power of ten, all with as many decimals as they need. */
  private List<Tick> steps(double names) {
    double wanted = (most - least) / names;
    double power = Math.pow(10, Math.floor(Math.log10(wanted)));
    double lead = wanted / power;
    double step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
    int decimals = Math.max(0, -power(step));
    String pattern = decimals <= WRITTEN_OUT ? "%,." + decimals + "f" : "%.3g";
    double slack = SLACK * step;
    List<Tick> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil((least - slack) / step); i * step <= most + slack; i++) {
      ticks.add(new Tick(i * step, Text.format(pattern, i * step).replace('-', '−')));
    }
    return ticks;
  }

  /** Powers of ten, and where there are few of them, some of their multiples. */
  private List<Tick> decades(double names) {
    double decades = Math.log10(most / least);
    int every = (int) Math.max(1, Math.ceil(decades / names));
    Set<Integer> named =
        4 * decades <= names ? Set.of(1, 2, 3, 5) : 2 * decades <= names ? Set.of(1, 3) : Set.of(1);
    List<Tick> ticks = new ArrayList<>();
    for (int power = power(least); power <= power(most); power++) {
      for (int lead = 1; lead <= 9; lead++) {
        double value = lead * Math.pow(10, power);
        if (inside(value) && (every == 1 || lead == 1)) {
          boolean name = named.contains(lead) && Math.floorMod(power, every) == 0;
          ticks.add(new Tick(value, name ? name(lead, power) : ""));
        }
      }
    }
    return ticks;
  }

  /** Rounding does not put the ends outside. */
  private boolean inside(double value) {
    return value >= least * (1 - SLACK) && value <= most * (1 + SLACK);
  }

  private static String name(int lead, int power) {
    if (Math.abs(power) <= WRITTEN_OUT - 1) {
      return Text.format("%." + Math.max(0, -power) + "f", lead * Math.pow(10, power));
    }
    StringBuilder text = new StringBuilder(lead == 1 ? "10" : lead + "·10");
    text.append(power < 0 ? "⁻" : "");
    Integer.toString(Math.abs(power))
        .chars()
        .forEach(digit -> text.append(SUPERSCRIPTS.charAt(digit - '0')));
    return text.toString();
  }

  /** The power of ten not above a value, which rounding may have put just below that power. */
  private static int power(double value) {
    return (int) Math.floor(Math.log10(value) + SLACK);
  }
}
