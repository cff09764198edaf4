package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the messages of one connection that bring no media: so many in a second, and those of a
 * few seconds at once. One is counted for each, and one more for each KiB that has to be looked at.
 * Confined to one thread.
 */
final class MessageRate {
  static final int BURST_SECONDS = 5;
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long BURST_NS = BURST_SECONDS * SECOND_NS;
  private static final int KIB = 1 << 10;

  private final int perSecond;

  /** In how long what was taken will have been made up for. */
  private long owedNs;

  private long lastNs;

  MessageRate(int perSecond, long nowNs) {
    this.perSecond = perSecond;
    this.lastNs = nowNs;
  }

  /**
   * Counts a message; throws {@link RtmpException} where too many came before it. A long one is
   * taken, and those after it pay.
   *
   * @param lengthBytes that have to be looked at
   */
  void count(int lengthBytes, long nowNs) {
    owedNs = Math.max(0, owedNs - (nowNs - lastNs));
    lastNs = nowNs;
    long eachNs = SECOND_NS / perSecond;
    if (owedNs + eachNs > BURST_NS) {
      throw RtmpException.beyond(
          Limit.CONTROL_MESSAGES,
          "messages without media at once",
          owedNs / eachNs + 1,
          (long) BURST_SECONDS * perSecond);
    }
    owedNs += (1 + lengthBytes / KIB) * eachNs;
  }
}
