package ai.contexture.encoder;

/** What is brought to mean 0 and variance 1 before the function of a hidden layer. */
public enum Normalisation {
  /** Nothing. */
  NONE,
  /** The numbers of each row. */
  LAYER,
  /** Each channel over the batch, by running moments outside of training. */
  BATCH
}
