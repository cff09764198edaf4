package io.millrace.delivery.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MultivariantRendererTest {
  private static final String OLD =
      ",CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=30.000,VIDEO-RANGE=SDR,";
  private static final String BOTH =
      ",CODECS=\"hvc1.2.4.L120.B0,avc1.64001f,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=50.000,"
          + "VIDEO-RANGE=PQ,";
  private static final String NEW =
      ",CODECS=\"hvc1.2.4.L120.B0,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=50.000,"
          + "VIDEO-RANGE=PQ,";

  private final ChannelId channel = PublishedStream.channelId(1);
  private final PublishedStream stream = new PublishedStream(channel, 6);

  private static String render(Windows windows) {
    return MultivariantRenderer.render(windows.window.view().newest().orElseThrow());
  }

  @Test
  void aVariantNamesAllThatItsListedSegmentsAreMadeWith() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(8));
      assertThat(render(windows)).contains(OLD);

      windows.feed(stream.changeVideo(PublishedStream.hevc(1920, 1080, /* transfer= */ 16)));
      for (int left = 6; left > 0; left--) {
        assertThat(render(windows))
            .contains(BOTH)
            .contains(",CODECS=\"hvc1.2.4.L120.B0,avc1.64001f\",RESOLUTION=1920x1080,");
        windows.feed(stream.segments(1));
      }
      // Those that have just left the playlist can still be had, and are not listed.
      assertThat(render(windows)).contains(NEW).doesNotContain("avc1");
    }
  }

  @Test
  void aNodeThatJoinedAroundAChangeRendersTheSameBytes() {
    List<FeedMessage> messages = new ArrayList<>(stream.open());
    messages.addAll(stream.segments(8));
    int from = messages.size() - 30;
    messages.addAll(stream.describeVideo(59.94));
    messages.addAll(stream.segments(1));
    messages.addAll(stream.changeVideo(PublishedStream.hevc(1920, 1080, /* transfer= */ 18)));
    messages.addAll(stream.segments(1));
    messages.addAll(stream.describeVideo(49.95));
    messages.addAll(stream.segments(11));
    for (int at = from; at < messages.size(); at += 7) {
      try (Windows first = new Windows(channel);
          Windows late = new Windows(channel)) {
        first.feed(messages.subList(0, at));
        late.feed(snapshot(first));
        for (int i = at; i < messages.size(); i++) {
          assertThat(render(late)).isEqualTo(render(first));
          first.feed(messages.subList(i, i + 1));
          late.feed(messages.subList(i, i + 1));
        }
      }
    }
  }

  private static final CodecConfiguration AAC = AacConfiguration.parse(Bytes.ofHex("1190"));
  private static final CodecConfiguration HE_AAC = AacConfiguration.parse(Bytes.ofHex("2b118800"));
  private static final CodecConfiguration OPUS =
      OpusConfiguration.parse(Bytes.ofHex("00 02 0138 0000bb80 0000 00"));

  private static Track sound(int id, CodecConfiguration codec) {
    return Track.of(id, TrackKind.AUDIO, codec, 48_000);
  }

  private static Track sound(int id, CodecConfiguration codec, String name, String language) {
    return new Track(
        id, TrackKind.AUDIO, codec, 48_000, language, "", name, "", /* protection= */ "");
  }

  /** What the tags of sound and of variants say, of a stream with AAC and with those tracks. */
  private String lines(Track... more) {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open());
      for (Track track : more) {
        windows.feed(stream.addSound(track));
      }
      windows.feed(stream.segments(2));
      return render(windows)
          .lines()
          .filter(line -> line.contains("TYPE=AUDIO") || line.contains("STREAM-INF:BANDWIDTH"))
          .filter(line -> !line.contains("I-FRAME"))
          .map(
              line ->
                  line.replaceAll("#EXT-X-(MEDIA:TYPE=AUDIO,|STREAM-INF:.*(?=CODECS))", "")
                      .replaceAll("RESOLUTION.*(?=AUDIO=)", "")
                      .replaceAll(",AUTOSELECT=YES,CHANNELS=\"2\"", "")
                      .replaceAll("URI=\"[^/]*/", "\""))
          .collect(Collectors.joining("\n"));
    }
  }

  @Test
  void soundOfOneCodecIsOneGroup() {
    assertThat(lines(sound(3, AAC), sound(4, HE_AAC)))
        .isEqualTo(
            """
            GROUP-ID="audio",NAME="Audio",DEFAULT=YES,"a2/index.m3u8"
            GROUP-ID="audio",NAME="Audio 3",DEFAULT=NO,"a3/index.m3u8"
            GROUP-ID="audio",NAME="Audio 4",DEFAULT=NO,"a4/index.m3u8"
            CODECS="avc1.64001f,mp4a.40.2,mp4a.40.5",AUDIO="audio\"\
            """);
  }

  @Test
  void aVariantWithEachCodecOfSoundNamesThatAlone() {
    assertThat(lines(sound(3, OPUS)))
        .isEqualTo(
            """
            GROUP-ID="audio",NAME="Audio",DEFAULT=YES,"a2/index.m3u8"
            GROUP-ID="audio-opus",NAME="Audio",DEFAULT=YES,"a3/index.m3u8"
            CODECS="avc1.64001f,mp4a.40.2",AUDIO="audio"
            CODECS="avc1.64001f,Opus",AUDIO="audio-opus\"\
            """);
  }

  @Test
  void allGroupsHaveTheSameMembers() {
    assertThat(lines(sound(3, OPUS), sound(4, AAC)))
        .isEqualTo(
            """
            GROUP-ID="audio",NAME="Audio",DEFAULT=YES,"a2/index.m3u8"
            GROUP-ID="audio",NAME="Audio 4",DEFAULT=NO,"a4/index.m3u8"
            GROUP-ID="audio-opus",NAME="Audio",DEFAULT=YES,"a3/index.m3u8"
            GROUP-ID="audio-opus",NAME="Audio 4",DEFAULT=NO,"a4/index.m3u8"
            CODECS="avc1.64001f,mp4a.40.2",AUDIO="audio"
            CODECS="avc1.64001f,Opus,mp4a.40.2",AUDIO="audio-opus\"\
            """);
  }

  @Test
  void soundThatThereIsInOneCodecOnlyStandsInEachGroup() {
    assertThat(lines(sound(3, OPUS, "English", "en")))
        .isEqualTo(
            """
            GROUP-ID="audio",NAME="Audio",DEFAULT=YES,"a2/index.m3u8"
            GROUP-ID="audio",NAME="English",LANGUAGE="en",DEFAULT=NO,"a3/index.m3u8"
            CODECS="avc1.64001f,mp4a.40.2,Opus",AUDIO="audio\"\
            """);
  }

  private List<FeedMessage> snapshot(Windows windows) {
    List<FeedMessage> snapshot = new ArrayList<>();
    snapshot.add(new FeedMessage.SnapshotBegun(channel, Feed.WINDOW));
    windows.window.survivors().forEach(each -> snapshot.add(new FeedMessage.Index(channel, each)));
    snapshot.add(new FeedMessage.SnapshotEnded(channel, Feed.WINDOW, windows.window.lastNumber()));
    return snapshot;
  }
}
