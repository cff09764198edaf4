package io.millrace.packager;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares two packagers field by field, through everything that they hold, and sees to it that
 * what is one object in the first is one object in the second.
 */
final class ObjectGraph {
  private static final String OURS = "io.millrace.packager";

  /** What a packager is given, and what holds nothing between two calls. */
  private static final Set<String> NOT_STATE =
      Set.of("PackagerSink", "PackagerLimits", "MessageDigest");

  private final IdentityHashMap<Object, Object> counterparts = new IdentityHashMap<>();
  private final Set<String> fields;
  private final Set<String> used;

  private ObjectGraph(Set<String> fields, Set<String> used) {
    this.fields = fields;
    this.used = used;
  }

  /**
   * Fails where the two differ.
   *
   * @param fields gets the names of all fields that can change
   * @param used gets those of them that hold something here, other than nothing and 0
   */
  static void requireEqual(
      Packager expected, Packager actual, Set<String> fields, Set<String> used) {
    new ObjectGraph(fields, used).compare(expected, actual, "packager");
  }

  private void compare(@Nullable Object expected, @Nullable Object actual, String path) {
    if (expected == null || actual == null) {
      require(expected == null && actual == null, path, expected, actual);
      return;
    }
    if (expected instanceof Map<?, ?> map) {
      compareAll(sorted(map), sorted((Map<?, ?>) actual), path);
    } else if (expected instanceof Collection<?> all) {
      compareAll(all, (Collection<?>) actual, path);
    } else if (expected.getClass().isArray()) {
      compareArrays(expected, actual, path);
    } else if (expected instanceof Map.Entry<?, ?> entry) {
      Map.Entry<?, ?> other = (Map.Entry<?, ?>) actual;
      require(entry.getKey().equals(other.getKey()), path, entry.getKey(), other.getKey());
      compare(entry.getValue(), other.getValue(), path + entry.getKey());
    } else if (expected.getClass().isRecord() || !isOurs(expected)) {
      require(expected.equals(actual), path, expected, actual);
    } else {
      compareFields(expected, actual, path);
    }
  }

  /** Called for every field of thousands of packagers: what it says is made where it fails. */
  private static void require(
      boolean holds, String path, @Nullable Object expected, @Nullable Object actual) {
    if (!holds) {
      throw new AssertionError("%s: %s (expected: %s)".formatted(path, actual, expected));
    }
  }

  private static Collection<?> sorted(Map<?, ?> map) {
    return map.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> ((Number) entry.getKey()).longValue()))
        .toList();
  }

  private void compareAll(Collection<?> expected, Collection<?> actual, String path) {
    require(actual.size() == expected.size(), path, expected, actual);
    Iterator<?> other = actual.iterator();
    int i = 0;
    for (Object each : expected) {
      compare(each, other.next(), path + "[" + i++ + "]");
    }
  }

  private void compareArrays(Object expected, Object actual, String path) {
    int length = Array.getLength(expected);
    require(Array.getLength(actual) == length, path, length, Array.getLength(actual));
    for (int i = 0; i < length; i++) {
      compare(Array.get(expected, i), Array.get(actual, i), path + "[" + i + "]");
    }
  }

  private static boolean isOurs(Object object) {
    return object.getClass().getName().startsWith(OURS) && !(object instanceof Enum);
  }

  @SuppressWarnings("ReferenceEquality") // One object has to be one object again.
  private void compareFields(Object expected, Object actual, String path) {
    Object known = counterparts.putIfAbsent(expected, actual);
    if (known != null) {
      require(actual == known, path + ", which is one object", known, actual);
      return;
    }
    require(actual.getClass() == expected.getClass(), path, expected, actual);
    for (Field field : expected.getClass().getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) || isGiven(field)) {
        continue;
      }
      Object value = value(field, expected);
      note(field, value);
      compare(value, value(field, actual), path + "." + field.getName());
    }
  }

  /** A lambda is what the packager was given, too. */
  private static boolean isGiven(Field field) {
    return NOT_STATE.contains(field.getType().getSimpleName())
        || field.getType().getSimpleName().equals("IrregularityCounter");
  }

  private static @Nullable Object value(Field field, Object of) {
    try {
      field.setAccessible(true);
      return field.get(of);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private void note(Field field, @Nullable Object value) {
    boolean isConfiguration =
        Modifier.isFinal(field.getModifiers())
            && (field.getType().isPrimitive() || (value != null && value.getClass().isRecord()));
    if (isConfiguration || field.isSynthetic()) {
      return;
    }
    String name = field.getDeclaringClass().getSimpleName() + "." + field.getName();
    fields.add(name);
    boolean isEmpty =
        switch (value) {
          case null -> true;
          case Number number -> number.doubleValue() == 0;
          case Boolean flag -> !flag;
          case Collection<?> all -> all.isEmpty();
          case Map<?, ?> map -> map.isEmpty();
          default -> false;
        };
    if (!isEmpty) {
      used.add(name);
    }
  }

  static List<String> missing(Set<String> all, Set<String> some) {
    Set<String> missing = new TreeSet<>(all);
    missing.removeAll(some);
    return List.copyOf(missing);
  }
}
