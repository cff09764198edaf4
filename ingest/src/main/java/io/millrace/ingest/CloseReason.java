package io.millrace.ingest;

import java.util.Locale;

/** Says why a publication ended. */
public enum CloseReason {
  /** The publisher said that it is done. */
  FINISHED,
  /** The connection was closed by the peer or the network. */
  DISCONNECTED,
  /** Nothing came for too long. */
  TIMED_OUT,
  /** The peer broke the protocol. */
  PROTOCOL_ERROR,
  /** The stream carries what cannot be delivered. */
  UNSUPPORTED,
  /** A newer session publishes the channel. */
  TAKEN_OVER,
  /** The key was rotated or removed, or the channel deleted. */
  KEY_REVOKED,
  /** Someone ended the broadcast. */
  ENDED,
  /** The node stops. */
  SHUT_DOWN;

  /** The reason as it stands in logs and metrics. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
