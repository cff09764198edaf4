package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A channel as it was when the API answered.
 *
 * @param id never changes, and is never given again
 * @param name what its addresses carry: 1 to 63 of a-z, 0-9 and -; unique, but it can change
 * @param title what people read; empty where it has none
 * @param createdAt when it was created
 * @param keyHint the first characters of its stream key, to tell keys apart; null where it has none
 * @param settings the lengths that its broadcasts are made with
 * @param publish where an encoder publishes to it
 * @param watch where viewers find it
 * @param live what is on air
 */
public record Channel(
    UUID id,
    String name,
    String title,
    Instant createdAt,
    @Nullable String keyHint,
    ChannelSettings settings,
    PublishAddresses publish,
    WatchAddresses watch,
    Live live) {
  /** Checks that nothing is missing. */
  public Channel {
    requireNonNull(id, "id");
    requireNonNull(name, "name");
    requireNonNull(title, "title");
    requireNonNull(createdAt, "createdAt");
    requireNonNull(settings, "settings");
    requireNonNull(publish, "publish");
    requireNonNull(watch, "watch");
    requireNonNull(live, "live");
  }
}
