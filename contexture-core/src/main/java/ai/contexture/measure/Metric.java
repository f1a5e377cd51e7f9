package ai.contexture.measure;

import ai.contexture.input.Constants;
import ai.contexture.input.Text;
import com.google.gson.annotations.SerializedName;

/** What a prediction of held-out rows is measured by. */
public enum Metric {
  /** The root of the mean squared error, in the target's units. Lower is better. */
  @SerializedName("rmse")
  RMSE("RMSE"),
  /** The share of rows whose class was found, between 0 and 1. Higher is better. */
  @SerializedName("accuracy")
  ACCURACY("accuracy");

  private final String title;

  Metric(String title) {
    this.title = title;
  }

  /** Returns whether lower values are better. */
  public boolean lowerIsBetter() {
    return this == RMSE;
  }

  /** Returns what tables call it, {@code RMSE} or {@code accuracy}. */
  public String title() {
    return title;
  }

  /** Returns what the error is called that {@link #error} gives. */
  public String errorTitle() {
    return this == RMSE ? title : "error rate";
  }

  /** Returns a value as an error, of which less is better: an accuracy as the error rate. */
  public double error(double value) {
    return this == RMSE ? value : 1 - value;
  }

  /** Returns a value in words, such as {@code accuracy 0.91 (higher is better)}. */
  String described(double value) {
    return Text.format("%s %.4g (%s is better)", this, value, lowerIsBetter() ? "lower" : "higher");
  }

  /** Returns {@code rmse} or {@code accuracy}. */
  @Override
  public String toString() {
    return Constants.text(this);
  }
}
