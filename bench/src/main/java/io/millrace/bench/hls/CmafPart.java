package io.millrace.bench.hls;

import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a part's samples out of its boxes (ISO 14496-12: {@code trun} 8.8.8, {@code mdat} 8.1.1).
 */
public final class CmafPart {
  private static final int MOOF = 0x6d6f6f66;
  private static final int TRAF = 0x74726166;
  private static final int TRUN = 0x7472756e;
  private static final int MDAT = 0x6d646174;
  private static final int DATA_OFFSET = 0x1;
  private static final int FIRST_SAMPLE_FLAGS = 0x4;
  private static final int DURATION = 0x100;
  private static final int SIZE = 0x200;
  private static final int FLAGS = 0x400;
  private static final int COMPOSITION_OFFSET = 0x800;

  private final Bytes part;
  private final List<Integer> sizes = new ArrayList<>();
  private final List<Bytes> samples = new ArrayList<>();

  private CmafPart(Bytes part) {
    this.part = part;
    boxes(0, part.length());
  }

  /** The payloads of the samples of a part or segment of one track, in order. */
  public static List<Bytes> samples(Bytes part) {
    return List.copyOf(new CmafPart(part).samples);
  }

  private void boxes(int from, int to) {
    ByteBuffer bytes = part.asByteBuffer();
    for (int at = from; at < to; ) {
      int size = to - at >= 8 ? bytes.getInt(at) : 0;
      if (size < 8 || size > to - at) {
        throw new IllegalArgumentException("box size %d at %d does not fit".formatted(size, at));
      }
      switch (bytes.getInt(at + 4)) {
        case MOOF, TRAF -> boxes(at + 8, at + size);
        case TRUN -> trun(bytes.slice(at + 8, size - 8));
        case MDAT -> mdat(at + 8);
        default -> {}
      }
      at += size;
    }
  }

  private void trun(ByteBuffer box) {
    int flags = box.getInt() & 0xFF_FFFF;
    int count = box.getInt();
    if ((flags & SIZE) == 0) {
      throw new IllegalArgumentException("trun without sizes");
    }
    box.position(
        box.position()
            + ((flags & DATA_OFFSET) != 0 ? 4 : 0)
            + ((flags & FIRST_SAMPLE_FLAGS) != 0 ? 4 : 0));
    int before = (flags & DURATION) != 0 ? 4 : 0;
    int after = ((flags & FLAGS) != 0 ? 4 : 0) + ((flags & COMPOSITION_OFFSET) != 0 ? 4 : 0);
    for (int i = 0; i < count; i++) {
      sizes.add(box.getInt(box.position() + before));
      box.position(box.position() + before + 4 + after);
    }
  }

  private void mdat(int payload) {
    int at = payload;
    for (int size : sizes) {
      samples.add(part.slice(at, size));
      at += size;
    }
    sizes.clear();
  }
}
