package io.millrace.conformance.dash;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.ConformanceException;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Presentation;
import io.millrace.conformance.SharedBytes;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.steering.Steering;
import io.millrace.conformance.steering.SteeringFollower;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Checks a DASH presentation: its MPD, and the Representations of it. */
public final class DashCheck implements Presentation {
  private final ManifestFollower manifest;
  private final InitSections inits;
  private final Fetcher fetcher;
  private final CheckOptions options;
  private final Findings findings;
  private final SharedBytes shared;
  private final Optional<SteeringFollower> steering;

  /** Each follows the Representation of one id, from Period to Period. */
  private final List<SegmentFollower> followers = new CopyOnWriteArrayList<>();

  /** The ids that are followed. */
  private final Set<String> ids = new HashSet<>();

  /**
   * Begins with the answer that the address gave.
   *
   * @throws ConformanceException where it is no MPD that can be followed
   */
  public DashCheck(
      Answer answer, Fetcher fetcher, CheckOptions options, Findings findings, SharedBytes shared) {
    this.fetcher = fetcher;
    this.options = options;
    this.findings = findings;
    this.shared = shared;
    this.inits = new InitSections(new DashFetcher(fetcher, findings), findings);
    Mpd mpd =
        ManifestFollower.read(answer, findings)
            .orElseThrow(
                () ->
                    new ConformanceException(
                        "%s: cannot be read (expected: well-formed XML without DTD)"
                            .formatted(answer.uri())));
    manifest = new ManifestFollower(answer, mpd, fetcher, options, findings);
    steering =
        mpd.steering()
            .flatMap(
                of ->
                    MpdReader.resolve(answer.uri(), of.server())
                        .map(
                            server ->
                                new Steering(
                                    Steering.Format.DASH,
                                    server,
                                    mpd.serviceLocations(),
                                    of.first())))
            .map(of -> new SteeringFollower(of, fetcher, findings));
    meet(mpd, /* fromTheirBeginning= */ false);
    if (followers.isEmpty()) {
      throw new ConformanceException(
          "%s: has no Representation (expected: at least one)".formatted(answer.uri()));
    }
  }

  /** An id that was not there before is followed from the newest Period that has it. */
  private void meet(Mpd mpd, boolean fromTheirBeginning) {
    Map<String, String> newest = new LinkedHashMap<>();
    mpd.representations().forEach(each -> newest.put(each.id(), each.key()));
    newest.forEach(
        (id, key) -> {
          if (ids.size() < options.maxRenditions() && ids.add(id)) {
            followers.add(follower(id, key, fromTheirBeginning));
          }
        });
  }

  private SegmentFollower follower(String id, String key, boolean fromItsBeginning) {
    return new SegmentFollower(
        id, key, fromItsBeginning, manifest, inits, fetcher, options, findings, shared);
  }

  /** The MPD is followed as the first; more may come with a later one. */
  @Override
  public int renditions() {
    return 1 + followers.size();
  }

  @Override
  public boolean step(int rendition) throws InterruptedException {
    if (rendition == 0) {
      if (steering.isPresent()) {
        steering.get().due();
      }
      manifest.step();
      inits.check(manifest.current());
      meet(manifest.current(), /* fromTheirBeginning= */ true);
      return !manifest.done();
    }
    SegmentFollower follower = followers.get(rendition - 1);
    Optional<Representation> successor = follower.successor();
    if (successor.isPresent()) {
      follower.finish();
      Representation next = successor.get();
      follower = follower(next.id(), next.key(), /* fromItsBeginning= */ true);
      followers.set(rendition - 1, follower);
    }
    follower.step();
    return !manifest.done();
  }

  @Override
  public void finish() throws InterruptedException {
    followers.forEach(SegmentFollower::finish);
    inits.finish();
  }
}
