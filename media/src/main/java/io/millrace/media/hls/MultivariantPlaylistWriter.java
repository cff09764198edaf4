package io.millrace.media.hls;

import io.millrace.media.hls.MultivariantPlaylist.Audio;
import io.millrace.media.hls.MultivariantPlaylist.IFrames;
import io.millrace.media.hls.MultivariantPlaylist.Picture;
import io.millrace.media.hls.MultivariantPlaylist.Variant;
import java.util.Locale;

/**
 * Writes multivariant playlists (RFC 8216bis 4.4.6).
 *
 * <p>Without EXT-X-INDEPENDENT-SEGMENTS, for a segment of pictures that is yet to come may be cut
 * before its keyframe, and without CLOSED-CAPTIONS, for nobody looks for captions (ADR 16).
 */
public final class MultivariantPlaylistWriter {
  private MultivariantPlaylistWriter() {}

  public static String write(MultivariantPlaylist playlist) {
    PlaylistText text = new PlaylistText(1024);
    text.add("#EXTM3U\n#EXT-X-VERSION:6\n");
    for (Audio audio : playlist.audio()) {
      writeAudio(text, audio);
    }
    for (Variant variant : playlist.variants()) {
      writeVariant(text, variant);
    }
    for (IFrames iFrames : playlist.iFrames()) {
      writeIFrames(text, iFrames);
    }
    return text.toString();
  }

  private static void writeAudio(PlaylistText text, Audio audio) {
    text.add("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=").quoted(audio.group());
    text.add(",NAME=").quoted(audio.name());
    if (!audio.language().isEmpty() && !audio.language().equals("und")) {
      text.add(",LANGUAGE=").quoted(audio.language());
    }
    text.add(audio.byDefault() ? ",DEFAULT=YES" : ",DEFAULT=NO").add(",AUTOSELECT=YES");
    if (audio.channels() > 0) {
      text.add(",CHANNELS=").quoted(Integer.toString(audio.channels()));
    }
    text.add(",URI=").quoted(audio.uri()).line();
  }

  private static void writeVariant(PlaylistText text, Variant variant) {
    text.add("#EXT-X-STREAM-INF:BANDWIDTH=").add(variant.bandwidthBps());
    writeAverage(text, variant.averageBandwidthBps());
    text.add(",CODECS=").quoted(String.join(",", variant.codecs()));
    Picture picture = variant.picture();
    if (picture != null) {
      writeResolution(text, picture);
      if (picture.frameRate() > 0) {
        text.add(",FRAME-RATE=").add(String.format(Locale.ROOT, "%.3f", picture.frameRate()));
      }
      text.add(",VIDEO-RANGE=").add(picture.videoRange());
    }
    if (!variant.audioGroup().isEmpty()) {
      text.add(",AUDIO=").quoted(variant.audioGroup());
    }
    text.line().add(variant.uri()).line();
  }

  private static void writeIFrames(PlaylistText text, IFrames iFrames) {
    text.add("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=").add(iFrames.bandwidthBps());
    writeAverage(text, iFrames.averageBandwidthBps());
    text.add(",CODECS=").quoted(String.join(",", iFrames.codecs()));
    Picture picture = iFrames.picture();
    if (picture != null) {
      writeResolution(text, picture);
      text.add(",VIDEO-RANGE=").add(picture.videoRange());
    }
    text.add(",URI=").quoted(iFrames.uri()).line();
  }

  private static void writeAverage(PlaylistText text, long averageBandwidthBps) {
    if (averageBandwidthBps > 0) {
      text.add(",AVERAGE-BANDWIDTH=").add(averageBandwidthBps);
    }
  }

  private static void writeResolution(PlaylistText text, Picture picture) {
    if (picture.width() > 0) {
      text.add(",RESOLUTION=").add(picture.width()).add("x").add(picture.height());
    }
  }
}
