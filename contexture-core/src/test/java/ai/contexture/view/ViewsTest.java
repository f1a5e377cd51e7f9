package ai.contexture.view;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.Component;
import ai.contexture.input.ComponentContract;
import ai.contexture.input.InputException;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions.Asked;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewsTest {

  @Test
  void everyOptionThatIsReadIsExplained() {
    ComponentContract.check(Views.registry());
  }

  @Test
  void optionsThatAreAbsentHaveTheirDefaultValues() {
    for (Component<ViewFactory> view : Views.registry().components()) {
      ViewFactory made = Views.registry().parse(view.example());
      if (view.name().equals("noise") || !Spec.parse(view.example()).parts().isEmpty()) {
        continue; // three kinds in one; and what needs parts
      }
      for (Asked asked : view.asked()) {
        String text = view.name() + "(" + asked.name() + "=" + asked.fallback() + ")";
        assertThat(Views.registry().parse(text)).as(text).isEqualTo(made);
        assertThat(made.toString()).contains(asked.name() + "=" + asked.fallback());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "crop(ratio=0.5) | crop(ratio=0.5, aspect=1.33)",
        "crop(ratio=0.08 .. 1) | crop(ratio=0.08..1, aspect=1.33)",
        "masking(rate=1e-1..9e-1) | masking(rate=0.1..0.9, schedule=uniform, fill=zero)",
        "scarf(marginal=Gaussian) | scarf(rate=0.6, marginal=gaussian)",
        "noise | noise(level=0.3)",
        "noise(schedule=cosine) | noise(schedule=cosine, steps=1000)",
        "noise(scale=0.1) | noise(scale=0.1)",
        "augment(flip, augment(cutmix)) |"
            + " augment(flip(horizontal=0.5, vertical=0), augment(cutmix(rate=0.3)))",
      })
  void readsShortForms(String text, String full) {
    assertThat(Views.parse(Spec.parse(text))).hasToString(full);
    assertThat(Views.parse(Spec.parse(full))).isEqualTo(Views.parse(Spec.parse(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "crob | unknown view 'crob'; known: NAMES (did you mean crop?)",
        "crop(size=1) | crop: unknown option 'size'; known: ratio, aspect",
        "crop(ratio=x) | crop: ratio must be a number greater than 0 and at most 1, or a range such"
            + " as 0.1..0.9, got 'x'",
        "masking(rate=0.9..0.1) | masking: rate must be a number from 0 to 1, or a range such as"
            + " 0.1..0.9, got '0.9..0.1'",
        "masking(rate=1..) | masking: rate must be a number from 0 to 1, or a range such as"
            + " 0.1..0.9, got '1..'",
        "masking(rate=0..2) | masking: rate must be a number from 0 to 1, or a range such as"
            + " 0.1..0.9, got '0..2'",
        "masking(fill=median) | masking: unknown fill 'median'; known: zero, mean, marginal (did"
            + " you mean mean?)",
        "flip(cutmix) | flip takes no nested parts, got 'cutmix'",
        "augment | augment: expected at least 1 nested parts, got 0 in augment",
        "augment(0.5: flip) | augment: its views take no weights, got '0.5: flip'",
        "augment(flip, knn) | unknown view 'knn'; known: NAMES",
        "noise(level=0.1, scale=1) | noise: expected level, or scale, or schedule and steps, got"
            + " level and scale",
        "noise(steps=10) | noise: expected level, or scale, or schedule and steps, got steps",
        "noise(schedule=sine) | noise: unknown schedule 'sine'; known: none, linear, cosine",
      })
  void refusesWhatItDoesNotKnow(String text, String message) {
    assertThatThrownBy(() -> Views.parse(Spec.parse(text)))
        .isInstanceOf(InputException.class)
        .hasMessage(message.replace("NAMES", String.join(", ", Views.registry().names())));
  }

  @Test
  void aChainMakesOneViewAfterTheOther() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 4, 3);
      View twice = (x, random) -> x.mul(2);
      View plus = (x, random) -> x.add(1 + random.nextInt(1));
      View nothing = (x, random) -> x;
      View chain = Augmentation.chain(List.of(twice, nothing, plus));
      Held held = Held.by(manager);
      NDArray view = chain.apply(rows, random("view"));
      held.assertMore(1);
      assertClose(view, rows.mul(2).add(1), 0);
      NDArray copy = Augmentation.chain(List.of(nothing)).apply(rows, random("view"));
      copy.addi(1);
      assertClose(copy, rows.add(1), 0);
      assertThat(copy.sub(rows).min().getDouble()).isPositive();
      assertThatThrownBy(() -> Augmentation.chain(List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("views: expected at least one, got none");
    }
  }
}
