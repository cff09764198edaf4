package io.millrace.bench.publish;

import io.millrace.media.flv.FlvFileReader;
import io.millrace.media.flv.FlvTag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds a clip that is published in a loop.
 *
 * @param headers the codecs' configurations
 * @param frames audio and video in the file's order, times from 0
 * @param durationMs after which it begins again
 */
public record Clip(List<FlvTag> headers, List<FlvTag> frames, long durationMs) {
  private static final int CONFIGURATION = 0;

  public Clip {
    headers = List.copyOf(headers);
    frames = List.copyOf(frames);
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("the clip has no frames");
    }
  }

  /**
   * Reads an FLV file of H.264 and AAC; of each track, {@code durationMs} from its first frame on,
   * so that no round overlaps the next by what an encoder adds at the ends.
   */
  public static Clip read(Path flv, long durationMs) throws IOException {
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(Files.readAllBytes(flv)));
    List<FlvTag> headers = new ArrayList<>();
    List<FlvTag> frames = new ArrayList<>();
    Map<Integer, Long> firstMs = new HashMap<>();
    for (Optional<FlvTag> tag = reader.next(); tag.isPresent(); tag = reader.next()) {
      FlvTag each = tag.get();
      if (each.type() == FlvTag.SCRIPT) {
        continue;
      }
      if (isHeader(each)) {
        headers.add(each);
      } else if (each.timestampMs() - firstMs.computeIfAbsent(each.type(), t -> each.timestampMs())
          < durationMs) {
        frames.add(each);
      }
    }
    return new Clip(headers, frames, durationMs);
  }

  private static boolean isHeader(FlvTag tag) {
    // The byte after the codec's is 0 for a configuration (FLV 1.0, E.4.2.2 and E.4.3.2).
    return tag.body().length() > 1 && tag.body().get(1) == CONFIGURATION;
  }

  /** Whether the tag is a video frame. */
  public static boolean isVideo(FlvTag tag) {
    return tag.type() == FlvTag.VIDEO;
  }
}
