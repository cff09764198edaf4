package io.millrace.conformance.steering;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a steering manifest says (RFC 8216bis 7.2). Takes every JSON object; what is wrong with it
 * the rules say.
 *
 * @param version its VERSION; empty where that is no whole number
 * @param hasTtl whether there is a TTL
 * @param ttlSeconds TTL; empty where that is no whole number
 * @param listed whether PATHWAY-PRIORITY is an array of strings
 * @param priority those; empty ones where they are none
 * @param clones PATHWAY-CLONES
 */
record SteeringManifest(
    OptionalLong version,
    boolean hasTtl,
    OptionalLong ttlSeconds,
    Optional<String> reloadUri,
    boolean listed,
    List<String> priority,
    List<Clone> clones) {

  /** Pathways that somebody would have to look at. */
  private static final int MAX_ENTRIES = 1_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * One of PATHWAY-CLONES.
   *
   * @param replaces whether URI-REPLACEMENT is an object with something in it
   */
  record Clone(String id, String baseId, boolean replaces) {}

  SteeringManifest {
    priority = List.copyOf(priority);
    clones = List.copyOf(clones);
  }

  /** Empty where the bytes are no JSON object. */
  static Optional<SteeringManifest> read(byte[] bytes) {
    JsonNode root;
    try {
      root = MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      return Optional.empty();
    }
    if (!root.isObject()) {
      return Optional.empty();
    }
    JsonNode paths = root.path("PATHWAY-PRIORITY");
    List<String> priority = new ArrayList<>();
    for (int i = 0; i < Math.min(paths.size(), MAX_ENTRIES); i++) {
      priority.add(text(paths.path(i)));
    }
    JsonNode cloned = root.path("PATHWAY-CLONES");
    List<Clone> clones = new ArrayList<>();
    for (int i = 0; i < Math.min(cloned.size(), MAX_ENTRIES); i++) {
      JsonNode clone = cloned.path(i);
      JsonNode replacement = clone.path("URI-REPLACEMENT");
      clones.add(
          new Clone(
              text(clone.path("ID")),
              text(clone.path("BASE-ID")),
              replacement.isObject() && !replacement.isEmpty()));
    }
    return Optional.of(
        new SteeringManifest(
            number(root.path("VERSION")),
            root.has("TTL"),
            number(root.path("TTL")),
            Optional.of(text(root.path("RELOAD-URI"))).filter(uri -> !uri.isEmpty()),
            paths.isArray() && !priority.contains(""),
            priority,
            clones));
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : "";
  }

  private static OptionalLong number(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong()
        ? OptionalLong.of(node.longValue())
        : OptionalLong.empty();
  }
}
