package io.millrace.conformance;

import io.millrace.conformance.dash.DashCheck;
import io.millrace.conformance.hls.HlsCheck;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks live addresses: finds out what each is, follows it for a while, and reports.
 *
 * <p>{@link #run} may be called once; {@link #stop} and {@link #report} by any thread at any time.
 */
public final class StreamCheck {
  private static final Duration FIRST_WITHIN = Duration.ofSeconds(15);

  /** How the renditions' followers get their turns. */
  enum Turns {
    /** Each on a virtual thread of its own. */
    TOGETHER,
    /** One after the other on the caller's thread, for a fetcher with a clock of its own. */
    IN_ROTATION
  }

  private final Fetcher fetcher;
  private final CheckOptions options;
  private final Turns turns;
  private final Findings findings = new Findings();
  private final SharedBytes shared = new SharedBytes();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /** Whoever runs this, while it asks by itself and does not wait for the followers. */
  private volatile @Nullable Thread runner;

  public StreamCheck(Fetcher fetcher, CheckOptions options) {
    this(fetcher, options, Turns.TOGETHER);
  }

  StreamCheck(Fetcher fetcher, CheckOptions options, Turns turns) {
    this.fetcher = fetcher;
    this.options = options;
    this.turns = turns;
  }

  /** What was found so far. */
  public Report report() {
    return findings.report();
  }

  /** Ends the following soon; {@link #run} returns then. */
  public void stop() {
    stopping = true;
    synchronized (threads) {
      threads.forEach(Thread::interrupt);
    }
    Thread running = runner;
    if (running != null) {
      running.interrupt();
    }
  }

  /**
   * Follows the addresses, all at a time, and returns what was found.
   *
   * @throws ConformanceException where one gives nothing that could be followed
   */
  public Report run(List<URI> addresses) throws InterruptedException {
    try {
      runner = Thread.currentThread();
      follow(addresses);
    } catch (InterruptedException e) {
      if (!stopping) {
        throw e;
      }
    } finally {
      runner = null;
    }
    shared.check(findings);
    return findings.report();
  }

  private void follow(List<URI> addresses) throws InterruptedException {
    List<Presentation> presentations = new ArrayList<>();
    for (URI address : addresses) {
      presentations.add(open(address));
    }
    long endNs = fetcher.nowNs() + options.length().toNanos();
    switch (turns) {
      case TOGETHER -> {
        runner = null;
        together(presentations, endNs);
        runner = Thread.currentThread();
      }
      case IN_ROTATION -> inRotation(presentations, endNs);
    }
    for (Presentation presentation : presentations) {
      if (!stopping) {
        presentation.finish();
      }
    }
  }

  private Presentation open(URI address) throws InterruptedException {
    if ((!"http".equals(address.getScheme()) && !"https".equals(address.getScheme()))
        || address.getHost() == null) {
      throw new ConformanceException(
          "%s: no address of a stream (expected: http://HOST/… or https://HOST/…)"
              .formatted(address));
    }
    Answer answer;
    try {
      answer = fetcher.get(Ask.text(address, FIRST_WITHIN));
    } catch (FetchException e) {
      throw new ConformanceException(e.reason(), e);
    }
    if (answer.status() != 200) {
      throw new ConformanceException(
          "%s: status %d (expected: 200; is the channel on air?)"
              .formatted(address, answer.status()));
    }
    String start = answer.text().stripLeading();
    if (start.startsWith("#EXTM3U")
        || start.startsWith("\uFEFF#EXTM3U")
        || start.startsWith("#EXT")) {
      return new HlsCheck(answer, fetcher, options, findings, shared);
    }
    if (start.startsWith("<") || start.startsWith("\uFEFF<")) {
      return new DashCheck(answer, fetcher, options, findings, shared);
    }
    throw new ConformanceException(
        "%s: neither a playlist nor an MPD (expected: #EXTM3U or <MPD>)".formatted(address));
  }

  private boolean goesOn(long endNs) {
    return !stopping && fetcher.nowNs() < endNs;
  }

  private void together(List<Presentation> presentations, long endNs) throws InterruptedException {
    for (Presentation presentation : presentations) {
      startAll(presentation, 0, endNs);
    }
    for (int i = 0; i < threadCount(); i++) {
      thread(i).join();
    }
  }

  private int threadCount() {
    synchronized (threads) {
      return threads.size();
    }
  }

  private Thread thread(int number) {
    synchronized (threads) {
      return threads.get(number);
    }
  }

  /** Follows the renditions from that number on; returns how many there are. */
  private int startAll(Presentation presentation, int from, long endNs) {
    int all = presentation.renditions();
    for (int i = from; i < all; i++) {
      int number = i;
      synchronized (threads) {
        threads.add(
            Thread.ofVirtual()
                .name("check-" + threads.size())
                .start(() -> follow(presentation, number, endNs)));
      }
    }
    return all;
  }

  private void follow(Presentation presentation, int part, long endNs) {
    try {
      int known = presentation.renditions();
      // Each step waits for the server.
      while (goesOn(endNs) && presentation.step(part)) {
        if (part == 0) {
          known = startAll(presentation, known, endNs);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void inRotation(List<Presentation> presentations, long endNs)
      throws InterruptedException {
    boolean more = true;
    for (int round = 0; more && goesOn(endNs); round++) {
      more = false;
      for (Presentation presentation : presentations) {
        int last = presentation.renditions() - 1;
        for (int i = 0; i <= last; i++) {
          // Whoever waits for the server changes from round to round.
          more |= presentation.step(round % 2 == 0 ? i : last - i);
        }
      }
    }
  }
}
