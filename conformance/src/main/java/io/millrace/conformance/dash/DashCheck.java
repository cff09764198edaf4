package io.millrace.conformance.dash;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.ConformanceException;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Presentation;
import io.millrace.conformance.SharedBytes;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Fetcher;
import java.util.ArrayList;
import java.util.List;

/** Checks a DASH presentation: its MPD, and the Representations of it. */
public final class DashCheck implements Presentation {
  private final ManifestFollower manifest;
  private final List<SegmentFollower> followers = new ArrayList<>();

  /**
   * Begins with the answer that the address gave.
   *
   * @throws ConformanceException where it is no MPD that can be followed
   */
  public DashCheck(
      Answer answer, Fetcher fetcher, CheckOptions options, Findings findings, SharedBytes shared) {
    Mpd mpd =
        ManifestFollower.read(answer, findings)
            .orElseThrow(
                () ->
                    new ConformanceException(
                        "%s: cannot be read (expected: well-formed XML without DTD)"
                            .formatted(answer.uri())));
    manifest = new ManifestFollower(answer, mpd, fetcher, options, findings);
    mpd.representations().stream()
        .map(Mpd.Representation::key)
        .distinct()
        .limit(options.maxRenditions())
        .forEach(
            key ->
                followers.add(
                    new SegmentFollower(key, manifest, fetcher, options, findings, shared)));
    if (followers.isEmpty()) {
      throw new ConformanceException(
          "%s: has no Representation (expected: at least one)".formatted(answer.uri()));
    }
  }

  /** The MPD is followed as the first. */
  @Override
  public int renditions() {
    return 1 + followers.size();
  }

  @Override
  public boolean step(int rendition) throws InterruptedException {
    if (rendition == 0) {
      manifest.step();
      return !manifest.done();
    }
    SegmentFollower follower = followers.get(rendition - 1);
    follower.step();
    return !follower.done();
  }

  @Override
  public void finish() throws InterruptedException {
    for (SegmentFollower follower : followers) {
      follower.finish();
    }
  }
}
