package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.contexture.testing.Held;
import ai.contexture.view.Diffusion.Diffused;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Views as contexts. */
class AugmentationContextTest {

  private static final int INPUTS = 12;

  /** A context by its text, of rows that are images and have a column of three inputs. */
  private static SampledContext context(String text, NDManager manager) {
    ContextData data =
        ContextData.of(normal(manager, "points", 20, INPUTS))
            .withGroups(0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    boolean images = text.contains("crop");
    return (SampledContext)
        Contexts.parse(text).fit(images ? data.withShape(new ImageShape(1, 3, 4)) : data);
  }

  private interface OfText extends ContextContract.Sampled {

    String text();

    @Override
    default SampledContext context(NDManager manager) {
      return AugmentationContextTest.context(text(), manager);
    }

    @Override
    default NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, INPUTS);
    }
  }

  @Nested
  class Augment implements OfText {
    @Override
    public String text() {
      return "augment(crop(ratio=0.6, aspect=1.33), shift(pixels=1, fill=zero), noise(scale=0.1))";
    }
  }

  @Nested
  class Masking implements OfText {
    @Override
    public String text() {
      return "masking(rate=0.3, schedule=uniform, fill=mean)";
    }
  }

  @Nested
  class Scarf implements OfText {
    @Override
    public String text() {
      return "scarf(rate=0.6, marginal=uniform)";
    }
  }

  @Nested
  class Cutmix implements OfText {
    @Override
    public String text() {
      return "cutmix(rate=0.3)";
    }
  }

  @Nested
  class Cutout implements OfText {
    @Override
    public String text() {
      return "cutout(size=0.25, fill=zero)";
    }
  }

  @Nested
  class Noise implements OfText {
    @Override
    public String text() {
      return "noise(scale=0.5)";
    }
  }

  @Nested
  class Level implements OfText {
    @Override
    public String text() {
      return "noise(level=0.3)";
    }
  }

  @Nested
  class Schedule implements OfText {
    @Override
    public String text() {
      return "noise(schedule=cosine, steps=1000)";
    }
  }

  @Test
  void samplesAreViewsOfTheirPoints() {
    try (NDManager manager = NDManager.newBaseManager()) {
      SampledContext context = context("scarf(rate=0)", manager);
      Points x = ContextContract.known(context, manager);
      assertClose(context.sample(x, 3, random("s")).rows(), x.rows().repeat(0, 3), 0);
    }
  }

  @Test
  void aLambdaIsAContext() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Points points = Points.all(normal(manager, "points", 9, 2));
      AugmentationContext context =
          new AugmentationContext(points, (rows, random) -> rows.mul(random.nextInt(2, 3)));
      assertClose(
          context.sample(points, 2, random("s")).rows(), points.rows().repeat(0, 2).mul(2), 0);
    }
  }

  @Test
  void imagesNeedAShape() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "points", 9, 12));
      ContextFactory crop = Contexts.parse("crop(ratio=0.5)");
      assertThatThrownBy(() -> crop.fit(data))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "crop(ratio=0.5, aspect=1.33) changes images, expected the shape of them, such as"
                  + " 1x8x8");
      assertThatThrownBy(() -> data.withShape(new ImageShape(1, 8, 8)))
          .isInstanceOf(InputException.class)
          .hasMessage("shape: 1x8x8 has 64 inputs, but the rows have 12");
      assertThat(crop.fit(data.withShape(new ImageShape(3, 2, 2)))).isNotNull();
    }
  }

  @Test
  void contextsOfViewsCanBeMixed() {
    try (NDManager manager = NDManager.newBaseManager()) {
      for (String text :
          new String[] {"conv(knn(k=3), masking(rate=0.2))", "mix(0.5: cutmix, 0.5: knn(k=3))"}) {
        SampledContext context = context(text, manager);
        Points x = ContextContract.known(context, manager);
        assertThat(context.sample(x, 3, random("s")).rows().getShape().get(0)).isEqualTo(12);
      }
    }
  }

  @Test
  void stepsAreKeptWithTheSamples() {
    try (NDManager manager = NDManager.newBaseManager()) {
      DiffusionContext context =
          (DiffusionContext) context("noise(schedule=linear, steps=100)", manager);
      for (DataType type : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
        Points x = Points.of(normal(manager, "rows", 6, INPUTS).toType(type, true));
        Held held = Held.by(manager);
        try (Diffused drawn = context.draw(x, 3, random("s"))) {
          held.assertMore(4);
          assertThat(drawn.steps().getManager()).isSameAs(manager);
          double[] levels =
              Arrays.stream(drawn.steps().toLongArray())
                  .mapToDouble(step -> context.schedule().alphaBar((int) step))
                  .toArray();
          assertClose(drawn.alphaBars(), manager.create(levels, new Shape(18, 1)), 1e-7);
          NDArray left = drawn.alphaBars();
          NDArray rows =
              x.rows()
                  .repeat(0, 3)
                  .mul(left.sqrt())
                  .add(drawn.noise().mul(left.neg().add(1).sqrt()));
          assertClose(drawn.rows(), rows, 1e-5);
          assertClose(context.sample(x, 3, random("s")).rows(), drawn.rows(), 0);
        }
      }
    }
  }
}
