package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.CloseReason;
import io.millrace.ingest.StreamKey;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;

/** Says what a session wants done; in the order of the list that it comes in. */
sealed interface SessionAction {
  record Send(RtmpMessage message) implements SessionAction {}

  /**
   * Ask the ingest; {@link RtmpSession#admitted} or {@link RtmpSession#refused} take the answer.
   */
  record Admit(StreamKey key) implements SessionAction {}

  /** Audio or video of the accepted stream. */
  record Media(RtmpMessage message) implements SessionAction {}

  record Encoder(String name) implements SessionAction {}

  /** The publisher ended the stream; the connection stays. */
  record Finish() implements SessionAction {}

  /** Close the connection at once: it took longer than it may. */
  record TimeOut(Limit limit) implements SessionAction {}

  /** Close the connection, after the peer could read what was sent. */
  record Close(CloseReason reason) implements SessionAction {}
}
