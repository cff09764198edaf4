package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.Colour;
import io.millrace.media.track.ContentLight;
import io.millrace.media.track.MasteringDisplay;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import io.millrace.media.track.PictureFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a video metadata packet tells in {@code colorInfo} (Enhanced RTMP v2, "Metadata
 * Frame"). It tells only what the pictures themselves do not.
 */
record ColourInfo(
    @Nullable Colour colour,
    @Nullable MasteringDisplay masteringDisplay,
    @Nullable ContentLight contentLight) {
  static final ColourInfo NONE = new ColourInfo(null, null, null);

  private static final String NAME = "colorInfo";
  private static final int MOST_DEPTH = 4;
  private static final int MOST_VALUES = 256;

  /** Reads the packet; {@link #NONE} where it is about anything else. */
  static ColourInfo parse(Bytes values) {
    Numbers numbers = new Numbers(values);
    if (!numbers.text().equals(NAME)) {
      return NONE;
    }
    numbers.value("", 0);
    return new ColourInfo(numbers.colour(), numbers.masteringDisplay(), numbers.contentLight());
  }

  PictureFormat addTo(PictureFormat picture) {
    return picture
        .withColour(added(picture.colour()))
        .withHdr(
            picture.masteringDisplay() == null ? masteringDisplay : picture.masteringDisplay(),
            picture.contentLight() == null ? contentLight : picture.contentLight());
  }

  /** It tells no range; pictures may tell that alone. */
  private @Nullable Colour added(@Nullable Colour told) {
    if (told == null || colour == null) {
      return told == null ? colour : told;
    }
    return told.isOfRangeAlone() ? colour.withFullRange(told.fullRange()) : told;
  }

  /** The numbers in an AMF0 object, by their names; those of inner objects after a dot. */
  private static final class Numbers {
    private static final int NUMBER = 0;
    private static final int BOOLEAN = 1;
    private static final int STRING = 2;
    private static final int OBJECT = 3;
    private static final int NULL = 5;
    private static final int UNDEFINED = 6;
    private static final int ECMA_ARRAY = 8;
    private static final int OBJECT_END = 9;

    private final ByteBuffer in;
    private final Map<String, Double> byName = new HashMap<>();
    private int count;

    Numbers(Bytes values) {
      in = values.asByteBuffer();
    }

    String text() {
      int marker = require(1).get();
      if (marker != STRING) {
        throw MalformedMediaException.of("AMF0 marker of a metadata's name", marker, "2");
      }
      return name();
    }

    private String name() {
      int length = require(2).getShort() & 0xFFFF;
      require(length);
      byte[] utf8 = new byte[length];
      in.get(utf8);
      return new String(utf8, StandardCharsets.UTF_8);
    }

    void value(String name, int depth) {
      if (++count > MOST_VALUES || depth > MOST_DEPTH) {
        throw MalformedMediaException.of("colorInfo values", count, "at most " + MOST_VALUES);
      }
      int marker = require(1).get();
      switch (marker) {
        case NUMBER -> byName.put(name, require(8).getDouble());
        case BOOLEAN -> require(1).get();
        case STRING -> name();
        case OBJECT -> properties(name, depth);
        case ECMA_ARRAY -> {
          require(4).getInt();
          properties(name, depth);
        }
        case NULL, UNDEFINED -> {}
        default -> throw MalformedMediaException.of("AMF0 marker", marker, "a plain value's");
      }
    }

    private void properties(String prefix, int depth) {
      while (true) {
        String name = name();
        if (name.isEmpty() && require(1).get(in.position()) == OBJECT_END) {
          in.get();
          return;
        }
        value(prefix.isEmpty() ? name : prefix + "." + name, depth + 1);
      }
    }

    private ByteBuffer require(int bytes) {
      if (in.remaining() < bytes) {
        throw MalformedMediaException.of("AMF0 bytes left", in.remaining(), "at least " + bytes);
      }
      return in;
    }

    private boolean has(String... names) {
      for (String name : names) {
        Double value = byName.get(name);
        if (value == null || !(value >= 0)) {
          return false;
        }
      }
      return true;
    }

    private double number(String name) {
      return byName.getOrDefault(name, 0.0);
    }

    private int small(String name) {
      return (int) Math.min(Integer.MAX_VALUE, Math.round(number(name)));
    }

    @Nullable Colour colour() {
      String[] names = {
        "colorConfig.colorPrimaries",
        "colorConfig.transferCharacteristics",
        "colorConfig.matrixCoefficients"
      };
      return has(names)
          ? new Colour(small(names[0]), small(names[1]), small(names[2]), false)
          : null;
    }

    @Nullable ContentLight contentLight() {
      return has("hdrCll.maxCLL", "hdrCll.maxFall")
          ? new ContentLight(small("hdrCll.maxCLL"), small("hdrCll.maxFall"))
          : null;
    }

    @Nullable MasteringDisplay masteringDisplay() {
      if (!has("hdrMdcv.redX", "hdrMdcv.whitePointX", "hdrMdcv.maxLuminance")) {
        return null;
      }
      return new MasteringDisplay(
          point("hdrMdcv.green"),
          point("hdrMdcv.blue"),
          point("hdrMdcv.red"),
          point("hdrMdcv.whitePoint"),
          luminance("hdrMdcv.maxLuminance"),
          luminance("hdrMdcv.minLuminance"));
    }

    private Chromaticity point(String name) {
      return Chromaticity.of(number(name + "X"), number(name + "Y"));
    }

    /** In steps of 0.0001 cd/m². */
    private long luminance(String name) {
      return Math.round(number(name) * 10_000);
    }
  }
}
