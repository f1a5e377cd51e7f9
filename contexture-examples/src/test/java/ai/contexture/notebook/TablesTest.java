package ai.contexture.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.comparison.ContextMeasures;
import ai.contexture.context.KernelContext;
import ai.contexture.context.KnnContext;
import ai.contexture.data.Dataset;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.Usefulness;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.StringReader;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class TablesTest {

  static final double[] EIGENVALUES = {0.9, 0.5, 0.25, 0.01};

  /** What is known of a context of a name; the rest could not be measured. */
  static ContextMeasures measures(String context) {
    return new ContextMeasures(
        context,
        context,
        Usefulness.of(EIGENVALUES),
        null,
        EIGENVALUES,
        0.3,
        null,
        null,
        List.of(),
        "dense",
        0.1,
        List.of());
  }

  static ContextMeasures unknown() {
    List<String> notes = List.of("it has no spectrum");
    return new ContextMeasures(
        "scarf", "scarf", null, null, null, null, null, null, List.of(), null, 0, notes);
  }

  /** A spectrum of 40 rows of chance. */
  static Spectrum spectrum(NDManager manager, int top) {
    RandomGenerator random = Seed.of(4).generator();
    float[] values = new float[40 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    KernelContext context = KnnContext.of(manager.create(values, new Shape(40, 3)), 5);
    return Spectra.of(context, top, manager);
  }

  private static List<String> cells(String html) throws Exception {
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader("<div>" + html + "</div>")));
    NodeList cells = page.getElementsByTagName("td");
    return java.util.stream.IntStream.range(0, cells.getLength())
        .mapToObj(i -> cells.item(i).getTextContent())
        .toList();
  }

  @Test
  void aTableOfYourOwnShowsTextAsItIs() throws Exception {
    String html = Tables.of(List.of("<b>", "n"), List.of(List.of("R&D", "1"), List.of("b", "2")));

    assertThat(html).contains("&lt;b&gt;").doesNotContain("<b>");
    assertThat(cells(html)).containsExactly("R&D", "1", "b", "2");
  }

  @Test
  void aComparisonSaysWhatItsColumnsMean() throws Exception {
    String html = Tables.of(List.of(measures("knn(k=30)"), unknown()), Dataset.digits());

    assertThat(cells(html).subList(0, 14))
        .startsWith("knn(k=30)")
        .containsSequence("scarf", "-", "-", "-", "-", "-", "-");
    assertThat(html).contains("<details>", "usefulness, lower is better");
  }

  @Test
  void aSpectrumIsTheFirstEigenvaluesAndThenFewer() throws Exception {
    try (NDManager manager = NDManager.newBaseManager()) {
      Spectrum spectrum = spectrum(manager, 8);
      List<String> cells = cells(Tables.of(spectrum));

      assertThat(cells.subList(0, 2))
          .containsExactly("1", ai.contexture.input.Text.format("%.4f", spectrum.eigenvalues()[0]));
      List<String> places = new java.util.ArrayList<>();
      for (int i = 0; i < cells.size(); i += 2) {
        places.add(cells.get(i));
      }
      assertThat(places).containsExactly("1", "2", "3", "5", "7", "10", "20", "30");
    }
  }

  @Test
  void aTrainingShowsTheRowsOfItsReport() throws Exception {
    Dataset digits = Dataset.digits();
    Dataset few = digits.select(java.util.stream.IntStream.range(0, 200).toArray());
    Recipe recipe = Recipe.DEFAULT.withContext("knn(k=5)").withEncoder("linear").withDimension(3);
    try (Pretraining job =
        Pretraining.prepare(few, recipe.withTraining(recipe.training().withSteps(1)))) {
      job.train();

      assertThat(cells(Tables.of(job)))
          .containsSubsequence(
              "the 3 learned features",
              "your columns, as 50 inputs",
              "columns and features together",
              "boosted trees on your columns",
              "nothing: always the most frequent class");
    }
  }

  @Test
  void anAlignmentIsInWords() throws Exception {
    assertThat(cells(Tables.of(new Alignment(0.9, 0.8, 0.67, null, null, null, null, null, null))))
        .contains("0.900", "0.800");
  }

  @Test
  void aDiagnosisSaysSoWhereNothingIsWrong() throws Exception {
    Diagnosis.Finding finding =
        new Diagnosis.Finding(
            Diagnosis.Signature.ASSOCIATION_TOO_WEAK, 0.1, 0.5, "too little <here>");

    assertThat(cells(Tables.of(Diagnosis.HEALTHY))).containsExactly("nothing", "");
    assertThat(cells(Tables.of(new Diagnosis(List.of(finding)))))
        .containsExactly("association too weak", "too little <here>");
  }
}
