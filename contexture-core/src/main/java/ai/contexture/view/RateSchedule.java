package ai.contexture.view;

/** How a row draws its rate from a range. */
public enum RateSchedule {

  /** All rates are equally probable. */
  UNIFORM {
    @Override
    double share(double uniform) {
      return uniform;
    }
  },

  /**
   * High rates are the more probable ones: the share of the way from the least to the greatest is
   * cos(πu/2) for a uniform u [Chang et al. 2022, MaskGIT, §3.2].
   */
  COSINE {
    @Override
    double share(double uniform) {
      return Math.cos(Math.PI / 2 * uniform);
    }
  };

  /** Returns the share of the way from the least to the greatest rate. */
  abstract double share(double uniform);
}
