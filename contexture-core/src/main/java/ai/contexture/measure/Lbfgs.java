package ai.contexture.measure;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** L-BFGS with a backtracking line search (Nocedal and Wright, algorithm 7.5). */
final class Lbfgs {

  private static final int MEMORY = 12;
  private static final int MOST_STEPS = 2000;
  private static final double TOLERANCE = 1e-9;
  private static final double SUFFICIENT = 1e-4;
  private static final int HALVINGS = 40;

  /** A function of many numbers that has a gradient. */
  @FunctionalInterface
  interface Differentiable {

    /** Returns the value and writes the gradient. */
    double value(double[] at, double[] gradient);
  }

  private Lbfgs() {}

  private record Pair(double[] step, double[] change, double inverse) {}

  /** Changes w to the minimum and returns the largest part of the gradient there. */
  static double minimise(Differentiable f, double[] w) {
    Deque<Pair> memory = new ArrayDeque<>();
    double[] gradient = new double[w.length];
    double loss = f.value(w, gradient);
    for (int iteration = 0; iteration < MOST_STEPS && largest(gradient) > TOLERANCE; iteration++) {
      double[] direction = direction(memory, gradient);
      double slope = dot(direction, gradient);
      double[] next = new double[w.length];
      double[] nextGradient = new double[w.length];
      double length = memory.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
      double nextLoss = Double.POSITIVE_INFINITY;
      int halvings = 0;
      while (!(nextLoss <= loss + SUFFICIENT * length * slope) && halvings++ < HALVINGS) {
        for (int i = 0; i < w.length; i++) {
          next[i] = w[i] + length * direction[i];
        }
        nextLoss = f.value(next, nextGradient);
        length /= 2;
      }
      if (!(nextLoss < loss)) {
        break; // rounding allows no further descent
      }
      double[] step = new double[w.length];
      double[] change = new double[w.length];
      for (int i = 0; i < w.length; i++) {
        step[i] = next[i] - w[i];
        change[i] = nextGradient[i] - gradient[i];
      }
      double curvature = dot(step, change);
      if (curvature > 0) {
        memory.addLast(new Pair(step, change, 1 / curvature));
        if (memory.size() > MEMORY) {
          memory.removeFirst();
        }
      }
      System.arraycopy(next, 0, w, 0, w.length);
      System.arraycopy(nextGradient, 0, gradient, 0, w.length);
      loss = nextLoss;
    }
    return largest(gradient);
  }

  private static double[] direction(Deque<Pair> memory, double[] gradient) {
    double[] q = gradient.clone();
    double[] alphas = new double[memory.size()];
    int at = memory.size();
    for (Iterator<Pair> pairs = memory.descendingIterator(); pairs.hasNext(); ) {
      Pair pair = pairs.next();
      alphas[--at] = pair.inverse() * dot(pair.step(), q);
      add(q, -alphas[at], pair.change());
    }
    if (!memory.isEmpty()) {
      Pair last = memory.getLast();
      double scale = 1 / (last.inverse() * dot(last.change(), last.change()));
      for (int i = 0; i < q.length; i++) {
        q[i] *= scale;
      }
    }
    at = 0;
    for (Pair pair : memory) {
      double beta = pair.inverse() * dot(pair.change(), q);
      add(q, alphas[at++] - beta, pair.step());
    }
    for (int i = 0; i < q.length; i++) {
      q[i] = -q[i];
    }
    return q;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] target, double factor, double[] other) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * other[i];
    }
  }

  private static double largest(double[] gradient) {
    double largest = 0;
    for (double g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    return largest;
  }
}
