package ai.contexture.measure;

import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import java.util.List;

/**
 * What a regression makes of a context's eigenvalues λ_i = s_i²: it looks for functions in the RKHS
 * of K_s = Σ_i s(λ_i) μ_i μ_i [S]. The faster s falls, the smoother they are.
 */
public sealed interface SpectralTransform {

  /** Those that are tried where none is given. */
  List<SpectralTransform> USUAL =
      List.of(
          new Polynomial(1),
          new Polynomial(2),
          new Polynomial(4),
          new Polynomial(8),
          new InverseLaplacian(0.9),
          new InverseLaplacian(0.99),
          new InverseLaplacian(0.999));

  /** Returns s(λ) ≥ 0 for 0 ≤ λ ≤ 1; s(0) = 0. */
  double of(double eigenvalue);

  /**
   * s(λ) = λ^p: the context, taken p times.
   *
   * @param power p, at least 1
   */
  record Polynomial(int power) implements SpectralTransform {

    /** Checks p. */
    public Polynomial {
      if (power < 1) {
        throw new IllegalArgumentException("power: expected at least 1, got " + power);
      }
    }

    @Override
    public double of(double eigenvalue) {
      return Math.pow(eigenvalue, power);
    }

    @Override
    public String toString() {
      return Text.format("polynomial(p=%d)", power);
    }
  }

  /**
   * The inverse Laplacian s(λ) = λ/(1 − ηλ) = Σ_t η^t λ^{t+1}: the context, taken any number of
   * times, each time less.
   *
   * @param eta η, 0 ≤ η &lt; 1
   */
  record InverseLaplacian(double eta) implements SpectralTransform {

    /** Checks η. */
    public InverseLaplacian {
      if (!(eta >= 0 && eta < 1)) {
        throw new IllegalArgumentException("eta: expected at least 0 and below 1, got " + eta);
      }
    }

    @Override
    public double of(double eigenvalue) {
      return eigenvalue / (1 - eta * eigenvalue);
    }

    @Override
    public String toString() {
      return "inverse-laplacian(eta=" + Numbers.text(eta) + ")";
    }
  }
}
