package io.millrace.server.node;

import io.millrace.control.ControlPlaneConfig;
import io.millrace.control.database.DatabaseConfig;
import io.millrace.control.http.ApiLimits;
import io.millrace.control.link.ControlLinkLimits;
import io.millrace.control.link.ControlLinkServerConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.Transport;
import io.millrace.edge.EdgeConfig;
import io.millrace.fabric.aeron.FabricConfig;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.rtmp.RtmpConfig;
import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.message.AmfLimits;
import io.millrace.ingest.rtmp.session.SessionConfig;
import io.millrace.origin.OriginConfig;
import io.millrace.packager.host.PackagerConfig;
import io.millrace.server.ServerException;
import io.millrace.server.Version;
import io.millrace.server.health.HealthLimits;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Limits;
import io.millrace.server.settings.Setting;
import io.millrace.server.settings.Settings;
import io.millrace.window.store.PartStoreConfig;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes each part's configuration out of the settings. */
public final class Configs {
  private final Settings settings;
  private final long openFiles;

  Configs(Settings settings) {
    this(settings, OpenFiles.most());
  }

  /**
   * For a process of its own.
   *
   * @param openFiles that it may have, sockets included
   */
  Configs(Settings settings, long openFiles) {
    this.settings = settings;
    this.openFiles = openFiles;
  }

  /**
   * Makes all of them, for nothing but what they refuse.
   *
   * @throws ServerException where a part cannot be configured so, with the setting's name
   */
  public static void check(Settings settings, Path data) {
    Configs configs = new Configs(settings);
    configs.rtmp();
    configs.ingest();
    configs.packager();
    configs.origin();
    configs.edge();
    configs.fabric(data);
    configs.controlPlane(data);
    configs.health();
  }

  /** What a store of parts may hold, by the setting for it. */
  public static long storeBytes(Settings settings, Setting<Long> memory) {
    return new Configs(settings).store(memory).budgetBytes();
  }

  /** Where parts are files; empty where they are kept in buffers. */
  public static Optional<Path> partDirectory(Settings settings) {
    String directory = settings.get(Catalog.WINDOW_DIRECTORY);
    return directory.isEmpty() ? Optional.empty() : Optional.of(Path.of(directory));
  }

  /** What the unfinished messages of all encoders may hold. */
  public static long partialBytes(Settings settings) {
    long bytes = settings.get(Limits.RTMP_ALL_PARTIAL_BYTES);
    return bytes == 0 ? RtmpConfig.usualAllPartialBytes() : bytes;
  }

  /** What all connections of viewers keep for themselves alone. */
  public static long ownBytes(Settings settings) {
    long bytes = settings.get(Limits.HTTP_ALL_OWN_BYTES);
    return bytes == 0 ? DeliveryConfig.usualAllOwnBytes() : bytes;
  }

  RtmpConfig rtmp() {
    SessionConfig usual = SessionConfig.defaults();
    return checked(
        () ->
            new RtmpConfig(
                allAsEmpty(Catalog.RTMP_HOST),
                settings.get(Catalog.RTMP_PORT),
                settings.get(Limits.RTMP_CONNECTIONS),
                settings.get(Limits.RTMP_CONNECTIONS_PER_ADDRESS),
                new ChunkLimits(
                    bytes(Limits.RTMP_MEDIA_BYTES),
                    bytes(Limits.RTMP_OTHER_BYTES),
                    settings.get(Limits.RTMP_PARTIAL_MESSAGES),
                    // Else no message of the most that one may have could be taken.
                    Math.max(bytes(Limits.RTMP_PARTIAL_BYTES), bytes(Limits.RTMP_MEDIA_BYTES)),
                    settings.get(Limits.RTMP_CHUNK_STREAMS)),
                partialBytes(settings),
                new SessionConfig(
                    settings.get(Limits.RTMP_HANDSHAKE_TIMEOUT),
                    settings.get(Limits.RTMP_PUBLISH_TIMEOUT),
                    settings.get(Limits.RTMP_KEY_TIMEOUT),
                    settings.get(Limits.RTMP_MEDIA_TIMEOUT),
                    settings.get(Limits.RTMP_IDLE_TIMEOUT),
                    usual.pingAfter(),
                    usual.closeDelay(),
                    usual.chunkSizeBytes(),
                    usual.windowBytes(),
                    settings.get(Limits.RTMP_COMMANDS),
                    settings.get(Limits.RTMP_CONTROL_MESSAGES),
                    settings.get(Limits.RTMP_CONFIGURATIONS),
                    new AmfLimits(
                        settings.get(Limits.RTMP_AMF_DEPTH),
                        settings.get(Limits.RTMP_AMF_VALUES),
                        bytes(Limits.RTMP_AMF_TEXT_BYTES)))));
  }

  IngestConfig ingest() {
    IngestConfig usual = IngestConfig.defaults();
    return checked(
        () ->
            new IngestConfig(
                settings.get(Limits.INGEST_PUBLISHERS),
                usual.queueSamples(),
                bytes(Limits.INGEST_QUEUE_BYTES),
                bytes(Limits.INGEST_HISTORY_BYTES),
                orUsual(Limits.INGEST_ALL_HISTORY_BYTES, usual.allHistoryBytes()),
                usual.historyEntries(),
                settings.get(Limits.INGEST_TRACKS),
                usual.maxAhead(),
                settings.get(Limits.INGEST_BYTES_PER_SECOND),
                usual.halfOpenAfter(),
                usual.tick(),
                usual.report(),
                usual.linger()));
  }

  PackagerConfig packager() {
    PackagerConfig usual = PackagerConfig.defaults();
    return checked(
        () ->
            new PackagerConfig(
                usual.limits(),
                settings.get(Limits.PACKAGER_CHANNELS),
                usual.historyTargetDurations(),
                settings.get(Limits.PACKAGER_HISTORY_BYTES),
                orUsual(Limits.PACKAGER_ALL_HISTORY_BYTES, usual.allHistoryBytes()),
                usual.recentEntries(),
                usual.orphanAfter(),
                usual.forgetAfter()));
  }

  HealthLimits health() {
    return checked(
        () ->
            new HealthLimits(
                settings.get(Limits.METRICS_CONNECTIONS),
                settings.get(Limits.METRICS_CONNECTIONS_PER_ADDRESS),
                settings.get(Limits.METRICS_HEAD_BYTES),
                settings.get(Limits.METRICS_TIMEOUT)));
  }

  OriginConfig origin() {
    OriginConfig usual = OriginConfig.defaults();
    return checked(
        () ->
            new OriginConfig(
                settings.get(Limits.ORIGIN_CHANNELS),
                usual.endedRetention(),
                usual.recentEntries(),
                store(Limits.ORIGIN_MEMORY)));
  }

  EdgeConfig edge() {
    EdgeConfig usual = EdgeConfig.defaults();
    return checked(
        () ->
            new EdgeConfig(
                delivery(),
                settings.get(Limits.EDGE_CHANNELS),
                settings.get(Limits.EDGE_IDLE_AFTER),
                usual.endedRetention(),
                store(Limits.EDGE_MEMORY)));
  }

  private DeliveryConfig delivery() {
    return DeliveryConfig.builder()
        .host(allAsEmpty(Catalog.EDGE_HTTP_HOST))
        .port(settings.get(Catalog.EDGE_HTTP_PORT))
        .transport(
            Transport.valueOf(settings.get(Catalog.EDGE_HTTP_TRANSPORT).toUpperCase(Locale.ROOT)))
        .maxConnections(OpenFiles.viewers(settings, openFiles))
        .maxConnectionsPerAddress(settings.get(Limits.HTTP_CONNECTIONS_PER_ADDRESS))
        .maxRequestsPerSecond(settings.get(Limits.HTTP_REQUESTS_PER_SECOND))
        .maxRequestLineBytes(settings.get(Limits.HTTP_REQUEST_LINE_BYTES))
        .maxHeadBytes(settings.get(Limits.HTTP_HEAD_BYTES))
        .maxPipelinedBytes(settings.get(Limits.HTTP_PIPELINED_BYTES))
        .headTimeout(settings.get(Limits.HTTP_HEAD_TIMEOUT))
        .idleTimeout(settings.get(Limits.HTTP_IDLE_TIMEOUT))
        .sendTimeout(settings.get(Limits.HTTP_SEND_TIMEOUT))
        .answerTimeout(settings.get(Limits.HTTP_ANSWER_TIMEOUT))
        .startTimeout(settings.get(Limits.HTTP_START_TIMEOUT))
        .maxStreams(settings.get(Limits.HTTP_STREAMS))
        .maxResetsPerWindow(settings.get(Limits.HTTP_RESETS))
        .maxHeldBytes(settings.get(Limits.HTTP_HELD_BYTES))
        .maxAllOwnBytes(ownBytes(settings))
        .maxViewers(settings.get(Limits.EDGE_VIEWERS))
        .maxViewersPerAddress(settings.get(Limits.EDGE_VIEWERS_PER_ADDRESS))
        .maxTokens(settings.get(Limits.EDGE_TOKENS))
        .build();
  }

  FabricConfig fabric(Path data) {
    FabricConfig usual = FabricConfig.defaults(data);
    return checked(
        () ->
            usual
                .withAddress(listenHost(Catalog.FABRIC_HOST), settings.get(Catalog.FABRIC_PORT))
                .withLimits(
                    new FabricConfig.Limits(
                        settings.get(Limits.FABRIC_LINKS),
                        settings.get(Limits.FABRIC_WAITING_BYTES),
                        usual.limits().mostSampleBytes(),
                        usual.limits().mostFetches(),
                        usual.limits().mostTasks(),
                        settings.get(Limits.FABRIC_SESSIONS)))
                .withLinkTimeout(settings.get(Limits.FABRIC_LINK_TIMEOUT)));
  }

  ControlPlaneConfig controlPlane(Path data) {
    ControlPlaneConfig usual = ControlPlaneConfig.defaults(data);
    String url = settings.get(Catalog.CONTROL_DATABASE_URL);
    DatabaseConfig database =
        url.isEmpty()
            ? usual.database()
            : checked(
                () ->
                    new DatabaseConfig.External(
                        url,
                        settings.get(Catalog.CONTROL_DATABASE_USER),
                        settings.get(Catalog.CONTROL_DATABASE_PASSWORD)));
    return checked(
        () ->
            new ControlPlaneConfig(
                listenHost(Catalog.CONTROL_HOST),
                settings.get(Catalog.CONTROL_PORT),
                controlLink(),
                usual.adminTokenFile(),
                database,
                settings.get(Catalog.PUBLIC_HOST),
                settings.get(Limits.DATABASE_CONNECTIONS),
                settings.get(Limits.CONTROL_CHANNELS),
                usual.mostReports(),
                settings.get(Limits.CONTROL_CONSOLES),
                new ApiLimits(
                    settings.get(Limits.CONTROL_CONNECTIONS),
                    settings.get(Limits.CONTROL_CONNECTIONS_PER_ADDRESS),
                    settings.get(Limits.CONTROL_REQUESTS_PER_SECOND),
                    settings.get(Limits.CONTROL_REQUEST_LINE_BYTES),
                    settings.get(Limits.CONTROL_HEAD_BYTES),
                    settings.get(Limits.CONTROL_BODY_BYTES),
                    requestBytes(settings),
                    settings.get(Limits.CONTROL_IDLE_TIMEOUT),
                    settings.get(Limits.CONTROL_HEAD_TIMEOUT),
                    settings.get(Limits.CONTROL_REQUEST_TIMEOUT),
                    settings.get(Limits.CONTROL_WRONG_TOKENS))));
  }

  private static long requestBytes(Settings settings) {
    long bytes = settings.get(Limits.CONTROL_ALL_REQUEST_BYTES);
    return bytes == 0 ? ApiLimits.usualRequestBytes() : bytes;
  }

  private ControlLinkServerConfig controlLink() {
    return new ControlLinkServerConfig(
        listenHost(Catalog.CONTROL_GRPC_HOST),
        settings.get(Catalog.CONTROL_GRPC_PORT),
        Version.TEXT,
        new ControlLinkLimits(
            settings.get(Limits.CONTROL_NODES),
            settings.get(Limits.CONTROL_NODE_CONNECTIONS),
            settings.get(Limits.CONTROL_NODE_MESSAGE_BYTES),
            settings.get(Limits.CONTROL_NODE_REGISTER_BYTES),
            settings.get(Limits.CONTROL_NODE_MESSAGES),
            settings.get(Limits.CONTROL_NODE_RESETS),
            settings.get(Limits.CONTROL_NODE_IDLE_TIMEOUT),
            settings.get(Limits.CONTROL_NODE_REGISTER_TIMEOUT)));
  }

  private PartStoreConfig store(Setting<Long> memory) {
    PartStoreConfig usual = PartStoreConfig.defaults();
    long bytes = settings.get(memory);
    return (bytes == 0 ? usual : usual.withBudgetBytes(bytes))
        .withFiles(partDirectory(settings).orElse(null), OpenFiles.parts(settings, openFiles));
  }

  private long orUsual(Setting<Long> memory, long usual) {
    long bytes = settings.get(memory);
    return bytes == 0 ? usual : bytes;
  }

  private int bytes(Setting<Long> setting) {
    return Math.toIntExact(settings.get(setting));
  }

  private String listenHost(Setting<String> setting) {
    String host = settings.get(setting);
    return host.equals("*") ? "0.0.0.0" : host;
  }

  private String allAsEmpty(Setting<String> setting) {
    String host = settings.get(setting);
    return host.equals("*") ? "" : host;
  }

  /** What a configuration refuses is the user's to mend, in one line. */
  private static <T> T checked(Supplier<T> making) {
    try {
      return making.get();
    } catch (IllegalArgumentException e) {
      throw new ServerException(String.valueOf(e.getMessage()), e);
    }
  }
}
