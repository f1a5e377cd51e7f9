package ai.contexture.experiment.study;

import ai.contexture.comparison.ContextMeasures;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where contexts are worth most: the error of a linear model on the best functions of a context
 * against the strength of its association, which theory expects to rise at both ends [C, fig. 2].
 *
 * <p>Contexts of four kinds at several strengths are fitted to datasets, several times with other
 * rows to pretrain on, to label and to test on. Nothing is trained: the functions are exact. Their
 * number is the one that the usefulness τ advises, and beside it a fixed one.
 */
final class AssociationShapeStudy implements Study {

  static final String NAME = "association-shape";

  /** The number of functions beside the advised one. */
  static final int FIXED = 16;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "How strong a context should be";
  }

  @Override
  public String question() {
    return "Are contexts worth most in between, neither where every row stands for itself nor where"
        + " all rows belong together?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), figure 2: the error of a linear model rises at"
        + " both ends.";
  }

  @Override
  public String time() {
    return "about 15 minutes on 2 cores";
  }

  @Override
  public boolean concurrent() {
    return true;
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone,diabetes,Wine,dna,kr-vs-kp", DatasetFolder.DIGITS),
        StudyOption.seeds(5, 2),
        new StudyOption("strengths", "N", "7", "4", "Settings of each kind of context, 2 or more"),
        new StudyOption(
            "rows", "N", "1200", "400", "The most rows of a dataset, a sample of those it has"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "kind", "setting", "seed");
  }

  @Override
  public List<String> measures() {
    return List.of(
        "decay_rate",
        "tau",
        "dimension",
        "metric",
        "error",
        "error_fixed",
        "columns",
        "nothing",
        "seconds");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    int strengths = Strength.count(settings, "strengths");
    Map<String, Dataset> datasets = folder.labelled(settings.texts("only"), settings.count("rows"));
    List<Cell> cells = new ArrayList<>();
    for (long seed : settings.seeds()) {
      for (String name : settings.texts("only")) {
        for (Strength strength : Strength.of(datasets.get(name), strengths)) {
          cells.add(
              Cell.of(
                  datasets.get(name).rows(),
                  "dataset",
                  name,
                  "kind",
                  strength.kind(),
                  "setting",
                  strength.value(),
                  "seed",
                  seed));
        }
      }
    }
    return Grid.of(cells, cell -> measured(datasets.get(cell.get("dataset")), cell, device));
  }

  private static Measures measured(Dataset data, Cell cell, Device device) {
    var strength = new Strength(cell.get("kind"), Double.parseDouble(cell.get("setting")));
    var measures =
        ContextMeasures.of(
            Contexts.parse(strength.context()),
            data,
            Recipe.DEFAULT.withSeed(Long.parseLong(cell.get("seed"))),
            new ContextMeasures.Options(
                false,
                ContextMeasures.Options.DEFAULT.beta(),
                ContextMeasures.Options.DEFAULT.d0(),
                List.of(ContextMeasures.Options.ADVISED, FIXED)),
            device);
    if (measures.probes().size() < 2) {
      throw new InputException("no linear model: " + String.join("; ", measures.notes()));
    }
    ProbeScore advised = measures.probes().get(0).score();
    ProbeScore fixed = measures.probes().get(1).score();
    return new Measures()
        .put("decay_rate", measures.decayRate())
        .put("tau", measures.usefulness().tau())
        .put("dimension", measures.usefulness().dimension())
        .put("metric", advised.metric().errorTitle())
        .put("error", advised.metric().error(advised.value()))
        .put("error_fixed", advised.metric().error(fixed.value()))
        .put("columns", advised.metric().error(advised.rawFeatures()))
        .put("nothing", advised.metric().error(advised.meanPredictor()))
        .put("seconds", measures.seconds());
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return AssociationShapeReport.of(settings, rows);
  }
}
