package io.millrace.media.channel;

/**
 * Tells which writer of a channel is in office: a receiver drops whatever carries a lower fence
 * than it has seen.
 *
 * @param placement the number that Postgres issued with the channel's placement
 * @param epoch counts the writers under one placement, issued by the placement's owner
 */
public record Fence(long placement, long epoch) implements Comparable<Fence> {
  public Fence {
    if (placement < 0 || epoch < 0) {
      throw new IllegalArgumentException(
          "fence: " + placement + "." + epoch + " (expected: both 0 or more)");
    }
  }

  @Override
  public int compareTo(Fence other) {
    int byPlacement = Long.compare(placement, other.placement);
    return byPlacement != 0 ? byPlacement : Long.compare(epoch, other.epoch);
  }
}
