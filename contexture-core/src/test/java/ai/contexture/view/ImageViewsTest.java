package ai.contexture.view;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.contexture.input.Interval;
import ai.contexture.torch.Images.Outside;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Views of images against literal cases and the moments of what they draw. */
class ImageViewsTest {

  private static final ImageShape SHAPE = new ImageShape(2, 5, 4);

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray image(ImageShape shape, double... pixels) {
    return manager.create(pixels, new Shape(pixels.length / shape.inputs(), shape.inputs()));
  }

  /** Images 1, 2, … from left to right and top to bottom. */
  private NDArray counting(ImageShape shape, int b) {
    double[] pixels = new double[b * shape.inputs()];
    Arrays.setAll(pixels, i -> i % shape.inputs() + 1);
    return image(shape, pixels);
  }

  static List<ImageView> withoutEffect() {
    return List.of(
        new Crop(Interval.of(1), 1.33),
        new Shift(0, Outside.ZERO),
        new Shift(0, Outside.EDGE),
        new Flip(0, 0),
        new Rotation(0, Outside.ZERO),
        new Erase(Interval.of(0), 3.3),
        new Blur(Interval.of(0)),
        new Brightness(0),
        new PatchMask(0, 4),
        new Solarise(0.5, 0),
        new Contrast(0));
  }

  private static final ImageShape COLOURS = new ImageShape(3, 2, 2);

  /** Grey of colours, which both channels' scale and shift leave grey of the same colours. */
  @Test
  void greyscaleTakesTheWeightedMean() {
    NDArray images = normal(manager, "images", 4, COLOURS.inputs());
    NDArray grey = new Greyscale(1).on(COLOURS).apply(images, random("view"));
    NDArray channels = images.reshape(4, 3, 4);
    NDArray mean =
        channels
            .get(":, 0")
            .mul(0.299)
            .add(channels.get(":, 1").mul(0.587))
            .add(channels.get(":, 2").mul(0.114));
    for (int c = 0; c < 3; c++) {
      assertClose(grey.reshape(4, 3, 4).get(":, " + c), mean, 1e-12);
    }
    NDArray scaled = new Greyscale(1).on(COLOURS).apply(images.mul(3).add(5), random("view"));
    assertClose(scaled, grey.mul(3).add(5), 1e-11);
    NDArray never = new Greyscale(0).on(COLOURS).apply(images, random("view"));
    assertClose(never, images, 1e-15);
  }

  @Test
  void saturationMovesColoursFromGreyByOneShareForEachImage() {
    NDArray images = normal(manager, "images", 6, COLOURS.inputs());
    NDArray grey = new Greyscale(1).on(COLOURS).apply(images, random("view"));
    NDArray changed = new Saturation(0.4).on(COLOURS).apply(images, random("view"));
    NDArray share = changed.sub(grey).div(images.sub(grey));
    assertThat(share.min().getDouble()).isBetween(0.6, 1.4);
    assertThat(share.max().getDouble()).isBetween(0.6, 1.4);
    NDArray first = share.get(":, 0:1");
    assertClose(share, first.broadcast(share.getShape()), 1e-9);
    assertThat(first.max().sub(first.min()).getDouble()).isPositive();
  }

  /** A third of the circle takes red to green, green to blue and blue to red. */
  @Test
  void aThirdOfTheCircleExchangesTheChannels() {
    double[] third = ColourMix.turned(2 * Math.PI / 3);
    assertThat(third)
        .usingComparatorWithPrecision(1e-15)
        .containsExactly(0, 0, 1, 1, 0, 0, 0, 1, 0);
    NDArray images = normal(manager, "images", 5, COLOURS.inputs());
    NDArray turned = new Hue(90).on(COLOURS).apply(images, random("view"));
    NDArray before = images.reshape(5, 3, 4);
    NDArray after = turned.reshape(5, 3, 4);
    assertClose(after.mean(new int[] {1}), before.mean(new int[] {1}), 1e-12);
    assertClose(after.square().sum(new int[] {1}), before.square().sum(new int[] {1}), 1e-11);
    assertThat(after.sub(before).abs().max().getDouble()).isGreaterThan(0.01);
  }

  @Test
  void coloursNeedThreeChannels() {
    assertRefused(
        () -> new Hue(10).on(SHAPE),
        "hue(degrees=10) changes colours, expected images of 3 channels, got 2x5x4");
    assertRefused(() -> new Hue(190), "hue: degrees must be a number from 0 to 180, got '190.0'");
    assertRefused(
        () -> new SimClr().fit(image(SHAPE), new int[0], Optional.empty()),
        "simclr changes images, expected the shape of them, such as 3x32x32");
  }

  @Test
  void sometimesChangesSomeRowsWhole() {
    NDArray images = normal(manager, "images", 4000, COLOURS.inputs());
    View view = new Sometimes(0.3, new Noise(1)).fit(images, new int[0], Optional.empty());
    NDArray changed = view.apply(images, random("view")).sub(images).abs();
    NDArray largest = changed.max(new int[] {1}).gt(0).toType(DataType.FLOAT64, false);
    NDArray least = changed.min(new int[] {1}).gt(0).toType(DataType.FLOAT64, false);
    assertClose(largest, least, 0);
    // five standard deviations of a share of 4000
    assertThat(largest.mean().getDouble())
        .isBetween(0.3 - 5 * Math.sqrt(0.21 / 4000), 0.3 + 5 * Math.sqrt(0.21 / 4000));
  }

  @Test
  void simclrSuitsTheImages() {
    assertThat(SimClr.views(new ImageShape(1, 28, 28)).toString())
        .contains("crop(ratio=0.2..1", "contrast")
        .doesNotContain("hue", "greyscale", "blur");
    assertThat(SimClr.views(new ImageShape(3, 96, 96)).toString())
        .contains("crop(ratio=0.08..1", "saturation", "hue", "greyscale", "blur(sigma=0.1..2)");
  }

  @ParameterizedTest
  @MethodSource("withoutEffect")
  void viewsWithoutEffectGiveTheImagesBack(ImageView view) {
    NDArray images = normal(manager, "images", 7, SHAPE.inputs());
    assertClose(view.on(SHAPE).apply(images, random("view")), images, 1e-14);
    NDArray narrow = images.toType(DataType.FLOAT32, true);
    assertClose(view.on(SHAPE).apply(narrow, random("view")), narrow, 2e-6);
  }

  @Test
  void imageViewsNeedTheShapeOfTheRows() {
    NDArray rows = normal(manager, "rows", 3, SHAPE.inputs());
    int[] columns = new int[SHAPE.inputs()];
    assertThatThrownBy(() -> new Flip(1, 0).fit(rows, columns, Optional.empty()))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "flip(horizontal=1, vertical=0) changes images, expected the shape of them, such as"
                + " 1x8x8");
    Optional<ImageShape> other = Optional.of(new ImageShape(1, 8, 8));
    assertThatThrownBy(() -> new Flip(1, 0).fit(rows, columns, other))
        .hasMessage("shape: 1x8x8 has 64 inputs, but the rows have 40");
    assertThatThrownBy(() -> new Flip(1, 0).on(other.orElseThrow()).apply(rows, random("view")))
        .hasMessage("shape: 1x8x8 has 64 inputs, but the rows have 40");
  }

  @Test
  void flipsMirrorEachChannel() {
    ImageShape shape = new ImageShape(2, 2, 3);
    NDArray images = counting(shape, 1);
    assertClose(
        new Flip(1, 0).on(shape).apply(images, random("view")).toDoubleArray(),
        new double[] {3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10},
        0);
    assertClose(
        new Flip(0, 1).on(shape).apply(images, random("view")).toDoubleArray(),
        new double[] {4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9},
        0);
    assertClose(
        new Flip(1, 1).on(shape).apply(images, random("view")).toDoubleArray(),
        new double[] {6, 5, 4, 3, 2, 1, 12, 11, 10, 9, 8, 7},
        0);
  }

  @Test
  void flippingTwiceGivesTheImageBack() {
    View flip = new Flip(1, 1).on(SHAPE);
    NDArray images = normal(manager, "images", 4, SHAPE.inputs());
    NDArray once = flip.apply(images, random("view"));
    assertThat(once.sub(images).abs().max().getDouble()).isPositive();
    assertClose(flip.apply(once, random("view")), images, 0);
  }

  @Test
  void flipsHappenAsOftenAsTheyShould() {
    ImageShape shape = new ImageShape(1, 2, 2);
    int n = 4000;
    NDArray views = new Flip(0.5, 0.25).on(shape).apply(counting(shape, n), random("view"));
    Map<Double, Integer> first = counts(views.get(":, 0").toDoubleArray());
    double[] probabilities = {0.5 * 0.75, 0.5 * 0.75, 0.5 * 0.25, 0.5 * 0.25};
    assertFrequencies(first, probabilities, n);
  }

  @Test
  void shiftsMoveByWholePixels() {
    ImageShape shape = new ImageShape(1, 2, 3);
    int n = 400;
    NDArray images = counting(shape, n);
    List<String> zero = distinct(new Shift(1, Outside.ZERO).on(shape), images);
    assertThat(zero)
        .containsExactlyInAnyOrder(
            "[5.0, 6.0, 0.0, 0.0, 0.0, 0.0]", // up and left
            "[4.0, 5.0, 6.0, 0.0, 0.0, 0.0]",
            "[0.0, 4.0, 5.0, 0.0, 0.0, 0.0]",
            "[2.0, 3.0, 0.0, 5.0, 6.0, 0.0]",
            "[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]",
            "[0.0, 1.0, 2.0, 0.0, 4.0, 5.0]",
            "[0.0, 0.0, 0.0, 2.0, 3.0, 0.0]",
            "[0.0, 0.0, 0.0, 1.0, 2.0, 3.0]",
            "[0.0, 0.0, 0.0, 0.0, 1.0, 2.0]");
    List<String> edge = distinct(new Shift(1, Outside.EDGE).on(shape), images);
    assertThat(edge)
        .hasSize(9)
        .contains("[5.0, 6.0, 6.0, 5.0, 6.0, 6.0]", "[1.0, 1.0, 2.0, 1.0, 1.0, 2.0]");
  }

  @Test
  void shiftsAreUniform() {
    ImageShape shape = new ImageShape(1, 1, 9);
    int n = 5000;
    NDArray views = new Shift(2, Outside.ZERO).on(shape).apply(counting(shape, n), random("view"));
    // up and down there is one line: it stays with probability 1/5
    double[] middle = views.get(":, 4").toDoubleArray();
    double[] probabilities = new double[6];
    Arrays.fill(probabilities, 1 / 25.0);
    probabilities[0] = 4 / 5.0;
    assertFrequencies(counts(middle), probabilities, n);
  }

  @Test
  void aShiftMayLeaveTheImage() {
    ImageShape shape = new ImageShape(1, 2, 3);
    NDArray views = new Shift(9, Outside.ZERO).on(shape).apply(counting(shape, 200), random("v"));
    assertThat(views.min().getDouble()).isZero();
    assertThat(new Shift(9, Outside.EDGE).on(shape).apply(views, random("v")).getShape())
        .isEqualTo(views.getShape());
  }

  @Test
  void quarterTurnsAreExact() {
    ImageShape shape = new ImageShape(1, 3, 3);
    NDArray images = counting(shape, 4).reshape(4, 1, 3, 3);
    NDArray turned = Rotation.turn(images, new double[] {90, 180, -90, 0}, Outside.ZERO);
    assertClose(
        turned.toDoubleArray(),
        new double[] {
          3, 6, 9, 2, 5, 8, 1, 4, 7, // counter-clockwise
          9, 8, 7, 6, 5, 4, 3, 2, 1, //
          7, 4, 1, 8, 5, 2, 9, 6, 3, //
          1, 2, 3, 4, 5, 6, 7, 8, 9
        },
        1e-13);
    NDArray wide = counting(new ImageShape(1, 2, 3), 1).reshape(1, 1, 2, 3);
    assertClose(
        Rotation.turn(wide, new double[] {180}, Outside.ZERO).toDoubleArray(),
        new double[] {6, 5, 4, 3, 2, 1},
        1e-13);
  }

  @Test
  void turnsOfImagesThatAreNotSquareKeepDistances() {
    // one bright pixel, two to the right of the centre, comes to lie two above it
    NDArray image = manager.zeros(new Shape(1, 1, 5, 7), DataType.FLOAT64);
    image.set(new NDIndex("0, 0, 2, 5"), 1);
    NDArray turned = Rotation.turn(image, new double[] {90}, Outside.ZERO);
    double[] expected = new double[35];
    expected[3] = 1;
    assertClose(turned.toDoubleArray(), expected, 1e-13);
  }

  @Test
  void anglesAreUniform() {
    ImageShape shape = new ImageShape(1, 1, 3);
    int n = 4000;
    double[] pixels = new double[3 * n];
    for (int i = 0; i < n; i++) {
      pixels[3 * i + 2] = 1;
    }
    double degrees = 60;
    NDArray views =
        new Rotation(degrees, Outside.EDGE).on(shape).apply(image(shape, pixels), random("view"));
    // only the right one of three pixels is bright; with its line repeated above and below it
    // becomes cos t
    double[] cosines = views.get(":, 2").toDoubleArray();
    double limit = Math.toRadians(degrees);
    double mean = Math.sin(limit) / limit;
    double square = 0.5 + Math.sin(2 * limit) / (4 * limit);
    double sigma = Math.sqrt((square - mean * mean) / n);
    assertThat(Math.abs(Arrays.stream(cosines).average().orElseThrow() - mean))
        .as(reproduce())
        .isLessThan(5 * sigma);
    assertThat(Arrays.stream(cosines).min().orElseThrow()).isBetween(0.5, 0.51);
  }

  @Test
  void cropsEnlargeAWindow() {
    // on a ramp a + bx + cy, away from the border, a crop is again a ramp with slopes times √ratio
    ImageShape shape = new ImageShape(1, 12, 12);
    double[] ramp = new double[shape.inputs()];
    Arrays.setAll(ramp, i -> 3 * (i % 12) + 100 * (i / 12));
    double share = 0.25;
    NDArray view =
        new Crop(Interval.of(share), 1).on(shape).apply(image(shape, ramp), random("view"));
    double[] pixels = view.toDoubleArray();
    for (int line = 2; line < 10; line++) {
      for (int column = 2; column < 10; column++) {
        int at = line * 12 + column;
        double across = pixels[at + 1] - pixels[at];
        double down = pixels[at + 12] - pixels[at];
        assertThat(across).as(reproduce()).isBetween(1.5 - 1e-9, 1.5 + 1e-9);
        assertThat(down).as(reproduce()).isBetween(50 - 1e-9, 50 + 1e-9);
      }
    }
  }

  @Test
  void cropsLieAnywhereWithTheirArea() {
    ImageShape shape = new ImageShape(1, 16, 16);
    int n = 2000;
    double[] ramp = new double[n * shape.inputs()];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i % 16; // slope 1 to the right
    }
    double[] downRamp = new double[n * shape.inputs()];
    for (int i = 0; i < ramp.length; i++) {
      downRamp[i] = i / 16 % 16;
    }
    View crop = new Crop(new Interval(0.25, 0.5), 1.33).on(shape);
    NDArray right = crop.apply(image(shape, ramp), random("view"));
    NDArray down = crop.apply(image(shape, downRamp), random("view"));
    double[] width = slope(right, 8 * 16 + 7, 8 * 16 + 8);
    double[] height = slope(down, 7 * 16 + 8, 8 * 16 + 8);
    double[] centre = right.get(":, " + (8 * 16 + 7)).toDoubleArray();
    double area = 0;
    double offset = 0;
    for (int i = 0; i < n; i++) {
      double share = width[i] * height[i];
      double skew = width[i] / height[i];
      assertThat(share).as(reproduce()).isBetween(0.25 - 1e-9, 0.5 + 1e-9);
      assertThat(Math.log(skew)).isBetween(-Math.log(1.33) - 1e-9, Math.log(1.33) + 1e-9);
      area += share / n;
      double middle = centre[i] + width[i] / 2 - 7.5; // of the window, from that of the image
      double reach = (1 - width[i]) * 8;
      assertThat(Math.abs(middle)).as(reproduce()).isLessThan(reach + 1e-9);
      offset += middle / reach / n;
    }
    assertThat(Math.abs(area - 0.375)).isLessThan(5 * 0.25 / Math.sqrt(12.0 * n));
    assertThat(Math.abs(offset)).isLessThan(5 * 2 / Math.sqrt(12.0 * n));
  }

  private static double[] slope(NDArray rows, int from, int to) {
    return rows.get(":, " + to).sub(rows.get(":, " + from)).toDoubleArray();
  }

  @Test
  void erasedPixelsAreARectangle() {
    ImageShape shape = new ImageShape(2, 6, 8);
    int n = 500;
    NDArray ones = manager.ones(new Shape(n, shape.inputs()), DataType.FLOAT64);
    double[] left =
        new Erase(Interval.of(0.25), 2).on(shape).apply(ones, random("v")).toDoubleArray();
    Map<String, Integer> seen = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      int top = 6;
      int bottom = -1;
      int first = 8;
      int last = -1;
      int erased = 0;
      for (int j = 0; j < 48; j++) {
        double value = left[i * 96 + j];
        assertThat(left[i * 96 + 48 + j]).isEqualTo(value); // in both channels
        if (value == 0) {
          erased++;
          top = Math.min(top, j / 8);
          bottom = Math.max(bottom, j / 8);
          first = Math.min(first, j % 8);
          last = Math.max(last, j % 8);
        } else {
          assertThat(value).isEqualTo(1);
        }
      }
      int height = bottom - top + 1;
      int width = last - first + 1;
      assertThat(erased).isEqualTo(height * width);
      // sides between √(¼/2) and √(¼·2) of the whole, rounded
      assertThat(height).isBetween(2, 4);
      assertThat(width).isBetween(3, 6);
      assertThat(erased).isBetween(8, 16);
      seen.merge(top + " " + first, 1, Integer::sum);
    }
    assertThat(seen.size()).isGreaterThan(15);
    NDArray all = new Erase(Interval.of(1), 3.3).on(shape).apply(ones, random("v"));
    assertThat(all.abs().max().getDouble()).isZero();
  }

  /** Patches of 3×3 of 5×7, those at the borders cut: 2 × 3 of them, of which four are hidden. */
  @Test
  void patchesAreHiddenWhole() {
    ImageShape shape = new ImageShape(2, 5, 7);
    int n = 600;
    NDArray ones = manager.ones(new Shape(n, shape.inputs()), DataType.FLOAT64);
    double[] seen = new PatchMask(0.6, 3).on(shape).apply(ones, random("v")).toDoubleArray();
    int[] hidden = new int[6];
    for (int i = 0; i < n; i++) {
      double[] patches = new double[6];
      Arrays.fill(patches, Double.NaN);
      for (int j = 0; j < shape.inputs(); j++) {
        int pixel = j % 35;
        int patch = pixel / 7 / 3 * 3 + pixel % 7 / 3;
        double value = seen[i * 70 + j];
        assertThat(Double.isNaN(patches[patch]) || patches[patch] == value).isTrue();
        patches[patch] = value;
      }
      assertThat(Arrays.stream(patches).sum()).as("two of six stay").isEqualTo(2);
      for (int patch = 0; patch < 6; patch++) {
        hidden[patch] += patches[patch] == 0 ? 1 : 0;
      }
    }
    // five standard deviations of a share of 600
    assertThat(Arrays.stream(hidden).boxed())
        .allMatch(c -> Math.abs(c / 600.0 - 4 / 6.0) < 5 * Math.sqrt(2 / 9.0 / 600));
    NDArray all = new PatchMask(1, 3).on(shape).apply(ones, random("v"));
    assertThat(all.abs().max().getDouble()).isZero();
    assertRefused(
        () -> new PatchMask(0.5, 7).on(shape),
        "patch-mask: expected at least two patches in images of 2x5x7, got size=7");
    NDArray most = new PatchMask(0.99, 6).on(shape).apply(ones, random("v"));
    assertThat(most.max(new int[] {1}).min().getDouble()).as("one of two stays").isEqualTo(1);
    assertRefused(
        () -> new PatchMask(1.5, 8), "patch-mask: rate must be a number from 0 to 1, got '1.5'");
  }

  /** Between 0 and 1 it is the solarisation of pixels, and the same on any other scale. */
  @Test
  void brightPixelsAreTurned() {
    ImageShape shape = new ImageShape(1, 2, 3);
    NDArray pixels = image(shape, 0, 0.25, 0.5, 0.75, 1, 0.1);
    View solarise = new Solarise(0.5, 1).on(shape);
    double[] expected = {0, 0.25, 0.5, 0.25, 0, 0.1};
    assertThat(solarise.apply(pixels, random("v")).toDoubleArray())
        .usingComparatorWithPrecision(1e-15)
        .containsExactly(expected);
    assertThat(solarise.apply(pixels.mul(8).sub(3), random("v")).add(3).div(8).toDoubleArray())
        .usingComparatorWithPrecision(1e-15)
        .containsExactly(expected);
    NDArray constant = image(shape, 2, 2, 2, 2, 2, 2);
    assertClose(solarise.apply(constant, random("v")), constant, 0);
    assertThat(new Solarise(0.2, 1).on(shape).apply(pixels, random("v")).toDoubleArray())
        .usingComparatorWithPrecision(1e-15)
        .containsExactly(0, 0.75, 0.5, 0.25, 0, 0.1);
  }

  @Test
  void someImagesAreSolarisedWhole() {
    ImageShape shape = new ImageShape(1, 1, 3);
    int n = 4000;
    NDArray images = image(shape, 0, 0.9, 1).repeat(0, n);
    double[] turned =
        new Solarise(0.5, 0.2).on(shape).apply(images, random("v")).sub(images).toDoubleArray();
    int changed = 0;
    for (int i = 0; i < n; i++) {
      assertThat(turned[3 * i + 1] != 0).isEqualTo(turned[3 * i + 2] != 0);
      changed += turned[3 * i + 1] != 0 ? 1 : 0;
    }
    // five standard deviations of a share of 4000
    assertThat((double) changed / n).isBetween(0.2 - 0.032, 0.2 + 0.032);
  }

  @Test
  void blurKeepsConstantsAndSums() {
    ImageShape shape = new ImageShape(1, 15, 17);
    NDArray constant = manager.full(new Shape(3, shape.inputs()), 2.5f, DataType.FLOAT64);
    View blur = new Blur(new Interval(0.5, 1)).on(shape);
    assertClose(blur.apply(constant, random("v")), constant, 1e-14);
    double[] spot = new double[shape.inputs()];
    spot[7 * 17 + 8] = 3;
    NDArray blurred = blur.apply(image(shape, spot), random("v"));
    // the border is 7σ away or more, and what is half way there feels it by the tail beyond 3.5σ
    assertClose(new double[] {blurred.sum().getDouble()}, new double[] {3}, 1e-6);
  }

  @Test
  void blurWeighsByAGaussian() {
    ImageShape shape = new ImageShape(2, 3, 2);
    double sigma = 0.8;
    NDArray images = normal(manager, "images", 2, shape.inputs());
    double[] x = images.toDoubleArray();
    double[] expected = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int plane = i / 6 * 6;
      double sum = 0;
      double total = 0;
      for (int j = 0; j < 6; j++) {
        int down = j / 2 - i % 6 / 2;
        int across = j % 2 - i % 2;
        double weight = Math.exp(-(down * down + across * across) / (2 * sigma * sigma));
        total += weight;
        sum += weight * x[plane + j];
      }
      expected[i] = sum / total;
    }
    NDArray blurred = new Blur(Interval.of(sigma)).on(shape).apply(images, random("v"));
    assertClose(blurred.toDoubleArray(), expected, 1e-14);
  }

  @Test
  void brightnessAddsOneNumberToAnImage() {
    ImageShape shape = new ImageShape(2, 1, 2);
    int n = 3000;
    NDArray images = counting(shape, n);
    NDArray change = new Brightness(0.5).on(shape).apply(images, random("v")).sub(images);
    assertClose(change, change.get(":, 0:1").repeat(1, 4), 1e-14);
    assertUniform(change.get(":, 0").toDoubleArray(), -0.5, 0.5);
  }

  @Test
  void contrastScalesAboutTheMeanOfAChannel() {
    ImageShape shape = new ImageShape(2, 1, 2);
    int n = 3000;
    double[] pixels = new double[4 * n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(new double[] {1, 3, 10, 16}, 0, pixels, 4 * i, 4);
    }
    NDArray views = new Contrast(0.4).on(shape).apply(image(shape, pixels), random("v"));
    double[] factors = views.get(":, 1").sub(2).toDoubleArray();
    assertUniform(factors, 0.6, 1.4);
    NDArray c = manager.create(factors, new Shape(n, 1));
    assertClose(views.get(":, 0:1"), c.mul(-1).add(2), 1e-13);
    assertClose(views.get(":, 2:3"), c.mul(-3).add(13), 1e-13);
    assertClose(views.get(":, 3:4"), c.mul(3).add(13), 1e-13);
  }

  @Test
  void optionsAreChecked() {
    assertRefused(
        () -> new Crop(Interval.of(0), 1),
        "crop: ratio must be a number greater than 0 and at most 1, or a range such as 0.1..0.9,"
            + " got '0'");
    assertRefused(
        () -> new Crop(Interval.of(1), 0.5),
        "crop: aspect must be a number from 1 to 100, got '0.5'");
    assertRefused(
        () -> new Erase(new Interval(0.5, 1.5), 1),
        "erase: area must be a number from 0 to 1, or a range such as 0.1..0.9,"
            + " got '0.5..1.5'");
    assertRefused(
        () -> new Shift(-1, Outside.ZERO),
        "shift: pixels must be a whole number from 0 to 10000, got '-1'");
    assertRefused(() -> new Flip(2, 0), "flip: horizontal must be a number from 0 to 1, got '2.0'");
    assertRefused(
        () -> new Flip(0, Double.NaN), "flip: vertical must be a number from 0 to 1, got 'NaN'");
    assertRefused(
        () -> new Rotation(181, Outside.ZERO),
        "rotation: degrees must be a number from 0 to 180, got '181.0'");
    assertRefused(
        () -> new Blur(Interval.of(-1)),
        "blur: sigma must be a number from 0 to 10000, or a range such as" + " 0.1..0.9, got '-1'");
    assertRefused(
        () -> new Brightness(-1), "brightness: by must be a number of at least 0, got '-1.0'");
    assertRefused(() -> new Contrast(2), "contrast: by must be a number from 0 to 1, got '2.0'");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  private List<String> distinct(View view, NDArray images) {
    NDArray views = view.apply(images, random("view"));
    int p = (int) images.getShape().get(1);
    double[] pixels = views.toDoubleArray();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < pixels.length; i += p) {
      texts.add(Arrays.toString(Arrays.copyOfRange(pixels, i, i + p)));
    }
    return texts.stream().distinct().toList();
  }

  private static Map<Double, Integer> counts(double[] values) {
    Map<Double, Integer> counts = new TreeMap<>();
    for (double value : values) {
      counts.merge(value, 1, Integer::sum);
    }
    return counts;
  }

  /** Five σ for each value, in ascending order of the values. */
  private static void assertFrequencies(
      Map<Double, Integer> counts, double[] probabilities, int n) {
    assertThat(counts).hasSize(probabilities.length);
    int at = 0;
    for (Map.Entry<Double, Integer> entry : counts.entrySet()) {
      double p = probabilities[at++];
      assertThat(Math.abs(entry.getValue() - n * p))
          .as("value %s, %s", entry.getKey(), reproduce())
          .isLessThan(5 * Math.sqrt(n * p * (1 - p)));
    }
  }

  /** Range, and mean within five σ. */
  private static void assertUniform(double[] values, double least, double most) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double width = most - least;
    assertThat(Math.abs(mean - (least + most) / 2))
        .as(reproduce())
        .isLessThan(5 * width / Math.sqrt(12.0 * values.length));
    double slack = 10 * width / values.length;
    assertThat(Arrays.stream(values).min().orElseThrow()).isBetween(least - 1e-12, least + slack);
    assertThat(Arrays.stream(values).max().orElseThrow()).isBetween(most - slack, most + 1e-12);
  }
}
