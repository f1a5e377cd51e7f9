package ai.contexture.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.random.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecTest {

  private enum Activation {
    TANH,
    LEAKY_RELU
  }

  @Test
  void readsNameOptionsAndParts() {
    Spec spec = Spec.parse(" mix ( 0.3: knn(k=5), 2:rbf, size = 7 ) ");
    assertThat(spec.name()).isEqualTo("mix");
    assertThat(spec.values()).containsExactly(Map.entry("size", "7"));
    assertThat(spec.parts()).hasSize(2);
    assertThat(spec.parts().get(0).weight()).hasValue(0.3);
    assertThat(spec.parts().get(0).spec()).isEqualTo(Spec.parse("knn(k=5)"));
    assertThat(spec.parts().get(1).weight()).hasValue(2);
    assertThat(Spec.parse("conv(rbf)").parts().get(0).weight()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kise | kise",
        "kise() | kise",
        "mlp(width=512,depth=3,skip=true) | mlp(depth=3, skip=true, width=512)",
        "conv(rate=1,knn(k=30),scarf(rate=0.3)) | conv(knn(k=30), scarf(rate=0.3), rate=1)",
        "mix(0.30:a,1e-5:b,2.0:c) | mix(0.3: a, 1.0E-5: b, 2: c)",
        "t(file=a b/c:d-e.csv) | t(file=a b/c:d-e.csv)",
        "t(file=\"a,b(c)\") | t(file=\"a,b(c)\")",
        "t(file=\"\") | t(file=\"\")",
      })
  void hasOneCanonicalText(String text, String canonical) {
    assertThat(Spec.parse(text)).hasToString(canonical);
    assertThat(Spec.parse(canonical)).isEqualTo(Spec.parse(text));
  }

  @Test
  void remembersWhatWasAskedFor() {
    SpecOptions options = Spec.parse("t(k=7)").options();
    options.integer("k", 30, 1, Integer.MAX_VALUE);
    options.number("rate", 0.5, Double.MIN_VALUE, 1);
    options.number("gamma", 0, Double.MAX_VALUE);
    options.flag("self", true);
    options.choice("activation", Activation.TANH);
    options.text("file", null);

    assertThat(options.asked())
        .containsExactly(
            new SpecOptions.Asked("k", "a whole number of at least 1", "30"),
            new SpecOptions.Asked("rate", "a number greater than 0 and at most 1", "0.5"),
            new SpecOptions.Asked("gamma", "a number of at least 0", null),
            new SpecOptions.Asked("self", "true or false", "true"),
            new SpecOptions.Asked("activation", "one of tanh, leaky-relu", "tanh"),
            new SpecOptions.Asked("file", "a text", null));
  }

  @Test
  void quotedValuesMayHoldAnything() {
    assertThat(Spec.parse("t(f=\"a\\\\b\\\"c\")").values()).containsEntry("f", "a\\b\"c");
  }

  @Test
  void anySpecificationSurvivesItsText() {
    long seed = 20240601;
    RandomGenerator random = Seed.of(seed).generator();
    for (int i = 0; i < 500; i++) {
      Spec spec = random(random, 3);
      assertThat(Spec.parse(spec.toString())).as("seed %s, round %s", seed, i).isEqualTo(spec);
    }
  }

  private static Spec random(RandomGenerator random, int depth) {
    String[] names = {"knn", "a-b", "X_1", "rbf"};
    String[] values = {
      "", " ", "1e-5", "a,b", "\"", "\\", "()", "k=v", "x y", "ü:/é", "tanh", "\n"
    };
    List<Spec.Part> parts = new ArrayList<>();
    for (int i = depth == 0 ? 0 : random.nextInt(3); i > 0; i--) {
      OptionalDouble weight =
          random.nextBoolean() ? OptionalDouble.of(random.nextGaussian()) : OptionalDouble.empty();
      parts.add(new Spec.Part(weight, random(random, depth - 1)));
    }
    TreeMap<String, String> options = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      options.put(names[random.nextInt(names.length)], values[random.nextInt(values.length)]);
    }
    return new Spec(names[random.nextInt(names.length)], parts, options);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | '', position 1: expected a name, got the end",
        "3 | '3', position 1: expected a name, got '3'",
        "knn(k=30 | 'knn(k=30', position 9: expected , or ), got the end",
        "knn(k=30))| 'knn(k=30))', position 10: expected the end, got ')'",
        "knn(k=) | 'knn(k=)', position 7: expected a value, got ')'",
        "knn(k=1,k=2) | 'knn(k=1,k=2)', position 9: 'k' is given twice, got 'k'",
        "knn(30) | 'knn(30)', position 5: expected key=value, a nested name, or a weight such as"
            + " 0.5: name, got '3'",
        "mix(0.3 knn) | 'mix(0.3 knn)', position 5: expected key=value, a nested name, or a weight"
            + " such as 0.5: name, got '0'",
        "mix(0.3: ) | 'mix(0.3: )', position 10: expected a name, got ')'",
        "mix(a,,b) | 'mix(a,,b)', position 7: expected key=value or a nested name, got ','",
        "t(f=\"a) | 't(f=\"a)', position 5: this quote is never closed, got '\"'",
        "t(f=a(b)) | 't(f=a(b))', position 6: expected , or ), got '('",
      })
  void saysWhereATextIsWrong(String text, String message) {
    assertThatThrownBy(() -> Spec.parse(text))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void refusesEndlessNesting() {
    assertThatThrownBy(() -> Spec.parse("a(".repeat(100_000)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nested more than 100 deep");
  }

  @Test
  void readsTypedOptions() {
    SpecOptions options =
        Spec.parse("mlp(width=1e2, rate=-0.5, skip=true, activation=Leaky-ReLU, file=x)").options();
    assertThat(options.integer("width", 1, 1, 1000)).isEqualTo(100);
    assertThat(options.integer("depth", 3, 1, 10)).isEqualTo(3);
    assertThat(options.number("rate", 0, -1, 1)).isEqualTo(-0.5);
    assertThat(options.number("sigma", 0, 1)).isEmpty();
    assertThat(options.flag("skip", false)).isTrue();
    assertThat(options.flag("bias", true)).isTrue();
    assertThat(options.choice("activation", Activation.TANH)).isEqualTo(Activation.LEAKY_RELU);
    assertThat(options.choice("last", Activation.TANH)).isEqualTo(Activation.TANH);
    assertThat(options.text("file", null)).isEqualTo("x");
    options.done();
  }

  @Test
  void refusesValuesOutOfRange() {
    SpecOptions o = Spec.parse("c(k=0, i=1.5, n=x, r=2, b=yes, a=tan)").options();
    refuses(() -> o.integer("k", 1, 1, 9), "c: k must be a whole number from 1 to 9, got '0'");
    refuses(
        () -> o.integer("i", 1, 1, Integer.MAX_VALUE),
        "c: i must be a whole number of at least 1, got '1.5'");
    refuses(
        () -> o.integer("n", 1, 1, Integer.MAX_VALUE),
        "c: n must be a whole number of at least 1, got 'x'");
    refuses(() -> o.number("n", 1, 0, 1), "c: n must be a number from 0 to 1, got 'x'");
    refuses(() -> o.number("r", 1, 0.5, 1), "c: r must be a number from 0.5 to 1, got '2'");
    refuses(
        () -> o.number("r", 1, Double.MIN_VALUE, 1),
        "c: r must be a number greater than 0 and at most 1, got '2'");
    refuses(
        () -> o.number("k", 1, Double.MIN_VALUE, Double.MAX_VALUE),
        "c: k must be a number greater than 0, got '0'");
    refuses(
        () -> o.number("r", 1, 3, Double.MAX_VALUE),
        "c: r must be a number of at least 3, got '2'");
    refuses(
        () -> o.number("r", 1, -Double.MAX_VALUE, 1),
        "c: r must be a number of at most 1, got '2'");
    refuses(() -> o.flag("b", true), "c: b must be true or false, got 'yes'");
    refuses(
        () -> o.choice("a", Activation.TANH),
        "c: unknown a 'tan'; known: tanh, leaky-relu (did you mean tanh?)");
  }

  @Test
  void refusesWhatNobodyAskedFor() {
    SpecOptions options = Spec.parse("mlp(widht=3)").options();
    options.integer("width", 1, 1, 9);
    options.integer("depth", 1, 1, 9);
    refuses(
        options::done, "mlp: unknown option 'widht'; known: width, depth (did you mean width?)");
    refuses(Spec.parse("kise(k=3)").options()::done, "kise takes no options, got 'k'");
    refuses(
        Spec.parse("kise(0.5: a(b=1))").options()::done,
        "kise takes no nested parts, got '0.5: a(b=1)'");
  }

  @Test
  void readsTheNameThatAnOptionHad() {
    SpecOptions options = Spec.parse("svme(views=3)").options().formerly("views", "samples");
    assertThat(options.integer("samples", 0, 1, 9)).isEqualTo(3);
    options.done();
    assertThat(options.asked()).extracting(SpecOptions.Asked::name).containsExactly("samples");
    SpecOptions both = Spec.parse("svme(views=3,samples=4)").options().formerly("views", "samples");
    assertThat(both.integer("samples", 0, 1, 9)).isEqualTo(4);
    refuses(both::done, "svme: views is samples by its former name, give one of them");
  }

  @Test
  void countsParts() {
    SpecOptions options = Spec.parse("conv(a, b)").options();
    assertThat(options.parts(2, Integer.MAX_VALUE)).hasSize(2);
    options.done();
    refuses(() -> options.parts(1, 1), "conv: expected 1 nested parts, got 2 in conv(a, b)");
    refuses(() -> options.parts(3, 4), "conv: expected 3 to 4 nested parts, got 2 in conv(a, b)");
    refuses(
        () -> options.parts(3, Integer.MAX_VALUE),
        "conv: expected at least 3 nested parts, got 2 in conv(a, b)");
  }

  @Test
  void namesWhatIsKnown() {
    assertThat(Suggestions.unknown("context", "knm", List.of("knn", "rbf")))
        .hasMessage("unknown context 'knm'; known: knn, rbf (did you mean knn?)");
    assertThat(Suggestions.unknown("context", "zebra", List.of("knn", "rbf")))
        .hasMessage("unknown context 'zebra'; known: knn, rbf");
    assertThat(Suggestions.unknown("column", "x", List.of(), "a.csv"))
        .hasMessage("a.csv: unknown column 'x'; there are none");
    List<String> many = IntStream.range(0, 300).mapToObj(i -> "p" + i).toList();
    assertThat(Suggestions.unknown("column", "P_299", many).getMessage())
        .endsWith("p23 and 276 more (did you mean p299?)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "NaN",
        "Infinity",
        "1d",
        "0x1p3",
        "1 2",
        "1,5",
        "1.2.3",
        "1e999",
        "--1",
        " 1"
      })
  void refusesWhatIsNoNumber(String text) {
    assertThat(Numbers.parse(text)).isNaN();
  }

  @Test
  void readsNumbersExactly() {
    assertThat(Numbers.parse("+1.50")).isEqualTo(1.5);
    assertThat(Numbers.parse("-.5e+2")).isEqualTo(-50);
    assertThat(Numbers.parse("5.")).isEqualTo(5);
    assertThat(Numbers.parse("9007199254740993")).isEqualTo(9007199254740992d);
    assertThat(Numbers.parse("1e-999")).isEqualTo(0);
    long seed = 7;
    RandomGenerator random = Seed.of(seed).generator();
    for (int i = 0; i < 40_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      String digits = Long.toString(random.nextLong() >>> random.nextInt(64));
      int point = random.nextInt(digits.length() + 1);
      String text =
          digits.substring(0, point)
              + "."
              + digits.substring(point)
              + "e"
              + (random.nextInt(60) - 30);
      if (digits.startsWith("-") && point == 0) {
        continue;
      }
      same(text, "seed " + seed);
      if (Double.isFinite(value)) {
        same(Double.toString(value), "seed " + seed);
        same(Numbers.text(random.nextInt() / 1000.0), "seed " + seed);
      }
    }
  }

  private static void same(String text, String description) {
    double expected = Double.parseDouble(text);
    if (Double.doubleToLongBits(Numbers.parse(text)) != Double.doubleToLongBits(expected)) {
      assertThat(Numbers.parse(text)).as(text + ", " + description).isEqualTo(expected);
    }
  }

  @Test
  void writesNumbersShortly() {
    assertThat(Numbers.text(3)).isEqualTo("3");
    assertThat(Numbers.text(-0.25)).isEqualTo("-0.25");
    assertThat(Numbers.text(1e300)).isEqualTo("1.0E300");
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }
}
