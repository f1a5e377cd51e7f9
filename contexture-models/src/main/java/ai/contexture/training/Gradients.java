package ai.contexture.training;

import ai.contexture.encoder.ExplicitGradient;
import ai.contexture.input.Text;
import ai.contexture.objective.Loss;
import ai.contexture.objective.LossWithGradient;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/** The gradients of weights, which add up over the parts of a step. */
final class Gradients {

  private final List<Optimiser.Weight> weights;
  private final IdentityHashMap<NDArray, Integer> places = new IdentityHashMap<>();

  /** Whether each weight took part in the objective so far. */
  private final boolean[] tookPart;

  private boolean allTookPart;

  /** Has the weights recorded from here on. */
  Gradients(List<Optimiser.Weight> weights) {
    this.weights = weights;
    tookPart = new boolean[weights.size()];
    for (Optimiser.Weight weight : weights) {
      weight.array().setRequiresGradient(true);
      places.put(weight.array(), places.size());
    }
  }

  /**
   * What the parts of a step add up to.
   *
   * @param names of the terms
   * @param terms their values [terms]
   * @param byWeights the gradients, one for each weight
   */
  record Sums(List<String> names, NDArray terms, List<NDArray> byWeights) {}

  /**
   * Returns the sums with another part.
   *
   * @param before null for the first part; its gradients are changed in place
   * @param loss of the part, recorded from the weights or the outputs of the passes
   * @param share of the part in the step
   * @param owner the manager of the sums
   */
  Sums add(
      Sums before,
      Loss loss,
      List<ExplicitGradient.Unrecorded> passes,
      double share,
      NDManager owner) {
    Routes routes = new Routes(passes);
    Torch.Gradients found = Torch.gradients(loss.terms().values(), routes.by, share);
    NDArray terms = Torch.withoutGradient(() -> NDArrays.stack(new NDList(loss.terms().values())));
    return add(before, List.copyOf(loss.terms().keySet()), terms, routes, found, share, owner);
  }

  /** Returns the sums with another part whose gradient by the outputs is known. */
  Sums add(
      Sums before,
      LossWithGradient loss,
      List<ExplicitGradient.Unrecorded> passes,
      double share,
      NDManager owner) {
    Routes routes = new Routes(passes);
    NDArray gradient = share == 1 ? loss.gradient() : Torch.times(loss.gradient(), share);
    Torch.Gradients found =
        routes.by.size() == 1 && routes.by.get(0) == loss.outputs()
            ? new Torch.Gradients(Torch.scalar(1, gradient.getManager()), List.of(gradient))
            : Torch.pullback(loss.outputs(), gradient, routes.by);
    return add(before, loss.names(), loss.terms(), routes, found, share, owner);
  }

  private Sums add(
      Sums before,
      List<String> names,
      NDArray terms,
      Routes routes,
      Torch.Gradients found,
      double share,
      NDManager owner) {
    if (!allTookPart) {
      routes.note(Torch.doubles(found.reached()));
    }
    NDArray shared = share == 1 ? terms : Torch.times(terms, share);
    NDArray total = before == null ? shared : before.terms.add(shared);
    total.attach(owner);
    List<NDArray> byWeights = routes.byWeights(found.gradients());
    if (before == null) {
      byWeights.forEach(gradient -> gradient.attach(owner));
      return new Sums(names, total, byWeights);
    }
    Torch.add(before.byWeights, byWeights);
    return new Sums(names, total, before.byWeights);
  }

  /**
   * Makes a step along gradients.
   *
   * @param largestNorm gradients of a larger norm are scaled down to it; 0 for any
   * @return the terms, then the norm of the gradients before, float64 [terms + 1], to be read
   * @throws IllegalStateException if a weight takes no part in the first step
   */
  NDArray step(
      Sums sums, Optimiser.OptimiserState optimiserState, double factor, double largestNorm) {
    if (!allTookPart) {
      requireAllTookPart();
    }
    NDArray numbers = Torch.clip(sums.terms, sums.byWeights, largestNorm);
    optimiserState.step(sums.byWeights, factor);
    return numbers;
  }

  private void requireAllTookPart() {
    for (int i = 0; i < tookPart.length; i++) {
      if (!tookPart[i]) {
        throw new IllegalStateException(
            Text.format(
                "parameter %s takes no part in the objective: it has no gradient",
                weights.get(i).name()));
      }
    }
    allTookPart = true;
  }

  /** How the gradients reach the weights: directly, or by the outputs of a pass. */
  private final class Routes {

    private final List<ExplicitGradient.Unrecorded> passes;
    private final List<Integer> direct = new ArrayList<>();

    /** The weights that no pass stands for, then the outputs of the passes. */
    private final List<NDArray> by = new ArrayList<>();

    Routes(List<ExplicitGradient.Unrecorded> passes) {
      this.passes = passes;
      boolean[] passed = new boolean[weights.size()];
      for (ExplicitGradient.Unrecorded pass : passes) {
        pass.parameters().forEach(parameter -> passed[places.get(parameter)] = true);
      }
      for (int i = 0; i < passed.length; i++) {
        if (!passed[i]) {
          direct.add(i);
          by.add(weights.get(i).array());
        }
      }
      passes.forEach(pass -> by.add(pass.outputs()));
    }

    List<NDArray> byWeights(List<NDArray> gradients) {
      List<NDArray> all = new ArrayList<>(Collections.nCopies(weights.size(), null));
      for (int i = 0; i < direct.size(); i++) {
        all.set(direct.get(i), gradients.get(i));
      }
      for (int i = 0; i < passes.size(); i++) {
        ExplicitGradient.Unrecorded pass = passes.get(i);
        List<NDArray> pulled = pass.pullback().apply(gradients.get(direct.size() + i));
        for (int j = 0; j < pulled.size(); j++) {
          int place = places.get(pass.parameters().get(j));
          NDArray other = all.get(place);
          all.set(place, other == null ? pulled.get(j) : other.addi(pulled.get(j)));
        }
      }
      return all;
    }

    void note(double[] reached) {
      for (int i = 0; i < direct.size(); i++) {
        tookPart[direct.get(i)] |= reached[i] > 0;
      }
      for (int i = 0; i < passes.size(); i++) {
        boolean part = reached[direct.size() + i] > 0;
        for (NDArray parameter : passes.get(i).parameters()) {
          tookPart[places.get(parameter)] |= part;
        }
      }
    }
  }
}
