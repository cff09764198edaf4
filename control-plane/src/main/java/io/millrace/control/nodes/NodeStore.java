package io.millrace.control.nodes;

import io.millrace.control.access.Secrets;
import io.millrace.control.http.Json;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.JsonNode;

/** Keeps nodes and the tokens with which they join. Blocking. */
final class NodeStore {
  private final Jdbi jdbi;

  NodeStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  List<Node> all() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select * from nodes order by id collate \"C\"")
                .map(NodeStore::read)
                .list());
  }

  /** Keeps the node; the directory moves on where other nodes can see a difference. */
  void save(Node node) {
    jdbi.useTransaction(handle -> save(handle, node));
  }

  /**
   * Spends a join token on a node.
   *
   * @return the roles that the token is for; empty where there is no such token, or no longer, or
   *     it is for other roles: then it can still be used
   */
  Optional<Set<Role>> join(String token, Node node, Instant now) {
    return jdbi.inTransaction(
        handle -> {
          Optional<Set<Role>> allowed =
              handle
                  .createQuery(
                      "delete from node_tokens where hash = ? and expires_at > ? returning roles")
                  .bind(0, Secrets.hash(token))
                  .bind(1, now)
                  .map((row, _) -> Directory.roles(Directory.strings(row, "roles")))
                  .findOne();
          if (allowed.isEmpty() || !allowed.get().containsAll(node.roles())) {
            handle.rollback();
            return allowed;
          }
          save(
              handle,
              new Node(
                  node.id(),
                  node.credentialHash(),
                  allowed.get(),
                  node.roles(),
                  node.addresses(),
                  node.version(),
                  node.joinedAt(),
                  node.lastSeenAt()));
          return allowed;
        });
  }

  void addToken(String token, Set<Role> roles, Instant now, Instant expiresAt) {
    jdbi.useTransaction(
        handle -> {
          handle.execute("delete from node_tokens where expires_at <= ?", now);
          handle.execute(
              "insert into node_tokens (hash, roles, created_at, expires_at) values (?, ?, ?, ?)",
              Secrets.hash(token),
              names(roles),
              now,
              expiresAt);
        });
  }

  void seen(String id, Instant now) {
    jdbi.useHandle(
        handle -> handle.execute("update nodes set last_seen_at = ? where id = ?", now, id));
  }

  boolean delete(String id) {
    return jdbi.inTransaction(
        handle -> {
          long number = DirectoryLog.next(handle);
          if (handle.execute("delete from nodes where id = ?", id) == 0) {
            handle.rollback();
            return false;
          }
          DirectoryLog.nodeRemoved(handle, number, id);
          return true;
        });
  }

  private static void save(Handle handle, Node node) {
    long number = DirectoryLog.next(handle);
    handle
        .createUpdate(
            """
            insert into nodes (id, credential_hash, allowed_roles, roles, fabric_host, fabric_port, endpoints, version,
              joined_at, last_seen_at, directory_number)
            values (:id, :credential, :allowed, :roles, :host, :port, :endpoints::jsonb, :version, :joined, :seen, :number)
            on conflict (id) do update set credential_hash = excluded.credential_hash,
              allowed_roles = excluded.allowed_roles, roles = excluded.roles, fabric_host = excluded.fabric_host,
              fabric_port = excluded.fabric_port, endpoints = excluded.endpoints, version = excluded.version,
              last_seen_at = excluded.last_seen_at, directory_number = excluded.directory_number\
            """)
        .bind("id", node.id())
        .bind("credential", node.credentialHash())
        .bind("allowed", names(node.allowedRoles()))
        .bind("roles", names(node.roles()))
        .bind("host", node.addresses().fabricHost())
        .bind("port", node.addresses().fabricPort())
        .bind("endpoints", Json.MAPPER.writeValueAsString(node.addresses().endpoints()))
        .bind("version", node.version())
        .bind("joined", node.joinedAt())
        .bind("seen", node.lastSeenAt())
        .bind("number", number)
        .execute();
  }

  private static String[] names(Collection<Role> roles) {
    return roles.stream()
        .sorted()
        .map(role -> role.name().toLowerCase(Locale.ROOT))
        .toArray(String[]::new);
  }

  private static Node read(ResultSet row, StatementContext context) throws SQLException {
    return new Node(
        row.getString("id"),
        row.getString("credential_hash"),
        Directory.roles(Directory.strings(row, "allowed_roles")),
        Directory.roles(Directory.strings(row, "roles")),
        new NodeAddresses(
            row.getString("fabric_host"),
            row.getInt("fabric_port"),
            endpoints(row.getString("endpoints"))),
        row.getString("version"),
        row.getObject("joined_at", OffsetDateTime.class).toInstant(),
        row.getObject("last_seen_at", OffsetDateTime.class).toInstant());
  }

  private static Map<String, NodeAddresses.Endpoint> endpoints(String json) {
    Map<String, NodeAddresses.Endpoint> endpoints = new HashMap<>();
    for (Map.Entry<String, JsonNode> each : Json.MAPPER.readTree(json).properties()) {
      JsonNode endpoint = each.getValue();
      endpoints.put(
          each.getKey(),
          new NodeAddresses.Endpoint(
              endpoint.get("host").stringValue(), endpoint.get("port").intValue()));
    }
    return endpoints;
  }
}
