package io.millrace.media.track;

import java.util.Optional;
import java.util.Set;

/** Says of what can be read why browsers do not play it, for the person at the encoder. */
public final class Unplayable {
  /** High 10, High 4:2:2, High 4:4:4, CAVLC 4:4:4. */
  private static final Set<Integer> AVC_PROFILES = Set.of(110, 122, 244, 44);

  private static final int CHROMA_420 = 1;

  /** By chroma_format_idc. */
  private static final String[] CHROMA_FORMATS = {"4:0:0", "4:2:0", "4:2:2", "4:4:4"};

  private static final int SHORT_AAC_FRAME = 960;

  private Unplayable() {}

  /** Empty where they play it, as far as its configuration tells. */
  public static Optional<String> why(CodecConfiguration codec) {
    return switch (codec) {
      case AvcConfiguration avc when AVC_PROFILES.contains(avc.profile()) ->
          Optional.of(
              "H.264 profile " + avc.profile() + " is not supported: send 8 bits and 4:2:0");
      case VideoConfiguration video when hasOtherChroma(video) ->
          Optional.of(
              "Pictures of %s are not supported: send 4:2:0"
                  .formatted(CHROMA_FORMATS[video.picture().chromaFormat()]));
      case AacConfiguration aac when aac.frameLength() == SHORT_AAC_FRAME ->
          Optional.of("AAC frames of 960 samples are not supported: send frames of 1,024");
      case VideoConfiguration _, AudioConfiguration _ -> Optional.empty();
    };
  }

  /** Monochrome is of the profiles that browsers play, but not in HEVC (H.265 A.3). */
  private static boolean hasOtherChroma(VideoConfiguration video) {
    int chroma = video.picture().chromaFormat();
    boolean monochrome = chroma < CHROMA_420 && !(video instanceof HevcConfiguration);
    return video.width() > 0 && chroma != CHROMA_420 && !monochrome;
  }
}
