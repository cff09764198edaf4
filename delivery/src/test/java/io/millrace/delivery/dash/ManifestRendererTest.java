package io.millrace.delivery.dash;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class ManifestRendererTest {
  private static final List<String> ORDER =
      List.of("BaseURL", "PatchLocation", "ServiceDescription", "Period", "UTCTiming");

  /** Of 30 a second, in the video's ticks. */
  private static final int HALF_FRAME = 1_500;

  private static final String CMAF = "urn:mpeg:dash:profile:cmaf:2019";

  private static final HevcConfiguration HDR = PublishedStream.hevc(1920, 1080, /* transfer= */ 16);

  private final ChannelId channel = PublishedStream.channelId(1);
  private final PublishedStream stream = new PublishedStream(channel, 6);

  private static TimelineView view(Windows windows) {
    return windows.window.view().newest().orElseThrow();
  }

  private static ManifestVersion version(Windows windows) {
    return ManifestRenderer.version(view(windows)).orElseThrow();
  }

  private static String manifest(Windows windows) {
    return ManifestRenderer.manifest(view(windows), version(windows));
  }

  /** Each step of a broadcast: one part of both renditions, a reconnect, a gap, the end. */
  private List<List<FeedMessage>> broadcast() {
    List<List<FeedMessage>> steps = new ArrayList<>();
    steps.add(stream.open());
    addParts(steps, PublishedStream.PARTS);
    stream.keyframeOffset(HALF_FRAME);
    addParts(steps, PublishedStream.PARTS);
    stream.keyframeOffset(-HALF_FRAME);
    addParts(steps, PublishedStream.PARTS + 2);
    stream.keyframeOffset(0);
    steps.add(stream.endSegment());
    steps.add(stream.reconnect(700_000_000L));
    addParts(steps, 2 * PublishedStream.PARTS);
    steps.add(stream.gaps(PublishedStream.PARTS));
    stream.keyframeOffset(-HALF_FRAME);
    addParts(steps, 2 * PublishedStream.PARTS);
    stream.keyframeOffset(0);
    steps.add(stream.correctClock(250_000_000L));
    addParts(steps, 2 * PublishedStream.PARTS);
    steps.add(stream.changeVideo(HDR));
    addParts(steps, 3 * PublishedStream.PARTS);
    steps.add(cutWithoutKeyframe());
    addParts(steps, 2 * PublishedStream.PARTS + 1);
    steps.add(stream.endSegment());
    steps.add(stream.end());
    return steps;
  }

  private List<FeedMessage> cutWithoutKeyframe() {
    stream.cutWithoutKeyframe();
    return stream.part();
  }

  private void addParts(List<List<FeedMessage>> steps, int count) {
    for (int i = 0; i < count; i++) {
      steps.add(stream.part());
    }
  }

  @Test
  void thePatchOfEachVersionMakesTheNextOfIt() {
    try (Windows windows = new Windows(channel)) {
      Optional<ManifestVersion> before = Optional.empty();
      TimelineView beforeView = null;
      ReadManifest patched = null;
      int versions = 0;
      for (List<FeedMessage> step : broadcast()) {
        windows.feed(step);
        Optional<ManifestVersion> now = ManifestRenderer.version(view(windows));
        if (now.equals(before)) {
          continue;
        }
        String text = ManifestRenderer.manifest(view(windows), now.orElseThrow());
        if (patched == null) {
          patched = ReadManifest.parse(text);
        } else {
          ManifestVersion old = before.orElseThrow();
          assertThat(now.get().publishMs()).isGreaterThan(old.publishMs());
          String patch =
              ManifestRenderer.patch(
                  Objects.requireNonNull(beforeView),
                  old,
                  old.publishMs(),
                  view(windows),
                  now.get());
          patched.apply(patch);
          assertThat(patched).hasToString(ReadManifest.parse(text).toString());
          // A node that did not make the older version knows it too.
          assertThat(ManifestRenderer.publishedAt(view(windows), now.get(), old.publishMs()))
              .contains(old);
          assertThat(
                  ManifestRenderer.patch(
                      view(windows), old, old.publishMs(), view(windows), now.get()))
              .isEqualTo(patch);
        }
        before = now;
        beforeView = view(windows);
        versions++;
      }
      // One for each segment that began, and the end.
      assertThat(versions).isEqualTo((int) stream.msn() + 1);
      assertThat(Objects.requireNonNull(patched).mpd("type")).isEqualTo("static");
    }
  }

  @Test
  void aNodeThatJoinedLateRendersTheSameBytes() {
    try (Windows first = new Windows(channel);
        Windows late = new Windows(channel)) {
      first.feed(stream.open()).feed(stream.segments(7)).feed(stream.reconnect(300_000_000L));
      first.feed(stream.segments(10)).feed(stream.parts(3));
      late.feed(snapshot(first));

      for (int step = 0; step < 40; step++) {
        assertThat(manifest(late)).isEqualTo(manifest(first));
        List<FeedMessage> next = stream.part();
        first.feed(next);
        late.feed(next);
      }
    }
  }

  private List<FeedMessage> snapshot(Windows windows) {
    List<FeedMessage> snapshot = new ArrayList<>();
    snapshot.add(new FeedMessage.SnapshotBegun(channel, Feed.WINDOW));
    windows.window.survivors().forEach(each -> snapshot.add(new FeedMessage.Index(channel, each)));
    snapshot.add(new FeedMessage.SnapshotEnded(channel, Feed.WINDOW, windows.window.lastNumber()));
    return snapshot;
  }

  @Test
  void eachVersionIsAsItsSchemaWantsItAndAsTheIndexHasIt() {
    try (Windows windows = new Windows(channel)) {
      for (List<FeedMessage> step : broadcast()) {
        windows.feed(step);
        ManifestRenderer.version(view(windows)).ifPresent(version -> check(view(windows), version));
      }
    }
  }

  private static void check(TimelineView timeline, ManifestVersion version) {
    ReadManifest mpd = ReadManifest.parse(ManifestRenderer.manifest(timeline, version));
    Element root = mpd.one("/MPD");
    assertThat(root.getAttribute("xmlns")).isEqualTo("urn:mpeg:dash:schema:mpd:2011");
    assertThat(mpd.mpd("mediaPresentationDuration").isEmpty()).isEqualTo(!version.ended());
    assertThat(mpd.all("/MPD/*").stream().map(Element::getTagName).distinct())
        .containsExactlyElementsOf(
            ORDER.stream()
                .filter(name -> !version.ended() || !name.equals("PatchLocation"))
                .toList());
    double endSeconds = 0;
    for (Element period : mpd.all("/MPD/Period")) {
      double start = seconds(period.getAttribute("start"));
      assertThat(start).isGreaterThanOrEqualTo(endSeconds - 0.000_001);
      for (Element representation : mpd.all(select(period) + "/AdaptationSet/Representation")) {
        endSeconds = checkRepresentation(timeline, version, mpd, period, representation, start);
      }
      assertThat(mpd.all(select(period) + "/AdaptationSet")).hasSize(2);
    }
    if (version.ended()) {
      assertThat(seconds(mpd.mpd("mediaPresentationDuration")))
          .isBetween(endSeconds - 0.001, endSeconds + 0.001);
    }
  }

  private static String select(Element period) {
    return "/MPD/Period[@id='" + period.getAttribute("id") + "']";
  }

  /** Returns when the segments end that are complete, seconds of the presentation. */
  private static double checkRepresentation(
      TimelineView timeline,
      ManifestVersion version,
      ReadManifest mpd,
      Element period,
      Element representation,
      double startSeconds) {
    String name = representation.getAttribute("id");
    RenditionView rendition = Objects.requireNonNull(timeline.rendition(name));
    String path =
        "%s/AdaptationSet/Representation[@id='%s']/SegmentTemplate".formatted(select(period), name);
    Element template = mpd.one(path);
    int timescale = rendition.track().timescale();
    assertThat(template.getAttribute("timescale")).isEqualTo(Integer.toString(timescale));
    assertThat(template.getAttribute("initialization"))
        .contains(
            rendition
                .initOf(Long.parseLong(template.getAttribute("startNumber")))
                .orElseThrow()
                .hash());
    assertThat(template.getAttribute("availabilityTimeComplete"))
        .isEqualTo(version.ended() ? "" : "false");
    assertThat(template.hasAttribute("availabilityTimeOffset")).isEqualTo(!version.ended());
    long offset = Long.parseLong(template.getAttribute("presentationTimeOffset"));
    long msn = Long.parseLong(template.getAttribute("startNumber"));
    double endSeconds = startSeconds;
    for (Element s : mpd.all(path + "/SegmentTimeline/S")) {
      SegmentView segment = Objects.requireNonNull(rendition.segment(msn));
      long t = Long.parseLong(s.getAttribute("t"));
      long d = Long.parseLong(s.getAttribute("d"));
      assertThat(t).isEqualTo(segment.parts().getFirst().presentationTicks());
      double from = startSeconds + (double) (t - offset) / timescale;
      assertThat(from).isGreaterThanOrEqualTo(endSeconds - 0.000_1);
      double utc = (double) Periods.utcNs(timeline, msn, segment.toNs(t)) / 1e9;
      assertThat(from).isBetween(utc - 0.001, utc + 0.001);
      if (msn < version.lastMsn() || version.ended()) {
        assertThat(t + d)
            .isBetween(
                segment.startTicks() + segment.durationTicks() - HALF_FRAME,
                segment.startTicks() + segment.durationTicks() + HALF_FRAME);
        endSeconds = from + (double) d / timescale;
      } else {
        assertThat(d).isEqualTo(timescale * 3L / 2).isGreaterThan(segment.durationTicks());
      }
      msn++;
    }
    boolean lastPeriod = mpd.all("/MPD/Period").getLast().isSameNode(period);
    long newest = version.lastMsn();
    while (Objects.requireNonNull(rendition.segment(newest)).parts().getFirst().gap()) {
      newest--;
    }
    assertThat(msn - 1 == newest).isEqualTo(lastPeriod);
    return endSeconds;
  }

  private static double seconds(String duration) {
    assertThat(duration).matches("PT[0-9]+(\\.[0-9]+)?S");
    return Double.parseDouble(duration.substring(2, duration.length() - 1));
  }

  @Test
  void aPeriodBeginsWithItsStretchAndKeepsItsNameWhenThatIsCutOff() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(4)).feed(stream.reconnect(250_000_000L));
      assertThat(ReadManifest.parse(manifest(windows)).all("/MPD/Period")).hasSize(1);

      windows.feed(stream.parts(1));
      ReadManifest two = ReadManifest.parse(manifest(windows));
      assertThat(two.all("/MPD/Period")).hasSize(2);
      Element second = two.one("/MPD/Period[2]");
      assertThat(second.getAttribute("start")).isEqualTo("PT1777629604.25S");
      String id = second.getAttribute("id");

      windows.feed(stream.parts(4)).feed(stream.segments(12));
      Element left = ReadManifest.parse(manifest(windows)).one("/MPD/Period");
      assertThat(left.getAttribute("id")).isEqualTo(id);
      assertThat(left.getAttribute("start")).isEqualTo("PT1777629604.25S");
    }
  }

  @Test
  void aCorrectionOfTheClockBeginsAPeriodInWhichAllThatGoesOnIsListedAtOnce() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(4));
      ManifestVersion before = version(windows);
      windows.feed(stream.correctClock(-250_000_000L)).feed(stream.parts(1));

      assertThat(version(windows).publishMs()).isGreaterThan(before.publishMs());
      ReadManifest two = ReadManifest.parse(manifest(windows));
      assertThat(two.all("/MPD/Period")).hasSize(2);
      assertThat(two.one("/MPD/Period[2]").getAttribute("start")).isEqualTo("PT1777629603.75S");
      assertThat(two.all("/MPD/Period[2]/AdaptationSet")).hasSize(2);
      assertThat(two.one("/MPD/Period[2]/AdaptationSet[1]//SegmentTemplate"))
          .extracting(template -> template.getAttribute("presentationTimeOffset"))
          .isEqualTo("360000");
    }
  }

  @Test
  void aPeriodIsDescribedByItsInitSection() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2)).feed(stream.changeVideo(HDR));
      windows.feed(stream.parts(1));
      ReadManifest mpd = ReadManifest.parse(manifest(windows));

      assertThat(video(mpd, 1)).containsExactly("avc1.64001f", "1280", "720", "30");
      assertThat(video(mpd, 2)).containsExactly("hvc1.2.4.L120.B0", "1920", "1080", "50");
      assertThat(mpd.all("/MPD/Period[1]//SupplementalProperty")).isEmpty();
      assertThat(mpd.all("/MPD/Period[2]//SupplementalProperty")).hasSize(3);
    }
  }

  private static List<String> video(ReadManifest mpd, int period) {
    Element video = mpd.one("/MPD/Period[" + period + "]//Representation[@id='v1']");
    return List.of(
        video.getAttribute("codecs"),
        video.getAttribute("width"),
        video.getAttribute("height"),
        video.getAttribute("frameRate"));
  }

  @Test
  void aPatchTakesTheColourFromAListedPeriod() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.describeVideo(HDR)).feed(stream.segments(2));
      TimelineView before = view(windows);
      ManifestVersion from = version(windows);
      ReadManifest mpd = ReadManifest.parse(manifest(windows));
      assertThat(mpd.all("//Period/AdaptationSet//SupplementalProperty")).hasSize(3);

      windows.feed(stream.describeVideo(HDR.withPicture(HDR.picture().withColour(null))));
      windows.feed(stream.segments(1));
      mpd.apply(
          ManifestRenderer.patch(before, from, from.publishMs(), view(windows), version(windows)));

      assertThat(mpd.all("//SupplementalProperty")).isEmpty();
      assertThat(mpd).hasToString(ReadManifest.parse(manifest(windows)).toString());
    }
  }

  @Test
  void marksGaps() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2));
      windows.feed(stream.gaps(PublishedStream.PARTS)).feed(stream.parts(1));

      ReadManifest mpd = ReadManifest.parse(manifest(windows));
      assertThat(mpd.all("//FailoverContent[@valid='false']/FCS")).hasSize(2);
      assertThat(mpd.all("//Representation[@id='v1']//S")).hasSize(4);
      assertThat(mpd.one("//Representation[@id='v1']//FCS").getAttribute("t")).isEqualTo("180000");
    }
  }

  @Test
  void listsWhatHasMediaAlone() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2)).feed(stream.parts(1));
      // The sound stops in the middle of a segment.
      feedPartsOf(1, PublishedStream.PARTS - 1 + PublishedStream.PARTS, windows);
      windows.feed(stream.partOf(1));
      ReadManifest mpd = ReadManifest.parse(manifest(windows));
      assertThat(mpd.all("//Representation[@id='v1']//S")).hasSize(5);
      assertThat(durations(mpd, "a2")).containsExactly("48000", "48000", "9600");
      assertThat(mpd.all("//FailoverContent")).isEmpty();

      windows.feed(stream.endSegment()).feed(stream.reconnect(250_000_000L));
      feedPartsOf(2, PublishedStream.PARTS + 1, windows);
      mpd = ReadManifest.parse(manifest(windows));
      assertThat(mpd.all("/MPD/Period[2]//Representation")).hasSize(1);
      assertThat(mpd.all("/MPD/Period[2]//Representation[@id='a2']//S")).hasSize(2);
    }
  }

  private void feedPartsOf(int rendition, int count, Windows windows) {
    for (int i = 0; i < count; i++) {
      windows.feed(stream.partOf(rendition));
    }
  }

  private static List<String> durations(ReadManifest mpd, String representation) {
    return mpd.all("//Representation[@id='" + representation + "']//S").stream()
        .map(each -> each.getAttribute("d"))
        .toList();
  }

  @Test
  void aSegmentLastsFromWhenItIsPresentedUntilTheNextIs() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2));
      stream.keyframeOffset(HALF_FRAME);
      windows.feed(stream.segments(1));
      stream.keyframeOffset(-HALF_FRAME);
      // It ends with a gap: what follows does not join it.
      windows.feed(stream.parts(3)).feed(stream.gap()).feed(stream.endSegment());
      windows.feed(stream.parts(1));

      ReadManifest mpd = ReadManifest.parse(manifest(windows));
      assertThat(times(mpd, "v1")).containsExactly("0", "90000", "181500", "268500", "358500");
      assertThat(durations(mpd, "v1"))
          .containsExactly("90000", "91500", "87000", "55500", "135000");
    }
  }

  private static List<String> times(ReadManifest mpd, String representation) {
    return mpd.all("//Representation[@id='" + representation + "']//S").stream()
        .map(each -> each.getAttribute("t"))
        .toList();
  }

  @Test
  void aSegmentWhoseBeginningIsAGapStartsWithWhatFollows() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2));
      windows.feed(stream.gaps(PublishedStream.PARTS)).feed(stream.parts(1));
      assertThat(startingWithSap(windows)).containsExactly("video", "audio");

      windows.feed(stream.parts(PublishedStream.PARTS - 1)).feed(stream.gap());
      windows.feed(stream.parts(PublishedStream.PARTS));
      assertThat(startingWithSap(windows)).containsExactly("audio");
    }
  }

  @Test
  void claimsOfAccessPointsNoMoreThanIsKnown() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2));
      assertThat(saps(windows)).containsExactly("1", "1");
      assertThat(manifest(windows)).contains(CMAF);

      stream.cutWithoutKeyframe();
      windows.feed(stream.parts(1));
      assertThat(saps(windows)).containsExactly("", "1");
      assertThat(manifest(windows)).doesNotContain(CMAF);

      windows.feed(stream.parts(4)).feed(stream.segments(9));
      assertThat(saps(windows)).containsExactly("1", "1");
      assertThat(manifest(windows)).contains(CMAF);

      windows.feed(stream.changeVideo(HDR)).feed(stream.segments(2));
      assertThat(saps(windows)).containsExactly("1", "1", "3", "1");
      assertThat(manifest(windows)).doesNotContain(CMAF);
    }
  }

  private static List<String> saps(Windows windows) {
    return ReadManifest.parse(manifest(windows)).all("//AdaptationSet").stream()
        .map(each -> each.getAttribute("startWithSAP"))
        .toList();
  }

  private static List<String> startingWithSap(Windows windows) {
    return ReadManifest.parse(manifest(windows)).all("//AdaptationSet[@startWithSAP]").stream()
        .map(each -> each.getAttribute("contentType"))
        .toList();
  }

  @Test
  void thereIsNoVersionOfGapsAlone() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.gaps(3 * PublishedStream.PARTS + 1));

      assertThat(ManifestRenderer.version(view(windows))).isEmpty();
    }
  }

  @Test
  void noVersionBeforeThereIsMediaOrAnAnchor() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open());
      assertThat(ManifestRenderer.version(view(windows))).isEmpty();
    }
    List<FeedMessage> unanchored =
        new PublishedStream(channel, 6)
            .open().stream()
                .filter(
                    message ->
                        !(message instanceof FeedMessage.Index index
                            && index.entry().record() instanceof IndexRecord.ClockAnchored))
                .toList();
    try (Windows windows = new Windows(channel)) {
      windows.feed(unanchored).feed(stream.segments(2));
      assertThat(ManifestRenderer.version(view(windows))).isEmpty();
    }
  }

  @Test
  void aVersionThatCannotBeToldIsUnknown() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(20)).feed(stream.parts(1));
      ManifestVersion newest = version(windows);

      assertThat(ManifestRenderer.publishedAt(view(windows), newest, newest.publishMs() + 1))
          .contains(newest);
      for (long publishMs :
          new long[] {0, newest.publishMs() - 9_000, newest.publishMs() + 1_000}) {
        assertThat(ManifestRenderer.publishedAt(view(windows), newest, publishMs)).isEmpty();
      }
    }
  }
}
