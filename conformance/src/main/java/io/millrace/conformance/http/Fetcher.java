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

  /**
   * For how long tasks of this machine may have waited for a processor between two times: so much
   * of a delay may be its own.
   */
  default long stalledNs(long fromNs, long toNs) {
    return 0;
  }

  /** Waits before the next request. */
  void pause(Duration length) throws InterruptedException;
}
