package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.hls.MediaPlaylist;
import io.millrace.bench.http.HttpConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads one media playlist again and again, as often as a part may come, and checks that it only
 * ever goes forward. {@link #check} tells what it saw.
 */
final class PlaylistWatch implements AutoCloseable {
  /** What was seen: how many playlists, and the discontinuities up to the last. */
  record Seen(int playlists, long discontinuities) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long APART_NS = 100_000_000;

  private final URI edge;
  private final String path;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final Future<Seen> seen;
  private volatile boolean stopping;

  PlaylistWatch(URI edge, String path) {
    this.edge = edge;
    this.path = path;
    this.seen = executor.submit(this::watch);
  }

  private Seen watch() throws Exception {
    int playlists = 0;
    MediaPlaylist last = null;
    try (HttpConnection connection = new HttpConnection(edge, TIMEOUT)) {
      while (!stopping) {
        String text = connection.get(path).text();
        MediaPlaylist now = MediaPlaylist.parse(text);
        if (last != null) {
          assertGoesOn(last, now, text);
        }
        last = now;
        playlists++;
        LockSupport.parkNanos(APART_NS);
      }
    }
    return new Seen(playlists, last == null ? 0 : discontinuities(last));
  }

  private static void assertGoesOn(MediaPlaylist last, MediaPlaylist now, String text) {
    assertThat(now.mediaSequence()).as(text).isGreaterThanOrEqualTo(last.mediaSequence());
    assertThat(now.openMsn()).as(text).isGreaterThanOrEqualTo(last.openMsn());
    assertThat(discontinuities(now)).as(text).isGreaterThanOrEqualTo(discontinuities(last));
    assertThat(last.ended() && !now.ended()).as(text).isFalse();
  }

  private static long discontinuities(MediaPlaylist playlist) {
    return playlist.discontinuitySequence() + playlist.discontinuities();
  }

  /** Ends the watch; fails if a playlist went back. */
  Seen check() throws Exception {
    stopping = true;
    try {
      return seen.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    stopping = true;
    executor.close();
  }
}
