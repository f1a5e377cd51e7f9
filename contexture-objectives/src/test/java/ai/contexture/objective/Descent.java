package ai.contexture.objective;

import static ai.contexture.objective.Plain.dot;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;

import ai.contexture.context.MarkovContext;
import ai.contexture.random.Seed;
import ai.contexture.torch.FusedAdamW;
import ai.contexture.torch.Torch;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Free vectors and heads that go down an objective on all points of a context, from random ones.
 */
record Descent(MarkovContext context, int d, NDManager manager, String start) {

  /** From the usual start. */
  Descent(MarkovContext context, int d, NDManager manager) {
    this(context, d, manager, "start");
  }

  /** Where the free vectors of Φ [n, d] and Ψ [m, d] end, and the last value of the loss. */
  record End(NDArray phi, NDArray psi, double loss) {}

  /** The steps that are remembered of the curvature: about as many as there are numbers. */
  private static final int MEMORY = 60;

  private static final double FLAT = 1e-10;
  private static final double DECREASE = 1e-4;
  private static final double LEAST_GAIN = 1e-12;
  private static final double CURVATURE = 0.5;
  private static final double PUSH = 0.01;
  private static final int MOST_PUSHES = 8;
  private static final double WORTH_A_PUSH = 1e-4;
  private static final int MOST_TRIALS = 25;

  /** A function of numbers, which fills its gradient. */
  interface Slope {
    double value(double[] at, double[] gradient);
  }

  /** Where a descent ends, and the value there. */
  record Lowest(double[] at, double value) {}

  /** An objective with its networks. */
  private final class Eigenproblem {

    private final Objective<? super MarkovContext> objective;
    private final Cases.Free free;
    private final State state;
    private final double[] start;

    Eigenproblem(Objective<? super MarkovContext> objective) {
      this.objective = objective;
      List<Head> heads = objective.heads(context, d);
      free = new Cases.Free(context, heads, d, manager);
      state = State.of(objective.state(context, d, manager));
      NDArray numbers = normal(manager, Descent.this.start, 1, rows() * d).reshape(-1);
      for (Head head : heads) {
        Seed seed = Seed.of(0).derive(head.name());
        for (NDArray own : head.parameters(DataType.FLOAT64, seed, manager).values()) {
          numbers = numbers.concat(own.reshape(-1));
        }
      }
      start = Cases.doubles(numbers);
    }

    int rows() {
      return context.points().size() + context.contexts().size();
    }

    Loss loss(NDArray numbers, NDArray targets, RandomGenerator random, double progress) {
      Networks networks = free.at(numbers).withAverages(free.at(targets));
      Weights weights = Weights.all(context);
      return objective.loss(
          new Step<>(context, context.points(), weights, networks, state, random, progress));
    }

    /** The value of the loss; fills its gradient. The same is drawn at each call. */
    double value(double[] at, double[] gradient) {
      try (NDManager scope = manager.newSubManager();
          GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray numbers = scope.create(at);
        numbers.setRequiresGradient(true);
        NDArray total = loss(numbers, numbers, random("drawn"), 0).total();
        collector.backward(total);
        NDArray slope = numbers.getGradient();
        slope.attach(scope);
        double[] values = slope.toDoubleArray();
        System.arraycopy(values, 0, gradient, 0, values.length);
        return Cases.value(total);
      }
    }

    End end(NDArray numbers, double loss) {
      int n = context.points().size();
      NDArray table = numbers.get("0:" + rows() * d).reshape(rows(), d);
      return new End(table.get("0:" + n), table.get(n + ":"), loss);
    }
  }

  /**
   * Goes down with the same samples drawn at each step. A small push leaves a saddle point, or an
   * edge where steps have become short; how far a descent along an edge gets hangs on rounding, so
   * that it is pushed as long as that gains something.
   */
  End lowest(Objective<? super MarkovContext> objective, int most) {
    Eigenproblem problem = new Eigenproblem(objective);
    Lowest lowest = lowest(problem::value, problem.start, most);
    double gain = Double.POSITIVE_INFINITY;
    for (int i = 0; i < MOST_PUSHES && gain > WORTH_A_PUSH; i++) {
      double[] push = Cases.doubles(normal(manager, "push " + i, 1, lowest.at.length).reshape(-1));
      Lowest pushed = lowest(problem::value, moved(lowest.at, push, PUSH), most);
      gain = lowest.value - pushed.value;
      lowest = gain > 0 ? pushed : lowest;
    }
    return problem.end(manager.create(lowest.at), lowest.value);
  }

  /**
   * Goes down by L-BFGS until it is flat, or so many times. Steps meet the weak conditions of
   * Wolfe, by which it also gets along edges [Lewis and Overton 2013].
   */
  static Lowest lowest(Slope f, double[] start, int most) {
    double[] at = start;
    double[] gradient = new double[at.length];
    double value = f.value(at, gradient);
    Deque<double[][]> memory = new ArrayDeque<>();
    for (int i = 0; i < most && Math.sqrt(dot(gradient, gradient)) > FLAT; i++) {
      double[] direction = direction(gradient, memory);
      double slope = dot(gradient, direction);
      double step = memory.isEmpty() ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
      double shortest = 0;
      double longest = Double.POSITIVE_INFINITY;
      double[] there = at;
      double[] slopes = new double[at.length];
      double reached = value;
      for (int trial = 0; trial < MOST_TRIALS; trial++) {
        there = moved(at, direction, step);
        reached = f.value(there, slopes);
        if (!(reached <= value + DECREASE * step * slope)) {
          longest = step;
        } else if (dot(slopes, direction) < CURVATURE * slope) {
          shortest = step;
        } else {
          break;
        }
        step = Double.isInfinite(longest) ? 2 * shortest : (shortest + longest) / 2;
      }
      if (!(value - reached > LEAST_GAIN * (1 + Math.abs(value)))) {
        if (memory.isEmpty()) {
          break;
        }
        memory.clear(); // the curvature that it remembers may be that of elsewhere
        continue;
      }
      double[][] change = {moved(there, at, -1), moved(slopes, gradient, -1)};
      if (dot(change[0], change[1]) > 0) {
        memory.addFirst(change);
      }
      if (memory.size() > MEMORY) {
        memory.removeLast();
      }
      at = there;
      value = reached;
      gradient = slopes;
    }
    return new Lowest(at, value);
  }

  private static double[] moved(double[] from, double[] direction, double step) {
    double[] moved = from.clone();
    Arrays.setAll(moved, i -> from[i] + step * direction[i]);
    return moved;
  }

  /** −Hg with the inverse Hessian H that the steps in memory tell. */
  private static double[] direction(double[] gradient, Deque<double[][]> memory) {
    double[] q = gradient.clone();
    Deque<Double> shares = new ArrayDeque<>();
    for (double[][] change : memory) {
      double share = dot(change[0], q) / dot(change[0], change[1]);
      shares.addFirst(share);
      q = moved(q, change[1], -share);
    }
    double scale = 1;
    if (!memory.isEmpty()) {
      double[][] last = memory.peekFirst();
      scale = dot(last[0], last[1]) / dot(last[1], last[1]);
    }
    double[] direction = moved(new double[q.length], q, scale);
    Iterator<double[][]> oldest = memory.descendingIterator();
    for (double share : shares) {
      double[][] change = oldest.next();
      double other = dot(change[1], direction) / dot(change[0], change[1]);
      direction = moved(direction, change[0], share - other);
    }
    return moved(new double[q.length], direction, -1);
  }

  /** Trains by AdamW with a rate that falls to 0, drawing anew at each step. */
  End trained(Objective<? super MarkovContext> objective, int steps, double rate) {
    Eigenproblem problem = new Eigenproblem(objective);
    NDArray numbers = manager.create(problem.start).duplicate();
    NDArray average = numbers.duplicate();
    numbers.setRequiresGradient(true);
    FusedAdamW rule = new FusedAdamW(0.9, 0.999, 1e-8, 0);
    NDArray mean = manager.zeros(numbers.getShape(), DataType.FLOAT64);
    NDArray square = manager.zeros(numbers.getShape(), DataType.FLOAT64);
    NDArray count = manager.zeros(new Shape(), DataType.FLOAT32);
    RandomGenerator random = random("descent");
    double last = Double.NaN;
    for (int i = 0; i < steps; i++) {
      double progress = (double) i / steps;
      try (NDManager scope = manager.newSubManager();
          GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray loss =
            problem
                .loss(Torch.within(numbers, scope), Torch.within(average, scope), random, progress)
                .total();
        collector.backward(loss);
        last = Cases.value(loss.stopGradient());
        NDArray gradient = numbers.getGradient();
        gradient.attach(scope);
        rule.step(
            List.of(numbers),
            List.of(gradient),
            List.of(mean),
            List.of(square),
            count,
            rate * (1 - progress));
        gradient.muli(0);
        objective
            .momentum(progress)
            .ifPresent(kept -> Torch.average(List.of(average), List.of(numbers), 1 - kept));
      }
    }
    return problem.end(numbers.stopGradient(), last);
  }
}
