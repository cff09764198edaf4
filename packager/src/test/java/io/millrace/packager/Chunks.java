package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.Box;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads a chunk back, by the format's own rules and not by what the writer happens to write. */
final class Chunks {
  private Chunks() {}

  record ReadSample(long dts, long pts, long duration, int flags, Bytes data) {
    boolean sync() {
      return (flags & 0x0001_0000) == 0;
    }
  }

  record Chunk(boolean styp, long sequence, int trackId, long start, List<ReadSample> samples) {
    long duration() {
      return samples.stream().mapToLong(ReadSample::duration).sum();
    }
  }

  static Chunk read(Bytes data) {
    List<Box> boxes = Box.all(data);
    boolean styp = boxes.getFirst().type().equals("styp");
    Box prft = boxes.get(styp ? 1 : 0);
    Box moof = boxes.get(styp ? 2 : 1);
    List<Box> traf = child(moof.children(), "traf").children();
    ByteBuffer tfhd = child(traf, "tfhd").body().asByteBuffer();
    int flags = tfhd.getInt();
    int trackId = tfhd.getInt();
    check((flags & 0x02_0000) != 0 && (flags & 1) == 0, "default-base-is-moof");
    long defaultDuration = (flags & 0x08) != 0 ? tfhd.getInt() : -1;
    int defaultFlags = (flags & 0x20) != 0 ? tfhd.getInt() : -1;
    ByteBuffer tfdt = child(traf, "tfdt").body().asByteBuffer();
    check(tfdt.getInt() == 1 << 24, "tfdt version 1");
    long dts = tfdt.getLong();
    final long start = dts;
    ByteBuffer trun = child(traf, "trun").body().asByteBuffer();
    int trunFlags = trun.getInt();
    check(trunFlags >>> 24 == 1, "trun version 1");
    int count = trun.getInt();
    int at = moof.offset() + trun.getInt();
    List<ReadSample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long duration = (trunFlags & 0x100) != 0 ? trun.getInt() : defaultDuration;
      int size = trun.getInt();
      int sampleFlags = (trunFlags & 0x400) != 0 ? trun.getInt() : defaultFlags;
      int composition = (trunFlags & 0x800) != 0 ? trun.getInt() : 0;
      samples.add(
          new ReadSample(dts, dts + composition, duration, sampleFlags, data.slice(at, size)));
      dts += duration;
      at += size;
    }
    check(!trun.hasRemaining() && at == data.length(), "the samples fill trun and mdat");
    checkReferenceTime(prft, trackId, samples.getFirst());
    long sequence = child(moof.children(), "mfhd").body().asByteBuffer().getInt(4);
    return new Chunk(styp, sequence, trackId, start, samples);
  }

  /** ISO 14496-12 8.16.5: the time is told of the first sample's presentation. */
  private static void checkReferenceTime(Box prft, int trackId, ReadSample first) {
    ByteBuffer body = prft.body().asByteBuffer();
    check(prft.type().equals("prft") && body.getInt() == 0x0100_0001, "prft of encoder output");
    check(body.getInt() == trackId, "prft of the same track");
    long utcSeconds = Integer.toUnsignedLong(body.getInt()) - 2_208_988_800L;
    check(utcSeconds >= InputScript.START_UTC_NS / 1_000_000_000L - 1, "prft: when it came");
    check(body.getLong(16) == first.pts(), "prft: the first sample's pts");
  }

  private static Box child(List<Box> boxes, String type) {
    return boxes.stream().filter(box -> box.type().equals(type)).findFirst().orElseThrow();
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected: " + what);
    }
  }
}
