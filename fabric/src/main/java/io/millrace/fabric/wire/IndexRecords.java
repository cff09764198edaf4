package io.millrace.fabric.wire;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.sbe.BroadcastEndedDecoder;
import io.millrace.fabric.wire.sbe.BroadcastEndedEncoder;
import io.millrace.fabric.wire.sbe.ClockAnchoredDecoder;
import io.millrace.fabric.wire.sbe.ClockAnchoredEncoder;
import io.millrace.fabric.wire.sbe.DateRangeDecoder;
import io.millrace.fabric.wire.sbe.DateRangeEncoder;
import io.millrace.fabric.wire.sbe.DiscontinuityDecoder;
import io.millrace.fabric.wire.sbe.DiscontinuityEncoder;
import io.millrace.fabric.wire.sbe.EntryHeaderDecoder;
import io.millrace.fabric.wire.sbe.GapPublishedDecoder;
import io.millrace.fabric.wire.sbe.GapPublishedEncoder;
import io.millrace.fabric.wire.sbe.InitSectionDecoder;
import io.millrace.fabric.wire.sbe.InitSectionEncoder;
import io.millrace.fabric.wire.sbe.MessageHeaderEncoder;
import io.millrace.fabric.wire.sbe.PartPublishedDecoder;
import io.millrace.fabric.wire.sbe.PartPublishedEncoder;
import io.millrace.fabric.wire.sbe.PartTargetFixedDecoder;
import io.millrace.fabric.wire.sbe.PartTargetFixedEncoder;
import io.millrace.fabric.wire.sbe.SegmentEndedDecoder;
import io.millrace.fabric.wire.sbe.SegmentEndedEncoder;
import io.millrace.fabric.wire.sbe.TargetDurationFixedDecoder;
import io.millrace.fabric.wire.sbe.TargetDurationFixedEncoder;
import io.millrace.fabric.wire.sbe.TimelineOpenedDecoder;
import io.millrace.fabric.wire.sbe.TimelineOpenedEncoder;
import io.millrace.fabric.wire.sbe.TrackDescribedDecoder;
import io.millrace.fabric.wire.sbe.TrackDescribedEncoder;
import io.millrace.fabric.wire.sbe.WindowStartedDecoder;
import io.millrace.fabric.wire.sbe.WindowStartedEncoder;
import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.Track;
import java.util.HashMap;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;

/** Writes and reads entries of the index: one template for each kind of record. */
final class IndexRecords {

  private IndexRecords() {}

  /** Returns the length of what it wrote from index 0 on. */
  static int write(
      ExpandableArrayBuffer buffer,
      MessageHeaderEncoder header,
      ChannelId channel,
      IndexEntry entry) {
    return switch (entry.record()) {
      case IndexRecord.TimelineOpened r -> {
        var out = new TimelineOpenedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        Fields.put(out.broadcast(), r.broadcast().value());
        Fields.put(out.timeline(), r.timeline().value());
        Fields.put(out.settings(), r.settings());
        yield out.utcNs(r.utcNs()).limit();
      }
      case IndexRecord.TrackDescribed r -> {
        var out = new TrackDescribedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield writeTrack(buffer, out, r.track());
      }
      case IndexRecord.InitSection r -> {
        var out = new InitSectionEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        out.rendition(r.rendition()).msn(r.msn()).hash(r.hash());
        yield Fields.putBytes(buffer, out.limit(), r.data());
      }
      case IndexRecord.TargetDurationFixed r -> {
        var out = new TargetDurationFixedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.seconds(r.seconds()).limit();
      }
      case IndexRecord.PartTargetFixed r -> {
        var out = new PartTargetFixedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.rendition(r.rendition()).partTargetNs(r.partTargetNs()).limit();
      }
      case IndexRecord.ClockAnchored r -> {
        var out = new ClockAnchoredEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.msn(r.msn()).mediaTimeNs(r.mediaTimeNs()).utcNs(r.utcNs()).limit();
      }
      case IndexRecord.PartPublished r -> {
        var out = new PartPublishedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield writePart(buffer, out, r);
      }
      case IndexRecord.GapPublished r -> {
        var out = new GapPublishedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        Fields.put(out.key(), r.key());
        yield out.startTicks(r.startTicks()).durationTicks(r.durationTicks()).limit();
      }
      case IndexRecord.SegmentEnded r -> {
        var out = new SegmentEndedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        out.rendition(r.rendition()).msn(r.msn()).partCount(r.partCount());
        yield out.durationTicks(r.durationTicks()).limit();
      }
      case IndexRecord.Discontinuity r -> {
        var out = new DiscontinuityEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.msn(r.msn()).limit();
      }
      case IndexRecord.DateRange r -> {
        var out = new DateRangeEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield writeDateRange(out, r);
      }
      case IndexRecord.WindowStarted r -> {
        var out = new WindowStartedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.msn(r.msn()).discontinuitySequence(r.discontinuitySequence()).limit();
      }
      case IndexRecord.BroadcastEnded r -> {
        var out = new BroadcastEndedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.utcNs(r.utcNs()).limit();
      }
    };
  }

  private static int writeTrack(
      ExpandableArrayBuffer buffer, TrackDescribedEncoder out, Track track) {
    Tracks.put(out.avc(), out.aac(), track.codec());
    Pictures.put(out.picture(), Tracks.picture(track.codec()));
    out.id(track.id())
        .kind(Tracks.code(track.kind()))
        .timescale(track.timescale())
        .codec(Tracks.code(track.codec()))
        .aacOutputSampleRate(Tracks.aacOutputSampleRate(track.codec()))
        .language(track.language())
        .role(track.role())
        .name(track.name())
        .group(track.group())
        .protection(track.protection());
    return Fields.putBytes(buffer, out.limit(), track.codec().record());
  }

  private static int writePart(
      ExpandableArrayBuffer buffer, PartPublishedEncoder out, IndexRecord.PartPublished part) {
    Fields.put(out.key(), part.key());
    out.startTicks(part.startTicks())
        .durationTicks(part.durationTicks())
        .independent(Fields.code(part.independent()))
        .sizeBytes(part.sizeBytes())
        .arrivalNs(part.arrivalNs())
        .keyframeBytes(part.keyframeBytes())
        .presentationTicks(part.presentationTicks())
        .last(Fields.code(part.last()));
    return Fields.putBytes(buffer, out.limit(), part.sha256());
  }

  private static int writeDateRange(DateRangeEncoder out, IndexRecord.DateRange range) {
    Fields.requireGroup("attributes", range.attributes().size(), Fields.MOST_ATTRIBUTES, 0, 0);
    out.startUtcNs(range.startUtcNs()).durationNs(range.durationNs());
    var attributes = out.attributesCount(range.attributes().size());
    for (Map.Entry<String, String> attribute : range.attributes().entrySet()) {
      attributes.next().name(attribute.getKey()).value(attribute.getValue());
    }
    return out.rangeId(range.id()).rangeClass(range.rangeClass()).limit();
  }

  /** Reads the message of one of the index's templates; null for any other template. */
  static FeedMessage.@Nullable Index read(MessageFrame frame) {
    return switch (frame.templateId()) {
      case TimelineOpenedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new TimelineOpenedDecoder());
        yield index(
            in.entry(),
            new IndexRecord.TimelineOpened(
                new BroadcastId(Fields.uuid(in.broadcast())),
                new TimelineId(Fields.uuid(in.timeline())),
                Fields.settings(in.settings()),
                in.utcNs()));
      }
      case TrackDescribedDecoder.TEMPLATE_ID -> {
        var in =
            frame.decode(
                new TrackDescribedDecoder(),
                TrackDescribedDecoder.pictureEncodingOffset(),
                WireVersion.MORE_CODECS);
        yield index(in.entry(), new IndexRecord.TrackDescribed(track(frame, in)));
      }
      case InitSectionDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new InitSectionDecoder());
        String hash = in.hash();
        yield index(
            in.entry(),
            new IndexRecord.InitSection(in.rendition(), in.msn(), hash, frame.bytesAt(in.limit())));
      }
      case TargetDurationFixedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new TargetDurationFixedDecoder());
        yield index(in.entry(), new IndexRecord.TargetDurationFixed(in.seconds()));
      }
      case PartTargetFixedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new PartTargetFixedDecoder());
        yield index(in.entry(), new IndexRecord.PartTargetFixed(in.rendition(), in.partTargetNs()));
      }
      case ClockAnchoredDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new ClockAnchoredDecoder());
        yield index(
            in.entry(), new IndexRecord.ClockAnchored(in.msn(), in.mediaTimeNs(), in.utcNs()));
      }
      case PartPublishedDecoder.TEMPLATE_ID -> {
        var in =
            frame.decode(
                new PartPublishedDecoder(),
                PartPublishedDecoder.keyframeBytesEncodingOffset(),
                PartPublishedDecoder.keyframeBytesSinceVersion());
        yield index(
            in.entry(),
            new IndexRecord.PartPublished(
                Fields.key(in.key()),
                in.startTicks(),
                in.durationTicks(),
                Fields.isYes(in.independent()),
                in.sizeBytes(),
                frame.bytesAt(in.limit()),
                in.arrivalNs(),
                // Below 0 where a version before this one wrote it.
                Math.max(0, in.keyframeBytes()),
                presentationTicks(in),
                Fields.isYes(in.last())));
      }
      case GapPublishedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new GapPublishedDecoder());
        yield index(
            in.entry(),
            new IndexRecord.GapPublished(
                Fields.key(in.key()), in.startTicks(), in.durationTicks()));
      }
      case SegmentEndedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new SegmentEndedDecoder());
        yield index(
            in.entry(),
            new IndexRecord.SegmentEnded(
                in.rendition(), in.msn(), in.partCount(), in.durationTicks()));
      }
      case DiscontinuityDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new DiscontinuityDecoder());
        yield index(in.entry(), new IndexRecord.Discontinuity(in.msn()));
      }
      case DateRangeDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new DateRangeDecoder());
        yield index(in.entry(), dateRange(in));
      }
      case WindowStartedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new WindowStartedDecoder());
        yield index(
            in.entry(), new IndexRecord.WindowStarted(in.msn(), in.discontinuitySequence()));
      }
      case BroadcastEndedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new BroadcastEndedDecoder());
        yield index(in.entry(), new IndexRecord.BroadcastEnded(in.utcNs()));
      }
      default -> null;
    };
  }

  /** A version before this one took parts for presented when they are decoded. */
  private static long presentationTicks(PartPublishedDecoder in) {
    long ticks = in.presentationTicks();
    return ticks == PartPublishedDecoder.presentationTicksNullValue() ? in.startTicks() : ticks;
  }

  private static IndexRecord.DateRange dateRange(DateRangeDecoder in) {
    long startUtcNs = in.startUtcNs();
    long durationNs = in.durationNs();
    Map<String, String> attributes = new HashMap<>();
    DateRangeDecoder.AttributesDecoder all = in.attributes();
    Fields.requireGroup("attributes", all.count(), Fields.MOST_ATTRIBUTES, 0, 0);
    for (DateRangeDecoder.AttributesDecoder attribute : all) {
      String name = attribute.name();
      attributes.put(name, attribute.value());
    }
    String id = in.rangeId();
    return new IndexRecord.DateRange(id, in.rangeClass(), startUtcNs, durationNs, attributes);
  }

  private static Track track(MessageFrame frame, TrackDescribedDecoder in) {
    String language = in.language();
    String role = in.role();
    String name = in.name();
    String group = in.group();
    String protection = in.protection();
    Bytes record = frame.bytesAt(in.limit());
    Tracks.Sent sent =
        new Tracks.Sent(
            in.codec(),
            in.avc(),
            in.aac(),
            frame.hasMoreCodecs() ? in.picture() : null,
            frame.hasMoreCodecs() ? in.aacOutputSampleRate() : 0,
            record);
    return new Track(
        in.id(),
        Tracks.kind(in.kind()),
        Tracks.codec(sent),
        in.timescale(),
        language,
        role,
        name,
        group,
        protection);
  }

  private static FeedMessage.Index index(EntryHeaderDecoder in, IndexRecord record) {
    return new FeedMessage.Index(
        Fields.channel(in), new IndexEntry(in.number(), Fields.fence(in), record));
  }
}
