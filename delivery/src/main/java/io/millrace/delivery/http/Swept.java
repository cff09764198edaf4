package io.millrace.delivery.http;

/** A connection, which its event loop looks at now and then for what takes too long. */
interface Swept {
  void sweep(long nowNs);

  /** Tells the client that it had better go, where its protocol has a word for that. */
  default void drain() {}
}
