package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.hls.MultivariantPlaylist.Variant;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.mp4.InitSectionReader;
import io.millrace.conformance.mp4.SegmentReader;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Judges the playlists of I-frames (RFC 8216bis 4.4.3.6, 4.4.6.3). Each is read once, with its
 * newest picture: players meet them when somebody scrubs.
 */
final class IFramePlaylists {
  private static final Duration WITHIN = Duration.ofSeconds(10);

  /** They are read when all else is over: no more than a ladder has. */
  private static final int MAX_PLAYLISTS = 4;

  private final Fetcher fetcher;
  private final Findings findings;

  IFramePlaylists(Fetcher fetcher, Findings findings) {
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /**
   * Judges all.
   *
   * @param address of the multivariant playlist
   * @param followed one of its other media playlists, as it is now
   * @param frameNs the longest frame that was met
   */
  void check(URI address, MultivariantPlaylist multivariant, MediaPlaylist followed, long frameNs)
      throws InterruptedException {
    List<URI> uris =
        multivariant.iFrames().stream()
            .map(Variant::uri)
            .filter(uri -> !uri.isEmpty())
            .map(uri -> ServerProbes.resolve(address, uri))
            .flatMap(Optional::stream)
            .filter(uri -> "http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            .distinct()
            .limit(MAX_PLAYLISTS)
            .toList();
    for (URI uri : uris) {
      check(uri, followed, frameNs);
    }
  }

  private void check(URI uri, MediaPlaylist followed, long frameNs) throws InterruptedException {
    MediaFetcher media = new MediaFetcher(uri, fetcher, findings);
    Optional<Answer> answer = media.get(Ask.text(uri, WITHIN));
    if (answer.isEmpty()
        || !findings.check(
            Rule.HLS_PLAYLIST_AVAILABLE,
            answer.get().status() == 200,
            uri.toString(),
            "status " + answer.get().status(),
            "200")) {
      return;
    }
    PlaylistText text = PlaylistText.of(answer.get().text());
    TextRules.check(answer.get(), text, findings);
    MediaPlaylist playlist = PlaylistReader.media(text);
    TransportRules.playlist(answer.get(), /* blocking= */ false, findings);
    PlaylistRules.check(playlist, uri.toString(), findings);
    PlaylistRules.checkDates(playlist, frameNs, uri.toString(), findings);
    findings.check(
        Rule.HLS_I_FRAMES_ONLY,
        !text.tags("EXT-X-I-FRAMES-ONLY").isEmpty(),
        uri.toString(),
        "no EXT-X-I-FRAMES-ONLY",
        "it, in what EXT-X-I-FRAME-STREAM-INF names");
    findings.check(
        Rule.HLS_TARGETDURATION_SAME,
        playlist.targetDuration() == followed.targetDuration(),
        uri.toString(),
        "EXT-X-TARGETDURATION " + playlist.targetDuration(),
        "%d, as other playlists".formatted(followed.targetDuration()));
    findings.check(
        Rule.HLS_SERVER_CONTROL_SAME,
        playlist.serverControl().values().equals(followed.serverControl().values()),
        uri.toString(),
        "EXT-X-SERVER-CONTROL " + playlist.serverControl().values(),
        "%s, as other playlists".formatted(followed.serverControl().values()));
    picture(playlist, media);
    if (followed.canBlock() && !playlist.ended() && !followed.ended()) {
      block(uri, playlist, media);
    }
  }

  private void picture(MediaPlaylist playlist, MediaFetcher media) throws InterruptedException {
    Optional<Segment> newest =
        playlist.segments().reversed().stream()
            .filter(each -> each.complete() && !each.gap() && !each.encrypted())
            .findFirst();
    if (newest.isEmpty() || newest.get().map().isEmpty()) {
      return;
    }
    Segment segment = newest.get();
    Optional<byte[]> bytes =
        media.bytes(segment.uri(), segment.byteRange(), Rule.HLS_SEGMENT_AVAILABLE);
    Optional<byte[]> init =
        media.bytes(segment.map(), segment.mapRange(), Rule.HLS_SEGMENT_AVAILABLE);
    if (bytes.isPresent() && init.isPresent()) {
      InitSectionReader.read(init.get(), segment.map(), findings)
          .ifPresent(
              section ->
                  findings.check(
                      Rule.HLS_I_FRAMES_MEDIA,
                      SegmentReader.startsWithSync(bytes.get(), section),
                      segment.uri(),
                      "no sync sample first",
                      "a picture that stands for itself"));
    }
  }

  private void block(URI uri, MediaPlaylist playlist, MediaFetcher media)
      throws InterruptedException {
    long msn = playlist.lastMsn() + 1;
    Optional<Answer> answer =
        media.get(Ask.text(ServerProbes.with(uri, "_HLS_msn=" + msn), playlist.patience()));
    if (answer.isEmpty() || answer.get().status() == 503) {
      // Nothing is said of it where nothing comes.
      return;
    }
    MediaPlaylist then = PlaylistReader.media(PlaylistText.of(answer.get().text()));
    findings.check(
        Rule.HLS_I_FRAMES_BLOCK,
        answer.get().status() == 200 && (then.lastMsn() >= msn || then.ended()),
        answer.get().uri().toString(),
        "status %d, to segment %d".formatted(answer.get().status(), then.lastMsn()),
        "held until segment %d is there".formatted(msn));
  }
}
