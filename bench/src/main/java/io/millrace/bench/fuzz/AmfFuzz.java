package io.millrace.bench.fuzz;

import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.message.Amf0Reader;
import io.millrace.ingest.rtmp.message.Amf0Writer;
import io.millrace.ingest.rtmp.message.AmfLimits;
import io.millrace.ingest.rtmp.message.AmfValue;
import io.millrace.ingest.rtmp.message.CommandReader;
import io.millrace.ingest.rtmp.message.DataReader;
import io.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is read must be the same after it is written and read again. */
final class AmfFuzz implements FuzzTarget.Parser {
  private static final int[] COMMANDS = {20, 17};
  private static final int[] DATA = {18, 15};
  private static final AmfLimits LIMITS = AmfLimits.defaults();
  private static final Set<RtmpException.Code> REFUSALS =
      Set.of(RtmpException.Code.AMF, RtmpException.Code.AMF_UNSUPPORTED, RtmpException.Code.LIMIT);

  @Override
  public void feed(byte[] input) {
    Bytes payload = Bytes.wrap(input);
    List<AmfValue> values = read(payload);
    Bytes written = Amf0Writer.write(values.toArray(AmfValue[]::new));
    // Text that is no UTF-8 grows where it is mended, beyond the limits perhaps: not compared.
    if (written.length() <= input.length) {
      FuzzTarget.check(read(written).equals(values), "written and read again it is another");
    }
    for (int type : COMMANDS) {
      refused(() -> CommandReader.read(new RtmpMessage(3, type, 0, 0, payload), LIMITS));
    }
    for (int type : DATA) {
      dropped(() -> DataReader.metadata(new RtmpMessage(4, type, 1, 0, payload), LIMITS));
    }
  }

  private static List<AmfValue> read(Bytes payload) {
    List<AmfValue> values = new ArrayList<>();
    refused(
        () -> {
          Amf0Reader reader = new Amf0Reader(payload, LIMITS);
          while (reader.hasNext()) {
            values.add(reader.next());
          }
        });
    return values;
  }

  private static void refused(Runnable reading) {
    try {
      reading.run();
    } catch (RtmpException e) {
      FuzzTarget.check(REFUSALS.contains(e.code()), "refused as " + e.code());
    }
  }

  private static void dropped(Runnable reading) {
    try {
      reading.run();
    } catch (RtmpException e) {
      FuzzTarget.check(e.code() == RtmpException.Code.METADATA, "refused as " + e.code());
    }
  }

  @Override
  public List<byte[]> seeds() {
    Map<String, AmfValue> properties = new LinkedHashMap<>();
    properties.put("app", new AmfValue.Text("live"));
    properties.put("capabilities", new AmfValue.Num(15));
    properties.put("pageUrl", AmfValue.UNDEFINED);
    properties.put("list", new AmfValue.Array(List.of(new AmfValue.Bool(true), AmfValue.NULL)));
    AmfValue object = new AmfValue.Obj(properties, /* ecmaArray= */ false);
    AmfValue array = new AmfValue.Obj(properties, /* ecmaArray= */ true);
    return List.of(
        bytes(new AmfValue.Text("connect"), new AmfValue.Num(1), object),
        bytes(new AmfValue.Text("@setDataFrame"), new AmfValue.Text("onMetaData"), array),
        bytes(new AmfValue.Text("publish"), new AmfValue.Num(5), AmfValue.NULL, object),
        bytes(new AmfValue.Date(1.7e12)));
  }

  private static byte[] bytes(AmfValue... values) {
    return Amf0Writer.write(values).toArray();
  }
}
