package io.millrace.ingest.rtmp.message;

/**
 * Holds one command of a client (RTMP 1.0, 7.2, and what encoders add to it). {@code transaction}
 * is what the answer must carry; 0: no answer is expected.
 */
public sealed interface Command {
  double transaction();

  /**
   * Comes first.
   *
   * @param app as sent; may hold a query, a trailing slash, the stream key
   * @param client how the client names itself
   */
  record Connect(double transaction, String app, String tcUrl, String client) implements Command {}

  record ReleaseStream(double transaction, String name) implements Command {}

  record FcPublish(double transaction, String name) implements Command {}

  record CreateStream(double transaction) implements Command {}

  /**
   * Begins a stream.
   *
   * @param name the stream key, maybe with a query
   * @param kind {@code live}, {@code record}, {@code append}, or empty
   */
  record Publish(double transaction, String name, String kind) implements Command {}

  record FcUnpublish(double transaction, String name) implements Command {}

  record DeleteStream(double transaction, int streamId) implements Command {}

  record CloseStream(double transaction) implements Command {}

  record CheckBandwidth(double transaction) implements Command {}

  record Play(double transaction, String name) implements Command {}

  /** Any other, the answers to our own included. */
  record Unknown(double transaction, String name) implements Command {}
}
