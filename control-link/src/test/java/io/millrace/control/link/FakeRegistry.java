package io.millrace.control.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry in memory: knows one join token and counts what it is told. */
final class FakeRegistry implements NodeRegistry {
  static final String TOKEN = "join-token";

  private final String log;
  private final Map<String, String> credentials = new ConcurrentHashMap<>();
  private final Map<UUID, DirectoryChannel> channels = new ConcurrentHashMap<>();
  private final Map<UUID, Long> changedAt = new ConcurrentHashMap<>();
  private final Map<UUID, Long> removedAt = new ConcurrentHashMap<>();
  private volatile long number;

  final List<ChannelReport> reports = new CopyOnWriteArrayList<>();
  final List<NodeAddresses> addresses = new CopyOnWriteArrayList<>();
  final List<String> disconnected = new CopyOnWriteArrayList<>();
  final AtomicInteger heartbeats = new AtomicInteger();
  final AtomicInteger snapshots = new AtomicInteger();
  final AtomicInteger registrations = new AtomicInteger();

  private TokenChange tokens = TokenChange.NONE;
  private long tokensAt;

  FakeRegistry(String log) {
    this.log = log;
  }

  synchronized void put(DirectoryChannel channel) {
    channels.put(channel.id(), channel);
    changedAt.put(channel.id(), ++number);
  }

  synchronized void remove(UUID channel) {
    channels.remove(channel);
    changedAt.remove(channel);
    removedAt.put(channel, ++number);
  }

  void knowCredentialsOf(FakeRegistry other) {
    credentials.putAll(other.credentials);
  }

  @Override
  public Admission register(NodeRegistration registration) {
    registrations.incrementAndGet();
    String known = credentials.get(registration.nodeId());
    if (registration.credential().equals(known)) {
      addresses.add(registration.addresses());
      return new Admission.Admitted();
    }
    if (!TOKEN.equals(registration.joinToken())) {
      return new Admission.Refused(Admission.Reason.UNKNOWN, "join token: not known");
    }
    credentials.put(registration.nodeId(), registration.credential());
    addresses.add(registration.addresses());
    return new Admission.Admitted();
  }

  @Override
  public synchronized DirectoryChange directorySince(String nodeLog, long nodeNumber) {
    boolean snapshot = !nodeLog.equals(log) || nodeNumber > number || nodeNumber == 0;
    if (snapshot) {
      snapshots.incrementAndGet();
    }
    List<DirectoryChannel> changed = new ArrayList<>();
    for (DirectoryChannel channel : channels.values()) {
      if (snapshot || changedAt.getOrDefault(channel.id(), 0L) > nodeNumber) {
        changed.add(channel);
      }
    }
    List<UUID> removed =
        snapshot
            ? List.of()
            : removedAt.entrySet().stream()
                .filter(entry -> entry.getValue() > nodeNumber)
                .map(Map.Entry::getKey)
                .toList();
    return new DirectoryChange(
        log,
        snapshot ? 0 : nodeNumber,
        number,
        snapshot,
        changed,
        removed,
        snapshot
            ? List.of(
                new DirectoryNode("origin-1", java.util.Set.of(Role.ORIGIN), "10.0.0.1", 8092))
            : List.of(),
        List.of(),
        snapshot || tokensAt > nodeNumber ? tokens : TokenChange.NONE);
  }

  synchronized void tokens(TokenChange change) {
    tokens = change;
    tokensAt = ++number;
  }

  @Override
  public void addresses(String nodeId, NodeAddresses told) {
    addresses.add(told);
  }

  @Override
  public void reports(String nodeId, List<ChannelReport> told) {
    reports.addAll(told);
  }

  @Override
  public void heard(String nodeId) {
    heartbeats.incrementAndGet();
  }

  @Override
  public void disconnected(String nodeId) {
    disconnected.add(nodeId);
  }
}
