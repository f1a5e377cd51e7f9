package ai.contexture.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryTest {

  private static final Component<Integer> TWICE =
      Component.<Integer>of("twice", "two of them", options -> 2 * options.integer("n", 1, 0, 9))
          .option("n", "how many");

  private static final Component<Integer> NONE = Component.of("none", "nothing", options -> 0);

  private static final Registry<Integer, Component<Integer>> NUMBERS =
      Registry.of("number", List.of(TWICE, NONE));

  @Test
  void readsTextsByName() {
    assertThat(NUMBERS.names()).containsExactly("none", "twice");
    assertThat(NUMBERS.components()).containsExactly(NONE, TWICE);
    assertThat(NUMBERS.parse("twice(n=3)")).isEqualTo(6);
    assertThat(NUMBERS.parse(Spec.parse("none"))).isZero();
    assertThat(NUMBERS.knows("twice")).isTrue();
    assertThat(NUMBERS.knows("thrice")).isFalse();
    ComponentContract.check(NUMBERS);
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> NUMBERS.parse("twise"))
        .isInstanceOf(InputException.class)
        .hasMessage("unknown number 'twise'; known: none, twice (did you mean twice?)");
    assertThatThrownBy(() -> NUMBERS.parse("twice(m=1)"))
        .isInstanceOf(InputException.class)
        .hasMessage("twice: unknown option 'm'; known: n (did you mean n?)");
    assertThatThrownBy(() -> NUMBERS.parse("none(n=1)"))
        .isInstanceOf(InputException.class)
        .hasMessage("none takes no options, got 'n'");
  }

  @Test
  void refusesTwoOfOneName() {
    Component<Integer> other = Component.of("none", "nothing as well", options -> 1);
    assertThatThrownBy(() -> NUMBERS.with(List.of(other)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("two components of kind number are named 'none': ");
    assertThat(NUMBERS.with(List.of(Component.of("one", "one", options -> 1))).names())
        .containsExactly("none", "one", "twice");
    assertThat(NUMBERS.names()).as("unchanged").hasSize(2);
  }
}
