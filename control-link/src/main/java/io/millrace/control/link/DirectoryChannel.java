package io.millrace.control.link;

import io.millrace.control.token.TokenPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Describes a channel to nodes.
 *
 * @param id never changes
 * @param name what addresses carry; can change
 * @param placement the number that the control plane issued with the channel's placement
 * @param keyHashes SHA-256 of each stream key that may publish, 64 lower-case hexadecimal digits
 * @param part the goal for a part
 * @param segment the goal for a segment
 * @param window how much viewers can reach
 * @param grace how long a lost publisher may come back to the same timeline
 * @param tokens what it wants of its viewers
 */
public record DirectoryChannel(
    UUID id,
    String name,
    long placement,
    List<String> keyHashes,
    Duration part,
    Duration segment,
    Duration window,
    Duration grace,
    TokenPolicy tokens) {
  public DirectoryChannel {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(tokens, "tokens");
    keyHashes = List.copyOf(keyHashes);
  }
}
