package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.packager.timeline.Irregularity;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps what a packager made, and answers questions about it. */
final class RecordingSink implements PackagerSink {
  final List<IndexRecord> records = new ArrayList<>();
  final Map<PartKey, Bytes> parts = new LinkedHashMap<>();
  final Map<Irregularity, Long> irregularities = new EnumMap<>(Irregularity.class);

  @Override
  public void part(PartKey key, Bytes data) {
    if (parts.put(key, data) != null) {
      throw new AssertionError("published twice: " + key);
    }
  }

  @Override
  public void record(IndexRecord record) {
    if (record instanceof IndexRecord.PartPublished part && !parts.containsKey(part.key())) {
      throw new AssertionError("published before its bytes: " + part.key());
    }
    records.add(record);
  }

  @Override
  public void irregularity(Irregularity kind, long samples) {
    irregularities.merge(kind, samples, Long::sum);
  }

  <T extends IndexRecord> List<T> all(Class<T> type) {
    return records.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<IndexRecord.PartPublished> parts(int rendition) {
    return all(IndexRecord.PartPublished.class).stream()
        .filter(part -> part.key().rendition() == rendition)
        .toList();
  }

  List<IndexRecord.SegmentEnded> segments(int rendition) {
    return all(IndexRecord.SegmentEnded.class).stream()
        .filter(segment -> segment.rendition() == rendition)
        .toList();
  }

  /** The parts that an init section is for: up to the rendition's next one. */
  List<IndexRecord.PartPublished> partsOf(IndexRecord.InitSection init) {
    long end =
        all(IndexRecord.InitSection.class).stream()
            .filter(each -> each.rendition() == init.rendition() && each.msn() > init.msn())
            .mapToLong(IndexRecord.InitSection::msn)
            .min()
            .orElse(Long.MAX_VALUE);
    return parts(init.rendition()).stream()
        .filter(part -> part.key().msn() >= init.msn() && part.key().msn() < end)
        .toList();
  }

  /** Init section and all parts of a rendition that has one only, as a player would append them. */
  byte[] file(int rendition) {
    List<IndexRecord.InitSection> inits =
        all(IndexRecord.InitSection.class).stream()
            .filter(init -> init.rendition() == rendition)
            .toList();
    if (inits.size() != 1) {
      throw new AssertionError(inits.size() + " init sections (expected: 1)");
    }
    return file(inits.getFirst());
  }

  /** An init section and its parts. */
  byte[] file(IndexRecord.InitSection init) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(init.data().toArray());
    for (IndexRecord.PartPublished part : partsOf(init)) {
      Bytes data = parts.get(part.key());
      if (data == null) {
        throw new AssertionError("no bytes: " + part.key());
      }
      out.writeBytes(data.toArray());
    }
    return out.toByteArray();
  }
}
