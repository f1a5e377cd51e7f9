package ai.contexture.pretraining;

import ai.contexture.context.ContextFactory;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Variable;

/** What has to hold where rows are nodes of a graph, or all of them are pretrained on. */
final class NodesOfGraph {

  private NodesOfGraph() {}

  /**
   * Requires what an encoder that reads a graph needs, and that no context sees the target of rows
   * that are tested on.
   *
   * @throws InputException if something is missing or does not go together
   */
  static void require(
      EncoderFactory encoder,
      PreparedData data,
      ContextFactory context,
      Objective<?> objective,
      Placement placement) {
    if (context.usesTarget() && data.split().transductive()) {
      throw new InputException(
          Text.format(
              "context %s is made of the target, and all rows are pretrained on, those to test on"
                  + " too; expected shares that keep them apart, such as --split 0.7,0.15,0.15",
              context));
    }
    if (!encoder.readsGraph()) {
      return;
    }
    String name = Names.of(encoder);
    if (data.data().graph().isEmpty()) {
      throw new InputException(
          Text.format("encoder %s reads a graph, expected its edges, --edges FILE", name));
    }
    if (data.recipe().training().stopping().used()) {
      throw new InputException(
          Text.format("encoder %s sees the whole graph, expected no --hold-out", name));
    }
    if (placement.disk().isPresent() || !placement.helpers().isEmpty()) {
      throw new InputException(
          Text.format(
              "encoder %s keeps the graph in the memory of one device, expected no --rows-on-disk"
                  + " and one --device",
              name));
    }
    if (context.usesTarget() && objective.encoders().contains(Variable.CONTEXT)) {
      throw new InputException(
          Text.format(
              "objective %s encodes what the context gives, and encoder %s reads nodes, but context"
                  + " %s gives no nodes; expected objective kise",
              objective, name, context));
    }
  }
}
