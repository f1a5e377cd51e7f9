package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Target;
import ai.contexture.measure.Diagnosis.Finding;
import ai.contexture.measure.Diagnosis.Signature;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** n points, of a label with so many classes that is as often wrong as the noise says. */
  private ContextComplexity label(int n, int classes, double noise) {
    double[] diagonal = new double[n];
    double[] weights = new double[n];
    double keep = (1 - noise) * (1 - noise);
    Arrays.fill(diagonal, 1 + keep * (classes - 1));
    Arrays.fill(weights, 1. / n);
    return ContextComplexity.of(diagonal, weights);
  }

  /** Two classes with noise η: one function of strength (1 − η)²; below one half from 0.3 on. */
  @ParameterizedTest
  @CsvSource({"0, false", "0.25, false", "0.3, true", "1, true"})
  void anAssociationIsTooWeakBelowHalfAFunction(double noise, boolean found) {
    Diagnosis diagnosis = Diagnosis.association(label(400, 2, noise));
    assertThat(diagnosis.healthy()).isNotEqualTo(found);
    if (found) {
      Finding finding = diagnosis.findings().get(0);
      assertThat(finding.signature()).isEqualTo(Signature.ASSOCIATION_TOO_WEAK);
      assertThat(finding.value()).isEqualTo((1 - noise) * (1 - noise), within(1e-12));
      assertThat(finding.limit()).isEqualTo(0.5);
    }
  }

  /** Classes of n / c rows each: a row is tied to the rows of its class. */
  @ParameterizedTest
  @CsvSource({"39, 10.256, false", "41, 9.756, true", "400, 1, true"})
  void anAssociationIsTooStrongBelowTenRows(int classes, double rows, boolean found) {
    Diagnosis diagnosis = Diagnosis.association(label(400, classes, 0));
    assertThat(diagnosis.healthy()).isNotEqualTo(found);
    if (found) {
      assertThat(diagnosis.findings().get(0).signature())
          .isEqualTo(Signature.ASSOCIATION_TOO_STRONG);
      assertThat(diagnosis.findings().get(0).value()).isEqualTo(rows, within(1e-3));
    }
  }

  /** What is shown as the limit is not below it: 42 classes of 10 rows, and 140 of 9.96 or 9.94. */
  @ParameterizedTest
  @CsvSource({"420, 42, true", "1394, 140, true", "1391, 140, false"})
  void roundingIsNoDiagnosis(int n, int classes, boolean healthy) {
    double[] diagonal = new double[n];
    double[] weights = new double[n];
    Arrays.fill(diagonal, Math.nextUp(Math.nextUp((double) classes)));
    Arrays.fill(weights, 1. / n);
    ContextComplexity complexity = ContextComplexity.of(diagonal, weights);
    assertThat((double) n / complexity.mean()).isLessThan(10);
    assertThat(Diagnosis.association(complexity).healthy()).isEqualTo(healthy);
  }

  /** The same of the other limit: half a function, less a rounding. */
  @Test
  void roundingOfTheTraceIsNoDiagnosis() {
    double[] diagonal = {1.4999999999999998, 1.4999999999999998};
    ContextComplexity complexity = ContextComplexity.of(diagonal, new double[] {0.5, 0.5});
    assertThat(complexity.mean() - 1).isLessThan(0.5);
    assertThat(Diagnosis.association(complexity).findings())
        .allMatch(found -> found.signature() != Signature.ASSOCIATION_TOO_WEAK);
  }

  /** The two ends of neighbourhoods, and what lies between. */
  @Test
  void neighboursFromFewToAll() {
    assertThat(ofNeighbours(3)).startsWith("diagnosis: association too strong: each row is tied");
    assertThat(ofNeighbours(40)).isEqualTo("diagnosis: nothing looks wrong");
    assertThat(ofNeighbours(290)).startsWith("diagnosis: association too weak: all its functions");
  }

  private String ofNeighbours(int k) {
    KnnContext context = KnnContext.of(normal(manager, "points", 300, 2), k);
    return Diagnosis.association(ContextComplexity.of(context, Seed.of(0))).toString();
  }

  /** A function of the context is a task for it, pure noise is none; at any strength. */
  @ParameterizedTest
  @CsvSource({"15", "40", "150"})
  void noiseIsIncompatible(int k) {
    KnnContext context = KnnContext.of(normal(manager, "points", 300, 2), k);
    Spectrum spectrum = Spectra.of(context, 20, manager);
    ContextComplexity complexity = ContextComplexity.of(context, Seed.of(0));
    double strongest = spectrum.eigenvalues()[0];
    for (int j = 0; j < 3; j++) {
      double[] function = spectrum.functions().get(":, " + j).toDoubleArray();
      double squared = Compatibility.exact(context, Target.Values.of("f", function)).squared();
      assertThat(squared).isEqualTo(spectrum.eigenvalues()[j], within(1e-8));
    }
    double[] first = spectrum.functions().get(":, 0").toDoubleArray();
    double[] noise = normal(manager, "noise", 300, 1).toDoubleArray();
    double best = Compatibility.exact(context, Target.Values.of("f", first)).squared();
    double chance = Compatibility.exact(context, Target.Values.of("f", noise)).squared();
    assertThat(Diagnosis.task(best, strongest, complexity).healthy()).as(reproduce()).isTrue();
    List<Finding> findings = Diagnosis.task(chance, strongest, complexity).findings();
    assertThat(findings).as("ρ² %s; %s", chance, reproduce()).hasSize(1);
    assertThat(findings.get(0).signature()).isEqualTo(Signature.TASK_INCOMPATIBLE);
    assertThat(findings.get(0).value()).isLessThan(findings.get(0).limit());
    assertThat(findings.get(0))
        .asString()
        .contains("than of random numbers (ρ = ", "this context's best target has");
  }

  /** Noise has ρ² = Σ s_i²/(n − 1) on average over all targets. */
  @Test
  void theChanceOfNoise() {
    KnnContext context = KnnContext.of(normal(manager, "points", 300, 2), 15);
    double mean = ContextComplexity.of(context, Seed.of(0)).mean();
    double[] noise = normal(manager, "many", 300 * 200, 1).toDoubleArray();
    double sum = 0;
    for (int i = 0; i < 200; i++) {
      double[] y = Arrays.copyOfRange(noise, 300 * i, 300 * (i + 1));
      sum += Compatibility.exact(context, Target.Values.of("y", y)).squared();
    }
    assertThat(sum / 200).as(reproduce()).isEqualTo((mean - 1) / 299, within(0.003));
  }

  /** A context whose functions are all equally strong tells no task from another. */
  @Test
  void noWayFromChanceToTheBest() {
    double[] diagonal = {4, 4, 4, 4};
    double[] weights = {0.25, 0.25, 0.25, 0.25};
    ContextComplexity identity = ContextComplexity.of(diagonal, weights);
    assertThat(Diagnosis.task(1, 1, identity).healthy()).isTrue();
    assertThat(Diagnosis.task(0, 1, label(400, 2, 0)).findings()).hasSize(1);
    assertThatThrownBy(() -> Diagnosis.task(1.1, 1, identity))
        .hasMessage("squared: expected 0 to 1, got 1.1");
    assertThatThrownBy(() -> Diagnosis.task(1, Double.NaN, identity))
        .hasMessage("strongest: expected 0 to 1, got NaN");
  }

  @Test
  void featuresCollapseBelowTheirNumber() {
    assertThat(Diagnosis.features(3, 3).healthy()).isTrue();
    Diagnosis collapsed = Diagnosis.features(3, 4);
    assertThat(collapsed.findings())
        .containsExactly(
            new Finding(
                Signature.DIMENSION_COLLAPSED,
                3,
                4,
                "the encoder's outputs span only 3 dimensions, expected at least 4; an"
                    + " orthonormality such as whitening keeps them apart"));
  }

  /** From 1 with terms of size 2 up to 21, and at once where it is not a number. */
  @ParameterizedTest
  @CsvSource({"-50, false", "21, false", "21.1, true", "NaN, true", "Infinity, true"})
  void aLossDiverges(double loss, boolean found) {
    Diagnosis diagnosis = Diagnosis.loss(1, 2, loss);
    assertThat(diagnosis.healthy()).isNotEqualTo(found);
    assertThat(diagnosis.findings().stream().map(Finding::signature))
        .allMatch(Signature.TRAINING_DIVERGED::equals);
    assertThat(diagnosis.findings().stream().map(Finding::limit)).allMatch(limit -> limit == 21);
  }

  @ParameterizedTest
  @CsvSource({"2, 2000, false", "2, 2001, true", "0, 5, false", "2, NaN, true"})
  void aGradientExplodes(double start, double norm, boolean found) {
    assertThat(Diagnosis.gradient(start, norm).healthy()).isNotEqualTo(found);
  }

  @Test
  void findingsAddUp() {
    Diagnosis both =
        Diagnosis.loss(1, 2, 30).and(Diagnosis.HEALTHY).and(Diagnosis.gradient(1, 1e4));
    assertThat(both.findings()).hasSize(2);
    assertThat(both.verdict())
        .isEqualTo(
            "training diverged: the loss is 30.0 and was 1.00 at the start; a lower learning rate"
                + " may help; training diverged: the gradient has the norm 1.00e+04 and had at most"
                + " 1.00 at the start; a lower learning rate, or clipping the gradient, may help");
    assertThat(Diagnosis.HEALTHY).hasToString("diagnosis: nothing looks wrong");
  }

  private static Alignment correlated(double cca) {
    return new Alignment(cca, 0.5, 0.3, 1.0, 2.0, 0.1, 5.0, cca, null);
  }

  @ParameterizedTest
  @CsvSource({"0.09, true", "0.7994, true", "0.7996, false", "1, false"})
  void featuresAreFarFromTheBest(double cca, boolean found) {
    Diagnosis diagnosis = Diagnosis.alignment(correlated(cca), null);
    assertThat(diagnosis.healthy()).isNotEqualTo(found);
    if (found) {
      Finding finding = diagnosis.findings().get(0);
      assertThat(finding.signature()).isEqualTo(Signature.FEATURES_FAR);
      assertThat(finding.value()).isEqualTo(cca);
      assertThat(finding.limit()).isEqualTo(0.8);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.95, 0.65, true", "0.95, 0.651, false", "0.9, 0.95, false"})
  void featuresDoNotCarryOver(double learned, double onNewRows, boolean found) {
    Diagnosis diagnosis = Diagnosis.alignment(correlated(learned), correlated(onNewRows));
    assertThat(diagnosis.healthy()).isNotEqualTo(found);
    if (found) {
      assertThat(diagnosis.verdict())
          .startsWith(
              "features do not carry over: the squared canonical correlation falls from"
                  + " 0.950 to 0.650 on new rows");
      assertThat(diagnosis.findings().get(0).value()).isEqualTo(0.3);
    }
  }

  /** 30 rows, on which the features are always off by one. */
  @ParameterizedTest
  @CsvSource({"0.5, true", "1, false", "2, false"})
  void featuresAreWorseThanColumns(double error, boolean found) {
    double[] ones = new double[30];
    Arrays.fill(ones, 1);
    double[] others = new double[30];
    Arrays.fill(others, error);
    ProbeComparison probes =
        ProbeComparison.of(
            Map.of(
                ProbeComparison.Predictor.FEATURES, RowLosses.ofNumbers(ones, new double[30]),
                ProbeComparison.Predictor.COLUMNS, RowLosses.ofNumbers(others, new double[30])),
            20,
            0,
            Seed.of(0));
    Diagnosis diagnosis = Diagnosis.probes(probes);
    assertThat(diagnosis.healthy()).isNotEqualTo(found);
    if (found) {
      assertThat(diagnosis.verdict())
          .startsWith(
              "features worse than the columns: a linear model has RMSE 1.000 on them and 0.5000 on"
                  + " the columns");
    }
  }

  private static ProbeComparison errors(int rows, double features, double nothing) {
    double[] ofFeatures = new double[rows];
    Arrays.fill(ofFeatures, features);
    double[] ofNothing = new double[rows];
    Arrays.fill(ofNothing, nothing);
    return ProbeComparison.of(
        Map.of(
            ProbeComparison.Predictor.FEATURES, RowLosses.ofNumbers(ofFeatures, new double[rows]),
            ProbeComparison.Predictor.NOTHING, RowLosses.ofNumbers(ofNothing, new double[rows])),
        20,
        0,
        Seed.of(0));
  }

  /** Close to the best on the rows seen, of no use on others, of which there are enough to tell. */
  @ParameterizedTest
  @CsvSource({
    "0.99, 30, 1, true",
    "0.79, 30, 1, false",
    "0.99, 19, 1, false",
    "0.99, 30, 2, false"
  })
  void rowsAreLearnedByHeart(double cca, int rows, double nothing, boolean found) {
    Diagnosis diagnosis = Diagnosis.byHeart(correlated(cca), errors(rows, 1, nothing));
    assertThat(diagnosis.healthy()).isNotEqualTo(found);
    if (found) {
      assertThat(diagnosis.verdict())
          .startsWith(
              "rows learned by heart: the squared canonical correlation is 0.990 on the rows seen,"
                  + " but on others RMSE is 1.000, and 1.000 with no features");
    }
  }

  @Test
  void featuresThatServeRefuteWhatWasSuspected() {
    Diagnosis weak = Diagnosis.association(label(400, 2, 0.3));
    Diagnosis all = weak.and(Diagnosis.task(0, 1, label(400, 2, 0))).and(Diagnosis.features(3, 4));

    assertThat(all.refutedIf(false)).isEqualTo(all);
    assertThat(all.refutedIf(true).findings())
        .extracting(Finding::signature)
        .containsExactly(Signature.DIMENSION_COLLAPSED);
  }

  @Test
  void oneColumnIsNamed() {
    assertThat(Diagnosis.oneColumn("zip", 0.756, 0.5).verdict())
        .isEqualTo(
            "one column decides what is near: 'zip' makes up 76 % of the squared distance between"
                + " rows; the others may tell more without it");
  }
}
