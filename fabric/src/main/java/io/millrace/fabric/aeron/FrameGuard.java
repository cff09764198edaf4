package io.millrace.fabric.aeron;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import org.agrona.BitUtil;
import org.agrona.collections.IntHashSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Decides which frames of a datagram Aeron's driver is told of: whole ones, of streams that
 * somebody listens to, and of no more sessions than {@link SessionLimiter} allows. Confined to the
 * agent thread.
 *
 * <p>Aeron believes what a frame says of its length, and all that read the stream after it do.
 */
public final class FrameGuard {
  private static final int FRAME_BYTES = DataHeaderFlyweight.HEADER_LENGTH;

  private final SessionLimiter limiter;
  private final IntHashSet streams = new IntHashSet();

  /** What goes through the guards of a process is limited together. */
  FrameGuard(SessionLimiter limiter) {
    this.limiter = limiter;
  }

  /**
   * Guards alone.
   *
   * @param mostTermBytes of a session's term
   * @param sessionsPerSecond new ones; twice as many at once
   */
  public static FrameGuard of(int mostTermBytes, int sessionsPerSecond) {
    return new FrameGuard(new SessionLimiter(mostTermBytes, sessionsPerSecond));
  }

  /** Somebody listens to the stream from now on. */
  public void open(int stream) {
    streams.add(stream);
  }

  /** Nobody does any more. */
  public void close(int stream) {
    streams.remove(stream);
  }

  /** Whether a datagram of {@code length} bytes that is a setup frame may be acted on. */
  public boolean passes(SetupFlyweight setup, int length, long nowNs) {
    return length >= SetupFlyweight.HEADER_LENGTH
        && streams.contains(setup.streamId())
        && limiter.allowsSetup(setup.streamId(), setup.sessionId(), setup.termLength(), nowNs);
  }

  /** Whether a datagram of data, which begins with {@code first}, may be put into its stream. */
  public boolean passes(DataHeaderFlyweight first, UnsafeBuffer datagram, int length, long nowNs) {
    return length >= FRAME_BYTES
        && streams.contains(first.streamId())
        && isWhole(first, datagram, length)
        && limiter.allowsData(first.streamId(), first.sessionId(), nowNs);
  }

  /** Sessions that are remembered. */
  public int sessions() {
    return limiter.sessions();
  }

  /** As a sender packs them: aligned frames one after the other, or one that says nothing. */
  private boolean isWhole(DataHeaderFlyweight first, UnsafeBuffer datagram, int length) {
    int offset = first.termOffset();
    if (offset < 0 || !BitUtil.isAligned(offset, FRAME_BYTES)) {
      return false;
    }
    if (DataHeaderFlyweight.isHeartbeat(datagram, length)) {
      return true;
    }
    int at = 0;
    while (at <= length - FRAME_BYTES) {
      int frameLength = FrameDescriptor.frameLength(datagram, at);
      if (frameLength < FRAME_BYTES) {
        return false;
      }
      if (isPadding(datagram, at)) {
        // Of the rest of a term the header alone is sent, after all else.
        return at + FRAME_BYTES == length && limiter.isWithinTerm(frameLength);
      }
      if (frameLength > length - at) {
        return false;
      }
      at += BitUtil.align(frameLength, FRAME_BYTES);
    }
    return at == length;
  }

  private static boolean isPadding(UnsafeBuffer datagram, int at) {
    return FrameDescriptor.frameType(datagram, at) == HeaderFlyweight.HDR_TYPE_PAD;
  }
}
