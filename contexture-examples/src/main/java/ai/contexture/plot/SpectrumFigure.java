package ai.contexture.plot;

import ai.contexture.input.Text;
import ai.contexture.measure.Usefulness;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Spectra beside the usefulness that follows from them. */
public final class SpectrumFigure {

  /**
   * A context's part of the figure.
   *
   * @param context its name
   * @param eigenvalues s_1² ≥ s_2² ≥ …
   * @param usefulness what follows from them
   */
  public record Curve(String context, double[] eigenvalues, Usefulness usefulness) {

    /** Copies the eigenvalues. */
    public Curve {
      eigenvalues = eigenvalues.clone();
    }
  }

  private SpectrumFigure() {}

  /**
   * Draws one context, with its numbers.
   *
   * @param data what the context is fitted to
   */
  public static Figure of(Curve curve, String data) {
    Usefulness usefulness = curve.usefulness;
    int d = usefulness.dimension();
    String best = Text.format("τ = %.3f at d = %d", usefulness.tau(), d);
    Panel left = spectra(Text.format("Spectrum of %s on %s", curve.context, data), List.of(curve));
    Panel right = curves(List.of(curve));
    return d == 0
        ? Figure.of(left)
        : Figure.of(
            left.with(Note.vertical(d, "d = " + d)),
            right.with(
                bound(usefulness.beta()),
                Note.vertical(d, ""),
                Note.point(d, usefulness.tau(), best)));
  }

  /** Draws several contexts in one. */
  public static Figure of(List<Curve> all) {
    List<Curve> useful = all.stream().filter(curve -> curve.usefulness.dimension() > 0).toList();
    Panel left = spectra("Spectra", all);
    double beta = all.get(0).usefulness.beta();
    return useful.isEmpty() ? Figure.of(left) : Figure.of(left, curves(useful).with(bound(beta)));
  }

  private static Panel spectra(String title, List<Curve> all) {
    return new Panel(
        title,
        Axis.logarithmic("function i"),
        Axis.linear("eigenvalue s²").between(0, 1),
        all.stream().map(c -> line(c.context, c.eigenvalues)).toList(),
        List.of());
  }

  /** The τ_d of each context with a mark at its least, as far as they are near their bound. */
  private static Panel curves(List<Curve> all) {
    double beta = all.get(0).usefulness.beta();
    List<Series> series = new ArrayList<>();
    all.forEach(c -> series.add(line(c.context, c.usefulness.curve())));
    for (Curve c : all) {
      double[] d = {c.usefulness.dimension()};
      series.add(Series.points(c.context, d, new double[] {c.usefulness.tau()}));
    }
    return new Panel(
        "Usefulness of the first d functions",
        Axis.logarithmic("dimension d"),
        Axis.linear("τ, lower is better").between(1, 1 + 1.5 * beta),
        series,
        List.of());
  }

  private static Note bound(double beta) {
    return Note.horizontal(1 + beta, Text.format("τ = %.3g: cannot tell", 1 + beta));
  }

  private static Series line(String name, double[] values) {
    double[] positions = IntStream.rangeClosed(1, values.length).asDoubleStream().toArray();
    return Series.line(name, positions, values);
  }
}
