package io.millrace.fabric.aeron;

import io.aeron.logbuffer.LogBufferDescriptor;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2LongHashMap;

/**
 * Decides which sessions Aeron is told of. For each that a setup frame names, the driver makes
 * files, counters and an entry in its lists, all on the agent thread, and keeps them for seconds;
 * for each that only a data frame names it asks back. A sender that cannot be told from others by
 * its address must not have that without a limit.
 *
 * <p>A session that was refused may come a moment later: senders say setup again and again. Pure:
 * frames and times come in. Confined to the agent thread.
 */
final class SessionLimiter {
  /** Longer than the driver keeps an image of which nothing comes. */
  private static final long FORGOTTEN_AFTER_NS = TimeUnit.SECONDS.toNanos(10);

  private static final long FORGET_EVERY_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int LEAST_TERM_BYTES = LogBufferDescriptor.TERM_MIN_LENGTH;
  private static final long NEVER = Long.MIN_VALUE;

  private final int mostTermBytes;
  private final Long2LongHashMap heardNs = new Long2LongHashMap(NEVER);
  private final Allowance setups;
  private final Allowance questions;
  private long forgotNs = NEVER;

  /**
   * Allows what is within the limits.
   *
   * @param mostTermBytes of a term; the driver maps three of them for each session
   * @param perSecond new sessions; twice as many at once, for peers that call again together after
   *     a standstill: each costs some milliseconds at worst
   */
  SessionLimiter(int mostTermBytes, int perSecond) {
    this.mostTermBytes = mostTermBytes;
    this.setups = new Allowance(perSecond);
    this.questions = new Allowance(perSecond);
  }

  /** Whether a setup frame may make a session, or is of one that is there. */
  boolean allowsSetup(int stream, int session, int termBytes, long nowNs) {
    if (termBytes < LEAST_TERM_BYTES
        || termBytes > mostTermBytes
        || Integer.bitCount(termBytes) != 1) {
      return false;
    }
    forget(nowNs);
    long key = key(stream, session);
    long before = heardNs.get(key);
    if (before == NEVER && !setups.take(nowNs)) {
      return false;
    }
    remember(key, before, nowNs);
    return true;
  }

  /** Whether a data frame is of a session that is there, or may make the driver ask for one. */
  boolean allowsData(int stream, int session, long nowNs) {
    long key = key(stream, session);
    long before = heardNs.get(key);
    if (before == NEVER) {
      return questions.take(nowNs);
    }
    remember(key, before, nowNs);
    return true;
  }

  /** Not for each of the many frames of a second: what is forgotten was silent for longer. */
  private void remember(long key, long beforeNs, long nowNs) {
    if (beforeNs == NEVER || nowNs - beforeNs >= FORGET_EVERY_NS) {
      heardNs.put(key, nowNs);
    }
  }

  /** Whether a frame of so many bytes can be within any term that is allowed. */
  boolean isWithinTerm(int frameBytes) {
    return frameBytes <= mostTermBytes;
  }

  /** Sessions that are remembered. */
  int sessions() {
    return heardNs.size();
  }

  private void forget(long nowNs) {
    if (forgotNs == NEVER || nowNs - forgotNs >= FORGET_EVERY_NS) {
      forgotNs = nowNs;
      heardNs.values().removeIfLong(heard -> nowNs - heard > FORGOTTEN_AFTER_NS);
    }
  }

  private static long key(int stream, int session) {
    return (long) stream << 32 | (session & 0xFFFF_FFFFL);
  }

  /** Gives so many at once, and then so many a second. */
  private static final class Allowance {
    private final int atOnce;
    private final long nsEach;
    private int left;
    private long countedNs = NEVER;

    Allowance(int perSecond) {
      atOnce = 2 * perSecond;
      nsEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
      left = atOnce;
    }

    boolean take(long nowNs) {
      if (countedNs == NEVER) { // the clock may stand anywhere, below zero too
        countedNs = nowNs;
      }
      long more = (nowNs - countedNs) / nsEach;
      if (more > 0) {
        left = (int) Math.min(atOnce, left + more);
        countedNs += more * nsEach;
      }
      if (left == 0) {
        return false;
      }
      left--;
      return true;
    }
  }
}
