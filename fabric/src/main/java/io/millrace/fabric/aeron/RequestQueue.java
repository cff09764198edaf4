package io.millrace.fabric.aeron;

import io.millrace.fabric.link.Lane;
import io.millrace.fabric.link.MessageInHand;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.ControlMessage.KeepCheckpoint;
import io.millrace.media.channel.ChannelId;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends a link's requests in order, and keeps those that have to wait, up to a limit. Checkpoints
 * wait behind the others, the newest of each channel, up to a limit of their bytes. Confined to the
 * agent thread.
 */
final class RequestQueue {
  private static final int MOST_REQUESTS = 65_536;

  private final int mostMessageBytes;
  private final long mostCheckpointBytes;
  private final MessageInHand inHand = new MessageInHand();
  private final ArrayDeque<ControlMessage> waiting = new ArrayDeque<>();
  private final Map<ChannelId, KeepCheckpoint> checkpoints = new LinkedHashMap<>();
  private long checkpointBytes;
  private boolean overflowed;

  /**
   * @param mostMessageBytes of one request
   * @param mostCheckpointBytes of all checkpoints that wait
   */
  RequestQueue(int mostMessageBytes, long mostCheckpointBytes) {
    this.mostMessageBytes = mostMessageBytes;
    this.mostCheckpointBytes = mostCheckpointBytes;
  }

  void add(ControlMessage message) {
    if (waiting.size() < MOST_REQUESTS) {
      waiting.add(message);
    } else {
      overflowed = true;
    }
  }

  /** Adds a checkpoint in place of an older one of its channel; false where it is dropped. */
  boolean add(KeepCheckpoint message) {
    drop(checkpoints.remove(message.channel()));
    long size = message.checkpoint().state().length();
    if (checkpointBytes + size > mostCheckpointBytes || size > mostMessageBytes / 2) {
      return false;
    }
    checkpoints.put(message.channel(), message);
    checkpointBytes += size;
    return true;
  }

  private void drop(@Nullable KeepCheckpoint message) {
    if (message != null) {
      checkpointBytes -= message.checkpoint().state().length();
    }
  }

  /** Whether a message was lost because too many waited: the link cannot go on. */
  boolean hasOverflowed() {
    return overflowed;
  }

  /** Sends what the lane takes now and returns how many messages it took. */
  int flush(Lane lane) {
    int sent = 0;
    while ((!inHand.isEmpty() || take()) && inHand.offer(lane) == Lane.Offer.SENT) {
      inHand.clear();
      sent++;
    }
    return sent;
  }

  /** Encodes the next message; false where there is none. */
  private boolean take() {
    ControlMessage next = waiting.poll();
    if (next == null && !checkpoints.isEmpty()) {
      KeepCheckpoint oldest = checkpoints.remove(checkpoints.keySet().iterator().next());
      drop(oldest);
      next = oldest;
    }
    if (next == null) {
      return false;
    }
    inHand.take(next, mostMessageBytes);
    return true;
  }

  void clear() {
    waiting.clear();
    checkpoints.clear();
    checkpointBytes = 0;
    inHand.clear();
    overflowed = false;
  }
}
