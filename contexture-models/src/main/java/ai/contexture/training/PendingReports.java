package ai.contexture.training;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The numbers of steps that stay on the device until they are read and checked together. */
final class PendingReports implements AutoCloseable {

  /** A step: its terms, and their values and then the gradient's norm [terms + 1]. */
  private record Pending(int step, List<String> terms, NDArray values, double rate) {}

  private final List<Pending> pending = new ArrayList<>();
  private final double learningRate;

  /** Creates an empty list; the largest step is said where a number is not finite. */
  PendingReports(double learningRate) {
    this.learningRate = learningRate;
  }

  /** Adds a step, whose numbers are closed once they were read. */
  void add(int step, List<String> terms, NDArray values, double rate) {
    pending.add(new Pending(step, terms, values, rate));
  }

  /**
   * Reports all steps since the last time, in order.
   *
   * @throws DivergedException at the first number that is not finite
   */
  void report(Consumer<StepReport> listener) {
    try {
      double[] all = numbers();
      int read = 0;
      for (Pending step : pending) {
        double[] values = Arrays.copyOfRange(all, read, read + step.terms.size() + 1);
        read += values.length;
        listener.accept(report(step, values));
      }
    } finally {
      close();
    }
  }

  private StepReport report(Pending step, double[] values) {
    Map<String, Double> terms = new LinkedHashMap<>();
    double loss = 0;
    for (int i = 0; i < step.terms.size(); i++) {
      requireFinite(step.step, "the term '" + step.terms.get(i) + "'", values[i]);
      terms.put(step.terms.get(i), values[i]);
      loss += values[i];
    }
    double norm = values[values.length - 1];
    requireFinite(step.step, "the norm of the gradient", norm);
    return new StepReport(step.step, loss, terms, norm, step.rate);
  }

  private void requireFinite(int step, String what, double value) {
    DivergedException.requireFinite(step, what, value, learningRate);
  }

  /** The numbers of all steps one after another, read together. */
  private double[] numbers() {
    if (pending.isEmpty()) {
      return new double[0];
    }
    NDList numbers = new NDList();
    pending.forEach(step -> numbers.add(step.values));
    try (NDArray all = NDArrays.concat(numbers)) {
      return Torch.doubles(all);
    }
  }

  /** Forgets what was not reported. */
  @Override
  public void close() {
    pending.forEach(step -> step.values.close());
    pending.clear();
  }
}
