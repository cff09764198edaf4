package io.millrace.bench.publish;

import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvTag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * Names the codecs that encoders send, and has a clip of one track for each: of H.264 and AAC LC as
 * the other benchmarks send them, of HE-AAC silence, of the others the samples of the packager's
 * tests, two seconds each.
 */
public enum CodecClip {
  H264("H.264"),
  HEVC("HEVC"),
  AV1("AV1"),
  VP9("VP9"),
  AAC_LC("AAC LC"),
  HE_AAC("HE-AAC"),
  OPUS("Opus"),
  AC3("AC-3"),
  EAC3("E-AC-3"),
  MP3("MP3"),
  FLAC("FLAC");

  /** Where the samples are, from the clone's root on. */
  private static final String SAMPLES = "packager/src/test/resources/io/millrace/packager/codecs";

  private static final long LONGER_THAN_SAMPLES_MS = 10_000;

  /** Explicit and hierarchical: a core of 24 kHz. */
  private static final String HE_AAC_HEADER = "af002b118800";

  private static final String HE_AAC_SILENCE = "af01211004608c1c";
  private static final int HE_AAC_FRAMES = 48;

  private final String label;

  CodecClip(String label) {
    this.label = label;
  }

  /** As people write it. */
  public String label() {
    return label;
  }

  /** Whether it is a picture's codec, and not a sound's. */
  public boolean isPicture() {
    return switch (this) {
      case H264, HEVC, AV1, VP9 -> true;
      case AAC_LC, HE_AAC, OPUS, AC3, EAC3, MP3, FLAC -> false;
    };
  }

  /**
   * Its clip.
   *
   * @param clone the root of the clone, where the samples are
   * @param encoded a clip of H.264 and AAC LC
   */
  public Clip clip(Path clone, Clip encoded) throws IOException {
    return switch (this) {
      case H264 -> encoded.picture();
      case HEVC -> sample(clone, "hevc-flac").picture();
      case AV1 -> sample(clone, "av1-opus").picture();
      case VP9 -> sample(clone, "vp9-ac3").picture();
      case AAC_LC -> encoded.sound(1024, 48_000);
      case HE_AAC -> heAac();
      case OPUS -> sample(clone, "av1-opus").sound(960, 48_000);
      case AC3 -> sample(clone, "vp9-ac3").sound(1536, 48_000);
      case EAC3 -> sample(clone, "eac3").sound(1536, 48_000);
      case MP3 -> sample(clone, "mp3").sound(1152, 44_100);
      case FLAC -> sample(clone, "hevc-flac").sound(576, 8_000);
    };
  }

  private static Clip sample(Path clone, String name) throws IOException {
    return Clip.read(clone.resolve(SAMPLES).resolve(name + ".flv"), LONGER_THAN_SAMPLES_MS);
  }

  private static Clip heAac() {
    FlvTag silence = new FlvTag(FlvTag.AUDIO, 0, Bytes.ofHex(HE_AAC_SILENCE));
    return new Clip(
            List.of(new FlvTag(FlvTag.AUDIO, 0, Bytes.ofHex(HE_AAC_HEADER))),
            Collections.nCopies(HE_AAC_FRAMES, silence),
            /* durationMs= */ 0)
        .sound(1024, 24_000);
  }
}
