package io.millrace.media.dash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what makes one document of another: {@code add}, {@code replace} and {@code remove}
 * (ISO/IEC 23009-1 5.15.2, RFC 5261 4), each applied to what those before it made.
 *
 * <p>Elements are the same where name and {@code id} are, for S and FCS {@code t}, else their place
 * among those of their name: that is what players can select by.
 */
final class XmlDifference {
  private final XmlElement patch;

  private XmlDifference(XmlElement patch) {
    this.patch = patch;
  }

  /** Adds to {@code patch} what makes {@code to} of {@code from}. */
  static void add(XmlElement from, XmlElement to, XmlElement patch) {
    new XmlDifference(patch).compare("/" + from.name(), from, to);
  }

  private void compare(String path, XmlElement from, XmlElement to) {
    compareAttributes(path, from, to);
    Map<String, XmlElement> before = byStep(from);
    Map<String, XmlElement> after = byStep(to);
    // From the last on: what is named by its place keeps it while those behind it go.
    for (String step : List.copyOf(before.keySet()).reversed()) {
      if (!after.containsKey(step)) {
        patch.child("remove").with("sel", path + "/" + step);
      }
    }
    List<String> added = new ArrayList<>();
    String previous = null;
    for (Map.Entry<String, XmlElement> each : after.entrySet()) {
      XmlElement old = before.get(each.getKey());
      String step = path + "/" + each.getKey();
      if (old == null) {
        insert(path, previous, each.getValue(), added.size() + 1 == after.size());
      } else if (!isReplacedWhole(old, each.getValue())) {
        compare(step, old, each.getValue());
      } else {
        patch.child("replace").with("sel", step).children().add(each.getValue());
      }
      added.add(step);
      previous = step;
    }
  }

  /** One that has text, and what is in a timeline: dash.js would take a number for text there. */
  private static boolean isReplacedWhole(XmlElement old, XmlElement now) {
    boolean inTimeline = isInTimeline(now) && !old.attributes().equals(now.attributes());
    return inTimeline || !now.text().equals(old.text());
  }

  private static boolean isInTimeline(XmlElement element) {
    return element.name().equals("S") || element.name().equals("FCS");
  }

  private void compareAttributes(String path, XmlElement from, XmlElement to) {
    for (String name : from.attributes().keySet()) {
      if (to.attribute(name) == null) {
        patch.child("remove").with("sel", path + "/@" + name);
      }
    }
    for (Map.Entry<String, String> attribute : to.attributes().entrySet()) {
      String old = from.attribute(attribute.getKey());
      if (old == null) {
        patch
            .child("add")
            .with("sel", path)
            .with("type", "@" + attribute.getKey())
            .text(attribute.getValue());
      } else if (!old.equals(attribute.getValue())) {
        patch
            .child("replace")
            .with("sel", path + "/@" + attribute.getKey())
            .text(attribute.getValue());
      }
    }
  }

  /** Among its siblings as they are by then: those before it are there already. */
  private void insert(String path, @Nullable String previous, XmlElement element, boolean last) {
    XmlElement add = patch.child("add");
    if (previous == null) {
      add.with("sel", path).with("pos", "prepend");
    } else if (last) {
      add.with("sel", path);
    } else {
      add.with("sel", previous).with("pos", "after");
    }
    add.children().add(element);
  }

  /** The children by the step that selects each, in order. */
  private static Map<String, XmlElement> byStep(XmlElement parent) {
    Map<String, Integer> counts = new HashMap<>();
    parent.children().forEach(child -> counts.merge(child.name(), 1, Integer::sum));
    Map<String, Integer> places = new HashMap<>();
    Map<String, XmlElement> steps = new LinkedHashMap<>();
    for (XmlElement child : parent.children()) {
      int place = places.merge(child.name(), 1, Integer::sum);
      boolean only = counts.getOrDefault(child.name(), 0) == 1;
      steps.put(step(child, only, place), child);
    }
    return steps;
  }

  /**
   * A container that is the only one is named without its place: shaka-player would take the place
   * of a SegmentTimeline for one in it.
   */
  private static String step(XmlElement child, boolean only, int place) {
    String by = isInTimeline(child) ? "t" : "id";
    String value = child.attribute(by);
    if (value != null) {
      return "%s[@%s='%s']".formatted(child.name(), by, value);
    }
    return only && child.text().isEmpty() ? child.name() : child.name() + "[" + place + "]";
  }
}
