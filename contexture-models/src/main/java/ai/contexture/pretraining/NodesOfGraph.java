package ai.contexture.pretraining;

import ai.contexture.context.ContextFactory;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Setting;
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
      throw refused(
          "context %s is made of the target, and all rows are pretrained on, those to test on too;"
              + " expected shares that keep them apart, such as %s",
          context.toString(), Setting.SPLIT.to("0.7,0.15,0.15"));
    }
    if (!encoder.readsGraph()) {
      return;
    }
    String name = Names.of(encoder);
    if (data.data().graph().isEmpty()) {
      throw refused(
          "encoder %s reads a graph, expected its edges, %s", name, Setting.EDGES.to("FILE"));
    }
    if (data.recipe().training().stopping().used()) {
      throw refused(
          "encoder %s sees the whole graph, expected no %s, or an encoder of rows, %s",
          name, Setting.HOLD_OUT, Setting.ENCODER.to("mlp"));
    }
    if (placement.disk().isPresent() || !placement.helpers().isEmpty()) {
      throw refused(
          "encoder %s keeps the graph in the memory of one device, expected no %s and one %s, or"
              + " an encoder of rows, %s",
          name, Setting.ROWS_ON_DISK, Setting.DEVICE, Setting.ENCODER.to("mlp"));
    }
    if (context.usesTarget() && objective.encoders().contains(Variable.CONTEXT)) {
      throw refused(
          "objective %s encodes what the context gives, and encoder %s reads nodes, but context %s"
              + " gives no nodes; expected objective kise",
          objective.toString(), name, context.toString());
    }
  }

  private static InputException refused(String pattern, Object... values) {
    return new InputException(Message.of(pattern, values));
  }
}
