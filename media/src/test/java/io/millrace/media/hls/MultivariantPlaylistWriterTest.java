package io.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.hls.MultivariantPlaylist.Audio;
import io.millrace.media.hls.MultivariantPlaylist.IFrames;
import io.millrace.media.hls.MultivariantPlaylist.Picture;
import io.millrace.media.hls.MultivariantPlaylist.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultivariantPlaylistWriterTest {
  @Test
  void writesVideoWithAnAudioGroup() {
    MultivariantPlaylist playlist =
        new MultivariantPlaylist(
            List.of(
                new Variant(
                    "T/v1/index.m3u8",
                    "audio",
                    3_300_000,
                    3_100_000,
                    List.of("avc1.64001f", "mp4a.40.2"),
                    new Picture(1280, 720, 29.97, "SDR"))),
            List.of(
                new Audio("T/a2/index.m3u8", "audio", "Deutsch", "de", 2, true),
                new Audio("T/a3/index.m3u8", "audio", "Audio 3", "und", 0, false)),
            List.of(
                new IFrames(
                    "T/v1/iframes.m3u8",
                    400_000,
                    350_000,
                    List.of("avc1.64001f"),
                    new Picture(1280, 720, 29.97, "SDR"))));

    assertThat(MultivariantPlaylistWriter.write(playlist))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:6
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Deutsch",LANGUAGE="de",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="T/a2/index.m3u8"
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio 3",DEFAULT=NO,AUTOSELECT=YES,URI="T/a3/index.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=3300000,AVERAGE-BANDWIDTH=3100000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,AUDIO="audio"
            T/v1/index.m3u8
            #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=400000,AVERAGE-BANDWIDTH=350000,CODECS="avc1.64001f",RESOLUTION=1280x720,VIDEO-RANGE=SDR,URI="T/v1/iframes.m3u8"
            """);
  }

  @Test
  void writesAnAudioOnlyVariant() {
    MultivariantPlaylist playlist =
        new MultivariantPlaylist(
            List.of(new Variant("T/a2/index.m3u8", "", 128_000, 0, List.of("mp4a.40.2"), null)),
            List.of(),
            List.of());

    assertThat(MultivariantPlaylistWriter.write(playlist))
        .endsWith("#EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\nT/a2/index.m3u8\n");
  }
}
