package io.millrace.packager.host;

import io.millrace.fabric.FeedMessage;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the entries of an index, of one writer: parts, of which there are many, with
 * what differs from the one before; what is rare as links write it.
 */
final class IndexEntries {
  private static final ChannelId NO_CHANNEL = new ChannelId(new UUID(0, 0));
  private static final int OTHER = 0;
  private static final int PART = 1;

  private IndexEntries() {}

  static void write(List<IndexEntry> entries, StateWriter out) {
    out.number(entries.size());
    TimelineId timeline = null;
    long number = 0;
    long arrivalNs = 0;
    for (IndexEntry entry : entries) {
      out.number(entry.number() - number);
      number = entry.number();
      IndexRecord record = entry.record();
      if (record instanceof IndexRecord.PartPublished part && isOf(part, timeline)) {
        out.number(PART);
        write(part, arrivalNs, out);
      } else {
        out.number(OTHER).message(new FeedMessage.Index(NO_CHANNEL, entry));
      }
      if (record instanceof IndexRecord.PartPublished part) {
        arrivalNs = part.arrivalNs();
      } else if (record instanceof IndexRecord.TimelineOpened opened) {
        timeline = opened.timeline();
      }
    }
  }

  private static boolean isOf(IndexRecord.PartPublished part, @Nullable TimelineId timeline) {
    return part.key().timeline().equals(timeline);
  }

  private static void write(IndexRecord.PartPublished part, long arrivalNs, StateWriter out) {
    PartKey key = part.key();
    out.number(key.rendition()).number(key.msn()).number(key.part());
    out.number(part.startTicks()).number(part.durationTicks()).flag(part.independent());
    out.number(part.sizeBytes()).bytes(part.sha256()).number(part.arrivalNs() - arrivalNs);
    out.number(part.keyframeBytes()).number(part.presentationTicks()).flag(part.last());
  }

  static List<IndexEntry> read(StateReader in, Fence fence) {
    int count = in.count();
    List<IndexEntry> entries = new ArrayList<>();
    TimelineId timeline = null;
    long number = 0;
    long arrivalNs = 0;
    for (int i = 0; i < count; i++) {
      number += in.number();
      IndexRecord record = read(in, timeline, arrivalNs);
      entries.add(new IndexEntry(number, fence, record));
      if (record instanceof IndexRecord.PartPublished part) {
        arrivalNs = part.arrivalNs();
      } else if (record instanceof IndexRecord.TimelineOpened opened) {
        timeline = opened.timeline();
      }
    }
    return entries;
  }

  private static IndexRecord read(StateReader in, @Nullable TimelineId timeline, long arrivalNs) {
    int kind = in.integer();
    if (kind == PART && timeline != null) {
      return new IndexRecord.PartPublished(
          new PartKey(timeline, in.integer(), in.number(), in.integer()),
          in.number(),
          in.number(),
          in.flag(),
          in.integer(),
          in.bytes(),
          in.number() + arrivalNs,
          in.integer(),
          in.number(),
          in.flag());
    }
    if (kind == OTHER && in.message() instanceof FeedMessage.Index index) {
      return index.entry().record();
    }
    throw MalformedMediaException.of(
        "kind of an entry", kind, "0: any, or 1: a part of the timeline that is open");
  }
}
