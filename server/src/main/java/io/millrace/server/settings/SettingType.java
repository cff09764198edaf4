package io.millrace.server.settings;

import io.millrace.control.link.NodeRegistration;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a setting's text.
 *
 * @param expected what a right value looks like, for messages and documents
 * @param reader throws IllegalArgumentException for a wrong text
 * @param writer gives the text that reads as the value
 */
public record SettingType<T>(
    String expected, Function<String, T> reader, Function<T, String> writer) {
  private static final int MOST_PORT = 65_535;
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)?");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB)?");

  public static final SettingType<Integer> PORT =
      new SettingType<>(
          "a port from 0 to 65535, 0 for any free one",
          text -> inRange(Integer.parseInt(text), 0, MOST_PORT),
          String::valueOf);

  public static final SettingType<String> TEXT =
      new SettingType<>("text", text -> text, text -> text);

  public static final SettingType<String> HOST =
      new SettingType<>(
          "a host name or address, or * for all addresses",
          text -> {
            if (text.isBlank() || text.chars().anyMatch(Character::isWhitespace)) {
              throw new IllegalArgumentException(text);
            }
            return text;
          },
          text -> text);

  /** Where a server is: http or https and its host; empty for none. */
  public static final SettingType<String> SERVER_URL =
      new SettingType<>(
          "http://HOST:PORT or https://HOST:PORT",
          text -> {
            URI url = URI.create(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!text.isEmpty() && (!http || url.getHost() == null || url.getPort() > MOST_PORT)) {
              throw new IllegalArgumentException(text);
            }
            return text;
          },
          text -> text);

  /** A node's name; empty for none. */
  public static final SettingType<String> NODE_ID =
      new SettingType<>(
          NodeRegistration.NODE_ID_RULE,
          text -> {
            if (!text.isEmpty() && !NodeRegistration.isNodeId(text)) {
              throw new IllegalArgumentException(text);
            }
            return text;
          },
          text -> text);

  public static final SettingType<Boolean> BOOLEAN =
      new SettingType<>(
          "true or false",
          text ->
              switch (text.toLowerCase(Locale.ROOT)) { // YAML has True and TRUE too
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException(text);
              },
          String::valueOf);

  public static SettingType<Integer> wholeNumber(int least, int most) {
    return new SettingType<>(
        "a whole number from %d to %d".formatted(least, most),
        text -> inRange(Integer.parseInt(text.replace("_", "")), least, most),
        String::valueOf);
  }

  /** A number with ms, s, m or h; 0 needs none. */
  public static SettingType<Duration> duration(Duration least, Duration most) {
    return new SettingType<>(
        "a duration from %s to %s".formatted(text(least), text(most)),
        text -> inRange(duration(text), least, most),
        SettingType::text);
  }

  /** A number with B, KiB, MiB or GiB; bytes need none. */
  public static SettingType<Long> size(long least, long most) {
    return new SettingType<>(
        "a size in B, KiB, MiB or GiB, from %s to %s".formatted(sizeText(least), sizeText(most)),
        text -> inRange(size(text), least, most),
        SettingType::sizeText);
  }

  /** A size, or 0, which has a meaning of its own. */
  public static SettingType<Long> sizeOrZero(long least, long most) {
    SettingType<Long> size = size(least, most);
    return new SettingType<>(
        "0, or " + size.expected(),
        text -> size(text) == 0 ? Long.valueOf(0) : size.reader().apply(text),
        SettingType::sizeText);
  }

  /** A text that is one of the choices; case does not matter. */
  public static SettingType<String> choice(String... choices) {
    List<String> all = List.of(choices);
    return new SettingType<>(
        "one of " + String.join(", ", all),
        text ->
            all.stream()
                .filter(text::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text)),
        text -> text);
  }

  private static <V extends Comparable<V>> V inRange(V value, V least, V most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(String.valueOf(value));
    }
    return value;
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches() || (matcher.group(2) == null && !matcher.group(1).matches("0+"))) {
      throw new IllegalArgumentException(text);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (String.valueOf(matcher.group(2))) {
      case "ms" -> Duration.ofMillis(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofSeconds(amount);
    };
  }

  private static String text(Duration duration) {
    long ms = duration.toMillis();
    if (ms == 0) {
      return "0";
    }
    return ms % 3_600_000 == 0
        ? ms / 3_600_000 + "h"
        : ms % 1_000 == 0 ? ms / 1_000 + "s" : ms + "ms";
  }

  private static long size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (String.valueOf(matcher.group(2))) {
      case "KiB" -> Math.multiplyExact(amount, 1L << 10);
      case "MiB" -> Math.multiplyExact(amount, 1L << 20);
      case "GiB" -> Math.multiplyExact(amount, 1L << 30);
      default -> amount;
    };
  }

  private static String sizeText(long bytes) {
    for (int shift = 30; shift > 0; shift -= 10) {
      if (bytes > 0 && bytes % (1L << shift) == 0) {
        return (bytes >> shift) + (shift == 30 ? "GiB" : shift == 20 ? "MiB" : "KiB");
      }
    }
    return bytes == 0 ? "0" : bytes + "B";
  }
}
