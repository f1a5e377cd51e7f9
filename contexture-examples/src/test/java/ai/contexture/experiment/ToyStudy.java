package ai.contexture.experiment;

import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A study that trains nothing: its cells are numbers with a word, its measure is the square. */
public record ToyStudy(String word, int version, Function<Cell, Measures> measure)
    implements Study {

  static final String NAME = "toy";

  public static ToyStudy of(Function<Cell, Measures> measure) {
    return new ToyStudy("plain", 1, measure);
  }

  public static Measures square(Cell cell) {
    double x = Double.parseDouble(cell.get("x"));
    return new Measures().put("square", x * x).put("kind", x < 0 ? "low" : "high");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "A toy";
  }

  @Override
  public String question() {
    return "What is " + word + " squared?";
  }

  @Override
  public String source() {
    return "Euclid, " + word;
  }

  @Override
  public String time() {
    return "no time";
  }

  @Override
  public boolean concurrent() {
    return true;
  }

  @Override
  public List<StudyOption> options() {
    return List.of(new StudyOption("numbers", "N", "5", "2", "How many"));
  }

  @Override
  public List<String> parameters() {
    return List.of("word", "x");
  }

  @Override
  public List<String> measures() {
    return List.of("square", "kind");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder data, Device device) {
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < settings.count("numbers"); i++) {
      cells.add(Cell.of(1 + i, "word", word, "x", i / 3.0 - 1));
    }
    return Grid.of(cells, measure);
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    double[] one = {1};
    Figure figure =
        Figure.of(
            Panel.of(word, Axis.linear("x"), Axis.linear("y"), Series.points(word, one, one)));
    return new StudyReport(
        List.of("done to " + word),
        List.of(
            new StudyReport.Drawing("figure", "drawn of " + word, figure),
            new StudyReport.Table("table of " + word, List.of(word), List.of(List.of(word)))),
        List.of("meaning of " + word));
  }
}
