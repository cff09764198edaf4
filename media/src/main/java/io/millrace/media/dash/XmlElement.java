package io.millrace.media.dash;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds one element while a document is made: what a text and a patch are made of. */
final class XmlElement {
  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<XmlElement> children = new ArrayList<>();
  private String text = "";

  XmlElement(String name) {
    this.name = name;
  }

  XmlElement with(String attribute, String value) {
    attributes.put(attribute, value);
    return this;
  }

  XmlElement with(String attribute, long value) {
    return with(attribute, Long.toString(value));
  }

  /** Adds an element within, and returns that. */
  XmlElement child(String childName) {
    XmlElement child = new XmlElement(childName);
    children.add(child);
    return child;
  }

  XmlElement text(String value) {
    text = value;
    return this;
  }

  String name() {
    return name;
  }

  Map<String, String> attributes() {
    return attributes;
  }

  @Nullable String attribute(String attribute) {
    return attributes.get(attribute);
  }

  List<XmlElement> children() {
    return children;
  }

  String text() {
    return text;
  }

  /** Appends the element, a line for each, indented by so many steps. */
  void writeTo(StringBuilder out, int depth) {
    out.repeat(' ', depth).append('<').append(name);
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      out.append(' ').append(attribute.getKey()).append("=\"");
      escape(out, attribute.getValue());
      out.append('"');
    }
    if (!children.isEmpty()) {
      out.append(">\n");
      for (XmlElement child : children) {
        child.writeTo(out, depth + 1);
      }
      out.repeat(' ', depth).append("</").append(name).append(">\n");
    } else if (!text.isEmpty()) {
      out.append('>');
      escape(out, text);
      out.append("</").append(name).append(">\n");
    } else {
      out.append("/>\n");
    }
  }

  /** What XML 1.0 cannot hold (2.2) becomes a space: names come from outside. */
  private static void escape(StringBuilder out, String value) {
    value.codePoints().forEach(c -> escape(out, c));
  }

  private static void escape(StringBuilder out, int c) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      default -> out.appendCodePoint(isChar(c) ? c : ' ');
    }
  }

  private static boolean isChar(int c) {
    boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
    return c >= ' ' && !surrogate && c != 0xFFFE && c != 0xFFFF;
  }
}
