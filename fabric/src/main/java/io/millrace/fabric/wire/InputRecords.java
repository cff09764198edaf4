package io.millrace.fabric.wire;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.sbe.BroadcastClosedDecoder;
import io.millrace.fabric.wire.sbe.BroadcastClosedEncoder;
import io.millrace.fabric.wire.sbe.BroadcastOpenedDecoder;
import io.millrace.fabric.wire.sbe.BroadcastOpenedEncoder;
import io.millrace.fabric.wire.sbe.ClockTickedDecoder;
import io.millrace.fabric.wire.sbe.ClockTickedEncoder;
import io.millrace.fabric.wire.sbe.DateRangeMarkedDecoder;
import io.millrace.fabric.wire.sbe.DateRangeMarkedEncoder;
import io.millrace.fabric.wire.sbe.EntryHeaderDecoder;
import io.millrace.fabric.wire.sbe.MessageHeaderEncoder;
import io.millrace.fabric.wire.sbe.SampleArrivedDecoder;
import io.millrace.fabric.wire.sbe.SampleArrivedEncoder;
import io.millrace.fabric.wire.sbe.SamplesDroppedDecoder;
import io.millrace.fabric.wire.sbe.SamplesDroppedEncoder;
import io.millrace.fabric.wire.sbe.SourceLostDecoder;
import io.millrace.fabric.wire.sbe.SourceLostEncoder;
import io.millrace.fabric.wire.sbe.SourceStartedDecoder;
import io.millrace.fabric.wire.sbe.SourceStartedEncoder;
import io.millrace.fabric.wire.sbe.TrackAnnouncedDecoder;
import io.millrace.fabric.wire.sbe.TrackAnnouncedEncoder;
import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import java.util.HashMap;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;

/** Writes and reads entries of the input log: one template for each kind of record. */
final class InputRecords {
  private InputRecords() {}

  /** Returns the length of what it wrote from index 0 on. */
  static int write(
      ExpandableArrayBuffer buffer,
      MessageHeaderEncoder header,
      ChannelId channel,
      InputEntry entry) {
    return switch (entry.record()) {
      case InputRecord.BroadcastOpened r -> {
        var out = new BroadcastOpenedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        Fields.put(out.broadcast(), r.broadcast().value());
        Fields.put(out.timeline(), r.timeline().value());
        Fields.put(out.settings(), r.settings());
        yield out.utcNs(r.utcNs()).limit();
      }
      case InputRecord.SourceStarted r -> {
        var out = new SourceStartedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.utcNs(r.utcNs()).limit();
      }
      case InputRecord.TrackAnnounced r -> {
        var out = new TrackAnnouncedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield writeTrack(buffer, out, r.track());
      }
      case InputRecord.SampleArrived r -> {
        var out = new SampleArrivedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield writeSample(buffer, out, r.sample());
      }
      case InputRecord.SamplesDropped r -> {
        var out = new SamplesDroppedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.track(r.trackId()).samples(r.count()).utcNs(r.utcNs()).limit();
      }
      case InputRecord.SourceLost r -> {
        var out = new SourceLostEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.utcNs(r.utcNs()).limit();
      }
      case InputRecord.BroadcastClosed r -> {
        var out = new BroadcastClosedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.utcNs(r.utcNs()).limit();
      }
      case InputRecord.DateRangeMarked r -> {
        var out = new DateRangeMarkedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield writeDateRange(out.utcNs(r.utcNs()), r.range());
      }
      case InputRecord.ClockTicked r -> {
        var out = new ClockTickedEncoder().wrapAndApplyHeader(buffer, 0, header);
        Fields.put(out.entry(), channel, entry.number(), entry.fence());
        yield out.utcNs(r.utcNs()).limit();
      }
    };
  }

  private static int writeDateRange(DateRangeMarkedEncoder out, IndexRecord.DateRange range) {
    Fields.requireGroup("attributes", range.attributes().size(), Fields.MOST_ATTRIBUTES, 0, 0);
    out.startUtcNs(range.startUtcNs()).durationNs(range.durationNs());
    var attributes = out.attributesCount(range.attributes().size());
    range.attributes().forEach((name, value) -> attributes.next().name(name).value(value));
    return out.rangeId(range.id()).rangeClass(range.rangeClass()).limit();
  }

  private static int writeTrack(
      ExpandableArrayBuffer buffer, TrackAnnouncedEncoder out, Track track) {
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

  private static int writeSample(
      ExpandableArrayBuffer buffer, SampleArrivedEncoder out, Sample sample) {
    out.track(sample.trackId())
        .keyframe(Fields.code(sample.keyframe()))
        .dts(sample.dts())
        .pts(sample.pts())
        .arrivalNs(sample.arrivalNs());
    return Fields.putBytes(buffer, out.limit(), sample.data());
  }

  /** Reads the message of one of the input log's templates; null for any other template. */
  static FeedMessage.@Nullable Input read(MessageFrame frame) {
    return switch (frame.templateId()) {
      case BroadcastOpenedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new BroadcastOpenedDecoder());
        yield input(
            in.entry(),
            new InputRecord.BroadcastOpened(
                new BroadcastId(Fields.uuid(in.broadcast())),
                new TimelineId(Fields.uuid(in.timeline())),
                Fields.settings(in.settings()),
                in.utcNs()));
      }
      case SourceStartedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new SourceStartedDecoder());
        yield input(in.entry(), new InputRecord.SourceStarted(in.utcNs()));
      }
      case TrackAnnouncedDecoder.TEMPLATE_ID -> {
        var in =
            frame.decode(
                new TrackAnnouncedDecoder(),
                TrackAnnouncedDecoder.pictureEncodingOffset(),
                WireVersion.MORE_CODECS);
        yield input(in.entry(), new InputRecord.TrackAnnounced(track(frame, in)));
      }
      case SampleArrivedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new SampleArrivedDecoder());
        yield input(
            in.entry(),
            new InputRecord.SampleArrived(
                new Sample(
                    in.track(),
                    in.dts(),
                    in.pts(),
                    Fields.isYes(in.keyframe()),
                    in.arrivalNs(),
                    frame.bytesAt(in.limit()))));
      }
      case SamplesDroppedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new SamplesDroppedDecoder());
        yield input(
            in.entry(), new InputRecord.SamplesDropped(in.track(), in.samples(), in.utcNs()));
      }
      case SourceLostDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new SourceLostDecoder());
        yield input(in.entry(), new InputRecord.SourceLost(in.utcNs()));
      }
      case BroadcastClosedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new BroadcastClosedDecoder());
        yield input(in.entry(), new InputRecord.BroadcastClosed(in.utcNs()));
      }
      case DateRangeMarkedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new DateRangeMarkedDecoder());
        long utcNs = in.utcNs();
        yield input(in.entry(), new InputRecord.DateRangeMarked(dateRange(in), utcNs));
      }
      case ClockTickedDecoder.TEMPLATE_ID -> {
        var in = frame.decode(new ClockTickedDecoder());
        yield input(in.entry(), new InputRecord.ClockTicked(in.utcNs()));
      }
      default -> null;
    };
  }

  private static IndexRecord.DateRange dateRange(DateRangeMarkedDecoder in) {
    long startUtcNs = in.startUtcNs();
    long durationNs = in.durationNs();
    Map<String, String> attributes = new HashMap<>();
    DateRangeMarkedDecoder.AttributesDecoder all = in.attributes();
    Fields.requireGroup("attributes", all.count(), Fields.MOST_ATTRIBUTES, 0, 0);
    for (DateRangeMarkedDecoder.AttributesDecoder attribute : all) {
      String name = attribute.name();
      attributes.put(name, attribute.value());
    }
    String id = in.rangeId();
    return new IndexRecord.DateRange(id, in.rangeClass(), startUtcNs, durationNs, attributes);
  }

  private static Track track(MessageFrame frame, TrackAnnouncedDecoder in) {
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

  private static FeedMessage.Input input(EntryHeaderDecoder in, InputRecord record) {
    return new FeedMessage.Input(
        Fields.channel(in), new InputEntry(in.number(), Fields.fence(in), record));
  }
}
