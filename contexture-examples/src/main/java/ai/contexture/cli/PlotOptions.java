package ai.contexture.cli;

import ai.contexture.plot.Figure;
import ai.contexture.plot.FigureFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Where to draw a result. */
final class PlotOptions {

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Also draw the result, into a .png or .svg file")
  private String plot;

  /** Checks what can be checked before there is something to draw. */
  void check() {
    if (plot != null) {
      Path file = Outputs.path("--plot", plot);
      FigureFormat.of("--plot", file);
      Outputs.requireWritable("--plot", file);
      Figure.requireFonts();
    }
  }

  /** Draws a figure if one was asked for. */
  void write(Supplier<Figure> figure) throws IOException {
    if (plot != null) {
      Path file = Path.of(plot);
      Figure drawn = figure.get();
      Outputs.write(file, stream -> drawn.write(FigureFormat.of("--plot", file), stream));
    }
  }
}
