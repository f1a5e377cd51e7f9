package ai.contexture.objective;

/** What an encoder is a function of. */
public enum Variable {
  /** The input X: the encoder Φ(x). */
  INPUT,
  /** The context variable A: the encoder Ψ(a). */
  CONTEXT
}
