package io.millrace.bench.publish;

import io.millrace.media.flv.FlvFileReader;
import io.millrace.media.flv.FlvTag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /** Reads an FLV file of H.264 and AAC; {@code durationMs} is its whole length. */
  public static Clip read(Path flv, long durationMs) throws IOException {
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(Files.readAllBytes(flv)));
    List<FlvTag> headers = new ArrayList<>();
    List<FlvTag> frames = new ArrayList<>();
    for (Optional<FlvTag> tag = reader.next(); tag.isPresent(); tag = reader.next()) {
      if (tag.get().type() != FlvTag.SCRIPT) {
        (isHeader(tag.get()) ? headers : frames).add(tag.get());
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
