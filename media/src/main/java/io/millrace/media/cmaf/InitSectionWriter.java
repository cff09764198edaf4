package io.millrace.media.cmaf;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.BoxWriter;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.ContentLight;
import io.millrace.media.track.MasteringDisplay;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import java.util.Locale;
import java.util.MissingResourceException;

/** Writes a track's CMAF header (ISO 23000-19 7.3.1): {@code ftyp} and {@code moov}. */
public final class InitSectionWriter {
  private static final int MOVIE_TIMESCALE = 1000;
  private static final int ENABLED_IN_MOVIE_AND_PREVIEW = 7;

  /** The fields have 16 bits, before the point. */
  private static final int MOST_PIXELS = 0xFFFF;

  private static final int[] UNITY_MATRIX = {
    0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000
  };

  private final BoxWriter out = new BoxWriter();
  private final Track track;

  private InitSectionWriter(Track track) {
    this.track = track;
  }

  public static Bytes write(Track track) {
    InitSectionWriter writer = new InitSectionWriter(track);
    writer.ftyp();
    writer.moov();
    return writer.out.toBytes();
  }

  private void ftyp() {
    out.box("ftyp").text("cmf2").u32(0).text("cmf2").text("iso6").text("dash").text("mp41").end();
  }

  private void moov() {
    out.box("moov");
    out.fullBox("mvhd", 0, 0).zeros(8).u32(MOVIE_TIMESCALE).u32(0);
    out.u32(0x0001_0000).u16(0x0100).zeros(10);
    matrix();
    out.zeros(24).u32(track.id() + 1L).end();
    trak();
    out.box("mvex").fullBox("trex", 0, 0).u32(track.id()).u32(1).zeros(12).end().end();
    out.end();
  }

  private void trak() {
    out.box("trak");
    tkhd();
    out.box("mdia");
    out.fullBox("mdhd", 0, 0).zeros(8).u32(track.timescale()).u32(0);
    out.u16(packedLanguage(track.language())).u16(0).end();
    boolean video = track.kind() == TrackKind.VIDEO;
    out.fullBox("hdlr", 0, 0).u32(0).text(video ? "vide" : "soun").zeros(12).u8(0).end();
    out.box("minf");
    if (video) {
      out.fullBox("vmhd", 0, 1).zeros(8).end();
    } else {
      out.fullBox("smhd", 0, 0).zeros(4).end();
    }
    out.box("dinf").fullBox("dref", 0, 0).u32(1).fullBox("url ", 0, 1).end().end().end();
    stbl();
    out.end().end().end();
  }

  private void tkhd() {
    out.fullBox("tkhd", 0, ENABLED_IN_MOVIE_AND_PREVIEW).zeros(8).u32(track.id()).zeros(8);
    out.zeros(12).u16(track.kind() == TrackKind.AUDIO ? 0x0100 : 0).zeros(2);
    matrix();
    if (track.codec() instanceof VideoConfiguration video) {
      PictureFormat picture = video.picture();
      long displayWidth = (long) picture.width() << 16;
      if (picture.hasAspect()) {
        displayWidth = displayWidth * picture.aspectWidth() / picture.aspectHeight();
      }
      // The ratio is any two numbers that the encoder says.
      out.u32(Math.min((long) MOST_PIXELS << 16, displayWidth));
      out.u32((long) fitting(picture.height()) << 16);
    } else {
      out.zeros(8);
    }
    out.end();
  }

  private static int fitting(int pixels) {
    return Math.min(MOST_PIXELS, pixels);
  }

  private void stbl() {
    out.box("stbl").fullBox("stsd", 0, 0).u32(1);
    switch (track.codec()) {
      case VideoConfiguration video -> visualSampleEntry(video);
      case AudioConfiguration audio -> audioSampleEntry(audio);
    }
    out.end();
    out.fullBox("stts", 0, 0).u32(0).end();
    out.fullBox("stsc", 0, 0).u32(0).end();
    out.fullBox("stsz", 0, 0).u32(0).u32(0).end();
    out.fullBox("stco", 0, 0).u32(0).end();
    out.end();
  }

  /** VisualSampleEntry (ISO 14496-12 12.1.3). */
  private void visualSampleEntry(VideoConfiguration video) {
    SampleEntry entry = SampleEntry.of(video);
    PictureFormat picture = video.picture();
    out.box(entry.type()).zeros(6).u16(1).zeros(16);
    out.u16(fitting(picture.width())).u16(fitting(picture.height()));
    out.u32(0x0048_0000).u32(0x0048_0000).u32(0).u16(1).zeros(32).u16(0x18).u16(0xFFFF);
    out.box(entry.configurationType()).bytes(entry.configuration()).end();
    pictureShape(picture);
    out.end();
  }

  /** What the encoder told of aspect, colour and brightness; nothing is made up. */
  private void pictureShape(PictureFormat picture) {
    if (picture.hasAspect()) {
      out.box("pasp").u32(picture.aspectWidth()).u32(picture.aspectHeight()).end();
    }
    Colour colour = picture.colour();
    if (colour != null) {
      out.box("colr").text("nclx").u16(colour.primaries()).u16(colour.transfer());
      out.u16(colour.matrix()).u8(colour.fullRange() ? 0x80 : 0).end();
    }
    ContentLight light = picture.contentLight();
    if (light != null) {
      out.box("clli").u16(light.maxContent()).u16(light.maxFrameAverage()).end();
    }
    MasteringDisplay display = picture.masteringDisplay();
    if (display != null) {
      out.box("mdcv");
      chromaticity(display.green()).chromaticity(display.blue()).chromaticity(display.red());
      chromaticity(display.white());
      out.u32(display.maxLuminance()).u32(display.minLuminance()).end();
    }
  }

  private InitSectionWriter chromaticity(Chromaticity point) {
    out.u16(point.x()).u16(point.y());
    return this;
  }

  /** AudioSampleEntry (ISO 14496-12 12.2.3). */
  private void audioSampleEntry(AudioConfiguration audio) {
    SampleEntry entry = SampleEntry.of(audio);
    int channels = audio.outputChannels() == 0 ? 2 : audio.outputChannels();
    out.box(entry.type()).zeros(6).u16(1).zeros(8).u16(channels).u16(entry.sampleSize());
    out.zeros(4).u32((long) entry.sampleRate() << 16);
    out.box(entry.configurationType()).bytes(entry.configuration()).end();
    out.end();
  }

  private void matrix() {
    for (int value : UNITY_MATRIX) {
      out.u32(value);
    }
  }

  /** Three letters of ISO 639-2, five bits each. */
  private static int packedLanguage(String tag) {
    String letters = "und";
    try {
      String known = Locale.forLanguageTag(tag).getISO3Language();
      letters = known.length() == 3 ? known : letters;
    } catch (MissingResourceException e) {
      // A tag without a three-letter code stays undetermined.
    }
    int packed = 0;
    for (int i = 0; i < 3; i++) {
      packed = (packed << 5) | ((letters.charAt(i) - 0x60) & 0x1F);
    }
    return packed;
  }
}
