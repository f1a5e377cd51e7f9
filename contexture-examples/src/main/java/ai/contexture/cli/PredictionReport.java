package ai.contexture.cli;

import ai.contexture.comparison.ResultTable;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.measure.Metric;
import ai.contexture.measure.PairedScores;
import ai.contexture.measure.RowLosses;
import ai.contexture.prediction.Prediction;
import ai.contexture.prediction.Prediction.Predictor;
import ai.contexture.prediction.PredictionRows;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was predicted and how well, in words, a table and as JSON. */
final class PredictionReport {

  private final Report report;
  private final Dataset data;
  private final Prediction prediction;
  private final PredictionRows rows;
  private final String target;
  private final PairedScores<Predictor> scores;

  PredictionReport(Terminal terminal, Dataset data, Prediction prediction) {
    this.report = new Report(terminal, true);
    this.data = data;
    this.prediction = prediction;
    this.rows = prediction.rows();
    this.target = rows.target().name();
    this.scores = prediction.scores();
  }

  /** Prints everything; the file is where the predictions are, or null. */
  void print(Path file) {
    if (scores == null) {
      unscored();
    } else {
      scored();
    }
    how(file);
  }

  private void unscored() {
    RowLosses checked = prediction.lossesOfChoice();
    report.paragraph(
        Text.format(
            "Predicted '%s' of %s from %s. %s, these are predicted with %s %s.",
            target,
            Text.count(rows.asked().length, "row"),
            Text.count(labels(), "label"),
            rows.validation().length > 0
                ? "On validation rows"
                : "Each left out of the labels in turn",
            checked.metric() == Metric.RMSE ? "a root mean squared error of" : "an accuracy of",
            ResultTable.score(checked.metric(), checked.value())));
    report.paragraph(
        "  ",
        "The settings were chosen by this number, so that others may be predicted a little"
            + " worse. No row is both known and asked for, so that nothing else is scored.");
  }

  private int labels() {
    return rows.fitted().length + rows.held().length;
  }

  private void scored() {
    List<String> parts = new ArrayList<>();
    for (Predictor other : scores.predictors()) {
      if (other != Predictor.CONTEXT) {
        parts.add(
            Text.format(
                "%s %s (%s)", relation(other), name(other), number(scores.score(other).value())));
      }
    }
    report.paragraph(
        Text.format(
            "'%s' of the %d rows asked for is predicted with %s %s from %d labels by %s: %s.",
            target,
            scores.scored(),
            scores.metric() == Metric.RMSE ? "a root mean squared error of" : "an accuracy of",
            number(scores.score(Predictor.CONTEXT).value()),
            labels(),
            prediction.context(),
            String.join(", ", parts)));
    report.heading(
        Text.format(
            "How well '%s' is predicted (%d labels, scored on %d other rows)",
            target, labels(), scores.scored()));
    report.table(table());
    report.paragraph(
        "  ",
        Text.format(
            "Intervals hold the middle %.0f %% of %d resamples of the %d rows; better or worse is"
                + " said where that of the difference lies on one side of 0%s.",
            100 * PairedScores.LEVEL,
            PairedScores.RESAMPLES,
            scores.scored(),
            scores.scored() < PairedScores.FEWEST_ROWS
                ? Text.format(" on at least %d rows", PairedScores.FEWEST_ROWS)
                : ""));
  }

  private String relation(Predictor other) {
    return scores.better(Predictor.CONTEXT, other)
        ? "better than"
        : scores.better(other, Predictor.CONTEXT) ? "worse than" : "about as good as";
  }

  private static String name(Predictor predictor) {
    return switch (predictor) {
      case CONTEXT -> "the context";
      case SPREADING -> "label spreading by the same context";
      case COLUMNS -> "a linear model on your columns";
      case NEIGHBOURS -> "the nearest labelled rows";
      case NOTHING -> "nothing";
    };
  }

  private ResultTable table() {
    boolean numbers = scores.metric() == Metric.RMSE;
    List<String> head = new ArrayList<>(List.of("from", scores.metric().title(), "95 % interval"));
    head.addAll(numbers ? List.of("R²") : List.of());
    List<List<String>> table = new ArrayList<>(List.of(head));
    for (Predictor predictor : scores.predictors()) {
      PairedScores.Score score = scores.score(predictor);
      String name =
          predictor != Predictor.NOTHING
              ? name(predictor)
              : numbers ? "nothing: always the mean" : "nothing: always the most frequent class";
      List<String> row =
          new ArrayList<>(
              List.of(
                  name,
                  number(score.value()),
                  number(score.low()) + " to " + number(score.high())));
      scores
          .explained(predictor, Predictor.NOTHING)
          .ifPresent(share -> row.add(Text.format("%.2f", share + 0.0)));
      table.add(row);
    }
    return new ResultTable(table);
  }

  private String number(double value) {
    return ResultTable.score(scores.metric(), value);
  }

  private void how(Path file) {
    report.heading("How " + data.name() + " was predicted");
    report.entry("context", prediction.context());
    report.entry(
        "labels",
        Text.format(
            "%s to fit%s%s",
            rows.fitted().length,
            rows.validation().length > 0
                ? Text.format(", %d to choose the settings", rows.validation().length)
                : "",
            rows.held().length > 0
                ? Text.format(", %d to see how far predictions are off", rows.held().length)
                : ""));
    report.entry(
        "settings",
        Text.format(
            "%s, penalty %.2g, %s",
            prediction.choice().transform(),
            prediction.choice().penalty(),
            rows.validation().length > 0
                ? "the least squared error on the rows to choose on"
                : "the least squared error of labels that are left out"));
    if (prediction.hasMargin()) {
      report.entry(rows.target() instanceof Target.Classes ? "sets" : "intervals", margin());
    }
    report.entry(
        "saved in", file == null ? "nowhere; --out FILE writes the predictions" : file.toString());
  }

  private String margin() {
    String covered =
        scores == null
            ? ""
            : Text.format(
                "; they do for %.3f of the %d scored rows", prediction.covered(), scores.scored());
    boolean classes = rows.target() instanceof Target.Classes;
    String what =
        classes
            ? Text.format("%.2f classes on average, ", prediction.meanSetSize())
            : Text.format("± %.4g, ", prediction.margin());
    return what
        + Text.format(
            "to hold what is true with a probability of %s %%%s",
            Numbers.text(100 * prediction.level()), covered);
  }

  /** Returns the result for programs; the file is as it was given, or null. */
  JsonObject json(String file) {
    JsonObject json = new JsonObject();
    json.addProperty("data", data.name());
    json.addProperty("target", target);
    json.addProperty("context", prediction.context());
    json.addProperty("predicted", rows.asked().length);
    json.addProperty("fitted", rows.fitted().length);
    json.addProperty("validation", rows.validation().length);
    json.addProperty("held", rows.held().length);
    json.addProperty("transform", prediction.choice().transform().toString());
    json.add("penalty", Results.number(prediction.choice().penalty()));
    RowLosses checked = prediction.lossesOfChoice();
    json.addProperty("metric", checked.metric().toString());
    json.add("checked", Results.number(checked.value()));
    json.add(
        "level", prediction.hasMargin() ? Results.number(prediction.level()) : JsonNull.INSTANCE);
    json.add("margin", Results.number(prediction.margin()));
    json.add(
        "covered",
        prediction.hasMargin() && scores != null
            ? Results.number(prediction.covered())
            : JsonNull.INSTANCE);
    if (scores == null) {
      json.add("scores", JsonNull.INSTANCE);
    } else {
      JsonObject all = new JsonObject();
      for (Predictor predictor : scores.predictors()) {
        PairedScores.Score score = scores.score(predictor);
        JsonObject one = new JsonObject();
        one.add("value", Results.number(score.value()));
        one.add("low", Results.number(score.low()));
        one.add("high", Results.number(score.high()));
        all.add(predictor.name().toLowerCase(Locale.ROOT), one);
      }
      json.add("scores", all);
    }
    json.addProperty("scored", scores == null ? 0 : scores.scored());
    json.addProperty("file", file);
    return json;
  }
}
