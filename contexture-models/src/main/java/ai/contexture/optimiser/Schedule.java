package ai.contexture.optimiser;

import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Registry;
import ai.contexture.input.Text;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.List;

/**
 * How the learning rate changes during training, as a factor of its peak: it warms up from 1/25 by
 * half a cosine, then decays.
 *
 * @param decay what follows the warm-up
 * @param warmUp the share of the training in which the rate rises, from 0 to less than 1
 */
@JsonAdapter(Schedule.JsonText.class)
public record Schedule(Decay decay, double warmUp) {

  /** Always the peak. */
  public static final Schedule CONSTANT = new Schedule(Decay.CONSTANT, 0);

  /** Half a cosine from the peak to zero. */
  public static final Schedule COSINE = new Schedule(Decay.COSINE, 0);

  /** A straight line from the peak to zero. */
  public static final Schedule LINEAR = new Schedule(Decay.LINEAR, 0);

  /** Up within the first twentieth, then half a cosine down to nearly zero. */
  public static final Schedule ONE_CYCLE = new Schedule(Decay.ONE_CYCLE, 0.05);

  private static final double FIRST = 1.0 / 25;

  private static final Registry<Schedule, Component<Schedule>> REGISTRY =
      Registry.of(
          "schedule",
          List.of(
              component(Decay.CONSTANT, "the highest rate throughout"),
              component(Decay.COSINE, "half a cosine from the peak to zero"),
              component(Decay.LINEAR, "a straight line from the peak to zero"),
              component(Decay.ONE_CYCLE, "up, then half a cosine from the peak to nearly zero")));

  /** What follows the warm-up. */
  public enum Decay {
    /** Always the peak. */
    CONSTANT {
      @Override
      double factor(double progress) {
        return 1;
      }
    },
    /** Half a cosine from the peak to zero. */
    COSINE {
      @Override
      double factor(double progress) {
        return between(1, 0, progress);
      }
    },
    /** A straight line from the peak to zero. */
    LINEAR {
      @Override
      double factor(double progress) {
        return 1 - progress;
      }
    },
    /** Half a cosine from the peak to 1/250,000 of it. */
    ONE_CYCLE {
      @Override
      double factor(double progress) {
        return between(1, FIRST * 1e-4, progress);
      }
    };

    abstract double factor(double progress);

    private String text() {
      return Constants.text(this);
    }
  }

  /** Requires a warm-up from 0 to less than 1. */
  public Schedule {
    if (!(warmUp >= 0 && warmUp < 1)) {
      throw new InputException(
          Text.format(
              "%s: expected a warm-up from 0 to less than 1, got warm-up=%s",
              decay.text(), warmUp));
    }
  }

  /** Returns the schedules that are known. */
  public static Registry<Schedule, Component<Schedule>> registry() {
    return REGISTRY;
  }

  private static Component<Schedule> component(Decay decay, String summary) {
    double warmUp = decay == Decay.ONE_CYCLE ? ONE_CYCLE.warmUp : 0;
    return Component.<Schedule>of(
            decay.text(),
            summary,
            options -> new Schedule(decay, options.number("warm-up", warmUp, 0, 1)))
        .option("warm-up", "the share of training during which the rate rises");
  }

  /**
   * Returns the schedule that a text such as {@code linear(warm-up=0.05)} stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static Schedule parse(String text) {
    return REGISTRY.parse(text);
  }

  /**
   * Returns the factor of the learning rate.
   *
   * @param progress how much of the training is done, from 0 to 1
   */
  public double factor(double progress) {
    return progress < warmUp
        ? between(FIRST, 1, progress / warmUp)
        : decay.factor((progress - warmUp) / (1 - warmUp));
  }

  private static double between(double from, double to, double progress) {
    return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
  }

  @Override
  public String toString() {
    return equals(parse(decay.text()))
        ? decay.text()
        : Text.format("%s(warm-up=%s)", decay.text(), warmUp);
  }

  /** Writes schedules as their text. */
  static final class JsonText extends TypeAdapter<Schedule> {

    @Override
    public void write(JsonWriter out, Schedule schedule) throws IOException {
      out.value(schedule.toString());
    }

    @Override
    public Schedule read(JsonReader in) throws IOException {
      return parse(in.nextString());
    }
  }
}
