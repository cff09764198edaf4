package io.millrace.delivery.http;

/** Is looked at now and then by its event loop, for what takes too long. */
interface Swept {
  void sweep(long nowNs);
}
