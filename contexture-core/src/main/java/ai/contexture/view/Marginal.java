package ai.contexture.view;

import java.util.random.RandomGenerator;

/**
 * The law from which a column's replacement is drawn.
 *
 * <p>A column of names has no range: {@link #UNIFORM} draws one of its levels, all equally
 * probable, and the other two draw from its empirical marginal.
 */
public enum Marginal {

  /** The column of a random pretraining row. */
  EMPIRICAL {
    @Override
    double draw(double least, double most, RandomGenerator random) {
      throw new IllegalStateException("the empirical marginal has no density");
    }
  },

  /** Uniform on the range of the pretraining rows. */
  UNIFORM {
    @Override
    double draw(double least, double most, RandomGenerator random) {
      return least + (most - least) * random.nextDouble();
    }
  },

  /** Normal about the middle of the range, its standard deviation a quarter of the range. */
  GAUSSIAN {
    @Override
    double draw(double least, double most, RandomGenerator random) {
      return (least + most) / 2 + (most - least) / 4 * random.nextGaussian();
    }
  },

  /**
   * Normal about either end of the range with probability ½, its standard deviation an eighth of
   * the range.
   */
  BIMODAL {
    @Override
    double draw(double least, double most, RandomGenerator random) {
      double mode = random.nextBoolean() ? least : most;
      return mode + (most - least) / 8 * random.nextGaussian();
    }
  };

  /** Draws a number for an input with this range. */
  abstract double draw(double least, double most, RandomGenerator random);
}
