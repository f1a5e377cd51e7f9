package ai.contexture.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.input.InputException;
import ai.contexture.input.Spec;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectivesTest {

  private static Objective<?> parse(String text) {
    return Objectives.parse(Spec.parse(text), null);
  }

  private static Orthonormality way(String text) {
    return Objectives.parseOrthonormality(Spec.parse(text));
  }

  @Test
  void namesAreThoseOfTheSpecification() {
    assertThat(Objectives.names())
        .containsExactly(
            "balanced",
            "barlow-twins",
            "byol",
            "clip",
            "dcl",
            "denoising",
            "distillation",
            "infonce",
            "kise",
            "laplacian",
            "low-rank",
            "non-contrastive",
            "nt-xent",
            "simsiam",
            "spectral-contrastive",
            "supervised",
            "supervised-contrastive",
            "svme",
            "vicreg");
    assertThat(Objectives.orthonormalityNames())
        .containsExactly("correlation", "frobenius", "none", "vicreg", "whitening");
  }

  @Test
  void objectivesComeWithTheirUsualOrthonormality() {
    assertThat(parse("kise")).isEqualTo(new Kise(new Whitening()));
    assertThat(parse("svme")).isEqualTo(new Svme(new Whitening()));
    assertThat(parse("non-contrastive")).isEqualTo(new NonContrastive(new VicReg()));
    assertThat(parse("spectral-contrastive"))
        .isEqualTo(new SpectralContrastive(Orthonormality.none()));
  }

  @Test
  void anOrthonormalityThatIsGivenIsTaken() {
    VicReg given = new VicReg(3, 4);
    for (String name : List.of("kise", "non-contrastive", "spectral-contrastive", "svme")) {
      Objective<?> parsed = Objectives.parse(Spec.parse(name), given);
      assertThat(parsed.toString()).isEqualTo(name);
      assertThat(orthonormality(parsed)).as(name).isSameAs(given);
    }
  }

  private static Orthonormality orthonormality(Objective<?> objective) {
    if (objective instanceof Kise kise) {
      return kise.orthonormality();
    } else if (objective instanceof Svme svme) {
      return svme.orthonormality();
    } else if (objective instanceof NonContrastive other) {
      return other.orthonormality();
    }
    return ((SpectralContrastive) objective).orthonormality();
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
        "svme(kise) | svme takes no nested parts, got 'kise'"
      })
  void unknownObjectivesAreRefused(String text, String message) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void unknownNamesAreRefusedWithThoseThatAreKnown() {
    assertThatThrownBy(() -> parse("kisa"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "unknown objective 'kisa'; known: "
                + String.join(", ", Objectives.names())
                + " (did you mean kise?)");
  }

  @Test
  void orthonormalitiesWithTheirOptions() {
    assertThat(way("none")).isEqualTo(Orthonormality.none());
    assertThat(way("vicreg")).isEqualTo(new VicReg(1, 1));
    assertThat(way("vicreg(variance=2,covariance=0)")).isEqualTo(new VicReg(2, 0));
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
        "whitenning | unknown orthonormality 'whitenning'; known: correlation, frobenius, none, vicreg,"
            + " whitening"
            + " (did you mean whitening?)",
        "none(x=1) | none takes no options, got 'x'",
        "whitening(ridge=1) | whitening: unknown option 'ridge'; known: last-ridge, first-ridge,"
            + " form, momentum",
        "whitening(last-ridge=0) | whitening: last-ridge must be a number greater than 0 and at"
            + " most 1, got '0'",
        "whitening(first-ridge=1e-6) | whitening: expected first-ridge of at least"
            + " last-ridge=1.0E-5, got first-ridge=1.0E-6",
        "vicreg(variance=-1) | vicreg: variance must be a number of at least 0, got '-1'",
        "vicreg(covariance=NaN) | vicreg: covariance must be a number of at least 0, got 'NaN'"
      })
  void impossibleOrthonormalitiesAreRefused(String text, String message) {
    assertThatThrownBy(() -> way(text)).isInstanceOf(InputException.class).hasMessage(message);
  }

  /** Draws the point itself and gives nothing else. */
  private record OnlySamples(Points points) implements SampledContext {

    @Override
    public Points sample(Points x, int views, RandomGenerator random) {
      return x;
    }

    @Override
    public String toString() {
      return "only-samples";
    }
  }

  /** An objective on whole operators. */
  private record NeedsOperator() implements Objective<FiniteContext> {

    @Override
    public Class<FiniteContext> needs() {
      return FiniteContext.class;
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
      OnlySamples context = new OnlySamples(Points.all(Cases.normal(manager, "points", 5, 2)));
      assertThat(new Kise().needs()).isEqualTo(KernelContext.class);
      assertThatThrownBy(() -> Objectives.requireFeeds(context, new Kise()))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "objective 'kise' needs the dual kernel, which context only-samples cannot give");
      assertThatThrownBy(() -> Objectives.requireFeeds(context, new NeedsOperator()))
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
      assertThatThrownBy(() -> Objectives.requireFeeds(onlyKernel, new Svme()))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "objective 'svme' needs samples of the context variable, which context only-kernel"
                  + " cannot give");
      for (Objective<?> sampled :
          new Objective<?>[] {new Svme(), new NonContrastive(), new SpectralContrastive()}) {
        assertThatCode(() -> Objectives.requireFeeds(context, sampled)).doesNotThrowAnyException();
      }
      assertThatCode(() -> Objectives.requireFeeds(onlyKernel, new Kise()))
          .doesNotThrowAnyException();
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
      Cases.assertClose("total", Cases.value(loss.total()), 7, 0);
      assertThatThrownBy(() -> new Loss(Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("terms: expected at least one, got none");
    }
  }
}
