package io.millrace.control.link;

import com.google.protobuf.ByteString;
import io.millrace.control.link.wire.Addresses;
import io.millrace.control.link.wire.DirectoryUpdate;
import io.millrace.control.link.wire.Endpoint;
import io.millrace.control.link.wire.MarkDateRange;
import io.millrace.control.link.wire.Register;
import io.millrace.control.link.wire.TrackReport;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenKeys;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenPolicy.Binding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Turns the link's messages into values and back. Reading throws {@link IllegalArgumentException}
 * where a message holds what no value can; roles and states that this version does not know are
 * left out.
 */
final class LinkMessages {
  /** The versions of the contract that this code speaks. */
  static final int LEAST_VERSION = 1;

  static final int MOST_VERSION = 2;

  /** From this version on an edge asks viewers for tokens. */
  static final int TOKENS_VERSION = 2;

  private static final int MOST_TEXT = 512;
  private static final int MOST_ITEMS = 64;

  private LinkMessages() {}

  static Register register(NodeRegistration registration, String log, long number) {
    Register.Builder message =
        Register.newBuilder()
            .setLeastVersion(LEAST_VERSION)
            .setMostVersion(MOST_VERSION)
            .setNodeId(registration.nodeId())
            .setCredential(registration.credential())
            .setAddresses(addresses(registration.addresses()))
            .setSoftwareVersion(registration.softwareVersion())
            .setDirectoryLog(log)
            .setDirectoryNumber(number);
    if (registration.joinToken() != null) {
      message.setJoinToken(registration.joinToken());
    }
    registration.roles().stream().sorted().forEach(role -> message.addRoles(role(role)));
    return message.build();
  }

  static NodeRegistration registration(Register message) {
    return new NodeRegistration(
        message.getNodeId(),
        message.getCredential(),
        message.getJoinToken().isEmpty() ? null : message.getJoinToken(),
        roles(message.getRolesList()),
        addresses(message.getAddresses()),
        text(message.getSoftwareVersion()));
  }

  static Addresses addresses(NodeAddresses addresses) {
    Addresses.Builder message =
        Addresses.newBuilder()
            .setFabricHost(addresses.fabricHost())
            .setFabricPort(addresses.fabricPort());
    addresses
        .endpoints()
        .forEach(
            (protocol, endpoint) ->
                message.putEndpoints(
                    protocol,
                    Endpoint.newBuilder()
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())
                        .build()));
    return message.build();
  }

  static NodeAddresses addresses(Addresses message) {
    Map<String, NodeAddresses.Endpoint> endpoints = new HashMap<>();
    message
        .getEndpointsMap()
        .forEach(
            (protocol, endpoint) ->
                endpoints.put(
                    text(protocol),
                    new NodeAddresses.Endpoint(text(endpoint.getHost()), endpoint.getPort())));
    return new NodeAddresses(text(message.getFabricHost()), message.getFabricPort(), endpoints);
  }

  static io.millrace.control.link.wire.ChannelReport report(ChannelReport report) {
    var message =
        io.millrace.control.link.wire.ChannelReport.newBuilder()
            .setChannelId(report.channel().toString())
            .setRole(role(report.role()))
            .setState(state(report.state()))
            .setLiveSinceMs(report.liveSinceMs())
            .setBitrateBps(report.bitrateBps())
            .setPublisher(text(report.publisher()))
            .setViewers(report.viewers())
            .setLatencyMs(report.latencyMs());
    if (report.broadcast() != null) {
      message.setBroadcastId(report.broadcast().toString());
    }
    report.tracks().stream().limit(MOST_ITEMS).forEach(track -> message.addTracks(track(track)));
    report.hints().stream().limit(MOST_ITEMS).forEach(hint -> message.addHints(text(hint)));
    return message.build();
  }

  static ChannelReport report(io.millrace.control.link.wire.ChannelReport message) {
    String broadcast = message.getBroadcastId();
    return new ChannelReport(
        UUID.fromString(message.getChannelId()),
        requireRole(message.getRole()),
        state(message.getState()),
        broadcast.isEmpty() ? null : UUID.fromString(broadcast),
        message.getLiveSinceMs(),
        message.getBitrateBps(),
        message.getTracksList().stream().limit(MOST_ITEMS).map(LinkMessages::track).toList(),
        text(message.getPublisher()),
        Math.max(0, message.getViewers()),
        message.getLatencyMs(),
        message.getHintsList().stream().limit(MOST_ITEMS).map(LinkMessages::text).toList());
  }

  static DirectoryUpdate directory(DirectoryChange change) {
    DirectoryUpdate.Builder message =
        DirectoryUpdate.newBuilder()
            .setLog(change.log())
            .setFromNumber(change.fromNumber())
            .setNumber(change.number())
            .setSnapshot(change.snapshot())
            .addAllRemovedNodes(change.removedNodes());
    change.removedChannels().forEach(id -> message.addRemovedChannels(id.toString()));
    change.channels().forEach(channel -> message.addChannels(channel(channel)));
    change.nodes().forEach(node -> message.addNodes(node(node)));
    TokenKeys keys = change.tokens().keys();
    if (keys != null) {
      message.setTokenKeys(keys(keys));
    }
    change.tokens().revocations().forEach(each -> message.addRevocations(revocation(each)));
    return message.build();
  }

  static DirectoryChange directory(DirectoryUpdate message) {
    return new DirectoryChange(
        message.getLog(),
        message.getFromNumber(),
        message.getNumber(),
        message.getSnapshot(),
        message.getChannelsList().stream().map(LinkMessages::channel).toList(),
        message.getRemovedChannelsList().stream().map(UUID::fromString).toList(),
        message.getNodesList().stream().map(LinkMessages::node).toList(),
        message.getRemovedNodesList(),
        new TokenChange(
            message.hasTokenKeys() ? keys(message.getTokenKeys()) : null,
            message.getRevocationsList().stream().map(LinkMessages::revocation).toList()));
  }

  private static io.millrace.control.link.wire.TokenKeys keys(TokenKeys keys) {
    var message = io.millrace.control.link.wire.TokenKeys.newBuilder();
    for (TokenKey key : keys.newestFirst()) {
      message.addKeys(
          io.millrace.control.link.wire.TokenKey.newBuilder()
              .setNumber(key.number())
              .setSecret(ByteString.copyFrom(key.secret())));
    }
    return message.build();
  }

  /** A newer version may have more of them: the newest are taken. */
  private static TokenKeys keys(io.millrace.control.link.wire.TokenKeys message) {
    return new TokenKeys(
        message.getKeysList().stream()
            .limit(TokenKeys.MOST)
            .map(key -> new TokenKey(key.getNumber(), key.getSecret().toByteArray()))
            .toList());
  }

  private static io.millrace.control.link.wire.Revocation revocation(
      TokenChange.Revocation revocation) {
    return io.millrace.control.link.wire.Revocation.newBuilder()
        .setTokenId(revocation.tokenId())
        .setSession(revocation.session())
        .setUntilS(revocation.untilS())
        .build();
  }

  private static TokenChange.Revocation revocation(
      io.millrace.control.link.wire.Revocation message) {
    return new TokenChange.Revocation(
        message.getTokenId(), message.getSession(), message.getUntilS());
  }

  private static io.millrace.control.link.wire.TokenPolicy policy(TokenPolicy policy) {
    return io.millrace.control.link.wire.TokenPolicy.newBuilder()
        .setRequired(policy.required())
        .setAddress(policy.bindings().contains(Binding.ADDRESS))
        .setSession(policy.bindings().contains(Binding.SESSION))
        .setLongestSessionS(policy.longestSessionS())
        .build();
  }

  private static TokenPolicy policy(io.millrace.control.link.wire.TokenPolicy message) {
    Set<Binding> bindings = EnumSet.noneOf(Binding.class);
    if (message.getAddress()) {
      bindings.add(Binding.ADDRESS);
    }
    if (message.getSession()) {
      bindings.add(Binding.SESSION);
    }
    return new TokenPolicy(message.getRequired(), bindings, message.getLongestSessionS());
  }

  private static io.millrace.control.link.wire.DirectoryChannel channel(DirectoryChannel channel) {
    return io.millrace.control.link.wire.DirectoryChannel.newBuilder()
        .setId(channel.id().toString())
        .setName(channel.name())
        .setPlacement(channel.placement())
        .addAllKeyHashes(channel.keyHashes())
        .setPartMs(channel.part().toMillis())
        .setSegmentMs(channel.segment().toMillis())
        .setWindowMs(channel.window().toMillis())
        .setGraceMs(channel.grace().toMillis())
        .setTokenPolicy(policy(channel.tokens()))
        .build();
  }

  private static DirectoryChannel channel(io.millrace.control.link.wire.DirectoryChannel message) {
    return new DirectoryChannel(
        UUID.fromString(message.getId()),
        message.getName(),
        message.getPlacement(),
        message.getKeyHashesList(),
        Duration.ofMillis(message.getPartMs()),
        Duration.ofMillis(message.getSegmentMs()),
        Duration.ofMillis(message.getWindowMs()),
        Duration.ofMillis(message.getGraceMs()),
        message.hasTokenPolicy() ? policy(message.getTokenPolicy()) : TokenPolicy.OPEN);
  }

  private static io.millrace.control.link.wire.DirectoryNode node(DirectoryNode node) {
    var message =
        io.millrace.control.link.wire.DirectoryNode.newBuilder()
            .setId(node.id())
            .setFabricHost(node.fabricHost())
            .setFabricPort(node.fabricPort());
    node.roles().stream().sorted().forEach(role -> message.addRoles(role(role)));
    return message.build();
  }

  private static DirectoryNode node(io.millrace.control.link.wire.DirectoryNode message) {
    return new DirectoryNode(
        message.getId(),
        roles(message.getRolesList()),
        message.getFabricHost(),
        message.getFabricPort());
  }

  private static TrackReport track(ChannelReport.TrackReport track) {
    return TrackReport.newBuilder()
        .setKind(text(track.kind()))
        .setCodec(text(track.codec()))
        .setWidth(track.width())
        .setHeight(track.height())
        .setFrameRate(track.frameRate())
        .setKeyframeIntervalMs(track.keyframeIntervalMs())
        .setSampleRate(track.sampleRate())
        .setChannels(track.channels())
        .setBitrateBps(track.bitrateBps())
        .build();
  }

  private static ChannelReport.TrackReport track(TrackReport message) {
    return new ChannelReport.TrackReport(
        text(message.getKind()),
        text(message.getCodec()),
        message.getWidth(),
        message.getHeight(),
        message.getFrameRate(),
        message.getKeyframeIntervalMs(),
        message.getSampleRate(),
        message.getChannels(),
        message.getBitrateBps());
  }

  static MarkDateRange markedRange(MarkedRange range) {
    MarkDateRange.Builder message =
        MarkDateRange.newBuilder()
            .setChannelId(range.channel().toString())
            .setId(range.id())
            .setRangeClass(range.rangeClass())
            .setStartUtcNs(range.startUtcNs())
            .putAllAttributes(range.attributes());
    if (range.durationNs() >= 0) {
      message.setDurationNs(range.durationNs());
    }
    return message.build();
  }

  static MarkedRange markedRange(MarkDateRange message) {
    if (message.getAttributesCount() > MOST_ITEMS) {
      throw new IllegalArgumentException(
          "attributes: %d (expected: at most %d)"
              .formatted(message.getAttributesCount(), MOST_ITEMS));
    }
    return new MarkedRange(
        UUID.fromString(message.getChannelId()),
        message.getId(),
        message.getRangeClass(),
        message.getStartUtcNs(),
        message.hasDurationNs() ? message.getDurationNs() : -1,
        message.getAttributesMap());
  }

  private static io.millrace.control.link.wire.Role role(Role role) {
    return switch (role) {
      case INGEST -> io.millrace.control.link.wire.Role.ROLE_INGEST;
      case PACKAGER -> io.millrace.control.link.wire.Role.ROLE_PACKAGER;
      case ORIGIN -> io.millrace.control.link.wire.Role.ROLE_ORIGIN;
      case EDGE -> io.millrace.control.link.wire.Role.ROLE_EDGE;
      case CONTROL -> io.millrace.control.link.wire.Role.ROLE_CONTROL;
    };
  }

  private static Set<Role> roles(Collection<io.millrace.control.link.wire.Role> messages) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (var message : messages) {
      roles.addAll(role(message));
    }
    return roles;
  }

  /** None where a newer version names a role that this one does not know. */
  private static List<Role> role(io.millrace.control.link.wire.Role message) {
    return switch (message) {
      case ROLE_INGEST -> List.of(Role.INGEST);
      case ROLE_PACKAGER -> List.of(Role.PACKAGER);
      case ROLE_ORIGIN -> List.of(Role.ORIGIN);
      case ROLE_EDGE -> List.of(Role.EDGE);
      case ROLE_CONTROL -> List.of(Role.CONTROL);
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> List.of();
    };
  }

  private static Role requireRole(io.millrace.control.link.wire.Role message) {
    List<Role> roles = new ArrayList<>(role(message));
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("role: " + message + " (expected: a known role)");
    }
    return roles.getFirst();
  }

  private static io.millrace.control.link.wire.ChannelReport.State state(
      ChannelReport.State state) {
    return switch (state) {
      case LIVE -> io.millrace.control.link.wire.ChannelReport.State.STATE_LIVE;
      case WAITING -> io.millrace.control.link.wire.ChannelReport.State.STATE_WAITING;
      case ENDED -> io.millrace.control.link.wire.ChannelReport.State.STATE_ENDED;
    };
  }

  private static ChannelReport.State state(
      io.millrace.control.link.wire.ChannelReport.State message) {
    return switch (message) {
      case STATE_LIVE -> ChannelReport.State.LIVE;
      case STATE_WAITING -> ChannelReport.State.WAITING;
      case STATE_ENDED -> ChannelReport.State.ENDED;
      case STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("state: " + message + " (expected: a known state)");
    };
  }

  private static String text(String value) {
    return value.length() <= MOST_TEXT ? value : value.substring(0, MOST_TEXT);
  }
}
