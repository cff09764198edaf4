package io.millrace.delivery.http;

/** A connection, which its event loop looks at now and then for what takes too long. */
interface Swept {
  void sweep(long nowNs);
}
