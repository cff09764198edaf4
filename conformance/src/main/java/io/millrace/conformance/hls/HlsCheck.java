package io.millrace.conformance.hls;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.ConformanceException;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Presentation;
import io.millrace.conformance.SharedBytes;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.steering.Steering;
import io.millrace.conformance.steering.SteeringFollower;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Checks an HLS presentation: a multivariant playlist with its media playlists, or one of those.
 */
public final class HlsCheck implements Presentation {
  private final URI address;
  private final Fetcher fetcher;
  private final CheckOptions options;
  private final Findings findings;
  private final SharedBytes shared;
  private final Optional<MultivariantFollower> multivariant;
  private final Optional<SteeringFollower> steering;
  private final List<RenditionFollower> followers = new CopyOnWriteArrayList<>();

  /**
   * Begins with the answer that the address gave.
   *
   * @throws ConformanceException where it names nothing that can be followed
   */
  public HlsCheck(
      Answer answer, Fetcher fetcher, CheckOptions options, Findings findings, SharedBytes shared) {
    this.address = answer.uri();
    this.fetcher = fetcher;
    this.options = options;
    this.findings = findings;
    this.shared = shared;
    PlaylistText text = PlaylistText.of(answer.text());
    if (!text.hasMultivariantTags()) {
      this.multivariant = Optional.empty();
      this.steering = Optional.empty();
      followers.add(new RenditionFollower(address, fetcher, options, findings, shared));
      return;
    }
    MultivariantFollower follower = new MultivariantFollower(answer, fetcher, findings);
    MultivariantPlaylist playlist = follower.current();
    this.multivariant = Optional.of(follower);
    this.steering =
        MultivariantRules.steering(playlist).flatMap(tag -> steering(tag.attributes(), playlist));
    meet(playlist);
    if (followers.isEmpty()) {
      throw new ConformanceException(
          "%s: names no media playlist (expected: EXT-X-STREAM-INF with a URI)".formatted(address));
    }
  }

  /** A media playlist that was not named before is followed too. */
  private void meet(MultivariantPlaylist playlist) {
    playlist.playlists().stream()
        .map(uri -> ServerProbes.resolve(address, uri))
        .flatMap(Optional::stream)
        .filter(uri -> "http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        .distinct()
        .limit(options.maxRenditions())
        .filter(uri -> followers.stream().noneMatch(known -> known.address().equals(uri)))
        .filter(_ -> followers.size() < options.maxRenditions())
        .forEach(
            uri -> followers.add(new RenditionFollower(uri, fetcher, options, findings, shared)));
  }

  private Optional<SteeringFollower> steering(Attributes of, MultivariantPlaylist playlist) {
    String first = of.has("PATHWAY-ID") ? of.get("PATHWAY-ID") : MultivariantRules.DEFAULT_PATHWAY;
    return ServerProbes.resolve(address, of.get("SERVER-URI"))
        .map(
            server ->
                new Steering(
                    Steering.Format.HLS, server, MultivariantRules.pathways(playlist), first))
        .map(steered -> new SteeringFollower(steered, fetcher, findings));
  }

  @Override
  public int renditions() {
    return followers.size();
  }

  @Override
  public boolean step(int rendition) throws InterruptedException {
    RenditionFollower follower = followers.get(rendition);
    if (rendition == 0 && steering.isPresent()) {
      steering.get().due();
    }
    follower.step();
    if (rendition == 0 && multivariant.isPresent()) {
      multivariant.get().due(followers);
      meet(multivariant.get().current());
    }
    return !follower.done();
  }

  @Override
  public void finish() throws InterruptedException {
    if (multivariant.isPresent()) {
      multivariant.get().again(followers);
    }
    for (RenditionFollower follower : followers) {
      follower.finish();
    }
    Optional<MultivariantPlaylist> playlist = multivariant.map(MultivariantFollower::current);
    Optional<MediaPlaylist> followed =
        followers.stream().flatMap(follower -> follower.current().stream()).findFirst();
    if (playlist.isPresent() && followed.isPresent()) {
      new IFramePlaylists(fetcher, findings).check(address, playlist.get(), followed.get());
    }
    PresentationRules.check(address, playlist, followers, options, findings);
  }
}
