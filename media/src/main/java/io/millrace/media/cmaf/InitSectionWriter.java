package io.millrace.media.cmaf;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.BoxWriter;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.AvcSequenceParameters;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.util.Locale;
import java.util.MissingResourceException;

/** Writes a track's CMAF header (ISO 23000-19 7.3.1): {@code ftyp} and {@code moov}. */
public final class InitSectionWriter {
  private static final int MOVIE_TIMESCALE = 1000;
  private static final int ENABLED_IN_MOVIE_AND_PREVIEW = 7;
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
    if (track.codec() instanceof AvcConfiguration avc) {
      long displayWidth =
          avc.sequenceParameters()
              .filter(InitSectionWriter::hasAspect)
              .map(sps -> ((long) avc.width() << 16) * sps.aspectWidth() / sps.aspectHeight())
              .orElse((long) avc.width() << 16);
      out.u32(displayWidth).u32((long) avc.height() << 16);
    } else {
      out.zeros(8);
    }
    out.end();
  }

  private void stbl() {
    out.box("stbl").fullBox("stsd", 0, 0).u32(1);
    switch (track.codec()) {
      case AvcConfiguration avc -> avc1(avc);
      case AacConfiguration aac -> mp4a(aac);
    }
    out.end();
    out.fullBox("stts", 0, 0).u32(0).end();
    out.fullBox("stsc", 0, 0).u32(0).end();
    out.fullBox("stsz", 0, 0).u32(0).u32(0).end();
    out.fullBox("stco", 0, 0).u32(0).end();
    out.end();
  }

  private void avc1(AvcConfiguration avc) {
    out.box("avc1").zeros(6).u16(1).zeros(16).u16(avc.width()).u16(avc.height());
    out.u32(0x0048_0000).u32(0x0048_0000).u32(0).u16(1).zeros(32).u16(0x18).u16(0xFFFF);
    out.box("avcC").bytes(avc.record()).end();
    avc.sequenceParameters().ifPresent(this::pictureShape);
    out.end();
  }

  /** What the encoder told of aspect and colour; nothing is made up. */
  private void pictureShape(AvcSequenceParameters sps) {
    if (hasAspect(sps)) {
      out.box("pasp").u32(sps.aspectWidth()).u32(sps.aspectHeight()).end();
    }
    AvcSequenceParameters.Colour colour = sps.colour();
    if (colour != null) {
      out.box("colr").text("nclx").u16(colour.primaries()).u16(colour.transfer());
      out.u16(colour.matrix()).u8(colour.fullRange() ? 0x80 : 0).end();
    }
  }

  private void mp4a(AacConfiguration aac) {
    int channels = aac.channels() == 0 ? 2 : aac.channels();
    // 16.16 cannot hold a higher rate; the decoder takes it from the AudioSpecificConfig.
    long rate = aac.sampleRate() > 0xFFFF ? 0 : (long) aac.sampleRate() << 16;
    out.box("mp4a").zeros(6).u16(1).zeros(8).u16(channels).u16(16).zeros(4).u32(rate);
    out.fullBox("esds", 0, 0);
    int config = aac.record().length();
    int specific = descriptorBytes(config);
    int decoder = descriptorBytes(13 + specific);
    descriptor(3, 3 + decoder + descriptorBytes(1)).u16(0).u8(0);
    descriptor(4, 13 + specific).u8(0x40).u8(0x15).u24(0).u32(0).u32(0);
    descriptor(5, config).bytes(aac.record());
    descriptor(6, 1).u8(2);
    out.end().end();
  }

  /** Tag and length of an MPEG-4 descriptor (ISO 14496-1 8.3.3), seven bits a byte. */
  private BoxWriter descriptor(int tag, int length) {
    out.u8(tag);
    if (length > 0x7F) {
      out.u8(0x80 | length >> 7);
    }
    return out.u8(length & 0x7F);
  }

  private static int descriptorBytes(int length) {
    return length + (length > 0x7F ? 3 : 2);
  }

  private void matrix() {
    for (int value : UNITY_MATRIX) {
      out.u32(value);
    }
  }

  private static boolean hasAspect(AvcSequenceParameters sps) {
    return sps.aspectWidth() > 0 && sps.aspectHeight() > 0;
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
