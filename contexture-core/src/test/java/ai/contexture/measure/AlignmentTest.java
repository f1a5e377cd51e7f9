package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.context.RbfContext;
import ai.contexture.spectrum.Leading;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlignmentTest {

  private static final int N = 200;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void correlationsByHand() {
    // orthogonal, centred columns: a and b share the first direction, and half of the second
    NDArray e1 = manager.create(new double[] {1, -1, 0, 0, 0, 0}, new Shape(6, 1));
    NDArray e2 = manager.create(new double[] {0, 0, 1, -1, 0, 0}, new Shape(6, 1));
    NDArray e3 = manager.create(new double[] {0, 0, 0, 0, 1, -1}, new Shape(6, 1));
    NDArray a = NDArrays.concat(new NDList(e1.mul(3).add(7), e2), 1);
    NDArray b = NDArrays.concat(new NDList(e1.add(e2.add(e3).mul(2)), e2.add(e3)), 1);
    assertThat(Alignment.canonicalCorrelation(a, b)).isEqualTo(0.75, within(1e-14));
    assertThat(Alignment.canonicalCorrelation(b, a)).isEqualTo(0.75, within(1e-14));
    assertThat(Alignment.canonicalCorrelation(e1, b)).isEqualTo(0.5, within(1e-14));
    assertThat(Alignment.canonicalCorrelation(e1, e2)).isEqualTo(0, within(1e-14));
  }

  @Test
  void correlationsDoNotSeeInvertibleMaps() {
    NDArray a = normal(manager, "a", N, 4);
    NDArray b = a.matMul(normal(manager, "map", 4, 4)).add(1e3);
    assertThat(Alignment.canonicalCorrelation(a, b)).isEqualTo(1, within(1e-10));
    assertThat(Alignment.mutualNeighbours(a, b, 10)).isEqualTo(1, within(1e-10));
  }

  @Test
  void dependentColumnsAddNothing() {
    NDArray b = normal(manager, "b", N, 4);
    NDArray two = b.get(":, 0:2");
    NDArray dependent = NDArrays.concat(new NDList(two, two.mul(3).add(1)), 1);
    assertThat(Alignment.canonicalCorrelation(dependent, b)).isEqualTo(0.5, within(1e-10));
  }

  /**
   * Independent Gaussian spaces of dimensions d₁ and d₂ in n − 1: the mean of ‖Q₁ᵀQ₂‖²/d₂ is d₁/(n
   * − 1), its variance 2 d₁/(d₂(n − 1)²) to first order; 6 σ.
   */
  @Test
  void independentSpaces() {
    double value =
        Alignment.canonicalCorrelation(normal(manager, "a", N, 5), normal(manager, "b", N, 3));
    double sigma = Math.sqrt(2 * 5 / 3.) / (N - 1);
    assertThat(value).isEqualTo(5. / (N - 1), within(6 * sigma));
  }

  @Test
  void mutualNeighboursAgainstBruteForce() {
    // white already, so that whitening changes no neighbour
    NDArray white = normal(manager, "a", N, 4);
    white = LinearAlgebra.orthonormalise(white.sub(Torch.columnMeans(white)));
    NDArray a = white.get(":, 0:3");
    NDArray b = white.get(":, 1:4");
    int k = 6;
    double expected = 0;
    double union = 0;
    for (int i = 0; i < N; i++) {
      Set<Integer> common = nearest(a, i, k);
      common.retainAll(nearest(b, i, k));
      expected += common.size() / (double) (N * k);
      Set<Integer> all = nearest(a, i, k);
      all.addAll(nearest(b, i, k));
      union += common.size() / (double) all.size() / N;
    }
    assertThat(expected).isBetween(0.05, 0.95);
    assertThat(Alignment.mutualNeighbours(a, b, k)).isEqualTo(expected, within(1e-12));
    assertThat(Alignment.jaccardNeighbours(a, b, k)).isEqualTo(union, within(1e-12));
    assertThatThrownBy(() -> Alignment.mutualNeighbours(a, b, N))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k: expected 1 to 199 (one less than the rows), got 200");
  }

  @Test
  void exactOutputsAlignPerfectly() {
    KnnContext context = context();
    Spectrum spectrum = Spectra.of(context, 8, manager);
    NDArray outputs = spectrum.functions().matMul(normal(manager, "map", 8, 8)).add(2);
    RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), 5);
    Alignment alignment = Alignment.onPretraining(outputs, ritz, spectrum);
    double sum = 0;
    for (double value : spectrum.eigenvalues(5)) {
      sum += value;
    }
    assertThat(alignment.cca()).isEqualTo(1, within(1e-9));
    assertThat(alignment.mutualKnn()).isEqualTo(1, within(1e-9));
    assertThat(alignment.ratioTrace()).isEqualTo(sum, within(1e-8));
    assertThat(alignment.ratioTraceMax()).isEqualTo(sum, within(1e-12));
    assertThat(alignment.eigenvalueError()).isEqualTo(0, within(1e-8));
    assertThat(alignment.effectiveRank()).isEqualTo(ritz.effectiveRank());
    assertThat(alignment.toString())
        .matches(
            "alignment with the exact functions 1\\.000 \\(squared canonical correlation, 1 is"
                + " best\\), 1\\.000 of the nearest neighbours in common \\(1\\.000 of those of"
                + " either\\), ratio trace .* of at"
                + " most .*, mean eigenvalue error .*, effective rank .*");
  }

  @Test
  void dimensionsThatAreMissingCountAsZero() {
    KnnContext context = context();
    Spectrum spectrum = Spectra.of(context, 8, manager);
    NDArray outputs = spectrum.functions().get(":, 0:3");
    RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), 6);
    Alignment alignment = Alignment.onPretraining(outputs, ritz, spectrum, 6);
    double[] s = spectrum.eigenvalues(6);
    assertThat(alignment.cca()).isEqualTo(0.5, within(1e-9));
    assertThat(alignment.ratioTrace()).isEqualTo(s[0] + s[1] + s[2], within(1e-9));
    assertThat(alignment.eigenvalueError()).isEqualTo((s[3] + s[4] + s[5]) / 6, within(1e-9));
  }

  @Test
  void randomOutputsAlignBadly() {
    KnnContext context = context();
    Spectrum spectrum = Spectra.of(context, 8, manager);
    NDArray outputs = normal(manager, "outputs", N, 8).toType(DataType.FLOAT32, false);
    RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), 8);
    Held held = Held.by(manager);
    Alignment alignment = Alignment.onPretraining(outputs, ritz, spectrum);
    held.assertNoMore();
    assertThat(alignment.cca()).isBetween(0., 0.2);
    assertThat(alignment.mutualKnn()).isBetween(0., 0.3);
    // of a row with o of 10 in common o/10 and o/(20 − o): at most o/10, at least o/20
    assertThat(alignment.jaccardKnn())
        .isBetween(alignment.mutualKnn() / 2, 0.99 * alignment.mutualKnn());
    assertThat(alignment.ratioTrace()).isLessThan(alignment.ratioTraceMax());
    assertThatThrownBy(() -> Alignment.onPretraining(outputs, ritz, spectrum, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("d: expected 1 to 8 (the functions of the spectrum), got 9");
    assertThatThrownBy(() -> Alignment.onPretraining(outputs.get("0:50"), ritz, spectrum))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outputs: expected the outputs on the 200 pretraining points");
  }

  /**
   * 30 groups of equal rows, so that TT* is the projection onto functions of the group and s² is 1
   * for 29 functions. The features' principal directions with these are their own Rayleigh–Ritz
   * values, and of 29 directions more than 4 are orthogonal to 4 features.
   */
  @Test
  void anEigenspaceThatBeginsWithin() {
    KnnContext context = groups(30, 12);
    Spectrum spectrum = Spectra.leading(context, 4, manager);
    Leading leading = spectrum.leading(4);
    assertThat(leading.existing()).isEqualTo(4);
    assertThat(leading.above()).isZero();
    assertThat(leading.through()).isEqualTo(29);
    assertThat(leading.determined()).isFalse();
    assertThat(spectrum.components()).isEqualTo(30);
    assertThat(spectrum.dimension()).isGreaterThanOrEqualTo(29);

    NDArray outputs = normal(manager, "outputs", 360, 7);
    RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), 4);
    Alignment alignment = Alignment.onPretraining(outputs, ritz, spectrum, 4);
    double sum = Arrays.stream(ritz.eigenvalues(), 0, 4).sum();
    assertThat(alignment.cca()).isEqualTo(sum / 4, within(1e-10)).isBetween(0.01, 0.9);
    assertThat(alignment.leastCca()).isEqualTo(0, within(1e-10));

    // any 4 functions of the group are as good as any others
    NDArray exact = spectrum.functions().get(":, 0:29").matMul(normal(manager, "map", 29, 4));
    RayleighRitz best = RayleighRitz.of(exact, context.operator(), 4);
    Alignment all = Alignment.onPretraining(exact, best, spectrum, 4);
    assertThat(all.cca()).isEqualTo(1, within(1e-10));
    assertThat(all.mutualKnn()).isEqualTo(1, within(1e-10));
    assertThat(all.leastCca()).isEqualTo(0, within(1e-10));
    assertThat(all.toString())
        .endsWith(
            "; 4 of 4 functions, the last 4 of them any of an eigenspace of 29 dimensions, of which"
                + " the farthest has a correlation of 0.000");
  }

  /**
   * On a ring eigenvalues come in pairs, of a cosine and a sine. The best three functions are the
   * first pair and any of the second, which are searched here by turning.
   */
  @Test
  void theBestSpansByBruteForce() {
    int n = 80;
    double[] ring = new double[2 * n];
    Arrays.setAll(
        ring, i -> i % 2 == 0 ? Math.cos(Math.PI * i / n) : Math.sin(Math.PI * (i - 1) / n));
    KnnContext context = KnnContext.of(manager.create(ring, new Shape(n, 2)), 9);
    Spectrum spectrum = Spectra.leading(context, 3, manager);
    Leading leading = spectrum.leading(3);
    assertThat(leading.above()).isEqualTo(2);
    assertThat(leading.through()).isEqualTo(4);
    assertThat(spectrum.leading(2).determined()).isTrue();
    NDArray functions = spectrum.functions().get(":, 0:4");

    NDArray features =
        functions.matMul(normal(manager, "map", 4, 3)).add(normal(manager, "noise", n, 3).mul(0.7));
    double most = 0;
    double least = 1;
    int turns = 2000;
    for (int i = 0; i < turns; i++) {
      double angle = Math.PI * i / turns;
      NDArray turned =
          functions
              .get(":, 2:3")
              .mul(Math.cos(angle))
              .add(functions.get(":, 3:4").mul(Math.sin(angle)));
      NDArray span = NDArrays.concat(new NDList(functions.get(":, 0:2"), turned), 1);
      double value = Alignment.canonicalCorrelation(features, span);
      most = Math.max(most, value);
      least = Math.min(least, value);
    }
    RayleighRitz ritz = RayleighRitz.of(features, context.operator(), 3);
    Alignment alignment = Alignment.onPretraining(features, ritz, spectrum, 3);
    assertThat(most - least).isGreaterThan(0.05);
    assertThat(alignment.cca()).isEqualTo(most, within(1e-5)).isGreaterThanOrEqualTo(most - 1e-12);
    assertThat(alignment.leastCca())
        .isEqualTo(least, within(1e-5))
        .isLessThanOrEqualTo(least + 1e-12);
    assertThat(Alignment.canonicalCorrelation(ritz.project(features), spectrum, 3))
        .isEqualTo(alignment.cca(), within(1e-12));
  }

  /** Five groups have four functions; a fifth and a sixth do not exist and do not count. */
  @Test
  void functionsThatDoNotExistDoNotCount() {
    KnnContext context = groups(5, 20);
    Spectrum spectrum = Spectra.leading(context, 6, manager);
    assertThat(spectrum.leading(6).existing()).isEqualTo(4);
    assertThat(spectrum.leading(6).determined()).isTrue();
    assertThat(spectrum.components()).isEqualTo(5);
    NDArray outputs =
        NDArrays.concat(
            new NDList(
                spectrum.functions().get(":, 0:4").matMul(normal(manager, "map", 4, 4)),
                normal(manager, "others", 100, 3)),
            1);
    RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), 6);
    Alignment alignment = Alignment.onPretraining(outputs, ritz, spectrum, 6);
    assertThat(alignment.cca()).isEqualTo(1, within(1e-10));
    assertThat(alignment.leastCca()).isEqualTo(alignment.cca());
    assertThat(alignment.mutualKnn()).isEqualTo(1, within(1e-10));
    assertThat(alignment.ratioTraceMax()).isEqualTo(4, within(1e-10));
    assertThat(alignment.toString()).endsWith("; 4 of 6 functions, determined");
    // no feature that is not one of the first four helps either
    NDArray three = NDArrays.concat(new NDList(outputs.get(":, 0:3"), outputs.get(":, 4:")), 1);
    RayleighRitz fewer = RayleighRitz.of(three, context.operator(), 6);
    double[] values = fewer.eigenvalues();
    assertThat(Alignment.onPretraining(three, fewer, spectrum, 6).cca())
        .isEqualTo(Arrays.stream(values, 0, 4).sum() / 4, within(1e-10));
  }

  @Test
  void aContextWithoutFunctions() {
    RbfContext context = RbfContext.of(normal(manager, "points", 60, 2), 1e-9);
    Spectrum spectrum = Spectra.leading(context, 3, manager);
    assertThat(spectrum.leading(3).existing()).isZero();
    assertThat(spectrum.components()).isEqualTo(1);
    NDArray outputs = normal(manager, "outputs", 60, 4);
    RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), 3);
    assertThatThrownBy(() -> Alignment.onPretraining(outputs, ritz, spectrum, 3))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("every s² of the context is 0, so that there is no function to compare with");
  }

  /** Features that are exact on the rows learned from are exact on new ones. */
  @Test
  void newRowsOfAnEigenspaceThatBeginsWithin() {
    KnnContext context = groups(30, 12);
    Spectrum spectrum = Spectra.leading(context, 4, manager);
    NDArray map = normal(manager, "map", 29, 4);
    NDArray seen = spectrum.functions().get(":, 0:29").matMul(map);
    NDArray rows = context.points().rows().get("0:150").add(1e-3);
    NDArray features = spectrum.extend(Points.of(rows), 29).matMul(map).add(0.5);
    Held held = Held.by(manager);
    Alignment alignment = Alignment.onNewRows(features, Points.of(rows), () -> seen, spectrum, 4);
    held.assertNoMore();
    assertThat(alignment.cca()).isEqualTo(1, within(1e-9));
    assertThat(alignment.leastCca()).isNull();
    assertThat(Alignment.onNewRows(features, spectrum.extend(Points.of(rows), 4)).cca())
        .isLessThan(0.9);
  }

  /** So many groups of so many equal rows; a row's neighbours are the rows of its group. */
  private KnnContext groups(int groups, int rows) {
    int n = groups * rows;
    double[] x = new double[n];
    Arrays.setAll(x, i -> i % groups);
    return KnnContext.of(manager.create(x, new Shape(n, 1)), rows);
  }

  @Test
  void onNewRows() {
    Spectrum spectrum = Spectra.of(context(), 4, manager);
    NDArray exact = spectrum.extend(Points.of(normal(manager, "new", 30, 2)), 4);
    NDArray features = exact.matMul(normal(manager, "map", 4, 4));
    Held held = Held.by(manager);
    Alignment alignment = Alignment.onNewRows(features, exact);
    held.assertNoMore();
    assertThat(alignment.cca()).isEqualTo(1, within(1e-9));
    assertThat(alignment.mutualKnn()).isEqualTo(1, within(1e-9));
    assertThat(alignment.ratioTrace()).isNull();
    assertThat(alignment.effectiveRank()).isNull();
    assertThat(alignment.toString()).endsWith("of those of either)").doesNotContain("null");
    assertThatThrownBy(() -> Alignment.onNewRows(features.get("0:4"), exact.get("0:4")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "features: expected more rows than the 4 dimensions, got 4 rows; take more rows or"
                + " fewer dimensions");
  }

  @Test
  void refusesConstantsAndWhatIsNotFinite() {
    NDArray b = normal(manager, "b", N, 2);
    NDArray constant = manager.zeros(new Shape(N, 2), DataType.FLOAT64).add(0.1);
    assertThatThrownBy(() -> Alignment.canonicalCorrelation(constant, b))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the features are constant");
    double[] values = b.toDoubleArray();
    values[3] = Double.NaN;
    NDArray nan = manager.create(values, new Shape(N, 2));
    assertThatThrownBy(() -> Alignment.canonicalCorrelation(nan, b))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the features are not finite");
    assertThatThrownBy(() -> Alignment.canonicalCorrelation(b.get("0:10"), b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "features: expected (n, d1) and (n, d2) with the same n, got (10, 2) and (200, 2)");
  }

  @Test
  void inputsStay() {
    NDArray a = normal(manager, "a", N, 3);
    double[] before = a.toDoubleArray();
    Alignment.canonicalCorrelation(a, a);
    assertClose(a.toDoubleArray(), before, 0);
  }

  private KnnContext context() {
    return KnnContext.of(normal(manager, "points", N, 2), 9);
  }

  private static Set<Integer> nearest(NDArray points, int i, int k) {
    int d = (int) points.getShape().get(1);
    double[] x = points.toDoubleArray();
    double[] distance = new double[N];
    Set<Integer> order = new HashSet<>();
    for (int j = 0; j < N; j++) {
      for (int c = 0; c < d; c++) {
        distance[j] += Math.pow(x[i * d + c] - x[j * d + c], 2);
      }
    }
    distance[i] = Double.POSITIVE_INFINITY;
    for (int found = 0; found < k; found++) {
      int best = 0;
      for (int j = 1; j < N; j++) {
        best = distance[j] < distance[best] ? j : best;
      }
      order.add(best);
      distance[best] = Double.POSITIVE_INFINITY;
    }
    return order;
  }
}
