package ai.contexture.data;

/** What is predicted from a row. */
public enum Task {
  /** One of several classes. */
  CLASSIFICATION,
  /** A number. */
  REGRESSION
}
