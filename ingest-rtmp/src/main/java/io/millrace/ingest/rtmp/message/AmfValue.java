package io.millrace.ingest.rtmp.message;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds one AMF0 value. */
public sealed interface AmfValue {
  record Num(double value) implements AmfValue {}

  record Bool(boolean value) implements AmfValue {}

  record Text(String value) implements AmfValue {}

  /**
   * An object, typed object or ECMA array.
   *
   * @param properties in the order of their writing
   * @param ecmaArray whether it is an ECMA array
   */
  record Obj(Map<String, AmfValue> properties, boolean ecmaArray) implements AmfValue {
    public Obj {
      properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** The text of a property; empty where it is not there or no text. */
    public Optional<String> text(String name) {
      return properties.get(name) instanceof Text(String value)
          ? Optional.of(value)
          : Optional.empty();
    }
  }

  record Array(List<AmfValue> values) implements AmfValue {
    public Array {
      values = List.copyOf(values);
    }
  }

  /** Milliseconds of Unix time. */
  record Date(double epochMs) implements AmfValue {}

  record Null() implements AmfValue {}

  /** Undefined, and what the standard calls unsupported. */
  record Undefined() implements AmfValue {}

  AmfValue NULL = new Null();
  AmfValue UNDEFINED = new Undefined();
}
