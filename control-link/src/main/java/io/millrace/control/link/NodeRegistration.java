package io.millrace.control.link;

import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the control plane who a node is, each time it connects.
 *
 * @param nodeId the node's name, unique
 * @param credential the secret that the node made and keeps
 * @param joinToken lets a node join whose credential is not known; null where it has none
 * @param softwareVersion for people
 */
public record NodeRegistration(
    String nodeId,
    String credential,
    @Nullable String joinToken,
    Set<Role> roles,
    NodeAddresses addresses,
    String softwareVersion) {
  /** What {@link #isNodeId} takes, for messages. */
  public static final String NODE_ID_RULE =
      "1 to 63 of a-z, A-Z, 0-9, '.', '_' and '-', the first a letter or digit";

  private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final int LEAST_CREDENTIAL = 32;
  private static final int MOST_SECRET = 256;

  public NodeRegistration {
    requireNodeId(nodeId);
    Objects.requireNonNull(addresses, "addresses");
    Objects.requireNonNull(softwareVersion, "softwareVersion");
    roles = Set.copyOf(roles);
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("roles: none (expected: one or more)");
    }
    if (credential.length() < LEAST_CREDENTIAL || credential.length() > MOST_SECRET) {
      throw new IllegalArgumentException(
          "credential: %d characters (expected: %d to %d)"
              .formatted(credential.length(), LEAST_CREDENTIAL, MOST_SECRET));
    }
    if (joinToken != null && joinToken.length() > MOST_SECRET) {
      throw new IllegalArgumentException(
          "join token: %d characters (expected: at most %d)"
              .formatted(joinToken.length(), MOST_SECRET));
    }
  }

  /** Whether a node may be called so. */
  public static boolean isNodeId(String nodeId) {
    return NODE_ID.matcher(nodeId).matches();
  }

  static void requireNodeId(String nodeId) {
    if (!isNodeId(nodeId)) {
      throw new IllegalArgumentException(
          "node id: \"%s\" (expected: %s)"
              .formatted(
                  nodeId.length() > 80 ? nodeId.substring(0, 80) + "…" : nodeId, NODE_ID_RULE));
    }
  }

  /** Without the secrets, for logs. */
  @Override
  public String toString() {
    return "NodeRegistration[nodeId=%s, roles=%s, addresses=%s, softwareVersion=%s]"
        .formatted(nodeId, roles, addresses, softwareVersion);
  }
}
