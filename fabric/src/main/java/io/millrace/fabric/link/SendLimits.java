package io.millrace.fabric.link;

/**
 * Bounds what a link's sending end holds.
 *
 * @param mostWaitingBytes over all of the link's lanes
 * @param mostMessageBytes of one message before it is cut into pieces
 * @param mostFetches that the source has not answered yet
 */
public record SendLimits(long mostWaitingBytes, int mostMessageBytes, int mostFetches) {
  public SendLimits {
    if (mostWaitingBytes < 1 || mostMessageBytes < 1 || mostFetches < 1) {
      throw new IllegalArgumentException(
          "limits: %d, %d, %d (expected: all 1 or more)"
              .formatted(mostWaitingBytes, mostMessageBytes, mostFetches));
    }
  }
}
