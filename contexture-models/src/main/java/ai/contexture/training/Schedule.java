package ai.contexture.training;

/** How the learning rate changes during training, as a factor of its peak. */
public enum Schedule {
  /** Always the peak. */
  CONSTANT {
    @Override
    public double factor(double progress) {
      return 1;
    }
  },
  /** Half a cosine from the peak to zero. */
  COSINE {
    @Override
    public double factor(double progress) {
      return between(1, 0, progress);
    }
  },
  /**
   * Up from 1/25 of the peak within the first twentieth, then half a cosine down to nearly zero.
   */
  ONE_CYCLE {
    @Override
    public double factor(double progress) {
      return progress < WARM_UP
          ? between(FIRST, 1, progress / WARM_UP)
          : between(1, FIRST * 1e-4, (progress - WARM_UP) / (1 - WARM_UP));
    }
  };

  private static final double WARM_UP = 0.05;
  private static final double FIRST = 1.0 / 25;

  /**
   * Returns the factor of the learning rate.
   *
   * @param progress how much of the training is done, from 0 to 1
   */
  public abstract double factor(double progress);

  private static double between(double from, double to, double progress) {
    return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
