package io.millrace.ingest.rtmp.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.media.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Amf0Test {
  @Test
  void readsEveryKindOfValue() {
    Amf0Reader in =
        reader(
            Bytes.ofHex(
                "00 3ff0000000000000" // number 1
                    + "01 01" // true
                    + "02 0002 6869" // "hi"
                    + "03 0001 61 05 0000 09" // {a: null}
                    + "06" // undefined
                    + "08 00000014 0001 61 01 00 0000 09" // ECMA array that says 20
                    + "0a 00000002 05 06" // [null, undefined]
                    + "0b 0000000000000000 0000" // 1970
                    + "0c 00000001 78" // long "x"
                    + "0f 00000001 79" // XML "y"
                    + "10 0001 43 0001 61 05 0000 09")); // C {a: null}

    assertThat(in.next()).isEqualTo(new AmfValue.Num(1));
    assertThat(in.next()).isEqualTo(new AmfValue.Bool(true));
    assertThat(in.next()).isEqualTo(new AmfValue.Text("hi"));
    assertThat(in.next()).isEqualTo(object(false, Map.of("a", AmfValue.NULL)));
    assertThat(in.next()).isEqualTo(AmfValue.UNDEFINED);
    assertThat(in.next()).isEqualTo(object(true, Map.of("a", new AmfValue.Bool(false))));
    assertThat(in.next()).isEqualTo(new AmfValue.Array(List.of(AmfValue.NULL, AmfValue.UNDEFINED)));
    assertThat(in.next()).isEqualTo(new AmfValue.Date(0));
    assertThat(in.next()).isEqualTo(new AmfValue.Text("x"));
    assertThat(in.next()).isEqualTo(new AmfValue.Text("y"));
    assertThat(in.next()).isEqualTo(object(false, Map.of("a", AmfValue.NULL)));
    assertThat(in.hasNext()).isFalse();
  }

  @Test
  void readsWhatTheWriterWrites() {
    Map<String, AmfValue> properties = new LinkedHashMap<>();
    properties.put("text", new AmfValue.Text("ü".repeat(40_000)));
    properties.put("list", new AmfValue.Array(List.of(new AmfValue.Num(-0.5))));
    properties.put("inner", object(true, Map.of("", new AmfValue.Date(1e12))));
    AmfValue value = object(false, properties);

    // 80,000 bytes of text are beyond the reader's limit: the round trip is of what is within.
    assertThatThrownBy(() -> reader(Amf0Writer.write(value)).next())
        .hasMessageContaining("AMF0 text length: 80000");
    properties.put("text", new AmfValue.Text("ü"));
    AmfValue small = object(false, properties);
    assertThat(reader(Amf0Writer.write(small)).next()).isEqualTo(small);
  }

  @Test
  void refusesDepth() {
    assertBeyond(Limit.AMF_DEPTH, "03 0001 61".repeat(10_000));
    assertBeyond(Limit.AMF_DEPTH, "0a 00000001".repeat(10_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0a ffffffff", // strict array below 0
        "0a 7fffffff 05", // strict array of more than there is
        "0c ffffffff",
        "02 0005 6869", // string cut off
        "00 3ff00000", // number cut off
        "03 0001 61", // object cut off
        "03 0000", // end marker cut off
        "12", // no marker of AMF0
        ""
      })
  void refuses(String hex) {
    assertMalformed(hex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "07 0001", // reference
        "11 01", // AMF3
        "04", // movie clip
        "0e" // record set
      })
  void saysThatItDoesNotReadWhatIsNotBrokenAndOfNoUse(String hex) {
    assertThatThrownBy(() -> reader(Bytes.ofHex(hex)).next())
        .isInstanceOf(RtmpException.class)
        .extracting(e -> ((RtmpException) e).code())
        .isEqualTo(RtmpException.Code.AMF_UNSUPPORTED);
  }

  @Test
  void holdsToTheLimitsThatItIsGiven() {
    AmfLimits tight = new AmfLimits(1, 3, 2);

    assertThat(new Amf0Reader(Bytes.ofHex("0a 00000002 05 02 0002 6869"), tight).next())
        .isInstanceOf(AmfValue.Array.class);
    assertThatThrownBy(
            () -> new Amf0Reader(Bytes.ofHex("0a 00000001 0a 00000001 05"), tight).next())
        .hasMessage("AMF0 depth: 2 (expected: at most 1)");
    assertThatThrownBy(() -> new Amf0Reader(Bytes.ofHex("0a 00000003 05 05 05"), tight).next())
        .hasMessage("AMF0 values: 4 (expected: at most 3)");
    assertThatThrownBy(() -> new Amf0Reader(Bytes.ofHex("02 0003 686968"), tight).next())
        .hasMessage("AMF0 text length: 3 (expected: at most 2)");
  }

  @Test
  void refusesMoreValuesThanAnyoneNeeds() {
    assertBeyond(Limit.AMF_VALUES, "0a 00002000" + "05".repeat(0x2000));
    assertBeyond(Limit.AMF_TEXT_BYTES, "0c 7fffffff 05");
  }

  @Test
  void endsInAValueOrAnErrorOnAnything() {
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      for (int i = 0; i < noise.length; i++) {
        noise[i] = random.nextBoolean() ? (byte) random.nextInt(18) : noise[i];
      }
      Amf0Reader in = reader(Bytes.wrap(noise));
      try {
        while (in.hasNext()) {
          in.next();
        }
      } catch (RtmpException e) {
        assertThat(e.code())
            .as("seed %d", seed)
            .isIn(
                RtmpException.Code.AMF,
                RtmpException.Code.AMF_UNSUPPORTED,
                RtmpException.Code.LIMIT);
      }
    }
  }

  private static void assertBeyond(Limit limit, String hex) {
    assertThatThrownBy(() -> reader(Bytes.ofHex(hex)).next())
        .isInstanceOf(RtmpException.class)
        .extracting(e -> ((RtmpException) e).limit())
        .isEqualTo(Optional.of(limit));
  }

  private static void assertMalformed(String hex) {
    assertThatThrownBy(() -> reader(Bytes.ofHex(hex)).next())
        .isInstanceOf(RtmpException.class)
        .extracting(e -> ((RtmpException) e).code())
        .isEqualTo(RtmpException.Code.AMF);
  }

  private static Amf0Reader reader(Bytes payload) {
    return new Amf0Reader(payload, AmfLimits.defaults());
  }

  private static AmfValue object(boolean ecmaArray, Map<String, AmfValue> properties) {
    return new AmfValue.Obj(properties, ecmaArray);
  }
}
