package ai.contexture.experiment.study;

import java.util.Map;

/**
 * Published correlations of τ with the error, over 140 contexts of a dataset.
 *
 * @param pearson Pearson's correlation
 * @param distance the distance correlation
 */
record PublishedCorrelation(double pearson, double distance) {

  /** [C, table 1] */
  static final Map<String, PublishedCorrelation> OF_DATASETS =
      Map.ofEntries(
          Map.entry("breast-w", new PublishedCorrelation(0.072, 0.255)),
          Map.entry("diabetes", new PublishedCorrelation(0.737, 0.740)),
          Map.entry("solar_flare", new PublishedCorrelation(0.019, 0.262)),
          Map.entry("yeast", new PublishedCorrelation(0.221, 0.256)),
          Map.entry("Wine", new PublishedCorrelation(-0.084, 0.212)),
          Map.entry("scene", new PublishedCorrelation(0.608, 0.685)),
          Map.entry("dna", new PublishedCorrelation(0.881, 0.843)),
          Map.entry("kr-vs-kp", new PublishedCorrelation(0.543, 0.512)),
          Map.entry("abalone", new PublishedCorrelation(0.028, 0.470)),
          Map.entry("colleges", new PublishedCorrelation(0.155, 0.387)),
          Map.entry("mushroom", new PublishedCorrelation(0.185, 0.340)),
          Map.entry("cpu_activity", new PublishedCorrelation(0.709, 0.825)),
          Map.entry("SpeedDating", new PublishedCorrelation(0.590, 0.656)),
          Map.entry("sulfur", new PublishedCorrelation(-0.180, 0.487)),
          Map.entry("fifa", new PublishedCorrelation(-0.349, 0.663)),
          Map.entry("health_insurance", new PublishedCorrelation(0.601, 0.749)),
          Map.entry("cps88wages", new PublishedCorrelation(0.250, 0.479)));

  /** The same over all 28 datasets of that table. */
  static final PublishedCorrelation MEAN = new PublishedCorrelation(0.431, 0.611);

  static final PublishedCorrelation MEDIAN = new PublishedCorrelation(0.587, 0.659);
}
