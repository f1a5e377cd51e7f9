package ai.contexture.optimiser;

import ai.contexture.input.Component;
import ai.contexture.input.Registry;
import java.util.List;

/** The optimisers by name, as they are written on the command line. */
public final class Optimisers {

  private static final Registry<Optimiser, Component<Optimiser>> REGISTRY =
      Registry.of("optimiser", List.of(AdamW.COMPONENT, Muon.COMPONENT, Sgd.COMPONENT));

  private Optimisers() {}

  /** Returns the optimisers that are known. */
  public static Registry<Optimiser, Component<Optimiser>> registry() {
    return REGISTRY;
  }
}
