package ai.contexture.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.input.InputException;
import ai.contexture.testing.Narrow;
import ai.contexture.testing.Numeric;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectivesTest {

  private static Objective<?> parse(String text) {
    return Objective.parse(text);
  }

  private static Orthonormality way(String text) {
    return Orthonormality.parse(text);
  }

  @Test
  void namesAreThoseOfTheSpecification() {
    assertThat(Objectives.registry().names())
        .containsExactly(
            "balanced",
            "barlow-twins",
            "byol",
            "clip",
            "dcl",
            "denoising",
            "diffusion",
            "distillation",
            "infonce",
            "kise",
            "laplacian",
            "low-rank",
            "minmax",
            "mix",
            "non-contrastive",
            "nt-xent",
            "simsiam",
            "spectral-contrastive",
            "supervised",
            "supervised-contrastive",
            "svme",
            "vicreg");
    assertThat(Objectives.orthonormalities().names())
        .containsExactly("correlation", "frobenius", "none", "vicreg", "whitening");
  }

  @Test
  void objectivesComeWithTheirUsualOrthonormality() {
    assertThat(parse("kise")).isEqualTo(new Kise(new Whitening()));
    assertThat(parse("svme")).isEqualTo(new Svme(new Whitening()));
    assertThat(parse("non-contrastive")).isEqualTo(new NonContrastive(new VicRegPenalty()));
    assertThat(parse("spectral-contrastive"))
        .isEqualTo(new SpectralContrastive(Orthonormality.none()));
  }

  @Test
  void anOrthonormalityThatIsGivenIsTaken() {
    VicRegPenalty given = new VicRegPenalty(3, 4);
    for (String name :
        List.of(
            "kise",
            "svme",
            "non-contrastive",
            "spectral-contrastive",
            "laplacian",
            "supervised(readout=linear)",
            "balanced(readout=linear)",
            "denoising(readout=8-4)")) {
      Objective<?> parsed = Objective.parse(name, given);
      assertThat(parsed.toString()).isEqualTo(name);
      assertThat(parsed.orthonormality()).as(name).isSameAs(given);
    }
  }

  /** A penalty has no readout in closed form, so it is trained. */
  @Test
  void readoutsSuitTheOrthonormality() {
    assertThat(Objective.parse("supervised", new VicRegPenalty()))
        .isEqualTo(new Supervised(Readout.linear(), new VicRegPenalty(), 0));
    assertThat(parse("supervised(readout=linear)"))
        .isEqualTo(new Supervised(Readout.linear(), Orthonormality.none(), 0));
    assertThatThrownBy(() -> Objective.parse("denoising(readout=closed)", new VicRegPenalty()))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "denoising: the readout in closed form needs whitening, got"
                + " vicreg(variance=1.0,covariance=1.0); take readout=linear");
  }

  @Test
  void anOrthonormalityWithoutAPlaceIsRefused() {
    assertThat(Objective.parse("nt-xent", Orthonormality.none())).isEqualTo(new InfoNce());
    assertThatThrownBy(() -> Objective.parse("nt-xent", new Frobenius()))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "objective 'nt-xent' has no place for orthonormality frobenius(weight=1.0): it has a"
                + " way of its own");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "balanced",
        "balanced(readout=8)",
        "barlow-twins",
        "barlow-twins(off-diagonal=1.0,samples=3,projector=8-4)",
        "byol",
        "byol(momentum=0.5,predictor=8,samples=3,projector=8-4)",
        "clip",
        "clip(temperature=0.5,trained=false)",
        "dcl",
        "dcl(temperature=0.1,negatives=other-view)",
        "denoising(samples=2)",
        "diffusion",
        "diffusion(readout=8-4,samples=2)",
        "distillation(nesting=joint)",
        "infonce",
        "infonce(temperature=0.1,samples=3,projector=4)",
        "kise",
        "laplacian(samples=2)",
        "low-rank(nesting=sequential,samples=2)",
        "non-contrastive(samples=3)",
        "nt-xent",
        "simsiam",
        "simsiam(predictor=8-8)",
        "spectral-contrastive(samples=3,centred=false,nesting=joint)",
        "supervised",
        "supervised(readout=linear,samples=2)",
        "supervised-contrastive(temperature=0.5)",
        "svme(samples=2)",
        "vicreg",
        "vicreg(invariance=1.0,variance=2.0,covariance=3.0,samples=3,projector=8-4)"
      })
  void theTextOfAnObjectiveParsesBack(String text) {
    assertThat(parse(text).toString()).isEqualTo(text);
    assertThat(parse(parse(text).toString())).isEqualTo(parse(text));
  }

  @Test
  void encodersThatAreTrainedAndLearned() {
    assertThat(new Kise().encoders()).isEqualTo(EnumSet.of(Variable.INPUT));
    assertThat(new Svme().encoders()).isEqualTo(EnumSet.allOf(Variable.class));
    assertThat(new NonContrastive().encoders()).isEqualTo(EnumSet.of(Variable.CONTEXT));
    assertThat(new SpectralContrastive().encoders()).isEqualTo(EnumSet.of(Variable.CONTEXT));
    assertThat(new Kise().learned()).isEqualTo(Variable.INPUT);
    assertThat(new Svme().learned()).isEqualTo(Variable.INPUT);
    assertThat(new NonContrastive().learned()).isEqualTo(Variable.CONTEXT);
    assertThat(new SpectralContrastive().learned()).isEqualTo(Variable.CONTEXT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kise(d=3) | kise takes no options, got 'd'",
        "svme(d=3) | svme: unknown option 'd'; known: samples",
        "svme(kise) | svme takes no nested parts, got 'kise'",
        "vicreg(variance=1e308) | vicreg: variance must be a number from 0 to 1000000000, got"
            + " '1e308'",
        "infonce(temperature=1e-320) | infonce: temperature must be a number from 0.001 to 1000000,"
            + " got '1e-320'",
        "svme(views=0) | svme: samples must be a whole number of at least 1, got '0'",
        "svme(samples=0) | svme: samples must be a whole number of at least 1, got '0'",
        "non-contrastive(samples=1) | non-contrastive: samples must be a whole number of at least 2,"
            + " got '1'",
        "low-rank(nesting=all) | low-rank: unknown nesting 'all'; known: none, joint, sequential",
        "nt-xent(temperature=0) | nt-xent: temperature must be a number from 0.001 to 1000000, got '0'",
        "byol(momentum=1) | byol: momentum must be a number from 0 to 0.9999, got '1'",
        "byol(predictor=big) | byol: predictor must be linear or widths such as 512-128, got 'big'",
        "nt-xent(projector=8-0) | nt-xent: projector must be none or widths such as 512-128, got"
            + " '8-0'",
        "diffusion(readout=closed) | diffusion: the readout is trained, since it moves with the"
            + " level; take readout=linear",
        "diffusion(samples=0) | diffusion: samples must be a whole number of at least 1, got '0'",
        "supervised(readout=-8) | supervised: readout must be closed, linear or widths such as"
            + " 512-128, got '-8'"
      })
  void unknownObjectivesAreRefused(String text, String message) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void unknownNamesAreRefusedWithThoseThatAreKnown() {
    assertThatThrownBy(() -> parse("kisa"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("unknown objective 'kisa'; known: balanced, barlow-twins, ")
        .hasMessageEndingWith("(did you mean kise?)");
  }

  @Test
  void orthonormalitiesWithTheirOptions() {
    assertThat(way("none")).isEqualTo(Orthonormality.none());
    assertThat(way("vicreg")).isEqualTo(new VicRegPenalty(1, 1));
    assertThat(way("vicreg(variance=2,covariance=0)")).isEqualTo(new VicRegPenalty(2, 0));
    assertThat(way("whitening")).isEqualTo(new Whitening(1e-3, 1e-5));
    assertThat(way("whitening(last-ridge=1e-7)")).isEqualTo(new Whitening(1e-3, 1e-7));
    assertThat(way("whitening(last-ridge=0.1)")).isEqualTo(new Whitening(0.1, 0.1));
    assertThat(way("whitening(first-ridge=0.5,last-ridge=0.25)"))
        .isEqualTo(new Whitening(0.5, 0.25));
    assertThat(way("whitening(form=zca,momentum=0.9)"))
        .isEqualTo(new Whitening(1e-3, 1e-5, Whitening.Form.ZCA, 0.9));
    assertThat(way("frobenius")).isEqualTo(new Frobenius(1));
    assertThat(way("frobenius(weight=2)")).isEqualTo(new Frobenius(2));
    assertThat(way("correlation")).isEqualTo(new Correlation(1));
    assertThat(way("correlation(weight=0.5)")).isEqualTo(new Correlation(0.5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "vicreg(variance=2,covariance=0.5)",
        "whitening(last-ridge=1e-7)",
        "whitening(form=zca,momentum=0.5)",
        "frobenius(weight=3)",
        "correlation(weight=3)"
      })
  void theTextOfAnOrthonormalityParsesBack(String text) {
    assertThat(way(way(text).toString())).isEqualTo(way(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whitenning | unknown orthonormality 'whitenning'; known: correlation, frobenius, none,"
            + " vicreg, whitening"
            + " (did you mean whitening?)",
        "none(x=1) | none takes no options, got 'x'",
        "whitening(ridge=1) | whitening: unknown option 'ridge'; known: last-ridge, first-ridge,"
            + " form, momentum",
        "whitening(last-ridge=0) | whitening: last-ridge must be a number greater than 0 and at"
            + " most 1, got '0'",
        "whitening(first-ridge=1e-6) | whitening: expected first-ridge of at least"
            + " last-ridge=1.0E-5, got first-ridge=1.0E-6",
        "vicreg(variance=-1) | vicreg: variance must be a number from 0 to 1000000000, got '-1'",
        "vicreg(covariance=NaN) | vicreg: covariance must be a number from 0 to 1000000000, got 'NaN'"
      })
  void impossibleOrthonormalitiesAreRefused(String text, String message) {
    assertThatThrownBy(() -> way(text)).isInstanceOf(InputException.class).hasMessage(message);
  }

  /** An objective on whole operators. */
  private record NeedsOperator() implements Objective<FiniteContext> {

    @Override
    public String name() {
      return "needs-operator";
    }

    @Override
    public Need<FiniteContext> needs() {
      return Need.OPERATOR;
    }

    @Override
    public Set<Variable> encoders() {
      return Set.of(Variable.INPUT);
    }

    @Override
    public Loss loss(Step<? extends FiniteContext> step) {
      throw new AssertionError("not called");
    }

    @Override
    public String toString() {
      return "needs-operator";
    }
  }

  @Test
  void aContextMustFeedItsObjective() {
    try (NDManager manager = NDManager.newBaseManager()) {
      SampledContext context = Narrow.samples(Points.all(Numeric.normal(manager, "points", 5, 2)));
      assertThat(new Kise().needs()).isEqualTo(Need.KERNEL);
      assertThatThrownBy(() -> new Kise().requireSupported(context))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "objective 'kise' needs the dual kernel, which context only-samples cannot give");
      assertThatThrownBy(() -> new NeedsOperator().requireSupported(context))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "objective 'needs-operator' needs the whole expectation operator, which context"
                  + " only-samples cannot give");
      KernelContext onlyKernel =
          new KernelContext() {
            @Override
            public NDArray kernel(Points x, Points y) {
              throw new AssertionError("not called");
            }

            @Override
            public Points points() {
              return context.points();
            }

            @Override
            public String toString() {
              return "only-kernel";
            }
          };
      assertThatThrownBy(() -> new Svme().requireSupported(onlyKernel))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "objective 'svme' needs samples of the context variable, which context only-kernel"
                  + " cannot give");
      for (Objective<?> sampled :
          new Objective<?>[] {new Svme(), new NonContrastive(), new SpectralContrastive()}) {
        assertThatCode(() -> sampled.requireSupported(context)).doesNotThrowAnyException();
      }
      assertThatCode(() -> new Kise().requireSupported(onlyKernel)).doesNotThrowAnyException();
    }
  }

  @Test
  void lossesKeepTheOrderOfTheirTerms() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Loss loss =
          Loss.of("z", manager.create(1.0))
              .plus("a", manager.create(2.0))
              .plus(Map.of("m", manager.create(4.0)));
      assertThat(loss.terms().keySet()).containsExactly("z", "a", "m");
      Numeric.assertClose("total", Cases.value(loss.total()), 7, 0);
      assertThatThrownBy(() -> new Loss(Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("terms: expected at least one, got none");
    }
  }
}
