package io.millrace.packager;

import io.millrace.media.Bytes;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Streams of every codec, as FFmpeg pushes them over enhanced RTMP. */
final class Codecs {
  /** Two seconds each; the first has two B-frames, open GOPs and HDR10's marks. */
  static final List<String> CLIPS = List.of("hevc-flac", "av1-opus", "vp9-ac3", "eac3", "mp3");

  private Codecs() {}

  static byte[] clip(String name) {
    try (InputStream in = Codecs.class.getResourceAsStream("codecs/" + name + ".flv")) {
      if (in == null) {
        throw new AssertionError(name + ".flv is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RecordingSink packaged(String name) {
    return InputScript.opened()
        .flv(clip(name))
        .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 5_000_000_000L))
        .run();
  }

  /** HE-AAC, explicit and hierarchical: a core of 24 kHz, two seconds of silence. */
  static RecordingSink heAac() {
    InputScript script =
        InputScript.opened()
            .announce(
                Track.of(
                    InputScript.AUDIO,
                    TrackKind.AUDIO,
                    AacConfiguration.parse(Bytes.ofHex("2b118800")),
                    1_000));
    for (int frame = 0; frame < 50; frame++) {
      long ms = Math.round(frame * 1_024_000.0 / 24_000);
      script.sample(
          new Sample(
              InputScript.AUDIO,
              ms,
              ms,
              true,
              InputScript.START_UTC_NS + ms * 1_000_000,
              Bytes.ofHex("211004608c1c")));
    }
    return script
        .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 5_000_000_000L))
        .run();
  }
}
