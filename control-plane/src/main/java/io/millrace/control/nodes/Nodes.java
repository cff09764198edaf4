package io.millrace.control.nodes;

import io.millrace.control.access.Secrets;
import io.millrace.control.link.Admission;
import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.DirectoryChange;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.NodeRegistration;
import io.millrace.control.link.NodeRegistry;
import io.millrace.control.link.Role;
import io.millrace.control.live.LiveChannels;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Admits nodes, knows which of them are connected and where they are reached. Keeps a mirror of the
 * nodes' table in memory; changes go to the database first. Any thread; changes block.
 */
public final class Nodes implements NodeRegistry {
  private static final Logger log = LoggerFactory.getLogger(Nodes.class);
  private static final String TOKEN_PREFIX = "mjt_";

  /** What a join token may be for. A control plane is not joined to another. */
  public static final Set<Role> JOINABLE = EnumSet.complementOf(EnumSet.of(Role.CONTROL));

  /** Hears of what nodes do. */
  public interface Listener {
    void nodeChanged(String node);

    void channelsChanged(Set<UUID> channels);

    /** Other nodes are to hear of it. */
    void directoryChanged();
  }

  private final NodeStore store;
  private final Directory directory;
  private final LiveChannels live;
  private final Listener listener;
  private final ConcurrentMap<String, Node> nodes = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Instant> connected = new ConcurrentHashMap<>();
  private volatile String ownNode = "";
  private volatile PublicEndpoints publicEndpoints = new PublicEndpoints(null, null);

  public Nodes(Jdbi jdbi, Directory directory, LiveChannels live, Listener listener) {
    this.store = new NodeStore(jdbi);
    this.directory = directory;
    this.live = live;
    this.listener = listener;
    store.all().forEach(node -> nodes.put(node.id(), node));
    refreshEndpoints();
  }

  @Override
  public Admission register(NodeRegistration registration) {
    try {
      Admission admission = decide(registration);
      if (admission instanceof Admission.Admitted) {
        live.connected(registration.nodeId(), System.nanoTime());
        connected.put(registration.nodeId(), now());
        changed(registration.nodeId());
      }
      return admission;
    } catch (JdbiException e) {
      log.error("Node {} cannot be admitted: the database fails", registration.nodeId(), e);
      return new Admission.Refused(
          Admission.Reason.UNAVAILABLE, "the control plane's database does not answer");
    }
  }

  @Override
  public DirectoryChange directorySince(String log, long number) {
    return directory.since(log, number);
  }

  @Override
  public void addresses(String nodeId, NodeAddresses addresses) {
    Node node = nodes.get(nodeId);
    if (node == null || node.addresses().equals(addresses)) {
      return;
    }
    try {
      save(node.with(node.roles(), addresses, node.version()));
      changed(nodeId);
    } catch (JdbiException e) {
      log.error("The addresses of node {} cannot be kept: the database fails", nodeId, e);
    }
  }

  @Override
  public void reports(String nodeId, List<ChannelReport> reports) {
    connected.replace(nodeId, now());
    listener.channelsChanged(live.report(nodeId, reports, System.nanoTime()));
  }

  @Override
  public void heard(String nodeId) {
    connected.replace(nodeId, now());
  }

  @Override
  public void disconnected(String nodeId) {
    Instant lastSeen = connected.remove(nodeId);
    live.disconnected(nodeId, System.nanoTime());
    if (lastSeen != null) {
      try {
        store.seen(nodeId, lastSeen);
        nodes.computeIfPresent(nodeId, (_, node) -> node.seen(lastSeen));
      } catch (JdbiException e) {
        log.warn("When node {} was seen last cannot be kept: {}", nodeId, e.getMessage());
      }
    }
    changed(nodeId);
  }

  @Override
  public boolean isInThisProcess(String nodeId) {
    return nodeId.equals(ownNode);
  }

  /** A token for the node of this very process. */
  public String issueOwnToken(String nodeId, Set<Role> roles, Duration ttl) {
    ownNode = nodeId;
    return issueToken(roles, ttl).token();
  }

  /** A token with which one node may join, for {@code ttl} from now. */
  public JoinToken issueToken(Set<Role> roles, Duration ttl) {
    String token = Secrets.random(TOKEN_PREFIX);
    Instant now = now();
    Instant expiresAt = now.plus(ttl).truncatedTo(ChronoUnit.SECONDS);
    store.addToken(token, roles, now, expiresAt);
    return new JoinToken(token, roles.stream().sorted().map(NodeView::name).toList(), expiresAt);
  }

  /** A join token as it is shown once. */
  public record JoinToken(String token, List<String> roles, Instant expiresAt) {}

  /** What became of a wish to remove a node. */
  enum Removal {
    REMOVED,
    NOT_FOUND,
    CONNECTED
  }

  Removal remove(String nodeId) {
    if (connected.containsKey(nodeId)) {
      return Removal.CONNECTED;
    }
    if (!store.delete(nodeId)) {
      return Removal.NOT_FOUND;
    }
    nodes.remove(nodeId);
    directory.refresh();
    listener.directoryChanged();
    changed(nodeId);
    return Removal.REMOVED;
  }

  public List<NodeView> views() {
    return nodes.values().stream().sorted(Comparator.comparing(Node::id)).map(this::view).toList();
  }

  public Optional<NodeView> view(String nodeId) {
    return Optional.ofNullable(nodes.get(nodeId)).map(this::view);
  }

  public int connectedCount() {
    return connected.size();
  }

  public PublicEndpoints publicEndpoints() {
    return publicEndpoints;
  }

  private Admission decide(NodeRegistration registration) {
    Node known = nodes.get(registration.nodeId());
    String hash = Secrets.hash(registration.credential());
    Node own = known != null && Secrets.sameHash(known.credentialHash(), hash) ? known : null;
    boolean mayTakeRoles = own != null && own.allowedRoles().containsAll(registration.roles());
    // A node that comes with new roles and a token for them joins again.
    if (own != null && (mayTakeRoles || registration.joinToken() == null)) {
      return readmit(own, registration);
    }
    if (registration.joinToken() == null) {
      return refused(
          Admission.Reason.UNKNOWN,
          "node.token: none, and node \"%s\" is not known (expected: a token from \"millrace node token\")"
              .formatted(registration.nodeId()));
    }
    if (own == null && connected.containsKey(registration.nodeId())) {
      return refused(
          Admission.Reason.UNKNOWN,
          "node id: another node is connected as \"%s\" (expected: an id of its own for each node)"
              .formatted(registration.nodeId()));
    }
    return join(registration, registration.joinToken(), hash, known);
  }

  private Admission readmit(Node known, NodeRegistration registration) {
    if (!known.allowedRoles().containsAll(registration.roles())) {
      return wrongRoles(registration, known.allowedRoles());
    }
    Node now =
        known.with(registration.roles(), registration.addresses(), registration.softwareVersion());
    if (!now.equals(known)) {
      save(now);
    }
    return new Admission.Admitted();
  }

  private Admission join(
      NodeRegistration registration, String token, String hash, @Nullable Node known) {
    Instant now = now();
    Node node =
        new Node(
            registration.nodeId(),
            hash,
            registration.roles(),
            registration.roles(),
            registration.addresses(),
            registration.softwareVersion(),
            known == null ? now : known.joinedAt(),
            now);
    Optional<Set<Role>> allowed = store.join(token, node, now);
    if (allowed.isEmpty()) {
      return refused(
          Admission.Reason.UNKNOWN,
          "node.token: not known, used or expired (expected: a new one from \"millrace node"
              + " token\")");
    }
    if (!allowed.get().containsAll(registration.roles())) {
      return wrongRoles(registration, allowed.get());
    }
    keep(node.withAllowedRoles(allowed.get()));
    log.atLevel(isInThisProcess(node.id()) ? Level.DEBUG : Level.INFO)
        .log("Node {} has joined, roles {}", node.id(), node.roles());
    return new Admission.Admitted();
  }

  private static Admission wrongRoles(NodeRegistration registration, Set<Role> allowed) {
    return refused(
        Admission.Reason.ROLES,
        "roles: %s (expected: of %s, which the node's token was made for)"
            .formatted(names(registration.roles()), names(allowed)));
  }

  private static Admission refused(Admission.Reason reason, String why) {
    return new Admission.Refused(reason, why);
  }

  private void save(Node node) {
    store.save(node);
    keep(node);
  }

  private void keep(Node node) {
    nodes.put(node.id(), node);
    directory.refresh();
    listener.directoryChanged();
  }

  private void changed(String nodeId) {
    refreshEndpoints();
    listener.nodeChanged(nodeId);
  }

  private NodeView view(Node node) {
    Instant heard = connected.get(node.id());
    return NodeView.of(node, heard != null, heard == null ? node.lastSeenAt() : heard);
  }

  /** Takes connected nodes before others, and of those the one with the first id. */
  private void refreshEndpoints() {
    List<Node> order =
        nodes.values().stream()
            .sorted(
                Comparator.comparing((Node node) -> !connected.containsKey(node.id()))
                    .thenComparing(Node::id))
            .toList();
    publicEndpoints = PublicEndpoints.of(order);
  }

  private static String names(Set<Role> roles) {
    return roles.stream().sorted().map(NodeView::name).collect(Collectors.joining(", "));
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
