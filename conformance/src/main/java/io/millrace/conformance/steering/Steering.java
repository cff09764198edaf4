package io.millrace.conformance.steering;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Set;

/**
 * How a presentation is steered, as its playlist or MPD says.
 *
 * @param format that asks, for the names of its parameters
 * @param server where the first steering manifest is
 * @param pathways that the presentation has itself; in DASH, its service locations
 * @param first the pathway that is applied until a manifest is there
 */
public record Steering(Format format, URI server, Set<String> pathways, String first) {
  /** What the two formats differ in. */
  public enum Format {
    HLS("_HLS_"),
    DASH("_DASH_");

    private final String prefix;

    Format(String prefix) {
      this.prefix = prefix;
    }

    /** What its query parameters begin with. */
    String prefix() {
      return prefix;
    }

    /** Content types of its manifests; one file can be given to both. */
    Set<String> types() {
      return switch (this) {
        case HLS -> Set.of("application/vnd.apple.steering-list");
        case DASH -> Set.of("application/json", "application/vnd.apple.steering-list");
      };
    }
  }

  public Steering {
    requireNonNull(format, "format");
    requireNonNull(server, "server");
    requireNonNull(first, "first");
    pathways = Set.copyOf(pathways);
  }
}
