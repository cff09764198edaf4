package io.millrace.ingest.rtmp.message;

import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads AMF0 values (AMF0 specification, 2). Throws {@link RtmpException}: {@code AMF} on anything
 * malformed, {@code LIMIT} on what is too deep or too much, {@code AMF_UNSUPPORTED} on what is AMF0
 * but of no use here, references and AMF3 among it.
 */
public final class Amf0Reader {
  private static final int NUMBER = 0;
  private static final int BOOLEAN = 1;
  private static final int STRING = 2;
  private static final int OBJECT = 3;
  private static final int MOVIE_CLIP = 4;
  private static final int NULL = 5;
  private static final int UNDEFINED = 6;
  private static final int REFERENCE = 7;
  private static final int ECMA_ARRAY = 8;
  private static final int OBJECT_END = 9;
  private static final int STRICT_ARRAY = 10;
  private static final int DATE = 11;
  private static final int LONG_STRING = 12;
  private static final int UNSUPPORTED = 13;
  private static final int RECORD_SET = 14;
  private static final int XML = 15;
  private static final int TYPED_OBJECT = 16;
  private static final int AMF3 = 17;

  private final ByteBuffer in;
  private final AmfLimits limits;
  private int values;

  public Amf0Reader(Bytes payload, AmfLimits limits) {
    this.in = payload.asByteBuffer();
    this.limits = limits;
  }

  public boolean hasNext() {
    return in.hasRemaining();
  }

  public AmfValue next() {
    return next(0);
  }

  private AmfValue next(int depth) {
    if (depth > limits.maxDepth()) {
      throw RtmpException.beyond(Limit.AMF_DEPTH, "AMF0 depth", depth, limits.maxDepth());
    }
    if (++values > limits.maxValues()) {
      throw RtmpException.beyond(Limit.AMF_VALUES, "AMF0 values", values, limits.maxValues());
    }
    int marker = require(1).get() & 0xFF;
    return switch (marker) {
      case NUMBER -> new AmfValue.Num(require(8).getDouble());
      case BOOLEAN -> new AmfValue.Bool(require(1).get() != 0);
      case STRING -> new AmfValue.Text(text(require(2).getShort() & 0xFFFF));
      case LONG_STRING, XML -> new AmfValue.Text(text(require(4).getInt()));
      case OBJECT -> new AmfValue.Obj(properties(depth), /* ecmaArray= */ false);
      case TYPED_OBJECT -> {
        text(require(2).getShort() & 0xFFFF);
        yield new AmfValue.Obj(properties(depth), /* ecmaArray= */ false);
      }
      case ECMA_ARRAY -> {
        // The count is often wrong (OBS says 20, whatever follows): the end marker counts.
        require(4).getInt();
        yield new AmfValue.Obj(properties(depth), /* ecmaArray= */ true);
      }
      case STRICT_ARRAY -> array(depth);
      case DATE -> {
        double epochMs = require(10).getDouble();
        in.getShort();
        yield new AmfValue.Date(epochMs);
      }
      case NULL -> AmfValue.NULL;
      case UNDEFINED, UNSUPPORTED -> AmfValue.UNDEFINED;
      case MOVIE_CLIP, REFERENCE, RECORD_SET, AMF3 ->
          throw RtmpException.of(
              RtmpException.Code.AMF_UNSUPPORTED, "AMF0 marker", marker, "a value's");
      default -> throw malformed("AMF0 marker", marker, "a value's");
    };
  }

  private Map<String, AmfValue> properties(int depth) {
    Map<String, AmfValue> properties = new LinkedHashMap<>();
    while (true) {
      int length = require(2).getShort() & 0xFFFF;
      if (length == 0 && require(1).get(in.position()) == OBJECT_END) {
        in.get();
        return properties;
      }
      String name = text(length);
      properties.put(name, next(depth + 1));
    }
  }

  private AmfValue array(int depth) {
    int count = require(4).getInt();
    if (count < 0 || count > in.remaining()) {
      throw malformed("AMF0 strict array count", count, "at most the bytes that follow");
    }
    List<AmfValue> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(next(depth + 1));
    }
    return new AmfValue.Array(elements);
  }

  private String text(int length) {
    if (length < 0) {
      throw malformed("AMF0 text length", length, "0 or more");
    }
    if (length > limits.maxTextBytes()) {
      throw RtmpException.beyond(
          Limit.AMF_TEXT_BYTES, "AMF0 text length", length, limits.maxTextBytes());
    }
    require(length);
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private ByteBuffer require(int bytes) {
    if (in.remaining() < bytes) {
      throw malformed("AMF0 bytes left", in.remaining(), "at least " + bytes);
    }
    return in;
  }

  private static RtmpException malformed(String name, long value, String expected) {
    return RtmpException.of(RtmpException.Code.AMF, name, value, expected);
  }
}
