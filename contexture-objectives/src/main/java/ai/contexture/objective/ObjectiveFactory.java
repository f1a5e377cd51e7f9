package ai.contexture.objective;

import java.util.Optional;

/** The options of an objective before it is known how its outputs are kept orthonormal. */
@FunctionalInterface
public interface ObjectiveFactory {

  /**
   * Returns the objective.
   *
   * @param orthonormality how Cov[Φ] = I is imposed; empty for the objective's own way. Objectives
   *     that need none have no place for it
   */
  Objective<?> with(Optional<Orthonormality> orthonormality);
}
