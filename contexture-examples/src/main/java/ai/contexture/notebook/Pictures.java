package ai.contexture.notebook;

import ai.contexture.comparison.ContextMeasures;
import ai.contexture.data.ImageShape;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.measure.Usefulness;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.plot.SpectrumFigure;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Results as images, which a notebook shows when they are the last thing in a cell. */
public final class Pictures {

  /** Dots for a pixel, so that the letters of a figure are as large as those of a notebook. */
  private static final double DOTS = 1.4;

  /** The least height of an image in dots, to which small ones are enlarged. */
  private static final int LEAST_HEIGHT = 40;

  private static final int GAP = 3;

  private Pictures() {}

  /** Returns a figure of your own. */
  public static BufferedImage of(Figure figure) {
    return figure.image(DOTS);
  }

  /**
   * Returns the spectrum of a context beside the usefulness that follows from it.
   *
   * @param data what the context is fitted to, in a word
   */
  public static BufferedImage of(Spectrum spectrum, String data) {
    return of(SpectrumFigure.of(curve(spectrum), data));
  }

  /** Returns spectra in one figure, beside the usefulness that follows from them. */
  public static BufferedImage of(Spectrum... spectra) {
    return of(SpectrumFigure.of(Arrays.stream(spectra).map(Pictures::curve).toList()));
  }

  private static SpectrumFigure.Curve curve(Spectrum spectrum) {
    double[] eigenvalues = spectrum.eigenvalues(Usefulness.DEFAULT_D0);
    return new SpectrumFigure.Curve(
        spectrum.context().toString(), eigenvalues, Usefulness.of(eigenvalues));
  }

  /**
   * Returns the spectra of contexts that were measured, beside their usefulness.
   *
   * @throws InputException if none of them has a spectrum
   */
  public static BufferedImage of(List<ContextMeasures> measured) {
    List<SpectrumFigure.Curve> curves = ContextMeasures.curves(measured);
    if (curves.isEmpty()) {
      throw new InputException("none of these contexts has a spectrum to draw");
    }
    return of(SpectrumFigure.of(curves));
  }

  /**
   * Returns the loss of a training and, where they were measured under way, how close the features
   * came to the exact ones and how well a linear model on them predicts the target.
   *
   * @throws IllegalStateException if no step was heard of
   */
  public static BufferedImage of(TrainingLog log) {
    if (log.steps().isEmpty()) {
      throw new IllegalStateException("the log has heard of no step; give it to Pretraining.train");
    }
    double[] steps = log.steps().stream().mapToDouble(StepReport::step).toArray();
    double[] losses = log.steps().stream().mapToDouble(StepReport::loss).toArray();
    List<Panel> panels = new ArrayList<>();
    panels.add(
        Panel.of(
            "What training makes small",
            Axis.linear("step"),
            Axis.linear("loss"),
            Series.line("training", steps, losses)));
    List<EvaluationReport> aligned =
        log.evaluations().stream().filter(report -> report.cca() != null).toList();
    if (!aligned.isEmpty()) {
      panels.add(
          Panel.of(
              "How close the features are",
              Axis.linear("step"),
              Axis.linear("squared canonical correlation").between(0, 1),
              Series.markedLine(
                  "training",
                  aligned.stream().mapToDouble(EvaluationReport::step).toArray(),
                  aligned.stream().mapToDouble(EvaluationReport::cca).toArray())));
    }
    List<EvaluationReport> probed =
        log.evaluations().stream().filter(report -> report.probe() != null).toList();
    if (!probed.isEmpty()) {
      double most = probed.stream().mapToDouble(EvaluationReport::probe).reduce(1, Math::max);
      panels.add(
          Panel.of(
              "What a linear model makes of them",
              Axis.linear("step"),
              Axis.linear("accuracy or error").between(0, most),
              Series.markedLine(
                  "training",
                  probed.stream().mapToDouble(EvaluationReport::step).toArray(),
                  probed.stream().mapToDouble(EvaluationReport::probe).toArray())));
    }
    return of(Figure.of(panels.toArray(Panel[]::new)));
  }

  /**
   * Returns the first two columns of features as points, those of a class in one colour.
   *
   * @param features at least two columns
   * @param target of the same rows; one of numbers gives a single colour
   * @throws IllegalArgumentException if the rows differ in number or there are too few columns
   */
  public static BufferedImage scatter(Matrix features, Target target) {
    if (features.columns() < 2 || features.rows() != target.rows()) {
      throw new IllegalArgumentException(
          "features: expected at least 2 columns and a row for each target, got "
              + features
              + " and "
              + target.rows()
              + " targets");
    }
    List<Series> series = new ArrayList<>();
    if (target instanceof Target.Classes classes) {
      for (int c = 0; c < classes.classes().size(); c++) {
        int code = c;
        int[] rows =
            IntStream.range(0, target.rows())
                .filter(row -> target.known(row) && classes.code(row) == code)
                .toArray();
        if (rows.length > 0) {
          series.add(points(classes.classes().get(c), features, rows));
        }
      }
    } else {
      series.add(points(target.name(), features, IntStream.range(0, target.rows()).toArray()));
    }
    return of(
        Figure.of(
            Panel.of(
                "",
                Axis.linear("first feature"),
                Axis.linear("second feature"),
                series.toArray(Series[]::new))));
  }

  private static Series points(String name, Matrix features, int[] rows) {
    return Series.points(
        name,
        Arrays.stream(rows).mapToDouble(row -> features.get(row, 0)).toArray(),
        Arrays.stream(rows).mapToDouble(row -> features.get(row, 1)).toArray());
  }

  /**
   * Returns the rows of a table as images, line after line.
   *
   * @param shape one channel for grey, three for colours
   * @param columns how many images stand in a line
   */
  public static BufferedImage images(Table table, ImageShape shape, int columns) {
    Preprocessing.Options plain =
        Preprocessing.Options.DEFAULT.withStandardise(false).withShape(shape);
    return images(Preprocessing.fit(table, plain).apply(table), shape, columns);
  }

  /** Returns the rows of an array [b, p] as images, line after line. */
  public static BufferedImage images(NDArray rows, ImageShape shape, int columns) {
    double[] values;
    try (NDArray doubles = rows.toType(DataType.FLOAT64, true)) {
      values = doubles.toDoubleArray();
    }
    int b = Math.toIntExact(rows.getShape().get(0));
    return images(Matrix.of(b, values.length / b, values), shape, columns);
  }

  /**
   * Returns the rows of a matrix as images, line after line, with grey between them; the least of
   * all values is black, the greatest is white.
   *
   * @throws InputException if the rows are not of this shape, or it has neither 1 nor 3 channels
   */
  public static BufferedImage images(Matrix rows, ImageShape shape, int columns) {
    shape.requireInputs(rows.columns());
    if (shape.channels() != 1 && shape.channels() != 3) {
      throw new InputException("shape: expected 1 or 3 channels, got " + shape);
    }
    if (columns < 1 || rows.rows() < 1) {
      throw new IllegalArgumentException(
          "images: expected at least one in at least one column, got "
              + rows.rows()
              + " in "
              + columns);
    }
    double least = Arrays.stream(rows.values()).min().orElse(0);
    double most = Arrays.stream(rows.values()).max().orElse(0);
    double scale = most > least ? 255 / (most - least) : 0;
    int zoom = Math.max(1, (LEAST_HEIGHT + shape.height() - 1) / shape.height());
    int across = Math.min(columns, rows.rows());
    int lines = (rows.rows() + columns - 1) / columns;
    int width = zoom * shape.width() + GAP;
    int height = zoom * shape.height() + GAP;
    BufferedImage picture =
        new BufferedImage(across * width + GAP, lines * height + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.GRAY);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    for (int row = 0; row < rows.rows(); row++) {
      for (int pixel = 0; pixel < shape.pixels(); pixel++) {
        int[] colour = new int[3];
        for (int c = 0; c < colour.length; c++) {
          int column = Math.min(c, shape.channels() - 1) * shape.pixels() + pixel;
          colour[c] = (int) Math.round(scale * (rows.get(row, column) - least));
        }
        graphics.setColor(new Color(colour[0], colour[1], colour[2]));
        graphics.fillRect(
            GAP + row % columns * width + zoom * (pixel % shape.width()),
            GAP + row / columns * height + zoom * (pixel / shape.width()),
            zoom,
            zoom);
      }
    }
    graphics.dispose();
    return picture;
  }
}
