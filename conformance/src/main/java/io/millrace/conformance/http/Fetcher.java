package io.millrace.conformance.http;

import java.time.Duration;
import java.time.Instant;

/** Fetches over HTTP; blocks. May be used by many threads. */
public interface Fetcher {
  /**
   * Asks once.
   *
   * @throws FetchException where no answer was had within the limits
   */
  Answer get(Ask ask) throws FetchException, InterruptedException;

  /** The clock of the answers' times, ns. */
  long nowNs();

  /** What this machine's clock says. */
  Instant wallClock();

  /** Waits before the next request. */
  void pause(Duration length) throws InterruptedException;
}
