package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

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
      assertThat(actual).as(path).isSameAs(expected);
      return;
    }
    if (expected instanceof Map<?, ?> map) {
      compareAll(sorted(map), sorted((Map<?, ?>) actual), path);
    } else if (expected instanceof Collection<?> all) {
      compareAll(all, (Collection<?>) actual, path);
    } else if (expected.getClass().isArray()) {
      compareArrays(expected, actual, path);
    } else if (expected instanceof Map.Entry<?, ?> entry) {
      assertThat(((Map.Entry<?, ?>) actual).getKey()).as(path).isEqualTo(entry.getKey());
      compare(entry.getValue(), ((Map.Entry<?, ?>) actual).getValue(), path + entry.getKey());
    } else if (expected.getClass().isRecord() || !isOurs(expected)) {
      assertThat(actual).as(path).isEqualTo(expected);
    } else {
      compareFields(expected, actual, path);
    }
  }

  private static Collection<?> sorted(Map<?, ?> map) {
    return map.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> ((Number) entry.getKey()).longValue()))
        .toList();
  }

  private void compareAll(Collection<?> expected, Collection<?> actual, String path) {
    assertThat(actual).as(path).hasSameSizeAs(expected);
    Iterator<?> other = actual.iterator();
    int i = 0;
    for (Object each : expected) {
      compare(each, other.next(), path + "[" + i++ + "]");
    }
  }

  private void compareArrays(Object expected, Object actual, String path) {
    assertThat(Array.getLength(actual)).as(path).isEqualTo(Array.getLength(expected));
    for (int i = 0; i < Array.getLength(expected); i++) {
      compare(Array.get(expected, i), Array.get(actual, i), path + "[" + i + "]");
    }
  }

  private static boolean isOurs(Object object) {
    return object.getClass().getName().startsWith(OURS) && !(object instanceof Enum);
  }

  private void compareFields(Object expected, Object actual, String path) {
    Object known = counterparts.putIfAbsent(expected, actual);
    if (known != null) {
      assertThat(actual).as("%s, which is one object", path).isSameAs(known);
      return;
    }
    assertThat(actual.getClass()).as(path).isEqualTo(expected.getClass());
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
