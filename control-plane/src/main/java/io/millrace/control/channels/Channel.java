package io.millrace.control.channels;

import io.millrace.control.token.TokenPolicy;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A channel as it is kept.
 *
 * @param id never changes
 * @param name what addresses carry; can change
 * @param title what people read
 * @param tokens what it wants of its viewers
 * @param keyHint the first characters of its stream key; null where it has none
 */
public record Channel(
    UUID id,
    String name,
    String title,
    ChannelSettings settings,
    TokenPolicy tokens,
    @Nullable String keyHint,
    Instant createdAt) {
  static final int MOST_TITLE = 200;
  static final String NAME_RULE =
      "1 to 63 of a-z, 0-9 and -, the first a letter or digit, and not the form of an id";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern ID_FORM = Pattern.compile("[0-9a-f]{1,8}(-[0-9a-f]{1,12}){4}");

  static boolean isPartOfName(String text) {
    return text.isEmpty() || NAME.matcher(text).matches();
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches() && !ID_FORM.matcher(name).matches();
  }
}
