package io.millrace.media.dash;

import io.millrace.media.dash.MediaPresentation.AdaptationSet;
import io.millrace.media.dash.MediaPresentation.Event;
import io.millrace.media.dash.MediaPresentation.EventStream;
import io.millrace.media.dash.MediaPresentation.Period;
import io.millrace.media.dash.MediaPresentation.Representation;
import io.millrace.media.dash.MediaPresentation.Segment;
import io.millrace.media.dash.MediaPresentation.Timing;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Av1Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.Track;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Writes MPDs (ISO/IEC 23009-1 5.3) and patches of them (5.15).
 *
 * <p>Each segment has an S of its own with its time, without repeats, so that a patch can name it.
 *
 * <p>What segments begin with is claimed of those that are listed, and no more than is known of any
 * encoder's: where one is cut before its keyframe nothing is, and HEVC's may begin with a picture
 * behind which others come that cannot be decoded. A CMAF fragment begins with an access point of
 * type 1 or 2 (ISO/IEC 23000-19 7.3.2), so an MPD with either does not claim that profile.
 */
public final class ManifestWriter {
  private static final String NAMESPACE = "urn:mpeg:dash:schema:mpd:2011";
  private static final String LIVE_PROFILE = "urn:mpeg:dash:profile:isoff-live:2011,";
  private static final String CMAF_PROFILE = "urn:mpeg:dash:profile:cmaf:2019,";
  private static final String LOW_LATENCY_PROFILE =
      "http://www.dashif.org/guidelines/low-latency-live-v5";

  /** Types of stream access points (ISO 14496-12 annex I); the last begins an open group. */
  private static final int CLOSED_SAP = 1;

  private static final int OPEN_SAP = 3;
  private static final String UNIX_EPOCH = "1970-01-01T00:00:00Z";
  private static final String ROLE_SCHEME = "urn:mpeg:dash:role:2011";
  private static final String CICP_SCHEME = "urn:mpeg:mpegB:cicp:";
  private static final String CHANNELS_SCHEME = CICP_SCHEME + "ChannelConfiguration";
  private static final String TIME_SCHEME = "urn:mpeg:dash:utc:http-xsdate:2014";

  /** Slow enough that nobody hears it. */
  private static final String SLOWEST = "0.96";

  private static final String FASTEST = "1.04";
  private static final int NTSC_DIVISOR = 1_001;
  private static final long MS_PER_SECOND = 1_000;
  private static final String SCTE35_NAMESPACE = "http://www.scte.org/schemas/35/2016";

  /** Of primaries, transfer characteristics and matrix coefficients alike. */
  private static final int BT_709 = 1;

  private final MediaPresentation presentation;

  private ManifestWriter(MediaPresentation presentation) {
    this.presentation = presentation;
  }

  /** The MPD's text. */
  public static String write(MediaPresentation presentation) {
    return document(tree(presentation));
  }

  /** The patch that makes {@code to} of {@code from}, which are versions of one presentation. */
  public static String patch(MediaPresentation from, MediaPresentation to) {
    if (!from.id().equals(to.id()) || from.publishUtcNs() >= to.publishUtcNs()) {
      throw new IllegalArgumentException(
          "a patch from %s at %d to %s at %d (expected: the same id, and later)"
              .formatted(from.id(), from.publishUtcNs(), to.id(), to.publishUtcNs()));
    }
    XmlElement patch = patch(to.id(), from.publishUtcNs(), to.publishUtcNs());
    XmlDifference.add(tree(from), tree(to), patch);
    if (to.ended()) {
      // Once more: shaka-player takes an attribute of MPD only where it is replaced.
      patch
          .child("replace")
          .with("sel", "/MPD/@mediaPresentationDuration")
          .text(DashTime.duration(to.endUtcNs()));
    }
    return document(patch);
  }

  /**
   * The patch of any version at all that takes its one PatchLocation away, and so sends a player to
   * the MPD.
   *
   * @param publishUtcNs of the version; what it makes was published a millisecond later
   */
  public static String withdrawal(String id, long publishUtcNs) {
    long later = publishUtcNs + 1_000_000L;
    XmlElement patch = patch(id, publishUtcNs, later);
    patch.child("replace").with("sel", "/MPD/@publishTime").text(DashTime.instantMs(later));
    patch.child("remove").with("sel", "/MPD/PatchLocation[1]");
    return document(patch);
  }

  private static XmlElement patch(String id, long fromUtcNs, long toUtcNs) {
    return new XmlElement("Patch")
        .with("xmlns", "urn:mpeg:dash:schema:mpd-patch:2020")
        .with("mpdId", id)
        .with("originalPublishTime", DashTime.instantMs(fromUtcNs))
        .with("publishTime", DashTime.instantMs(toUtcNs));
  }

  private static String document(XmlElement root) {
    StringBuilder out =
        new StringBuilder(8_192).append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root.writeTo(out, 0);
    return out.toString();
  }

  private static XmlElement tree(MediaPresentation presentation) {
    return new ManifestWriter(presentation).mpd();
  }

  private XmlElement mpd() {
    Timing timing = presentation.timing();
    XmlElement mpd = new XmlElement("MPD").with("xmlns", NAMESPACE).with("id", presentation.id());
    mpd.with("profiles", profiles()).with("type", presentation.ended() ? "static" : "dynamic");
    mpd.with("availabilityStartTime", UNIX_EPOCH);
    mpd.with("publishTime", DashTime.instantMs(presentation.publishUtcNs()));
    if (presentation.ended()) {
      mpd.with("mediaPresentationDuration", DashTime.duration(presentation.endUtcNs()));
    } else {
      mpd.with("minimumUpdatePeriod", DashTime.duration(timing.updatePeriodNs()));
      mpd.with("timeShiftBufferDepth", DashTime.duration(timing.timeShiftBufferNs()));
      mpd.with("suggestedPresentationDelay", DashTime.duration(timing.presentationDelayNs()));
    }
    mpd.with("minBufferTime", DashTime.duration(2 * timing.partTargetNs()));
    mpd.with("maxSegmentDuration", DashTime.duration(timing.maxSegmentNs()));
    mpd.child("BaseURL").text(presentation.baseUrl());
    presentation
        .patch()
        .ifPresent(
            patch -> mpd.child("PatchLocation").with("ttl", patch.ttlSeconds()).text(patch.uri()));
    serviceDescription(mpd, timing);
    for (Period period : presentation.periods()) {
      period(mpd, period);
    }
    mpd.child("UTCTiming").with("schemeIdUri", TIME_SCHEME).with("value", presentation.timeUri());
    return mpd;
  }

  private String profiles() {
    boolean cmaf =
        presentation.periods().stream()
            .flatMap(period -> period.adaptationSets().stream())
            .allMatch(set -> sapType(set).orElse(OPEN_SAP) < OPEN_SAP);
    return LIVE_PROFILE + (cmaf ? CMAF_PROFILE : "") + LOW_LATENCY_PROFILE;
  }

  /** A type that no segment's access point is above; empty where one does not begin with any. */
  private static OptionalInt sapType(AdaptationSet set) {
    if (!set.representations().stream().allMatch(Representation::independent)) {
      return OptionalInt.empty();
    }
    return set.representations().stream().mapToInt(each -> sapType(each.track().codec())).max();
  }

  private static int sapType(CodecConfiguration codec) {
    return switch (codec) {
      // A CRA picture is a sync sample, and RASL pictures may follow it (H.265 3.129).
      case HevcConfiguration _ -> OPEN_SAP;
      case AvcConfiguration _, Av1Configuration _, Vp9Configuration _ -> CLOSED_SAP;
      case AudioConfiguration _ -> CLOSED_SAP;
    };
  }

  /** Annex K. A player that is nearer than the target by half, or as far again, is to hurry. */
  private static void serviceDescription(XmlElement mpd, Timing timing) {
    long targetMs = timing.latencyNs() / 1_000_000;
    XmlElement service = mpd.child("ServiceDescription").with("id", 0);
    service
        .child("Latency")
        .with("referenceId", 0)
        .with("target", targetMs)
        .with("min", targetMs / 2)
        .with("max", targetMs * 2);
    service.child("PlaybackRate").with("min", SLOWEST).with("max", FASTEST);
  }

  private void period(XmlElement mpd, Period of) {
    XmlElement period = mpd.child("Period").with("id", of.id());
    period.with("start", DashTime.duration(of.startUtcNs()));
    if (of.durationNs() >= 0) {
      period.with("duration", DashTime.duration(of.durationNs()));
    }
    for (EventStream stream : of.events()) {
      eventStream(period, stream);
    }
    for (AdaptationSet set : of.adaptationSets()) {
      adaptationSet(period, of, set);
    }
  }

  private static void eventStream(XmlElement period, EventStream of) {
    XmlElement stream = period.child("EventStream").with("schemeIdUri", of.scheme().uri());
    if (!of.value().isEmpty()) {
      stream.with("value", of.value());
    }
    stream.with("timescale", MS_PER_SECOND);
    for (Event each : of.events()) {
      XmlElement event = stream.child("Event").with("presentationTime", each.startMs());
      if (each.durationMs() >= 0) {
        event.with("duration", each.durationMs());
      }
      event.with("id", each.id());
      switch (of.scheme()) {
        case SCTE35 ->
            event.child("Signal").with("xmlns", SCTE35_NAMESPACE).child("Binary").text(each.text());
        case DATE_RANGE -> event.text(each.text());
      }
    }
  }

  private void adaptationSet(XmlElement period, Period in, AdaptationSet of) {
    Track track = of.track();
    String kind =
        switch (track.kind()) {
          case VIDEO -> "video";
          case AUDIO -> "audio";
          case TEXT -> "text";
          case METADATA -> "application";
        };
    XmlElement set = period.child("AdaptationSet").with("id", of.id()).with("contentType", kind);
    set.with("mimeType", kind + "/mp4");
    if (!track.language().isEmpty() && !track.language().equals("und")) {
      set.with("lang", track.language());
    }
    set.with("segmentAlignment", "true");
    sapType(of).ifPresent(type -> set.with("startWithSAP", type));
    if (track.codec() instanceof AudioConfiguration audio) {
      audioChannels(set, audio);
    }
    if (!track.name().isEmpty()) {
      set.child("Label").text(track.name());
    }
    producerReferenceTime(set, in, of.representations().getFirst());
    set.child("Role")
        .with("schemeIdUri", ROLE_SCHEME)
        .with("value", track.role().isEmpty() ? "main" : track.role());
    for (Representation representation : of.representations()) {
      representation(set, representation);
    }
  }

  private static void audioChannels(XmlElement set, AudioConfiguration audio) {
    int configuration = channelConfiguration(audio);
    if (configuration > 0) {
      set.child("AudioChannelConfiguration")
          .with("schemeIdUri", CHANNELS_SCHEME)
          .with("value", configuration);
    }
  }

  /** ChannelConfiguration (ISO/IEC 23091-3); 0 where there is none, or the stream itself tells. */
  private static int channelConfiguration(AudioConfiguration audio) {
    int channels = audio.outputChannels();
    return switch (audio) {
      // With 8 channels there is more than one.
      case AacConfiguration aac when channels == 8 -> aac.channelConfiguration();
      // The channels of other mappings have no places.
      case OpusConfiguration opus when opus.mappingFamily() > 1 -> 0;
      case OpusConfiguration _ -> vorbisConfiguration(channels);
      case FlacConfiguration _ -> vorbisConfiguration(channels);
      default -> channels == 7 ? 11 : channels;
    };
  }

  /** The orders of Vorbis (RFC 7845 5.1.1.2) and of FLAC (RFC 9639 9.1.3) have the same places. */
  private static int vorbisConfiguration(int channels) {
    return switch (channels) {
      case 1, 2, 3, 5, 6 -> channels;
      // Two behind, not one.
      case 4 -> 10;
      case 7 -> 11;
      case 8 -> 12;
      default -> 0;
    };
  }

  /** 5.12: the Period's start, and what the prft boxes in the chunks tell. */
  private void producerReferenceTime(XmlElement set, Period in, Representation representation) {
    set.child("ProducerReferenceTime")
        .with("id", 0)
        .with("inband", "true")
        .with("type", "encoder")
        .with("wallClockTime", DashTime.instant(in.startUtcNs()))
        .with("presentationTime", representation.presentationTimeOffset())
        .child("UTCTiming")
        .with("schemeIdUri", TIME_SCHEME)
        .with("value", presentation.timeUri());
  }

  private void representation(XmlElement set, Representation of) {
    Track track = of.track();
    XmlElement representation =
        set.child("Representation")
            .with("id", track.renditionName())
            .with("bandwidth", of.bandwidthBps())
            .with("codecs", track.codec().codecsString());
    switch (track.codec()) {
      case VideoConfiguration video -> video(representation, video);
      case AudioConfiguration audio ->
          representation.with("audioSamplingRate", audio.outputSampleRate());
    }
    segmentTemplate(representation, of);
  }

  private static void video(XmlElement representation, VideoConfiguration video) {
    if (video.width() > 0) {
      representation.with("width", video.width()).with("height", video.height());
    }
    PictureFormat picture = video.picture();
    if (picture.hasAspect() && picture.aspectWidth() != picture.aspectHeight()) {
      representation.with("sar", picture.aspectWidth() + ":" + picture.aspectHeight());
    }
    if (video.frameRate() > 0) {
      representation.with("frameRate", frameRate(video.frameRate()));
    }
    if (picture.colour() != null) {
      colour(representation, picture.colour());
    }
  }

  /** What is told of a colour that is not BT.709, which is what players take it for else. */
  private static void colour(XmlElement representation, Colour colour) {
    Map<String, Integer> told = new LinkedHashMap<>();
    told.put("ColourPrimaries", colour.primaries());
    told.put("TransferCharacteristics", colour.transfer());
    told.put("MatrixCoefficients", colour.matrix());
    told.values().removeIf(value -> value == Colour.UNSPECIFIED);
    if (told.values().stream().allMatch(value -> value == BT_709)) {
      return;
    }
    told.forEach(
        (name, value) ->
            representation
                .child("SupplementalProperty")
                .with("schemeIdUri", CICP_SCHEME + name)
                .with("value", value));
  }

  /** A whole number, or a fraction with 1001 where it is one of television, else with 1000. */
  private static String frameRate(double frameRate) {
    long whole = Math.round(frameRate);
    if (Math.abs(frameRate - whole) < 0.001) {
      return Long.toString(whole);
    }
    long nominal = Math.round(frameRate * NTSC_DIVISOR / 1_000);
    if (Math.abs(frameRate - nominal * 1_000.0 / NTSC_DIVISOR) < 0.001) {
      return nominal * 1_000 + "/" + NTSC_DIVISOR;
    }
    return String.format(Locale.ROOT, "%d/1000", Math.round(frameRate * 1_000));
  }

  private void segmentTemplate(XmlElement representation, Representation of) {
    XmlElement template =
        representation.child("SegmentTemplate").with("timescale", of.track().timescale());
    template.with("presentationTimeOffset", of.presentationTimeOffset());
    template.with("startNumber", of.startNumber());
    template.with("initialization", of.initUri());
    template.with("media", "$RepresentationID$/$Number$.m4s");
    if (!presentation.ended()) {
      template.with(
          "availabilityTimeOffset",
          DashTime.seconds(presentation.timing().availabilityTimeOffsetNs()));
      template.with("availabilityTimeComplete", "false");
    }
    gaps(template, of);
    XmlElement timeline = template.child("SegmentTimeline");
    for (Segment segment : of.segments()) {
      timeline.child("S").with("t", segment.startTicks()).with("d", segment.durationTicks());
    }
  }

  /** FailoverContent (5.3.9.7): segments that are numbered and are not there. */
  private static void gaps(XmlElement template, Representation of) {
    if (of.segments().stream().noneMatch(Segment::gap)) {
      return;
    }
    XmlElement failover = template.child("FailoverContent").with("valid", "false");
    for (Segment segment : of.segments()) {
      if (segment.gap()) {
        failover.child("FCS").with("t", segment.startTicks()).with("d", segment.durationTicks());
      }
    }
  }
}
