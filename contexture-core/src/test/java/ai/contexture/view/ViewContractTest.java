package ai.contexture.view;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Spec;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every view must do. */
class ViewContractTest {

  private static final ImageShape SHAPE = new ImageShape(3, 5, 4);
  private static final int INPUTS = SHAPE.inputs();

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Each view, with every option that takes another way through the code. */
  static List<String> texts() {
    return List.of(
        "crop(ratio=0.5..1, aspect=1.33)",
        "shift(pixels=2, fill=zero)",
        "shift(pixels=2, fill=edge)",
        "flip(horizontal=0.5, vertical=0.25)",
        "rotation(degrees=30, fill=zero)",
        "rotation(degrees=180, fill=edge)",
        "erase(area=0.02..0.4, aspect=3.3)",
        "blur(sigma=0.1..1)",
        "brightness(by=0.2)",
        "contrast(by=0.4)",
        "greyscale(probability=0.5)",
        "saturation(by=0.4)",
        "hue(degrees=36)",
        "patch-mask(rate=0.75, size=2)",
        "solarise(threshold=0.5, probability=0.5)",
        "sometimes(noise(scale=0.1), probability=0.5)",
        "sometimes(rotation(degrees=30, fill=zero), probability=0.9)",
        "simclr",
        "masking(rate=0.3, schedule=uniform, fill=zero)",
        "masking(rate=0.1..0.9, schedule=cosine, fill=mean)",
        "masking(rate=0.3, schedule=uniform, fill=marginal)",
        "scarf(rate=0.6, marginal=empirical)",
        "scarf(rate=0.6, marginal=uniform)",
        "scarf(rate=0.6, marginal=gaussian)",
        "scarf(rate=0.6, marginal=bimodal)",
        "cutmix(rate=0.3)",
        "cutout(size=0.25, fill=zero)",
        "cutout(size=0.5, fill=mean)",
        "noise(level=0.3)",
        "noise(scale=0.1)",
        "noise(schedule=linear, steps=1000)",
        "noise(schedule=cosine, steps=50)",
        "augment(crop(ratio=0.6, aspect=1), shift(pixels=1, fill=zero), noise(scale=0.1))",
        "augment(cutmix(rate=0.3))");
  }

  /** A view of images, or of rows where it needs none, some of whose inputs are one column. */
  private static View fit(String text, NDArray rows) {
    ViewFactory factory = Views.parse(Spec.parse(text));
    int[] columns = IntStream.range(0, INPUTS).map(j -> j < 6 ? j / 3 : j).toArray();
    boolean images =
        factory instanceof ImageView
            || factory instanceof Augmentation
            || factory instanceof Sometimes
            || factory instanceof SimClr
            || text.contains("0.5, f");
    return factory.fit(rows, columns, images ? Optional.of(SHAPE) : Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("texts")
  void itsTextIsItsFormOnTheCommandLine(String text) {
    assertThat(Views.parse(Spec.parse(text))).hasToString(text);
    assertThat(fit(text, normal(manager, "pretraining", 9, INPUTS))).hasToString(text);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void itFollowsFromTheSeed(String text) {
    View view = fit(text, normal(manager, "pretraining", 9, INPUTS));
    NDArray rows = normal(manager, "rows", 6, INPUTS);
    NDArray first = view.apply(rows, random("view"));
    assertClose(view.apply(rows, random("view")), first, 0);
    assertThat(view.apply(rows, random("other view")).sub(first).abs().max().getDouble())
        .isPositive();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void rowsHaveViewsOfTheirOwn(String text) {
    View view = fit(text, normal(manager, "pretraining", 9, INPUTS));
    NDArray row = normal(manager, "row", 1, INPUTS);
    NDArray views = view.apply(row.repeat(0, 8), random("view"));
    assertThat(views.sub(views.get("0:1")).abs().max().getDouble()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void itLeavesItsInputAndNothingElse(String text) {
    NDArray pretraining = normal(manager, "pretraining", 9, INPUTS);
    for (DataType fitted : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
      View view = fit(text, pretraining.toType(fitted, true));
      for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
        NDArray rows = normal(manager, "rows", 6, INPUTS).toType(type, true);
        NDArray before = rows.duplicate();
        Held held = Held.by(manager);
        try (NDArray result = view.apply(rows, random("view"))) {
          assertThat(result.getShape()).isEqualTo(rows.getShape());
          assertThat(result.getDataType()).isEqualTo(type);
          assertThat(result.getManager()).isSameAs(manager);
          held.assertMore(1);
        }
        held.assertNoMore();
        assertClose(rows, before, 0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void itLeavesNothingWhereItsRowsBelongToAnotherManager(String text) {
    View view = fit(text, normal(manager, "pretraining", 9, INPUTS));
    Held held = Held.by(manager);
    try (NDManager step = manager.newSubManager()) {
      NDArray rows = normal(step, "rows", 6, INPUTS);
      assertThat(view.apply(rows, random("view")).getManager()).isSameAs(step);
      assertThat(step.getManagedArrays()).hasSize(2);
    }
    held.assertNoMore();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void bothTypesGiveTheSameViews(String text) {
    NDArray pretraining = normal(manager, "pretraining", 9, INPUTS);
    NDArray rows = normal(manager, "rows", 6, INPUTS);
    NDArray wide = fit(text, pretraining).apply(rows, random("view"));
    NDArray narrow =
        fit(text, pretraining.toType(DataType.FLOAT32, true))
            .apply(rows.toType(DataType.FLOAT32, true), random("view"));
    assertClose(narrow, wide, 2e-5);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void noRowsHaveNoViews(String text) {
    View view = fit(text, normal(manager, "pretraining", 9, INPUTS));
    NDArray none = manager.zeros(new Shape(0, INPUTS), DataType.FLOAT64);
    assertThat(view.apply(none, random("view")).getShape()).isEqualTo(new Shape(0, INPUTS));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void itRefusesWhatAreNoRows(String text) {
    View view = fit(text, normal(manager, "pretraining", 9, INPUTS));
    Held held = Held.by(manager);
    for (NDArray wrong :
        new NDArray[] {
          manager.zeros(new Shape(INPUTS)), manager.zeros(new Shape(2, INPUTS), DataType.INT64)
        }) {
      assertThatThrownBy(() -> view.apply(wrong, random("view")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("rows: expected [b, p] in float32 or float64, got ");
      wrong.close();
    }
    held.assertNoMore();
  }

  /** The digits' size; one round of a hundred must be fast, since others may use the machine. */
  @ParameterizedTest
  @MethodSource("texts")
  void viewsOfAThousandRowsTakeMilliseconds(String text) {
    ImageShape shape = new ImageShape(3, 5, 5);
    NDArray rows = normal(manager, "rows", 1797, shape.inputs());
    int[] columns = IntStream.range(0, shape.inputs()).toArray();
    View view = Views.parse(Spec.parse(text)).fit(rows, columns, Optional.of(shape));
    long limit = 50_000_000;
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 100 && best >= limit; i++) {
      long start = System.nanoTime();
      view.apply(rows, random("view")).close();
      best = Math.min(best, System.nanoTime() - start);
    }
    assertThat(best).as("nanoseconds").isLessThan(limit);
  }
}
