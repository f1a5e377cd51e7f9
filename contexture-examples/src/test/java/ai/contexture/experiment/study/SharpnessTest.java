package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.objective.Kise;
import ai.contexture.objective.Orthonormality;
import ai.contexture.random.Seed;
import ai.contexture.testing.Numeric;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.training.Trainer;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.api.Test;

class SharpnessTest {

  /**
   * Φ = XW + b with E‖Φ̃‖² − ⟨Φ̃, TT*Φ̃⟩ is quadratic: H has the eigenvalues of 2(Cov[X] −
   * Cov[T*X]), once for each output, and 0 for b.
   */
  @Test
  void aQuadraticLossHasTheCurvatureOfItsMatrix() {
    try (NDManager manager = NDManager.newBaseManager()) {
      int n = 60;
      NDArray rows = Numeric.normal(manager, "rows", n, 4).toType(DataType.FLOAT32, false);
      KnnContext context = KnnContext.of(rows, 8);
      Kise objective = new Kise(Orthonormality.none());
      TrainingOptions options = TrainingOptions.DEFAULT.withSteps(3);
      NDArray x = rows.toType(DataType.FLOAT64, true);
      NDArray centred = x.sub(x.mean(new int[] {0}, true));
      NDArray onContexts = context.operator().adjoint(centred);
      NDArray q = context.operator().contextWeights().reshape(-1, 1);
      NDArray b = onContexts.transpose().matMul(onContexts.mul(q));
      NDArray c = centred.transpose().matMul(centred).div(n);
      double expected = 2 * LinearAlgebra.eigh(c.sub(b)).values().max().toDoubleArray()[0];
      try (Trainer<KnnContext> trainer =
          new Trainer<>(context, objective, EncoderFactory.parse("linear"), 2, options)) {
        trainer.train(3, TrainingListener.NONE);
        double[] before = trainer.outputs(manager).toType(DataType.FLOAT64, true).toDoubleArray();
        int arrays = manager.getManagedArrays().size();

        double found = Sharpness.of(context, objective, trainer.encoder(), 2, Seed.of(1));

        assertThat(found).isCloseTo(expected, within(0.02 * expected));
        assertThat(manager.getManagedArrays()).hasSizeLessThanOrEqualTo(arrays);
        assertThat(trainer.outputs(manager).toType(DataType.FLOAT64, true).toDoubleArray())
            .containsExactly(before);
      }
    }
  }
}
