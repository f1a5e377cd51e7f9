package ai.contexture.cli;

import ai.contexture.comparison.Comparison;
import ai.contexture.comparison.ContextScore;
import ai.contexture.context.ContextFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Judges contexts one after another and says what comes out as it comes. What fails is noted and
 * the others go on; an interruption leaves those that are done.
 */
final class ComparisonRun {

  private final Terminal terminal;
  private final Comparison comparison;
  private final List<ContextFactory> factories;

  // written by the thread that computes, under the lock of this, until it is over
  private final List<ContextScore> scores = new ArrayList<>();
  private final Map<String, String> failed = new LinkedHashMap<>();
  private boolean over;

  ComparisonRun(Terminal terminal, Comparison comparison, List<ContextFactory> factories) {
    this.terminal = terminal;
    this.comparison = comparison;
    this.factories = factories;
  }

  /**
   * Judges all contexts, or those that are done when somebody interrupts.
   *
   * @return 0, or the exit code of an interruption
   * @throws InputException if none can be judged
   */
  int judge() {
    comparison
        .whyUnscored()
        .ifPresent(why -> terminal.warn("ranked without the target: " + OptionNames.text(why)));
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread worker = new Thread(() -> judgeAll(done), "compare");
    worker.setDaemon(true);
    try (Interruption interruption = new Interruption(() -> done.complete(null))) {
      worker.start();
      done.join();
      synchronized (this) {
        over = true;
      }
      if (!left().isEmpty()) {
        return interruption.exitCode();
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
    if (scores.isEmpty()) {
      throw new InputException("none of the contexts can be judged");
    }
    return 0;
  }

  private void judgeAll(CompletableFuture<Void> done) {
    try {
      for (int i = 0; i < factories.size(); i++) {
        ContextFactory factory = factories.get(i);
        String place = Text.format("%d of %d: %s", i + 1, factories.size(), factory);
        Torch.withoutGradient(() -> judge(factory, place));
      }
      done.complete(null);
    } catch (Throwable e) { // it is thrown where the result is waited for
      done.completeExceptionally(e);
    }
  }

  private Void judge(ContextFactory factory, String place) {
    Measured<ContextScore> judged;
    if (factories.size() == 1) {
      judged = new Measured<>(comparison.judge(factory), null);
    } else {
      try {
        judged = Measured.of(() -> comparison.judge(factory));
      } catch (OutOfMemoryError e) {
        judged = Measured.not("the memory is too small for it");
      }
    }
    add(factory, place, judged);
    return null;
  }

  private synchronized void add(
      ContextFactory factory, String place, Measured<ContextScore> judged) {
    if (over) {
      return;
    }
    if (judged.known()) {
      ContextScore score = judged.value();
      scores.add(score);
      say(place + ": " + score + ", " + Progress.duration(score.seconds()));
    } else {
      failed.put(factory.toString(), judged.why());
      say(place + ": failed: " + judged.why());
    }
  }

  private synchronized void say(String line) {
    if (!over) {
      terminal.accepted();
      terminal.say(line);
    }
  }

  /** Returns those that were judged, the best first. */
  synchronized List<ContextScore> ranked() {
    return scores.stream().sorted(ContextScore.BEST_FIRST).toList();
  }

  /** Returns why contexts could not be judged. */
  synchronized Map<String, String> failed() {
    return new LinkedHashMap<>(failed);
  }

  /** Returns the contexts that an interruption left out. */
  synchronized List<String> left() {
    return factories.stream()
        .map(ContextFactory::toString)
        .skip(scores.size() + failed.size())
        .toList();
  }
}
