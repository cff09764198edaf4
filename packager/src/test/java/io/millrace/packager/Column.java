package io.millrace.packager;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Supplier;

/**
 * Collects one field of the samples of a {@code trun}; equal values in a row are written as one.
 */
final class Column {
  private final List<String> values = new ArrayList<>();

  void add(boolean present, Supplier<String> value) {
    if (present) {
      values.add(value.get());
    }
  }

  void write(BoxFields out, String name) {
    if (!values.isEmpty()) {
      out.write(name, counted(values, ","));
    }
  }

  /** The values, with a count before those that come more than once in a row. */
  static String counted(List<String> values, String separator) {
    StringJoiner text = new StringJoiner(separator);
    for (int from = 0, to; from < values.size(); from = to) {
      to = from + 1;
      while (to < values.size() && values.get(to).equals(values.get(from))) {
        to++;
      }
      text.add((to - from > 1 ? (to - from) + "×" : "") + values.get(from));
    }
    return text.toString();
  }
}
