package ai.contexture.random;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A seed from which every consumer of randomness derives its own, so that streams never depend on
 * the order of use.
 *
 * <pre>{@code
 * Seed seed = Seed.of(0);
 * RandomGenerator split = seed.derive("split").generator();
 * RandomGenerator step42 = seed.derive("batch").derive(42).generator();
 * }</pre>
 *
 * @param value the 64 bits of the seed
 */
public record Seed(long value) {

  /** Returns the seed with this value. */
  public static Seed of(long value) {
    return new Seed(value);
  }

  /** Returns the seed of a named consumer; the same name gives the same seed. */
  public Seed derive(String consumer) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (int i = 0; i < consumer.length(); i++) {
      hash = (hash ^ consumer.charAt(i)) * 0x100000001b3L;
    }
    return new Seed(mix(value ^ mix(hash)));
  }

  /** Returns the seed of a numbered consumer, such as a step or an epoch. */
  public Seed derive(long number) {
    return new Seed(mix(value + mix(number + 0x9e3779b97f4a7c15L)));
  }

  /** Returns a new generator that starts at this seed. */
  public RandomGenerator generator() {
    return new SplittableRandom(value);
  }

  /** The finaliser of MurmurHash3 with Stafford's constants (variant 13). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
