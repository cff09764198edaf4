package io.millrace.ingest;

/**
 * Lets the ingest reach a publisher's connection. Called from any thread, must not block: hop to
 * the connection's own.
 */
public interface PublisherHandle {
  /** The publication is over; tell the peer why, and close the connection. Called at most once. */
  void closed(CloseReason reason);

  /** The publication can take samples again, see {@link Publication#writable}. */
  void writable();
}
