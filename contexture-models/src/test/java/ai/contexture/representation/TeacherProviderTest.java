package ai.contexture.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.ContextData;
import ai.contexture.context.Contexts;
import ai.contexture.context.FeatureContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Tables;
import ai.contexture.spectrum.Spectra;
import ai.contexture.training.TrainingListener;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherProviderTest {

  @TempDir Path folder;

  @Test
  void theTeachersFeaturesAreTheTopOfTheSpectrum() throws IOException {
    Dataset data = Tables.classes();
    try (Pretraining job = Pretraining.prepare(data, Tables.recipe("kise").withSteps(3))) {
      job.train(TrainingListener.NONE);
      job.representation().save(folder);
    }
    assertThat(Contexts.registry().names()).contains("teacher");
    Table table = data.features();
    try (NDManager manager = NDManager.newBaseManager();
        Representation teacher = Representation.load(folder)) {
      NDArray rows = manager.zeros(new Shape(table.rows(), 1));
      String text = "teacher(dim=2, run=\"" + folder + "\")";
      FeatureContext context =
          (FeatureContext) Contexts.parse(text).fit(ContextData.of(rows).withTable(table));
      assertThat(context.rank()).isEqualTo(2);
      assertThat(Contexts.parse(context.toString())).hasToString(context.toString());
      double[] eigenvalues = Spectra.of(context, 3, manager).eigenvalues();
      assertThat(eigenvalues[1]).isCloseTo(1, within(1e-10));
      assertThat(eigenvalues[2]).isCloseTo(0, within(1e-10));
      // linear functions of the teacher's first two features are left as they are
      Matrix embedded = teacher.embed(table);
      NDArray f =
          manager
              .create(embedded.values(), new Shape(embedded.rows(), embedded.columns()))
              .get(":, 0:2");
      NDArray error = context.operator().apply(f).sub(f).abs().max();
      assertThat(error.getDouble()).isLessThan(1e-9);
    }
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> Contexts.parse("teacher"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("teacher: expected the folder of a finished training");
    try (NDManager manager = NDManager.newBaseManager()) {
      Table table = Tables.classes().features();
      ContextData data = ContextData.of(manager.zeros(new Shape(table.rows(), 1)));
      String text = "teacher(run=\"" + folder + "\")";
      assertThatThrownBy(() -> Contexts.parse(text).fit(data))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("expected data that come from a table");
      assertThatThrownBy(() -> Contexts.parse(text).fit(data.withTable(table)))
          .isInstanceOf(InputException.class);
    }
  }
}
