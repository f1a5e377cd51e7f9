package ai.contexture.spectrum;

import ai.contexture.input.Text;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Finds the best vectors in the span of random ones to which the matrix was applied. */
final class Sketching {

  private Sketching() {}

  static Eigenpairs solve(
      SymmetricOperator k, int top, SpectralMethod.Sketch options, NDManager scope) {
    RandomGenerator random = options.seed().derive("sketch").generator();
    int width = (int) Math.min(k.size() - 1L, (long) top + options.oversampling());
    try (NDManager step = scope.newSubManager()) {
      NDArray constant = Torch.within(k.root(), step).transpose();
      NDArray q = k.orthonormal(k.random(width, random, step), constant, random);
      NDArray image = k.apply(q);
      for (int i = 0; i < options.power(); i++) {
        q.close();
        q = k.orthonormal(image, constant, random);
        image.close();
        image = k.apply(q);
      }
      NDArray h = q.transpose().matMul(image);
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(h.transpose().add(h).div(2));
      double[] ascending = eigen.values().toDoubleArray();
      int d = Math.min(top, width);
      double[] values = new double[d];
      Arrays.setAll(values, i -> ascending[ascending.length - 1 - i]);
      NDArray vectors = q.matMul(eigen.vectors().flip(1).get(":, 0:" + d));
      vectors.attach(scope);
      String method =
          Text.format(
              "randomised sketch of %d functions, operator applied %d times",
              width, options.power());
      return new Eigenpairs(values, vectors, method);
    }
  }
}
