package io.millrace.ingest.rtmp.message;

import io.millrace.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes AMF0 values (AMF0 specification, 2). */
public final class Amf0Writer {
  private Amf0Writer() {}

  /** Writes the values one after the other. */
  public static Bytes write(AmfValue... values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (AmfValue value : values) {
        write(value, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  private static void write(AmfValue value, DataOutputStream out) throws IOException {
    switch (value) {
      case AmfValue.Num(double number) -> {
        out.writeByte(0);
        out.writeDouble(number);
      }
      case AmfValue.Bool(boolean truth) -> {
        out.writeByte(1);
        out.writeBoolean(truth);
      }
      case AmfValue.Text(String text) -> writeText(text, out);
      case AmfValue.Obj object -> writeObject(object, out);
      case AmfValue.Array(var elements) -> {
        out.writeByte(10);
        out.writeInt(elements.size());
        for (AmfValue element : elements) {
          write(element, out);
        }
      }
      case AmfValue.Date(double epochMs) -> {
        out.writeByte(11);
        out.writeDouble(epochMs);
        out.writeShort(0);
      }
      case AmfValue.Null _ -> out.writeByte(5);
      case AmfValue.Undefined _ -> out.writeByte(6);
    }
  }

  private static void writeText(String text, DataOutputStream out) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > 0xFFFF) {
      out.writeByte(12);
      out.writeInt(utf8.length);
    } else {
      out.writeByte(2);
      out.writeShort(utf8.length);
    }
    out.write(utf8);
  }

  private static void writeObject(AmfValue.Obj object, DataOutputStream out) throws IOException {
    out.writeByte(object.ecmaArray() ? 8 : 3);
    if (object.ecmaArray()) {
      out.writeInt(object.properties().size());
    }
    for (Map.Entry<String, AmfValue> property : object.properties().entrySet()) {
      byte[] name = property.getKey().getBytes(StandardCharsets.UTF_8);
      out.writeShort(name.length);
      out.write(name);
      write(property.getValue(), out);
    }
    out.writeShort(0);
    out.writeByte(9);
  }
}
