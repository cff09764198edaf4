package io.millrace.control.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.TokenChange.Revocation;
import io.millrace.control.link.wire.Register;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenKeys;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenTrust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlLinkTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String HASH = "a".repeat(64);

  @TempDir private Path state;

  private final List<AutoCloseable> open = new ArrayList<>();
  private FakeRegistry registry;

  @BeforeEach
  void makeRegistry() {
    registry = new FakeRegistry("log-1");
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void registeredNodeGetsTheDirectoryAndFindsChannelsEveryWay() throws Exception {
    DirectoryChannel channel = channel("main", HASH);
    registry.put(channel);
    ControlLinkServer server = server(registry, 0);

    ControlLinkClient client = client(server.port(), FakeRegistry.TOKEN);

    assertThat(client.awaitDirectory(SOON)).isTrue();
    assertThat(client.directory().channel("main")).contains(channel);
    assertThat(client.directory().channel(channel.id().toString())).contains(channel);
    assertThat(client.directory().channel(channel.id())).contains(channel);
    assertThat(client.directory().channelByKeyHash(HASH)).contains(channel);
    assertThat(client.directory().channelByKeyHash("b".repeat(64))).isEmpty();
    assertThat(client.directory().nodes(Role.ORIGIN))
        .containsExactly(new DirectoryNode("origin-1", Set.of(Role.ORIGIN), "10.0.0.1", 8092));
    assertThat(client.directory().nodes(Role.EDGE)).isEmpty();
    await().atMost(SOON).until(() -> registry.heartbeats.get() > 0);
  }

  @Test
  void changesArePushedAndTold() throws Exception {
    DirectoryChannel channel = channel("main", HASH);
    registry.put(channel);
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient client = client(server.port(), FakeRegistry.TOKEN);
    AtomicInteger changes = new AtomicInteger();
    client.directory().onChange(changes::incrementAndGet);
    assertThat(client.awaitDirectory(SOON)).isTrue();

    DirectoryChannel renamed =
        new DirectoryChannel(
            channel.id(),
            "stage",
            2,
            List.of("c".repeat(64)),
            channel.part(),
            channel.segment(),
            channel.window(),
            channel.grace(),
            channel.tokens());
    registry.put(renamed);
    server.directoryChanged();

    await().atMost(SOON).until(() -> client.directory().channel("stage").isPresent());
    assertThat(client.directory().channel("main")).isEmpty();
    assertThat(client.directory().channelByKeyHash(HASH)).isEmpty();
    assertThat(client.directory().channelByKeyHash("c".repeat(64))).contains(renamed);

    registry.remove(channel.id());
    server.directoryChanged();

    await().atMost(SOON).until(() -> client.directory().channel("stage").isEmpty());
    await().atMost(SOON).until(() -> changes.get() >= 2);
    assertThat(registry.snapshots).hasValue(1);
  }

  @Test
  void reportsAndTheEndOfABroadcastTravel() throws Exception {
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient client = client(server.port(), FakeRegistry.TOKEN);
    List<UUID> ended = new CopyOnWriteArrayList<>();
    client.directory().onEndBroadcast(ended::add);
    assertThat(client.awaitDirectory(SOON)).isTrue();
    ChannelReport report = report(UUID.randomUUID(), ChannelReport.State.LIVE, 3);

    client.report(report);
    server.endBroadcast(report.channel());

    await().atMost(SOON).until(() -> !ended.isEmpty());
    assertThat(ended).containsExactly(report.channel());
    await().atMost(SOON).until(() -> !registry.reports.isEmpty());
    assertThat(registry.reports).containsExactly(report);
  }

  @Test
  void dateRangesTravelAsTheyAre() throws Exception {
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient client = client(server.port(), FakeRegistry.TOKEN);
    List<MarkedRange> marked = new CopyOnWriteArrayList<>();
    client.directory().onDateRange(marked::add);
    assertThat(client.awaitDirectory(SOON)).isTrue();
    MarkedRange whole =
        new MarkedRange(
            UUID.randomUUID(), "r-1", "com.example", 1, 0, Map.of("X-A", "\"ä\"", "CUE", "1"));
    MarkedRange least = new MarkedRange(whole.channel(), "r-2", "", Long.MAX_VALUE, -1, Map.of());

    server.mark(whole);
    await().atMost(SOON).until(() -> marked.size() == 1);
    server.mark(least);

    await().atMost(SOON).until(() -> marked.size() == 2);
    assertThat(marked).containsExactly(whole, least);
  }

  @Test
  void asManyDateRangesAreListedAsThereMayBe() {
    ListedRanges listed = new ListedRanges();
    Duration window = Duration.ofMinutes(1);
    for (int i = 0; i < MarkedRange.MOST_AT_ONCE; i++) {
      assertThat(listed.add(range(i == 0 ? -1 : i), window, 0)).isTrue();
    }

    assertThat(listed.add(range(1), window, 0)).isFalse();
    // The first goes a nanosecond after it can be listed no more; what has no end stays.
    long laterNs = range(1).listedUntilUtcNs(window) + 1;
    assertThat(listed.add(range(-1), window, laterNs - 1)).isFalse();
    assertThat(listed.add(range(-1), window, laterNs)).isTrue();
    assertThat(listed.add(range(1), window, laterNs)).isFalse();
    for (int i = 2; i < MarkedRange.MOST_AT_ONCE; i++) {
      assertThat(listed.add(range(-1), window, Long.MAX_VALUE - 1)).isTrue();
    }
    assertThat(listed.add(range(1), window, Long.MAX_VALUE)).isFalse();
  }

  private static MarkedRange range(long durationNs) {
    return new MarkedRange(new UUID(0, 1), "r", "", 0, durationNs, Map.of());
  }

  @Test
  void goesOnWithoutControlPlaneAndReportsAgainWhenItIsBack() throws Exception {
    DirectoryChannel channel = channel("main", HASH);
    registry.put(channel);
    ControlLinkServer first = server(registry, 0);
    int port = first.port();
    ControlLinkClient client = client(port, FakeRegistry.TOKEN);
    assertThat(client.awaitDirectory(SOON)).isTrue();
    ChannelReport live = report(channel.id(), ChannelReport.State.LIVE, 1);
    client.report(live);
    ChannelReport over = report(UUID.randomUUID(), ChannelReport.State.ENDED, 0);
    client.report(over);
    await().atMost(SOON).until(() -> registry.reports.size() == 2);

    first.close();
    await().atMost(SOON).until(() -> !client.connected());

    assertThat(client.directory().channelByKeyHash(HASH)).contains(channel);

    FakeRegistry second = new FakeRegistry("log-1");
    second.knowCredentialsOf(registry);
    second.put(channel);
    DirectoryChannel added = channel("added", "d".repeat(64));
    second.put(added);
    server(second, port);

    await().atMost(SOON).until(() -> client.directory().channel("added").isPresent());
    await().atMost(SOON).until(() -> !second.reports.isEmpty());
    assertThat(second.reports).containsExactly(live);
    assertThat(second.snapshots).hasValue(0);
  }

  @Test
  void directoryOnDiskAnswersBeforeAnyControlPlane() throws Exception {
    DirectoryChannel channel = channel("main", HASH);
    registry.put(channel);
    ControlLinkServer server = server(registry, 0);
    int port = server.port();
    ControlLinkClient earlier = client(port, FakeRegistry.TOKEN);
    assertThat(earlier.awaitDirectory(SOON)).isTrue();
    earlier.close();
    server.close();

    ControlLinkClient later = client(port, null);

    assertThat(later.directory().isKnown()).isTrue();
    assertThat(later.directory().channelByKeyHash(HASH)).contains(channel);
    assertThat(later.directory().nodes(Role.ORIGIN)).hasSize(1);
    assertThat(later.connected()).isFalse();
    for (String file : List.of("credential", "directory.bin")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void anEdgeHearsOfKeysAndRevocationsAndKeepsThem() throws Exception {
    TokenKeys keys = new TokenKeys(List.of(new TokenKey(3, new byte[32])));
    registry.tokens(new TokenChange(keys, List.of()));
    ControlLinkServer server = server(registry, 0);
    int port = server.port();
    ControlLinkClient edge = client(port, FakeRegistry.TOKEN);
    assertThat(edge.awaitDirectory(SOON)).isTrue();
    assertThat(edge.directory().tokens()).isEqualTo(new TokenTrust(keys, Set.of(), Set.of()));

    long later = System.currentTimeMillis() / 1_000 + 3_600;
    registry.tokens(
        new TokenChange(
            null,
            List.of(
                new Revocation("5eed", "", later),
                new Revocation("", "viewer-42", later),
                new Revocation("", "of long ago", 1))));
    server.directoryChanged();

    TokenTrust trust = new TokenTrust(keys, Set.of("5eed"), Set.of("viewer-42"));
    await().atMost(SOON).until(() -> edge.directory().tokens().equals(trust));
    registry.put(channel("other", HASH));
    server.directoryChanged();
    await().atMost(SOON).until(() -> edge.directory().channel("other").isPresent());
    assertThat(edge.directory().tokens()).isEqualTo(trust);
    edge.close();
    server.close();

    ControlLinkClient alone = client(port, null);
    assertThat(alone.connected()).isFalse();
    assertThat(alone.directory().tokens()).isEqualTo(trust);
  }

  @Test
  void whoIsNoEdgeGetsNoKeysUntilItBecomesOne() throws Exception {
    TokenKeys keys = new TokenKeys(List.of(new TokenKey(3, new byte[32])));
    registry.tokens(new TokenChange(keys, List.of()));
    registry.put(channel("main", HASH));
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient ingest =
        client(config(server.port(), FakeRegistry.TOKEN, Set.of(Role.INGEST)));
    assertThat(ingest.awaitDirectory(SOON)).isTrue();
    assertThat(ingest.directory().channel("main")).isPresent();
    assertThat(ingest.directory().tokens()).isEqualTo(TokenTrust.NONE);
    ingest.close();

    ControlLinkClient edge = client(config(server.port(), null, Set.of(Role.EDGE)));

    await().atMost(SOON).until(() -> edge.directory().tokens().keys().equals(keys));
  }

  @Test
  void anEdgeThatKnowsNoTokensHearsOfOpenChannelsOnly() {
    TokenPolicy closed = new TokenPolicy(/* required= */ true, Set.of(), 0);
    DirectoryChannel open = channel("open", HASH);
    DirectoryChannel guarded = channel("guarded", HASH, closed);
    DirectoryChange change =
        new DirectoryChange(
            "log",
            0,
            5,
            true,
            List.of(open, guarded),
            List.of(),
            List.of(),
            List.of(),
            new TokenChange(TokenKeys.NONE, List.of()));
    Register.Builder old =
        Register.newBuilder()
            .setMostVersion(1)
            .addRoles(io.millrace.control.link.wire.Role.ROLE_EDGE);

    DirectoryAsSeen seen = DirectoryAsSeen.by(old.build());

    assertThat(seen.of(change).channels()).containsExactly(open);
    assertThat(seen.of(change).removedChannels()).containsExactly(guarded.id());
    assertThat(seen.of(change).tokens()).isEqualTo(TokenChange.NONE);
    assertThat(seen.logOf(seen.of(change).log())).isEqualTo("log");
    DirectoryAsSeen now = DirectoryAsSeen.by(old.setMostVersion(2).build());
    assertThat(now.of(change).channels()).containsExactly(open, guarded);
    assertThat(now.logOf(seen.of(change).log())).isEmpty();
  }

  @Test
  void withoutAnyDirectoryNothingIsKnownUntilTheControlPlaneTellsIt() throws Exception {
    ControlLinkServer gone = server(registry, 0);
    int port = gone.port();
    gone.close();
    ControlLinkClient client = client(port, FakeRegistry.TOKEN);
    List<Boolean> known = new CopyOnWriteArrayList<>();
    client.directory().onChange(() -> known.add(client.directory().isKnown()));
    assertThat(client.directory().isKnown()).isFalse();

    server(registry, port); // which has no channel at all

    await().atMost(SOON).until(() -> !known.isEmpty());
    assertThat(known).containsExactly(true);
    assertThat(client.directory().channel("main")).isEmpty();
  }

  @Test
  void directoryOfAnotherDatabaseIsReplacedWhole() throws Exception {
    registry.put(channel("old", HASH));
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient earlier = client(server.port(), FakeRegistry.TOKEN);
    assertThat(earlier.awaitDirectory(SOON)).isTrue();
    earlier.close();
    server.close();
    FakeRegistry other = new FakeRegistry("log-2");
    other.put(channel("new", "e".repeat(64)));

    ControlLinkClient later = client(server(other, 0).port(), FakeRegistry.TOKEN);

    assertThat(later.awaitDirectory(SOON)).isTrue();
    assertThat(later.directory().channel("old")).isEmpty();
    assertThat(later.directory().channel("new")).isPresent();
  }

  @Test
  void corruptDirectoryOnDiskIsFetchedAnew() throws Exception {
    Files.writeString(state.resolve("directory.bin"), "not a directory");
    registry.put(channel("main", HASH));

    ControlLinkClient client = client(server(registry, 0).port(), FakeRegistry.TOKEN);

    assertThat(client.awaitDirectory(SOON)).isTrue();
    assertThat(client.directory().channel("main")).isPresent();
  }

  @Test
  void nodeWithoutTokenIsRefusedAndSaysWhy() throws Exception {
    ControlLinkServer server = server(registry, 0);

    ControlLinkClient client = client(server.port(), null);

    assertThat(client.awaitDirectory(SOON)).isFalse();
    assertThat(client.refusal()).contains("join token: not known");
    assertThat(client.connected()).isFalse();
  }

  @Test
  void joinedNodeNeedsNoTokenAgain() throws Exception {
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient earlier = client(server.port(), FakeRegistry.TOKEN);
    assertThat(earlier.awaitDirectory(SOON)).isTrue();
    earlier.close();
    await().atMost(SOON).until(() -> registry.disconnected.contains("node-1"));

    ControlLinkClient later = client(server.port(), null);

    assertThat(later.awaitDirectory(SOON)).isTrue();
  }

  @Test
  void newStreamOfANodeTakesThePlaceOfItsHalfOpenOne() throws Exception {
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient halfOpen = client(server.port(), FakeRegistry.TOKEN);
    assertThat(halfOpen.awaitDirectory(SOON)).isTrue();

    ControlLinkClient newer = client(server.port(), FakeRegistry.TOKEN);

    assertThat(newer.awaitDirectory(SOON)).isTrue();
    await().atMost(SOON).until(() -> registry.registrations.get() >= 2);
    halfOpen.close();
    await().atMost(SOON).until(() -> server.nodes() == 1);
  }

  @Test
  void announcedAddressesReachTheControlPlane() throws Exception {
    ControlLinkServer server = server(registry, 0);
    ControlLinkClient client = client(server.port(), FakeRegistry.TOKEN);
    assertThat(client.awaitDirectory(SOON)).isTrue();
    NodeAddresses addresses =
        new NodeAddresses(
            "127.0.0.1", 8092, Map.of(NodeAddresses.HTTP, new NodeAddresses.Endpoint("", 8080)));

    client.announce(addresses);

    await().atMost(SOON).until(() -> registry.addresses.contains(addresses));
  }

  @Test
  void directoryLargerThanOneWindowArrivesWhole() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      registry.put(channel("channel-" + i, "%064x".formatted(i)));
    }

    ControlLinkClient client = client(server(registry, 0).port(), FakeRegistry.TOKEN);

    assertThat(client.awaitDirectory(SOON)).isTrue();
    assertThat(client.directory().channelByKeyHash("%064x".formatted(4_999))).isPresent();
  }

  @Test
  void nodeWhoseRegistrationIsTooLongKnowsWhy() throws Exception {
    ControlLinkServer server = serverWithRegisterBytes(4_096);
    ControlLinkConfig config =
        config(
            server.port(),
            FakeRegistry.TOKEN,
            new NodeAddresses("h".repeat(10_000), 8092, Map.of()));

    ControlLinkClient client = client(config);

    assertThat(client.awaitDirectory(SOON)).isFalse();
    assertThat(client.refusal().orElseThrow())
        .contains("more than 4096 bytes before a node is registered");
  }

  @Test
  void registeredNodeMaySendMoreThanItsRegistration() throws Exception {
    ControlLinkServer server = serverWithRegisterBytes(4_096);
    ControlLinkClient client = client(server.port(), FakeRegistry.TOKEN);
    assertThat(client.awaitDirectory(SOON)).isTrue();

    for (int i = 0; i < 1_000; i++) {
      client.report(report(UUID.randomUUID(), ChannelReport.State.LIVE, i));
    }

    await().atMost(SOON).until(() -> registry.reports.size() == 1_000);
    assertThat(client.connected()).isTrue();
    assertThat(server.refusals(LinkRefusal.TOO_LARGE)).isZero();
  }

  @Test
  void portInUseIsNamed() {
    ControlLinkServer server = server(registry, 0);

    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() -> server(registry, server.port())))
        .isInstanceOf(ControlLinkException.class)
        .hasMessageContaining("127.0.0.1:" + server.port())
        .hasMessageContaining("in use");
  }

  private ControlLinkServer server(FakeRegistry of, int port) {
    return server(ControlLinkServerConfig.of("127.0.0.1", port, "test"), of);
  }

  private ControlLinkServer serverWithRegisterBytes(int most) {
    ControlLinkLimits usual = ControlLinkLimits.defaults();
    ControlLinkLimits limits =
        new ControlLinkLimits(
            usual.mostNodes(),
            usual.mostConnections(),
            usual.mostMessageBytes(),
            most,
            usual.mostMessagesPerSecond(),
            usual.mostResets(),
            usual.idleTimeout(),
            usual.registerTimeout());
    return server(ControlLinkServerConfig.of("127.0.0.1", 0, "test").withLimits(limits), registry);
  }

  private ControlLinkServer server(ControlLinkServerConfig config, FakeRegistry of) {
    ControlLinkServer server = ControlLinkServer.start(config, of);
    open.add(server);
    return server;
  }

  private ControlLinkClient client(int port, String token) {
    return client(config(port, token, NodeAddresses.NONE));
  }

  private ControlLinkClient client(ControlLinkConfig config) {
    ControlLinkClient client = ControlLinkClient.start(config);
    open.add(client);
    return client;
  }

  private ControlLinkConfig config(int port, String token, NodeAddresses addresses) {
    return config(port, token, addresses, Set.of(Role.INGEST, Role.EDGE));
  }

  private ControlLinkConfig config(int port, String token, Set<Role> roles) {
    return config(port, token, NodeAddresses.NONE, roles);
  }

  private ControlLinkConfig config(
      int port, String token, NodeAddresses addresses, Set<Role> roles) {
    ControlLinkConfig.Limits usual = ControlLinkConfig.Limits.defaults();
    return new ControlLinkConfig(
        "127.0.0.1",
        port,
        new ControlLinkConfig.Node("node-1", token, roles, addresses, "test"),
        state,
        new ControlLinkConfig.Limits(
            usual.mostBackoff(),
            usual.answerTimeout(),
            /* heartbeat= */ Duration.ofMillis(100),
            usual.reportInterval(),
            usual.mostReports(),
            usual.mostMessageBytes()),
        /* inThisProcess= */ false);
  }

  private static DirectoryChannel channel(String name, String hash) {
    return channel(name, hash, TokenPolicy.OPEN);
  }

  private static DirectoryChannel channel(String name, String hash, TokenPolicy tokens) {
    return new DirectoryChannel(
        UUID.randomUUID(),
        name,
        1,
        List.of(hash),
        Duration.ofMillis(200),
        Duration.ofSeconds(2),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        tokens);
  }

  private static ChannelReport report(UUID channel, ChannelReport.State state, int viewers) {
    return new ChannelReport(
        channel,
        Role.INGEST,
        state,
        UUID.randomUUID(),
        1_700_000_000_000L,
        3_000_000,
        List.of(
            new ChannelReport.TrackReport("video", "avc1.64001f", 1280, 720, 30, 2000, 0, 0, 1)),
        "127.0.0.1 OBS",
        viewers,
        -1,
        List.of("Set the keyframe interval to 2 s."));
  }
}
