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
  private static final int KEYFRAME = 1;

  public Clip {
    headers = List.copyOf(headers);
    frames = List.copyOf(frames);
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("the clip has no frames");
    }
  }

  /**
   * Reads an FLV file; of each track, {@code durationMs} from its first frame on, so that no round
   * overlaps the next by what an encoder adds at the ends. Configurations behind the first frame
   * are left out, and so is what ends a track.
   */
  public static Clip read(Path flv, long durationMs) throws IOException {
    FlvFileReader reader = new FlvFileReader(ByteBuffer.wrap(Files.readAllBytes(flv)));
    List<FlvTag> headers = new ArrayList<>();
    List<FlvTag> frames = new ArrayList<>();
    Map<Integer, Long> firstMs = new HashMap<>();
    for (Optional<FlvTag> tag = reader.next(); tag.isPresent(); tag = reader.next()) {
      FlvTag each = tag.get();
      switch (Content.of(each)) {
        case CONFIGURATION -> {
          if (!firstMs.containsKey(each.type())) {
            headers.add(each);
          }
        }
        case FRAME -> {
          long beginMs = firstMs.computeIfAbsent(each.type(), type -> each.timestampMs());
          if (each.timestampMs() - beginMs < durationMs) {
            frames.add(each);
          }
        }
        case OTHER -> {}
      }
    }
    return new Clip(headers, frames, durationMs);
  }

  /** What is in a tag. */
  private enum Content {
    CONFIGURATION,
    FRAME,
    OTHER;

    private static final int EX_VIDEO = 0x80;
    private static final int EX_AUDIO = 9;
    private static final int AVC = 7;
    private static final int AAC = 10;

    /** By FLV 1.0, E.4.2 and E.4.3, and enhanced RTMP v2. */
    static Content of(FlvTag tag) {
      if (tag.type() == FlvTag.SCRIPT || tag.body().length() < 2) {
        return OTHER;
      }
      int first = tag.body().unsigned(0);
      boolean video = tag.type() == FlvTag.VIDEO;
      if (video ? (first & EX_VIDEO) != 0 : first >> 4 == EX_AUDIO) {
        return ofPacket(tag, first & 0xF);
      }
      if (video ? (first & 0xF) == AVC : first >> 4 == AAC) {
        return switch (tag.body().unsigned(1)) {
          case 0 -> CONFIGURATION;
          case 1 -> FRAME;
          default -> OTHER;
        };
      }
      return FRAME;
    }

    private static Content ofPacket(FlvTag tag, int packetType) {
      return switch (packetType) {
        case 0, 4 -> CONFIGURATION; // the sequence's begin, and metadata or what channels there are
        case 1, 3 -> tag.body().length() > 5 ? FRAME : OTHER; // behind the type stand four letters
        default -> OTHER;
      };
    }
  }

  /** What it has of one type of tags. */
  public Clip only(int type) {
    return new Clip(
        headers.stream().filter(tag -> tag.type() == type).toList(),
        frames.stream().filter(tag -> tag.type() == type).toList(),
        durationMs);
  }

  /**
   * Its picture alone, from its first frame on. A round lasts as long as its frames, which all last
   * the same.
   */
  public Clip picture() {
    Clip video = only(FlvTag.VIDEO);
    long count = video.frames.size();
    long firstMs = video.frames.getFirst().timestampMs();
    long spanMs = video.frames.getLast().timestampMs() - firstMs;
    return new Clip(
        video.headers,
        video.frames.stream().map(tag -> at(tag, tag.timestampMs() - firstMs)).toList(),
        Math.round((double) spanMs * count / (count - 1)));
  }

  /**
   * Its sound alone, from its first frame on: as many frames as last whole milliseconds together.
   *
   * @param samples of each frame
   * @param rate samples of a second
   */
  public Clip sound(int samples, int rate) {
    Clip audio = only(FlvTag.AUDIO);
    int count = audio.frames.size();
    while (count > 0 && 1_000L * count * samples % rate != 0) {
      count--;
    }
    List<FlvTag> timed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      timed.add(at(audio.frames.get(i), Math.round(i * samples * 1_000.0 / rate)));
    }
    return new Clip(audio.headers, timed, 1_000L * count * samples / rate);
  }

  /** The frame with that number of an endless loop, with its time in it. */
  FlvTag frame(long number) {
    FlvTag frame = frames.get((int) (number % frames.size()));
    return at(frame, number / frames.size() * durationMs + frame.timestampMs());
  }

  static FlvTag at(FlvTag tag, long timestampMs) {
    return new FlvTag(tag.type(), timestampMs, tag.body());
  }

  static boolean isFrame(FlvTag tag) {
    return Content.of(tag) == Content.FRAME;
  }

  static boolean isKeyframe(FlvTag tag) {
    return isVideo(tag) && (tag.body().unsigned(0) >> 4 & 7) == KEYFRAME;
  }

  /** Whether the tag is a video frame. */
  public static boolean isVideo(FlvTag tag) {
    return tag.type() == FlvTag.VIDEO;
  }
}
